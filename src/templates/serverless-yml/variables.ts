// Resolves the variables of a serverless.yml where they are read, not everywhere: a part of the file that has no meaning
// here may refer to things that are not there.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Place } from '../../config/user-error.ts';
import { parseYaml } from '../parse-yaml.ts';
import type { Problems } from '../problem.ts';
import { describeNode, type MapNode, type ScalarNode, type TemplateNode } from '../template-node.ts';
import { readCodeFile } from './code-file.ts';
import { givenValue, parsedValue } from './given-value.ts';
import { isCodeFile, readVariableFile, variableFilePath } from './variable-file.ts';
import { missingFix, sourcesOf, UNSUPPORTED_SOURCES, VARIABLE_SOURCES } from './variable-sources.ts';
import {
  type Alternative,
  mayHoldVariable,
  type Piece,
  parseVariables,
  type Variable,
  VariableSyntaxError,
} from './variable-syntax.ts';

/** What the sources of variables are fed with. */
export interface VariableContext {
  /** Absolute. */
  readonly serviceFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--stage` and `--region`, when given. */
  readonly options: ReadonlyMap<string, string>;
  /** `--param name=value`. */
  readonly params: ReadonlyMap<string, string>;
  readonly accountId: string;
  /** Stays the same over reloads. */
  readonly instanceId: string;
}

/** A value for `sls:instanceId`. */
export function newInstanceId(): string {
  return randomBytes(8).toString('hex');
}

/** A problem was noted; whoever asked for the value goes without it. */
const FAILED = Symbol('failed');
type Outcome = TemplateNode | undefined | typeof FAILED;

const DEPTH_LIMIT = 50;
/** The ARNs of this system are all of one partition, whatever the region. */
const PSEUDO_PARAMETERS: ReadonlyMap<string, string> = new Map([
  ['AWS::Partition', 'aws'],
  ['AWS::URLSuffix', 'amazonaws.com'],
]);

export class Variables {
  readonly #root: TemplateNode;
  readonly #context: VariableContext;
  readonly #problems: Problems;
  readonly #resolved = new Map<TemplateNode, TemplateNode | 'resolving' | 'failed'>();
  readonly #files = new Map<string, TemplateNode | undefined>();
  #unreadDotenv: string | undefined;
  /** Files that were read for `file(…)`, absolute: they belong to the definition and are watched. */
  readonly filesRead = new Set<string>();
  #environment: Readonly<Record<string, string | undefined>>;
  #depth = 0;
  /** What nobody is asked for may be left empty, for --lenient. */
  #mayBeEmpty = false;
  /** Something was left empty: the value is good for who allowed it, for nobody else. */
  #wasEmptied = false;

  constructor(root: TemplateNode, context: VariableContext, problems: Problems) {
    this.#root = root;
    this.#context = context;
    this.#problems = problems;
    this.#environment = context.environment;
  }

  get environment(): Readonly<Record<string, string | undefined>> {
    return this.#environment;
  }

  /** A .env file that is there and not asked for: named where a variable has no value. */
  noteUnreadDotenv(name: string): void {
    this.#unreadDotenv = name;
  }

  /** Adds names from .env files; the process's own environment wins. */
  addEnvironment(more: Readonly<Record<string, string | undefined>>): void {
    this.#environment = { ...more, ...this.#environment };
  }

  /** The same as resolve; with --lenient a source that is not asked gives an empty text. Not for what may protect a route. */
  resolveOrEmpty(node: TemplateNode): TemplateNode | undefined {
    this.#mayBeEmpty = this.#problems.lenient;
    try {
      return this.resolve(node);
    } finally {
      this.#mayBeEmpty = false;
    }
  }

  /** The node with the variable at its top resolved (children are resolved when they are read), or undefined when that failed. */
  resolve(node: TemplateNode): TemplateNode | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !mayHoldVariable(node.value)) return node;
    const known = this.#resolved.get(node);
    if (known === 'resolving') {
      this.#problems.error(
        'SG_VARIABLE',
        node.place,
        `The variables of ${describeNode(node)} refer to themselves in a circle.`,
        'Break the circle: give one of them a value of its own.',
      );
      this.#resolved.set(node, 'failed');
      return undefined;
    }
    if (known !== undefined) return known === 'failed' ? undefined : known;
    if (this.#depth >= DEPTH_LIMIT) {
      this.#problems.error(
        'SG_VARIABLE',
        node.place,
        `Variables lead through more than ${DEPTH_LIMIT} others.`,
        'Shorten the chain.',
      );
      return undefined;
    }
    this.#resolved.set(node, 'resolving');
    this.#depth += 1;
    const before = this.#wasEmptied;
    this.#wasEmptied = false;
    const value = this.#evaluateText(node.value, node.place);
    this.#depth -= 1;
    // A circle found on the way down has already marked this node.
    const result = this.#resolved.get(node) === 'failed' ? 'failed' : (value ?? 'failed');
    if (this.#wasEmptied) this.#resolved.delete(node);
    else this.#resolved.set(node, result);
    this.#wasEmptied = this.#depth > 0 && (before || this.#wasEmptied);
    return result === 'failed' ? undefined : result;
  }

  /** The value at a dotted path of the file, variables resolved; undefined when it is not there. */
  at(path: string): TemplateNode | undefined {
    const found = this.#walk(this.#root, path === '' ? [] : path.split('.'));
    return found === FAILED ? undefined : found;
  }

  /** A section of the file, its own variable resolved; undefined when it is not a map. */
  section(name: string): MapNode | undefined {
    const entry = this.#root.kind === 'map' ? this.#root.entries.get(name) : undefined;
    const node = entry && this.resolve(entry.node);
    return node?.kind === 'map' ? node : undefined;
  }

  /** `opt:stage`, else provider.stage, else `dev`. */
  stage(): string {
    const given = this.#context.options.get('stage');
    if (given !== undefined) return given;
    const written = this.at('provider.stage');
    return written?.kind === 'scalar' && written.value !== null ? String(written.value) : 'dev';
  }

  /** `opt:region`, else provider.region, else `us-east-1`. */
  region(): string {
    const given = this.#context.options.get('region');
    if (given !== undefined) return given;
    const written = this.at('provider.region');
    return written?.kind === 'scalar' && written.value !== null ? String(written.value) : 'us-east-1';
  }

  /** What references of CloudFormation stand for before a stack is read: what `--param` says, and pseudo parameters. */
  reference(name: string): string | undefined {
    const given = this.#context.params.get(name);
    if (given !== undefined) return given;
    if (name === 'AWS::Region') return this.region();
    return name === 'AWS::AccountId' ? this.#context.accountId : PSEUDO_PARAMETERS.get(name);
  }

  /** True when `--param` says what a resource or one of its attributes is: it is made elsewhere. */
  isGiven(logicalId: string): boolean {
    return [...this.#context.params.keys()].some((name) => name === logicalId || name.startsWith(`${logicalId}.`));
  }

  /** True when every source of the text's variables is one that is read here; false for a text that cannot be parsed. */
  isReadHere(text: string): boolean {
    try {
      return sourcesOf(parseVariables(text)).every((source) => VARIABLE_SOURCES.has(source));
    } catch (error) {
      if (error instanceof VariableSyntaxError) return false;
      throw error;
    }
  }

  #evaluateText(text: string, place: Place): TemplateNode | undefined {
    let pieces: readonly Piece[];
    try {
      pieces = parseVariables(text);
    } catch (error) {
      if (!(error instanceof VariableSyntaxError)) throw error;
      this.#problems.error('SG_VARIABLE', place, error.message, 'Write \\${ for a text that begins with ${ and is no variable.');
      return undefined;
    }
    const only = pieces[0];
    if (pieces.length === 1 && only !== undefined && typeof only !== 'string') return this.#evaluate(only, place);
    const joined = this.#joinText(pieces, place);
    return joined === undefined ? undefined : { kind: 'scalar', place, value: joined };
  }

  #joinText(pieces: readonly Piece[], place: Place): string | undefined {
    let text = '';
    let failed = false;
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        text += piece;
        continue;
      }
      const value = this.#evaluate(piece, place);
      if (value === undefined) failed = true;
      else if (value.kind !== 'scalar') {
        failed = true;
        this.#problems.error(
          'SG_VARIABLE',
          place,
          `${piece.text} is ${describeNode(value)} and cannot stand inside a text.`,
          'Refer to one of its values, e.g. with .name at the end, or let the variable be the whole value.',
        );
      } else text += value.value === null ? '' : String(value.value);
    }
    return failed ? undefined : text;
  }

  #evaluate(variable: Variable, place: Place): TemplateNode | undefined {
    const tried: string[] = [];
    let missing: TemplateNode | undefined;
    for (const alternative of variable.alternatives) {
      const value = this.#evaluateAlternative(alternative, variable, place);
      if (value === FAILED) return undefined;
      if (value !== undefined && !(value.kind === 'scalar' && value.value === null)) return value;
      if (value !== undefined) missing = value;
      if (alternative.kind === 'source') tried.push(alternative.source);
    }
    // A null that was found or written out counts as a value when nothing better follows.
    if (missing !== undefined) return missing;
    const byDefault = this.#providerDefault(variable);
    if (byDefault !== undefined) return { kind: 'scalar', place, value: byDefault };
    this.#problems.error('SG_VARIABLE', place, `${variable.text} has no value.`, missingFix(variable, tried, this.#unreadDotenv));
    return undefined;
  }

  /** Stage and region have a value when the file does not say: `self:provider.stage` of versions 1 and 2 counts on it. */
  #providerDefault({ alternatives }: Variable): string | undefined {
    for (const one of alternatives) {
      if (one.kind !== 'source' || one.source !== 'self') continue;
      const address = one.address?.join('');
      if (address === 'provider.stage') return this.stage();
      if (address === 'provider.region') return this.region();
    }
    return undefined;
  }

  #evaluateAlternative(alternative: Alternative, variable: Variable, place: Place): Outcome {
    if (alternative.kind === 'literal') return { kind: 'scalar', place, value: alternative.value };
    if (alternative.kind === 'nested') return this.#evaluate(alternative.variable, place) ?? FAILED;
    const address = alternative.address === undefined ? undefined : this.#joinText(alternative.address, place);
    const parameters = alternative.parameters === undefined ? undefined : this.#joinText(alternative.parameters, place);
    if (alternative.address !== undefined && address === undefined) return FAILED;
    if (alternative.parameters !== undefined && parameters === undefined) return FAILED;
    const text = (value: string | undefined): Outcome => (value === undefined ? undefined : { kind: 'scalar', place, value });
    switch (alternative.source) {
      case 'self':
        return this.#walk(this.#root, (address ?? '') === '' ? [] : address!.split('.'));
      case 'env':
        return text(this.#environment[address ?? '']);
      case 'opt':
        return text(this.#context.options.get(address ?? ''));
      case 'param':
        return this.#param(address ?? '', place);
      case 'sls':
        if (address === 'stage') return text(this.stage());
        if (address === 'instanceId') return text(this.#context.instanceId);
        return this.#unknownAddress('sls', address, 'stage, instanceId', place);
      case 'aws':
        if (address === 'accountId') return text(this.#context.accountId);
        if (address === 'region') return text(this.region());
        if (address === 'partition') return text(PSEUDO_PARAMETERS.get('AWS::Partition'));
        // Version 4: what an account keeps, `aws:ssm:/key`.
        if (/^(?:ssm|cf|s3):/.test(address ?? '')) return this.#elsewhere('aws', parameters, address ?? '', variable, place);
        return this.#unknownAddress('aws', address, 'accountId, region, partition', place);
      case 'file':
        return this.#file(parameters ?? '', address, place);
      case 'strToBool':
        return this.#strToBool(parameters ?? '', place);
      default:
        return this.#elsewhere(alternative.source, parameters, address ?? '', variable, place);
    }
  }

  #param(name: string, place: Place): Outcome {
    const given = this.#context.params.get(name);
    if (given !== undefined) return { kind: 'scalar', place, value: given };
    const stage = this.stage();
    for (const path of [
      ['params', stage, name],
      ['stages', stage, 'params', name],
      ['params', 'default', name],
      ['stages', 'default', 'params', name],
    ]) {
      const found = this.#walk(this.#root, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #walk(from: TemplateNode, path: readonly string[]): Outcome {
    let node: TemplateNode | undefined = this.resolve(from);
    for (const step of path) {
      if (node === undefined) return FAILED;
      const next: TemplateNode | undefined =
        node.kind === 'map'
          ? node.entries.get(step)?.node
          : node.kind === 'list' && /^\d+$/.test(step)
            ? node.items[Number(step)]
            : undefined;
      if (next === undefined) return undefined;
      node = this.resolve(next);
    }
    return node ?? FAILED;
  }

  #file(name: string, address: string | undefined, place: Place): Outcome {
    const file = variableFilePath(this.#context.serviceFolder, name);
    if (isCodeFile(file)) return this.#codeFile(file, name, address, place);
    const reading = readVariableFile(this.#context.serviceFolder, name, this.#files, this.#problems, place);
    if (reading === 'failed') return FAILED;
    this.filesRead.add(reading.file);
    if (reading.node === undefined) return undefined;
    return this.#walk(reading.node, address === undefined || address === '' ? [] : address.split('.'));
  }

  /** Each address once in a reading of the service file. */
  #codeFile(file: string, name: string, address: string | undefined, place: Place): Outcome {
    this.filesRead.add(file);
    const key = `${file}\0${address ?? ''}`;
    if (this.#files.has(key)) return this.#files.get(key);
    if (!existsSync(file)) return undefined;
    const outcome = readCodeFile({
      file,
      address: (address ?? '').split('.').filter((step) => step !== ''),
      serviceFolder: this.#context.serviceFolder,
      environment: this.#environment,
      options: { stage: this.stage(), region: this.region(), ...Object.fromEntries(this.#context.options) },
      resolve: (variable) => {
        const node = this.resolve({ kind: 'scalar', place, value: `\${${variable}}` });
        return node === undefined ? undefined : { value: this.#plain(node) };
      },
    });
    if (outcome === 'unanswered') return FAILED;
    if (typeof outcome === 'object' && 'failure' in outcome) {
      this.#problems.error(
        'SG_VARIABLE',
        place,
        `file(${name}) could not be run: ${outcome.failure}.`,
        'Correct the file; it runs in a process of its own, with Node.js, in the folder of the service file.',
      );
      return FAILED;
    }
    if (outcome !== 'absent') for (const one of outcome.files) this.filesRead.add(one);
    const node = outcome === 'absent' ? undefined : parseYaml(outcome.json, file, this.#problems);
    this.#files.set(key, node);
    return node;
  }

  #plain(node: TemplateNode): unknown {
    const value = this.resolve(node);
    if (value === undefined) return undefined;
    if (value.kind === 'scalar') return value.value;
    if (value.kind === 'list') return value.items.map((item) => this.#plain(item));
    return Object.fromEntries([...value.entries.values()].map((entry) => [entry.key, this.#plain(entry.node)]));
  }

  #strToBool(text: string, place: Place): Outcome {
    const value = /^(true|1)$/i.test(text.trim()) ? true : /^(false|0)$/i.test(text.trim()) ? false : undefined;
    if (value !== undefined) return { kind: 'scalar', place, value } satisfies ScalarNode;
    this.#problems.error(
      'SG_VARIABLE',
      place,
      `strToBool cannot read ${JSON.stringify(text)}.`,
      'It takes true, false, 1 or 0, in any case.',
    );
    return FAILED;
  }

  #elsewhere(source: string, parameters: string | undefined, address: string, variable: Variable, place: Place): Outcome {
    const what = this.#placeOf(source, address);
    const given = what === undefined ? undefined : givenValue(this.#context.params, { source, parameters, address });
    return given === undefined
      ? this.#unsupportedSource(source, address, what, variable, place)
      : parsedValue(given, place, this.#problems);
  }

  /** Where the values of a source that is not asked are; undefined for one that there is not. */
  #placeOf(source: string, address: string): string | undefined {
    if (source === 'aws') return UNSUPPORTED_SOURCES.get(/^\w+/.exec(address)?.[0] ?? '');
    const isResolver = (stage: string) => this.at(`stages.${stage}.resolvers.${source}`) !== undefined;
    return (
      UNSUPPORTED_SOURCES.get(source) ??
      (isResolver(this.stage()) || isResolver('default') ? `the resolver ${source}` : undefined)
    );
  }

  #unknownAddress(source: string, address: string | undefined, known: string, place: Place): Outcome {
    this.#problems.error('SG_VARIABLE', place, `The source ${source} has no "${address ?? ''}".`, `It has: ${known}.`);
    return FAILED;
  }

  #unsupportedSource(source: string, address: string, what: string | undefined, variable: Variable, place: Place): Outcome {
    const index = variable.alternatives.findIndex((other) => other.kind === 'source' && other.source === source);
    const canFallBack = index < variable.alternatives.length - 1;
    const name = `${source}:${address}`;
    const give = `Give its value with --param '${name}=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, ${variable.text.slice(2)}.`;
    if (what !== undefined && canFallBack && this.#problems.lenient) {
      this.#problems.unsupported(
        place,
        `${variable.text} is read from ${what}, which is not asked here.`,
        '',
        'Its fallback is taken because of --lenient.',
      );
      return undefined;
    }
    if (what !== undefined && this.#mayBeEmpty) {
      const told = `${variable.text} is read from ${what}, which is not asked here.`;
      this.#problems.unsupported(place, told, '', 'Left empty because of --lenient.');
      this.#wasEmptied = true;
      return { kind: 'scalar', place, value: '' };
    }
    this.#problems.error(
      what === undefined ? 'SG_VARIABLE' : 'SG_UNSUPPORTED',
      place,
      what === undefined
        ? `${variable.text}: there is no variable source "${source}".`
        : `${variable.text} is read from ${what}, which is not asked here.`,
      what === undefined
        ? `The sources are ${[...VARIABLE_SOURCES.keys()].join(', ')}.`
        : canFallBack
          ? `${give} Or run with --lenient to take the fallback.`
          : give,
    );
    return FAILED;
  }
}
