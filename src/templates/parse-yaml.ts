// YAML or JSON text to template nodes, with CloudFormation's short tags written out and hard limits on what is taken.

import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
} from 'yaml';
import type { Place } from '../config/user-error.ts';
import type { Problems } from './problem.ts';
import type { ListNode, MapEntry, MapNode, ScalarNode, TemplateNode } from './template-node.ts';

/** Bytes of one file. */
export const FILE_SIZE_LIMIT_BYTES = 6 * 1024 * 1024;
/** Nodes of one document after its aliases are followed: an alias bomb stops here. */
const NODE_LIMIT = 200_000;
const DEPTH_LIMIT = 100;

/** CloudFormation's short forms. Source: CloudFormation user guide, intrinsic function reference. */
const CLOUDFORMATION_TAGS = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    'And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform',
  ].flatMap((names) => names.split(' ').map((name): [string, string] => [`!${name}`, `Fn::${name}`])),
]);

/** The tree of `text`, or undefined when it cannot be read (the problems say why). An empty document is null. */
export function parseYaml(text: string, file: string, problems: Problems): TemplateNode | undefined {
  if (Buffer.byteLength(text) > FILE_SIZE_LIMIT_BYTES) {
    problems.error('SG_YAML', { file }, 'The file is larger than 6 MB.', 'Split it, or take generated data out of it.');
    return undefined;
  }
  if (text.startsWith('\uFFFD\uFFFD') || text.includes('\0')) {
    problems.error('SG_YAML', { file }, 'The file is not UTF-8 text.', 'Save it as UTF-8.');
    return undefined;
  }
  const lineCounter = new LineCounter();
  const placeOf = (offset: number | undefined): Place => {
    const at = lineCounter.linePos(offset ?? 0);
    return { file, line: Math.max(1, at.line), column: Math.max(1, at.col) };
  };
  try {
    // Not 'silent': that would also keep quiet about a second document.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
    for (const error of tellingErrors(document.errors)) {
      const isJson = file.toLowerCase().endsWith('.json');
      problems.error('SG_YAML', placeOf(error.pos[0]), sentence(error), isJson ? jsonFix(error.code) : yamlFix(error));
    }
    if (document.errors.length > 0) return undefined;
    const converter = new Converter(placeOf, (alias) => alias.resolve(document), problems);
    return converter.convert(document.contents as Node | null, 0);
  } catch (error) {
    if (error instanceof TooMuch) {
      problems.error('SG_YAML', error.place, error.message, 'Write the structure out flatter, or split the file.');
      return undefined;
    }
    // The parser recurses once per level of nesting.
    if (error instanceof RangeError) {
      problems.error('SG_YAML', { file }, 'The file is nested too deeply.', 'Write the structure out flatter.');
      return undefined;
    }
    throw error;
  }
}

class TooMuch extends Error {
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

class Converter {
  readonly #placeOf: (offset: number | undefined) => Place;
  readonly #resolveAlias: (alias: Alias) => Node | undefined;
  readonly #problems: Problems;
  #nodes = 0;

  constructor(
    placeOf: (offset: number | undefined) => Place,
    resolveAlias: (alias: Alias) => Node | undefined,
    problems: Problems,
  ) {
    this.#placeOf = placeOf;
    this.#resolveAlias = resolveAlias;
    this.#problems = problems;
  }

  convert(node: Node | null | undefined, depth: number): TemplateNode {
    const place = this.#placeOf(node?.range?.[0]);
    this.#nodes += 1;
    if (this.#nodes > NODE_LIMIT) throw new TooMuch(`The file has more than ${NODE_LIMIT} values, aliases included.`, place);
    if (depth > DEPTH_LIMIT) throw new TooMuch(`The file is nested deeper than ${DEPTH_LIMIT} levels.`, place);
    if (node === null || node === undefined) return { kind: 'scalar', place, value: null };
    if (isAlias(node)) return this.#convertAlias(node, place, depth);
    const plain = this.#convertPlain(node, place, depth);
    return node.tag?.startsWith('!') === true && node.tag !== '!' ? this.#writeOutTag(node.tag, plain) : plain;
  }

  #convertAlias(node: Alias, place: Place, depth: number): TemplateNode {
    const target = this.#resolveAlias(node);
    if (target !== undefined) return this.convert(target, depth + 1);
    this.#problems.error('SG_YAML', place, `There is no anchor &${node.source}.`, 'Define the anchor above this line.');
    return { kind: 'scalar', place, value: null };
  }

