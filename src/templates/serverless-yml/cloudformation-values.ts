// CloudFormation functions in places where a plain value is needed: those that can be computed without a stack are.

import type { Place } from '../../config/user-error.ts';
import type { Problems } from '../problem.ts';
import type { ScalarNode, TemplateNode } from '../template-node.ts';
import type { Variables } from './variables.ts';

/** Names that Ref, Fn::GetAtt and Fn::Sub can stand for: `AWS::Region`, `HttpApi`, `HelloLambdaFunction.Arn`, … */
export interface KnownReferences {
  get(name: string): string | undefined;
}

/** True for `{ Ref: … }` and `{ 'Fn::…': … }`. */
export function isCloudFormationFunction(node: TemplateNode): boolean {
  if (node.kind !== 'map' || node.entries.size !== 1) return false;
  const [name] = node.entries.keys();
  return name === 'Ref' || name?.startsWith('Fn::') === true;
}

/** The text a CloudFormation function stands for, or undefined after noting a problem. */
export function evaluateCloudFormation(
  node: TemplateNode,
  known: KnownReferences,
  variables: Variables,
  problems: Problems,
): string | undefined {
  const value = evaluate(node, known, variables);
  if (typeof value === 'string') return value;
  problems.unsupported(
    value.place,
    `${value.what} needs a deployed CloudFormation stack to have a value.`,
    value.name === undefined
      ? 'Use a plain value for local runs, e.g. with param:NAME, or run with --lenient to leave it empty.'
      : `Give it one for local runs with --param ${value.name}=VALUE, or run with --lenient to leave it empty.`,
    'Left empty because of --lenient.',
  );
  return problems.lenient ? '' : undefined;
}

/** A text with `#{AWS::Region}` and `#{Table.Arn}` in it, as serverless-pseudo-parameters reads it; undefined after noting a problem. */
export function substituteHashes(node: ScalarNode, known: KnownReferences, problems: Problems): string | undefined {
  let missing: string | undefined;
  const text = String(node.value).replace(/#\{([^}]*)\}/g, (_, name: string) => {
    const value = known.get(name.trim());
    if (value === undefined) missing ??= name.trim();
    return value ?? '';
  });
  if (missing === undefined) return text;
  problems.unsupported(
    node.place,
    `#{${missing}} needs a deployed CloudFormation stack to have a value.`,
    `Give it one for local runs with --param ${missing}=VALUE, or run with --lenient to leave it empty.`,
    'Left empty because of --lenient.',
  );
  return problems.lenient ? text : undefined;
}

/** The same without a problem: undefined when it cannot be told. */
export function tryCloudFormation(node: TemplateNode, known: KnownReferences, variables: Variables): string | undefined {
  const value = evaluate(node, known, variables);
  return typeof value === 'string' ? value : undefined;
}

/** The first reference of it that is not known. */
export function missingReference(node: TemplateNode, known: KnownReferences, variables: Variables): string | undefined {
  const value = evaluate(node, known, variables);
  return typeof value === 'string' ? undefined : value.name;
}

interface Unknown {
  readonly place: Place;
  readonly what: string;
  /** By which `--param` can say it. */
  readonly name?: string;
}

