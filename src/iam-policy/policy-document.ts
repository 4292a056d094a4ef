// A policy document: parsed and checked once, then asked many times.

import { type Condition, compileCondition } from './condition.ts';
import { fault, isFault, type PolicyFault } from './policy-fault.ts';
import { compilePrincipal, type PrincipalMatcher } from './principal.ts';
import { lowerCasePattern, parseTextPattern, type ResolvedPattern, type TextPattern } from './text-pattern.ts';

/** One statement, ready to be evaluated. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Undefined in identity policies. */
  readonly principal: { readonly negated: boolean; readonly named: PrincipalMatcher } | undefined;
  readonly action: { readonly negated: boolean; readonly patterns: readonly ResolvedPattern[] };
  /** Undefined in role trust policies, which are about the role they hang on. */
  readonly resource: { readonly negated: boolean; readonly patterns: readonly TextPattern[] } | undefined;
  readonly conditions: readonly Condition[];
}

/** A checked policy document. */
export interface Policy {
  readonly version: '2008-10-17' | '2012-10-17';
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}

/** What a policy hangs on decides which elements it must have: only identity policies have no Principal, only trust policies no Resource. */
export type PolicyKind = 'resource' | 'identity' | 'trust';

/** Longest document taken, in characters; every AWS limit is below it. */
const DOCUMENT_LENGTH_MAX = 131_072;

/** Parses and checks a document given as JSON text. */
export function parsePolicy(text: string, kind: PolicyKind): Policy | PolicyFault {
  if (text.length > DOCUMENT_LENGTH_MAX) return fault('', `Policy document longer than ${DOCUMENT_LENGTH_MAX} characters`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const offset = /at position (\d+)/.exec(message)?.[1];
    return fault('', `Policy document is not JSON: ${message}`, offset === undefined ? undefined : Number(offset));
  }
  return compilePolicy(document, kind);
}

/** Checks a document given as a value. */
export function compilePolicy(document: unknown, kind: PolicyKind): Policy | PolicyFault {
  if (!isRecord(document)) return fault('', 'A policy document is a JSON object');
  for (const name of Object.keys(document)) {
    if (!['Version', 'Id', 'Statement'].includes(name)) return fault(name, `Unknown element: ${name}`);
  }
  const version = document['Version'] ?? '2008-10-17';
  if (version !== '2008-10-17' && version !== '2012-10-17') {
    return fault('Version', 'Version is 2012-10-17 or 2008-10-17');
  }
  const id = document['Id'];
  if (id !== undefined && typeof id !== 'string') return fault('Id', 'Id is text');
  const given = document['Statement'];
  if (given === undefined) return fault('Statement', 'A policy document has a Statement');
  const list: unknown[] = Array.isArray(given) ? given : [given];
  const statements: Statement[] = [];
  const sids = new Set<string>();
  for (const [index, entry] of list.entries()) {
    const path = Array.isArray(given) ? `Statement[${index}]` : 'Statement';
    const statement = compileStatement(entry, kind, version === '2012-10-17', path);
    if (isFault(statement)) return statement;
    if (statement.sid !== undefined && statement.sid !== '') {
      if (sids.has(statement.sid)) return fault(`${path}.Sid`, `Statement ids must be unique: ${statement.sid}`);
      sids.add(statement.sid);
    }
    statements.push(statement);
  }
  return { version, id, statements };
}