  #convertPlain(node: Node, place: Place, depth: number): TemplateNode {
    if (isScalar(node)) return { kind: 'scalar', place, value: scalarValue(node.value) };
    if (isSeq(node)) {
      return { kind: 'list', place, items: node.items.map((item) => this.convert(item as Node, depth + 1)) } satisfies ListNode;
    }
    const entries = new Map<string, MapEntry>();
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const keyNode = pair.key as Node | null;
        const key = isScalar(keyNode) ? String(keyNode.value) : '';
        const value = this.convert(pair.value as Node | null, depth + 1);
        if (key === '<<') this.#merge(entries, value);
        else entries.set(key, { key, keyPlace: this.#placeOf(keyNode?.range?.[0]), node: value });
      }
    }
    return { kind: 'map', place, entries } satisfies MapNode;
  }

  /** `<<: *base` and `<<: [*a, *b]`: what is already there, or comes earlier in the list, wins. */
  #merge(entries: Map<string, MapEntry>, value: TemplateNode): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') continue;
      for (const entry of source.entries.values()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
  }

  #writeOutTag(tag: string, node: TemplateNode): TemplateNode {
    const name = CLOUDFORMATION_TAGS.get(tag);
    if (name === undefined) {
      this.#problems.error(
        'SG_YAML',
        node.place,
        `The tag ${tag} is not known.`,
        'Use a CloudFormation function such as !Ref or !Sub.',
      );
      return node;
    }
    const argument = name === 'Fn::GetAtt' ? getAttArgument(node) : node;
    const entry = { key: name, keyPlace: node.place, node: argument };
    return { kind: 'map', place: node.place, entries: new Map([[name, entry]]) };
  }
}

/** `!GetAtt Table.Arn` means `[Table, Arn]`. */
function getAttArgument(node: TemplateNode): TemplateNode {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  const at = node.value.indexOf('.');
  if (at < 0) return node;
  const parts = [node.value.slice(0, at), node.value.slice(at + 1)];
  return {
    kind: 'list',
    place: node.place,
    items: parts.map((value): ScalarNode => ({ kind: 'scalar', place: node.place, value })),
  };
}

function scalarValue(value: unknown): ScalarNode['value'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value);
}

/** Keys that stand twice, and of all else the first error: what follows it is mostly its doing. */
function tellingErrors(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const first = errors.findIndex((error) => error.code !== 'DUPLICATE_KEY');
  return first < 0 ? errors : errors.slice(0, first + 1);
}

/** A text without quotes inside `{ }` or `[ ]` ends where a bracket begins. */
function isCutText({ message }: YAMLParseError): boolean {
  return /^Unexpected flow-(map|seq)-start at node end/.test(message);
}

function sentence(error: YAMLParseError): string {
  const text = error.message.split('\n')[0]!.trim();
  if (/^Missing closing .quote/.test(text)) return 'A text in quotes is not closed.';
  if (isCutText(error)) return 'Inside { } and [ ], a text with brackets or commas in it must stand in quotes.';
  if (error.code === 'MULTIPLE_DOCS') return 'A second document begins here (---); a service file is one.';
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return 'This value cannot have properties of its own.';
  if (error.code === 'TAB_AS_INDENT') return 'Tabs are not allowed as indentation.';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function yamlFix(error: YAMLParseError): string {
  const { code, message } = error;
  if (/closing .quote/.test(message)) return 'Add the closing quote.';
  if (isCutText(error)) return "Put the whole text in quotes, e.g. { path: '/orders/{id}' }.";
  if (code === 'MULTIPLE_DOCS') return 'Remove the line with ---, or the second document.';
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'Give the lines below it the indentation of this one, or quote the text when it holds ": ".';
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces; YAML does not allow tabs.';
  if (code === 'DUPLICATE_KEY') return 'Remove one of the two.';
  if (code === 'BAD_INDENT' || code === 'MISSING_CHAR') {
    return 'Check the indentation, and quote texts that hold ": " or "#".';
  }
  return 'Correct the YAML there.';
}

function jsonFix(code: string): string {
  return code === 'DUPLICATE_KEY'
    ? 'Remove one of the two.'
    : 'Correct the JSON there: a bracket, a comma or a quote is missing.';
}
