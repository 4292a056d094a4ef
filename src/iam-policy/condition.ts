// The Condition block: operators, set prefixes, IfExists, compiled once and evaluated against a request context.

import { matchesArnPattern } from './arn-pattern.ts';
import { type IpRange, isInIpRange, parseIpRange } from './ip-range.ts';
import { fault, type PolicyFault } from './policy-fault.ts';
import {
  lowerCasePattern,
  matchesPattern,
  parseTextPattern,
  resolveTextPattern,
  type TextPattern,
  type VariableLookup,
} from './text-pattern.ts';

/** What is known of a request: condition keys in lower case, each with its values. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** One operator over one key: `"ArnLike": { "aws:SourceArn": [ … ] }`. */
export interface Condition {
  readonly operator: string;
  /** Lower case. */
  readonly key: string;
  readonly set: 'all' | 'any' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  readonly tests: readonly ValueTest[];
  /** Only for the Null operator: the key must be absent (true) or present (false). */
  readonly mustBeAbsent: boolean | undefined;
}

/** Whether one value of the request fits one value of the policy. undefined: the policy value cannot be resolved. */
type ValueTest = (value: string, lookup: VariableLookup) => boolean | undefined;

interface OperatorFamily {
  readonly negated: boolean;
  /** Builds the test for one policy value, or says what is wrong with the value. */
  readonly compile: (value: string, variables: boolean) => ValueTest | string;
}

/** Every base operator by its lower-case name; AWS takes operator names in any case. */
const OPERATORS: ReadonlyMap<string, OperatorFamily> = new Map(
  Object.entries({
    StringEquals: family(false, textEquals),
    StringNotEquals: family(true, textEquals),
    StringEqualsIgnoreCase: family(false, textEqualsIgnoringCase),
    StringNotEqualsIgnoreCase: family(true, textEqualsIgnoringCase),
    StringLike: family(false, textLike),
    StringNotLike: family(true, textLike),
    NumericEquals: family(
      false,
      numeric((left, right) => left === right),
    ),
    NumericNotEquals: family(
      true,
      numeric((left, right) => left === right),
    ),
    NumericLessThan: family(
      false,
      numeric((left, right) => left < right),
    ),
    NumericLessThanEquals: family(
      false,
      numeric((left, right) => left <= right),
    ),
    NumericGreaterThan: family(
      false,
      numeric((left, right) => left > right),
    ),
    NumericGreaterThanEquals: family(
      false,
      numeric((left, right) => left >= right),
    ),
    DateEquals: family(
      false,
      date((left, right) => left === right),
    ),
    DateNotEquals: family(
      true,
      date((left, right) => left === right),
    ),
    DateLessThan: family(
      false,
      date((left, right) => left < right),
    ),
    DateLessThanEquals: family(
      false,
      date((left, right) => left <= right),
    ),
    DateGreaterThan: family(
      false,
      date((left, right) => left > right),
    ),
    DateGreaterThanEquals: family(
      false,
      date((left, right) => left >= right),
    ),
    Bool: family(false, boolean),
    BinaryEquals: family(false, binary),
    IpAddress: family(false, ipAddress),
    NotIpAddress: family(true, ipAddress),
    // AWS: ArnEquals and ArnLike behave alike. Seen: IAM user guide, "Condition operators".
    ArnEquals: family(false, arnLike),
    ArnLike: family(false, arnLike),
    ArnNotEquals: family(true, arnLike),
    ArnNotLike: family(true, arnLike),
  }).map(([name, entry]) => [name.toLowerCase(), entry]),
);

/** Compiles one `operator: { key: values }` entry, or says what is wrong with it. */
export function compileCondition(
  operator: string,
  key: string,
  values: readonly string[],
  variables: boolean,
  path: string,
): Condition | PolicyFault {
  let base = operator.toLowerCase();
  let set: Condition['set'];
  if (base.startsWith('forallvalues:')) {
    set = 'all';
    base = base.slice('forallvalues:'.length);
  } else if (base.startsWith('foranyvalue:')) {
    set = 'any';
    base = base.slice('foranyvalue:'.length);
  }
  if (base === 'null') return compileNull(operator, key, values, set, path);
  const ifExists = base.endsWith('ifexists');
  if (ifExists) base = base.slice(0, -'ifexists'.length);
  const known = OPERATORS.get(base);
  if (known === undefined) return fault(path, `Unknown condition operator: ${operator}`);
  const tests: ValueTest[] = [];
  for (const [index, value] of values.entries()) {
    const test = known.compile(value, variables);
    if (typeof test === 'string') return fault(`${path}[${index}]`, test);
    tests.push(test);
  }
  return { operator, key: key.toLowerCase(), set, ifExists, negated: known.negated, tests, mustBeAbsent: undefined };
}