function evaluate(raw: TemplateNode, known: KnownReferences, variables: Variables): string | Unknown {
  const node = variables.resolve(raw);
  if (node === undefined) return { place: raw.place, what: 'This' };
  if (node.kind === 'scalar') return node.value === null ? '' : String(node.value);
  if (node.kind === 'list' || !isCloudFormationFunction(node)) return { place: node.place, what: 'This' };
  const [entry] = node.entries.values();
  const name = entry!.key;
  const argument = variables.resolve(entry!.node);
  if (argument === undefined) return { place: node.place, what: name };
  if (name === 'Ref' && argument.kind === 'scalar') return reference(String(argument.value), known, node.place, name);
  if (name === 'Fn::GetAtt') return getAtt(argument, known, node.place);
  if (name === 'Fn::ImportValue') {
    const exported = evaluate(argument, known, variables);
    return typeof exported === 'string' ? reference(exported, known, node.place, name) : exported;
  }
  if (name === 'Fn::Sub') return substitute(argument, known, variables);
  if (name === 'Fn::Join' && argument.kind === 'list' && argument.items[1] !== undefined) {
    const separator = evaluate(argument.items[0]!, known, variables);
    const list = variables.resolve(argument.items[1]);
    if (typeof separator !== 'string') return separator;
    if (list?.kind !== 'list') return { place: node.place, what: name };
    const parts = list.items.map((item) => evaluate(item, known, variables));
    const failed = parts.find((part) => typeof part !== 'string');
    return failed === undefined ? parts.join(separator) : (failed as Unknown);
  }
  if (name === 'Fn::Select' && argument.kind === 'list' && argument.items.length === 2) {
    const index = Number(evaluate(argument.items[0]!, known, variables));
    const items = listOf(argument.items[1]!, known, variables);
    return isList(items) ? (items[index] ?? { place: node.place, what: name }) : items;
  }
  if (name === 'Fn::Base64') {
    const text = evaluate(argument, known, variables);
    return typeof text === 'string' ? Buffer.from(text).toString('base64') : text;
  }
  return { place: node.place, what: name };
}

function isList(value: readonly string[] | Unknown): value is readonly string[] {
  return Array.isArray(value);
}

/** A list that is written out, or the parts of Fn::Split. */
function listOf(raw: TemplateNode, known: KnownReferences, variables: Variables): readonly string[] | Unknown {
  const node = variables.resolve(raw);
  if (node?.kind === 'list') {
    const items = node.items.map((item) => evaluate(item, known, variables));
    return items.every((item) => typeof item === 'string') ? items : (items.find((item) => typeof item !== 'string') as Unknown);
  }
  const split = node?.kind === 'map' ? node.entries.get('Fn::Split')?.node : undefined;
  const argument = split && variables.resolve(split);
  if (argument?.kind !== 'list' || argument.items.length !== 2) return { place: raw.place, what: 'This list' };
  const separator = evaluate(argument.items[0]!, known, variables);
  const text = evaluate(argument.items[1]!, known, variables);
  if (typeof separator !== 'string') return separator;
  return typeof text === 'string' ? text.split(separator) : text;
}

function reference(name: string, known: KnownReferences, place: Place, what: string): string | Unknown {
  return known.get(name) ?? { place, what: `${what} ${name}`, name };
}

function getAtt(argument: TemplateNode, known: KnownReferences, place: Place): string | Unknown {
  const parts = argument.kind === 'list' ? argument.items : [argument];
  const name = parts.map((part) => (part.kind === 'scalar' ? String(part.value) : '')).join('.');
  return reference(name, known, place, 'Fn::GetAtt');
}

function substitute(argument: TemplateNode, known: KnownReferences, variables: Variables): string | Unknown {
  const text = variables.resolve(argument.kind === 'list' ? (argument.items[0] ?? argument) : argument);
  if (text?.kind !== 'scalar') return { place: argument.place, what: 'Fn::Sub' };
  const own = new Map<string, string>();
  const extra = argument.kind === 'list' && argument.items[1] !== undefined ? variables.resolve(argument.items[1]) : undefined;
  if (extra?.kind === 'map') {
    for (const { key, node } of extra.entries.values()) {
      const value = evaluate(node, known, variables);
      if (typeof value !== 'string') return value;
      own.set(key, value);
    }
  }
  let missing: string | undefined;
  const result = String(text.value).replace(/\$\{(!?)([^}]*)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return whole.replace('!', '');
    const value = own.get(name.trim()) ?? known.get(name.trim());
    if (value === undefined) missing ??= name.trim();
    return value ?? '';
  });
  return missing === undefined ? result : { place: text.place, what: `Fn::Sub of ${missing}`, name: missing };
}
