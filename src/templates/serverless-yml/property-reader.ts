// Reads typed values out of template nodes, resolves their variables on the way, and notes what is wrong with them.

import type { NearestName } from '../../config/nearest-name.ts';
import type { Place } from '../../config/user-error.ts';
import type { Problems } from '../problem.ts';
import type { Features } from '../running-features.ts';
import { describeNode, isNull, isVacant, type MapNode, type TemplateNode } from '../template-node.ts';
import {
  evaluateCloudFormation,
  isCloudFormationFunction,
  type KnownReferences,
  substituteHashes,
} from './cloudformation-values.ts';
import { type PropertyTable, treatmentOf } from './property-treatment.ts';
import type { Variables } from './variables.ts';

/** A property that changes nothing here, and why. */
export interface IgnoredProperty {
  readonly path: string;
  readonly why: string;
}

/** The enforced properties of a map that are there and not null, variables at their top resolved. */
export type Properties = ReadonlyMap<string, TemplateNode>;

export class PropertyReader {
  readonly variables: Variables;
  readonly problems: Problems;
  /** What of AWS runs in this system. */
  readonly features: Features;
  /** Whether `#{AWS::Region}` in a text stands for what `!Sub` makes of `${AWS::Region}`: with a plugin it does. */
  readsHashReferences = false;
  readonly #nearestName: NearestName;
  readonly #ignored = new Map<string, IgnoredProperty>();

  constructor(variables: Variables, problems: Problems, nearestName: NearestName, features: Features) {
    this.features = features;
    this.variables = variables;
    this.problems = problems;
    this.#nearestName = nearestName;
  }

  get ignored(): readonly IgnoredProperty[] {
    return [...this.#ignored.values()];
  }

  ignore(path: string, why: string): void {
    this.#ignored.set(path, { path, why });
  }

  /** It is used after all. */
  heed(path: string): void {
    this.#ignored.delete(path);
  }

  /** Sorts the properties of a map by its table; what is ignored, refused or unknown is noted and left out. */
  properties(map: MapNode, table: PropertyTable, path: string, ignoredPath = path): Properties {
    const taken = new Map<string, TemplateNode>();
    for (const { key, keyPlace, node } of map.entries.values()) {
      const listed = Object.hasOwn(table, key) ? table[key] : undefined;
      const treatment = listed && treatmentOf(listed, this.features);
      const full = path === '' ? key : `${path}.${key}`;
      if (treatment === undefined && path === '' && key.startsWith('x-')) {
        this.ignore(key, 'nothing reads it but aliases of what it holds');
      } else if (treatment === undefined) {
        this.#unknown(key, full, keyPlace, table);
      } else if (treatment.kind === 'ignored') {
        this.ignore(ignoredPath === '' ? key : `${ignoredPath}.${key}`, treatment.why);
      } else if (treatment.kind === 'refused') {
        if (!this.#saysNothing(node)) {
          this.problems.unsupported(keyPlace, `${full}: ${treatment.what}.`, treatment.fix, treatment.leftOut);
        }
      } else {
        const value = this.variables.resolve(node);
        if (value !== undefined && !isNull(value)) taken.set(key, value);
      }
    }
    return taken;
  }

  /** The nearest known name as a question, or `otherwise`. */
  suggestion(name: string, candidates: Iterable<string>, otherwise: string): string {
    const near = this.#nearestName(name, candidates);
    return near === undefined ? otherwise : `Did you mean ${near}?`;
  }

  wrong(node: TemplateNode, path: string, wanted: string, fix: string): undefined {
    this.problems.error('SG_BAD_VALUE', node.place, `${path} must be ${wanted}, but it is ${describeNode(node)}.`, fix);
    return undefined;
  }

  text(node: TemplateNode | undefined, path: string, example: string): string | undefined {
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && (typeof node.value === 'string' || typeof node.value === 'number')) return String(node.value);
    return this.wrong(node, path, 'a text', `For example: ${example}`);
  }

  /** Numbers that came as text from a variable count as numbers. */
  integer(node: TemplateNode | undefined, path: string, least: number, most: number): number | undefined {
    if (node === undefined) return undefined;
    const value = node.kind === 'scalar' ? node.value : undefined;
    const number =
      typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    return this.wrong(node, path, `a whole number from ${least} to ${most}`, `Set it to a number in that range.`);
  }

  boolean(node: TemplateNode | undefined, path: string): boolean | undefined {
    if (node === undefined) return undefined;
    const value = node.kind === 'scalar' ? node.value : undefined;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return this.wrong(node, path, 'true or false', 'Write true or false; strToBool(…) turns the text of a variable into one.');
  }

  /** A list of texts, or one text alone. */
  texts(node: TemplateNode | undefined, path: string, example: string): readonly string[] | undefined {
    if (node === undefined) return undefined;
    const items = node.kind === 'list' ? node.items : [node];
    const texts = items.map((item) => {
      const value = this.variables.resolve(item);
      return value === undefined ? undefined : this.text(value, path, example);
    });
    return texts.some((text) => text === undefined) ? undefined : (texts as string[]);
  }

  map(node: TemplateNode | undefined, path: string, example: string): MapNode | undefined {
    if (node === undefined || node.kind === 'map') return node;
    return this.wrong(node, path, 'a map', `For example: ${example}`);
  }

  /**
   * Name to text; numbers, booleans and CloudFormation functions become text, null entries are kept as null. With --lenient,
   * values that are kept elsewhere become empty where `mayBeEmpty`.
   */
  textMap(
    node: TemplateNode | undefined,
    path: string,
    known: KnownReferences,
    checkName: (name: string, place: Place, path: string) => void,
    mayBeEmpty = false,
  ): ReadonlyMap<string, string | null> {
    const result = new Map<string, string | null>();
    const map = this.map(node, path, '{ NAME: value }');
    for (const { key, keyPlace, node: raw } of map?.entries.values() ?? []) {
      checkName(key, keyPlace, `${path}.${key}`);
      const value = mayBeEmpty ? this.variables.resolveOrEmpty(raw) : this.variables.resolve(raw);
      if (value === undefined) continue;
      if (value.kind === 'scalar' && this.readsHashReferences && String(value.value).includes('#{')) {
        const text = substituteHashes(value, known, this.problems);
        if (text !== undefined) result.set(key, text);
      } else if (value.kind === 'scalar') result.set(key, value.value === null ? null : String(value.value));
      else if (isCloudFormationFunction(value)) {
        const text = evaluateCloudFormation(value, known, this.variables, this.problems);
        if (text !== undefined) result.set(key, text);
      } else
        this.wrong(value, `${path}.${key}`, 'a text, a number or true/false', 'Write structured values as JSON text in quotes.');
    }
    return result;
  }

  /** With --lenient a variable is not resolved for this: it may lead to where nothing is asked. */
  #saysNothing(node: TemplateNode): boolean {
    if (isVacant(node)) return true;
    if (this.problems.lenient || node.kind !== 'scalar' || !this.variables.isReadHere(String(node.value))) return false;
    const value = this.variables.resolve(node);
    return value === undefined || isVacant(value);
  }

  #unknown(key: string, full: string, place: Place, table: PropertyTable): void {
    this.problems.unknown(
      place,
      `The property ${full} does not exist.`,
      this.suggestion(key, Object.keys(table), 'Remove it, or run with --lenient to leave it out.'),
    );
  }
}