/** Whether the request satisfies the condition. */
export function isConditionMet(condition: Condition, context: ConditionContext): boolean {
  const values = context.get(condition.key);
  const isAbsent = values === undefined || values.length === 0;
  if (condition.mustBeAbsent !== undefined) return condition.mustBeAbsent === isAbsent;
  if (isAbsent) {
    if (condition.ifExists) return true;
    if (condition.set !== undefined) return condition.set === 'all';
    return condition.negated;
  }
  // AWS: for the set prefixes, nothing but empty text is an empty set. Seen: IAM user guide, "Multivalued context keys".
  if (condition.set !== undefined && values.every((value) => value === '')) return condition.set === 'all';
  const lookup = variableLookup(context);
  // Negated operators: a value passes when it differs from every policy value.
  const passes = (value: string): boolean =>
    condition.negated
      ? condition.tests.every((test) => test(value, lookup) !== true)
      : condition.tests.some((test) => test(value, lookup) === true);
  if (condition.set === 'all') return values.every(passes);
  if (condition.set === 'any') return values.some(passes);
  return condition.negated ? values.every(passes) : values.some(passes);
}

/** Variables stand for single-valued keys only. */
export function variableLookup(context: ConditionContext): VariableLookup {
  return (key) => {
    const values = context.get(key);
    return values?.length === 1 ? values[0] : undefined;
  };
}

function compileNull(operator: string, key: string, values: readonly string[], set: Condition['set'], path: string) {
  const wanted = values.map((value) => value.toLowerCase());
  if (wanted.length === 0 || wanted.some((value) => value !== 'true' && value !== 'false')) {
    return fault(path, 'The Null operator takes "true" or "false"');
  }
  return {
    operator,
    key: key.toLowerCase(),
    set,
    ifExists: false,
    negated: false,
    tests: [],
    mustBeAbsent: wanted.includes('true'),
  } satisfies Condition;
}

function family(negated: boolean, compile: OperatorFamily['compile']): OperatorFamily {
  return { negated, compile };
}

function patternTest(pattern: TextPattern, matches: (resolved: readonly number[], value: string) => boolean): ValueTest {
  return (value, lookup) => {
    const resolved = resolveTextPattern(pattern, lookup);
    return resolved === undefined ? undefined : matches(resolved, value);
  };
}

function textEquals(value: string, variables: boolean): ValueTest {
  return patternTest(parseTextPattern(value, { wildcards: false, variables }), (resolved, text) =>
    matchesPattern(resolved, text),
  );
}

function textEqualsIgnoringCase(value: string, variables: boolean): ValueTest {
  const pattern = parseTextPattern(value, { wildcards: false, variables });
  return patternTest(pattern, (resolved, text) => matchesPattern(lowerCasePattern(resolved), asciiLowerCase(text)));
}

function textLike(value: string, variables: boolean): ValueTest {
  return patternTest(parseTextPattern(value, { wildcards: true, variables }), (resolved, text) => matchesPattern(resolved, text));
}

function arnLike(value: string, variables: boolean): ValueTest {
  return patternTest(parseTextPattern(value, { wildcards: true, variables }), matchesArnPattern);
}

function boolean(value: string, variables: boolean): ValueTest | string {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false' && !(variables && value.includes('${'))) return `Not a boolean: ${value}`;
  const pattern = parseTextPattern(value, { wildcards: false, variables });
  return patternTest(pattern, (resolved, text) => matchesPattern(lowerCasePattern(resolved), asciiLowerCase(text)));
}

function numeric(compare: (left: number, right: number) => boolean) {
  return (value: string): ValueTest | string => {
    const right = parseNumber(value);
    if (right === undefined) return `Not a number: ${value}`;
    return (text) => {
      const left = parseNumber(text);
      return left !== undefined && compare(left, right);
    };
  };
}

function date(compare: (left: number, right: number) => boolean) {
  return (value: string): ValueTest | string => {
    const right = parseDate(value);
    if (right === undefined) return `Not a date: ${value}`;
    return (text) => {
      const left = parseDate(text);
      return left !== undefined && compare(left, right);
    };
  };
}

function binary(value: string): ValueTest | string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return `Not base64: ${value}`;
  const wanted = Buffer.from(value, 'base64');
  return (text) => wanted.equals(Buffer.from(text, 'base64'));
}

function ipAddress(value: string): ValueTest | string {
  const range: IpRange | undefined = parseIpRange(value);
  if (range === undefined) return `Not an IP address or CIDR range: ${value}`;
  return (text) => isInIpRange(range, text);
}

function parseNumber(text: string): number | undefined {
  return /^\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds since the epoch, from epoch seconds or W3C ISO 8601 (year, month, day or full time). */
function parseDate(text: string): number | undefined {
  if (/^-?\d{5,}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?)?)?)?$/.test(text)) return undefined;
  const hasTime = text.includes('T');
  const hasZone = /(Z|[-+]\d{2}:?\d{2})$/.test(text.slice(10));
  const parsed = Date.parse(hasTime && !hasZone ? `${text}Z` : text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