function compileStatement(entry: unknown, kind: PolicyKind, variables: boolean, path: string): Statement | PolicyFault {
  if (!isRecord(entry)) return fault(path, 'A statement is a JSON object');
  const elements = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];
  for (const name of Object.keys(entry)) {
    if (!elements.includes(name)) return fault(`${path}.${name}`, `Unknown element: ${name}`);
  }
  const sid = entry['Sid'];
  if (sid !== undefined && typeof sid !== 'string') return fault(`${path}.Sid`, 'Sid is text');
  const effect = entry['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') return fault(`${path}.Effect`, 'Effect is Allow or Deny');

  const principalElement = oneOf(entry, 'Principal', 'NotPrincipal', path);
  if (isFault(principalElement)) return principalElement;
  let principal: Statement['principal'];
  if (principalElement.name === undefined) {
    if (kind !== 'identity') return fault(path, 'A statement of this policy has a Principal or a NotPrincipal');
  } else {
    if (kind === 'identity') return fault(`${path}.${principalElement.name}`, 'An identity policy has no Principal');
    const named = compilePrincipal(principalElement.value, `${path}.${principalElement.name}`);
    if (isFault(named)) return named;
    principal = { negated: principalElement.negated, named };
  }

  const action = oneOf(entry, 'Action', 'NotAction', path);
  if (isFault(action)) return action;
  if (action.name === undefined) return fault(path, 'A statement has an Action or a NotAction');
  const actions = textList(action.value, `${path}.${action.name}`);
  if (isFault(actions)) return actions;
  for (const [index, name] of actions.entries()) {
    if (name !== '*' && !/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/.test(name)) {
      return fault(`${path}.${action.name}[${index}]`, `An action is "service:Name": ${name}`);
    }
  }

  const resource = oneOf(entry, 'Resource', 'NotResource', path);
  if (isFault(resource)) return resource;
  let resources: readonly string[] | undefined;
  if (resource.name === undefined) {
    if (kind !== 'trust') return fault(path, 'A statement has a Resource or a NotResource');
  } else {
    if (kind === 'trust') return fault(`${path}.${resource.name}`, 'A trust policy has no Resource');
    const list = textList(resource.value, `${path}.${resource.name}`);
    if (isFault(list)) return list;
    if (kind === 'identity') {
      for (const [index, text] of list.entries()) {
        const message = resourceFault(text, variables);
        if (message !== undefined) return fault(`${path}.${resource.name}[${index}]`, message);
      }
    }
    resources = list;
  }

  const conditions = compileConditions(entry['Condition'], variables, `${path}.Condition`);
  if (isFault(conditions)) return conditions;
  return {
    sid,
    effect,
    principal,
    action: { negated: action.negated, patterns: actions.map(actionPattern) },
    resource:
      resources === undefined
        ? undefined
        : {
            negated: resource.negated,
            patterns: resources.map((text) => parseTextPattern(text, { wildcards: true, variables })),
          },
    conditions,
  };
}

/**
 * What is wrong with a Resource of an identity policy. A text that is no ARN would match nothing, which a Deny must not do silently.
 * AWS: these sentences. Seen: refusals of PutUserPolicy and CreatePolicy in public reports.
 */
function resourceFault(text: string, variables: boolean): string | undefined {
  if (text === '*') return undefined;
  const { parts } = parseTextPattern(text, { wildcards: true, variables });
  // Only colons that are written divide; those in a variable's value come later.
  const written = parts.map((part) => (part.kind === 'literal' ? part.text : part.kind === 'any' ? '*' : '?')).join('');
  const pieces = written.split(':');
  if (pieces[0] !== 'arn' || pieces.length < 6) return `Resource ${text} must be in ARN format or "*".`;
  if (/[*?]/.test(pieces[2] as string)) return 'Resource vendor must be fully qualified and cannot contain regexes.';
  return undefined;
}

function compileConditions(given: unknown, variables: boolean, path: string): readonly Condition[] | PolicyFault {
  if (given === undefined) return [];
  if (!isRecord(given)) return fault(path, 'Condition is a map of operators');
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(given)) {
    if (!isRecord(keys)) return fault(`${path}.${operator}`, 'An operator holds a map of condition keys');
    for (const [key, values] of Object.entries(keys)) {
      const at = `${path}.${operator}.${key}`;
      const list = scalarList(values, at);
      if (isFault(list)) return list;
      const condition = compileCondition(operator, key, list, variables, at);
      if (isFault(condition)) return condition;
      conditions.push(condition);
    }
  }
  return conditions;
}

type Element = { readonly name: string | undefined; readonly negated: boolean; readonly value: unknown };

function oneOf(
  entry: Readonly<Record<string, unknown>>,
  positive: string,
  negative: string,
  path: string,
): Element | PolicyFault {
  const hasPositive = entry[positive] !== undefined;
  const hasNegative = entry[negative] !== undefined;
  if (hasPositive && hasNegative) return fault(path, `A statement has ${positive} or ${negative}, not both`);
  if (hasPositive) return { name: positive, negated: false, value: entry[positive] };
  if (hasNegative) return { name: negative, negated: true, value: entry[negative] };
  return { name: undefined, negated: false, value: undefined };
}

function textList(value: unknown, path: string): readonly string[] | PolicyFault {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return fault(path, 'At least one value is needed');
  for (const [index, item] of list.entries()) {
    if (typeof item !== 'string' || item === '') return fault(`${path}[${index}]`, 'Values are text and not empty');
  }
  return list as string[];
}

/** Condition values may also be booleans and numbers. */
function scalarList(value: unknown, path: string): readonly string[] | PolicyFault {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts: string[] = [];
  for (const [index, item] of list.entries()) {
    if (typeof item !== 'string' && typeof item !== 'boolean' && typeof item !== 'number') {
      return fault(`${path}[${index}]`, 'Condition values are text, numbers or booleans');
    }
    texts.push(String(item));
  }
  return texts;
}

function actionPattern(text: string): ResolvedPattern {
  return lowerCasePattern(parseTextPattern(text, { wildcards: true, variables: false }).resolved as ResolvedPattern);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
