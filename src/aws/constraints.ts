// The modelled constraints (enum, length, range, pattern) and the sentences AWS says when an input breaks them.

import { AwsError } from './aws-error.ts';
import { compilePattern } from './pattern.ts';
import type { ServiceName } from './services.ts';
import type { Constraint, ServiceContract } from './shapes.ts';

/** More broken constraints than this are not listed: an answer must not grow with the attack. */
const VIOLATIONS_MAX = 100;
/** A longer value is cut in the sentence. */
const VALUE_CHARACTERS_MAX = 4096;

/** Gathers what is wrong with one input. */
export class Violations {
  readonly #contract: ServiceContract;
  readonly #prefix: string;
  readonly #body: string[] = [];
  readonly #bound: string[] = [];
  /** What is said instead when only this one constraint is broken. */
  #whole: string | undefined;

  constructor(contract: ServiceContract, operation: string) {
    this.#contract = contract;
    this.#prefix = contract.facts.validationPathNamesInput ? `${lowerFirst(operation)}Input.` : '';
  }

  /**
   * Notes one broken constraint. `path` is dotted from the input's member on; `bound` means it travelled outside the body.
   * `value` is left out of the sentence when the member is sensitive.
   */
  add(path: string, bound: boolean, value: unknown, sensitive: boolean, sentence: string): void {
    const where = bound ? this.#bound : this.#body;
    if (this.#body.length + this.#bound.length >= VIOLATIONS_MAX) return;
    // AWS: body members are named with the input's name, URI members without it, and come last.
    // Seen: recorded apigateway answers ('updateMethodResponseInput.patchOperations.1.member.op', then 'statusCode').
    const at = bound ? path : this.#prefix + path;
    // AWS: iam repeats no value, and of an enum not even the set; a name outside its alphabet has a sentence of its own.
    // Seen: recorded iam answer (UpdateServiceSpecificCredential); eks-hybrid#113 ('roleName').
    const isIam = this.#contract.service === 'iam' && value !== null;
    if (isIam && sentence === IAM_NAME_PATTERN) {
      this.#whole ??= `The specified value for ${at} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
    }
    const said = isIam && sentence.startsWith(ENUM_SENTENCE) ? ENUM_SENTENCE : sentence;
    const shown = sensitive || isIam ? 'Value' : value === null ? 'Value null' : `Value '${valueText(value)}'`;
    where.push(`${shown} at '${at}' failed to satisfy constraint: ${said}`);
  }

  /** Throws AwsError with the service's validation code when anything was noted. */
  throwIfAny(): void {
    const all = [...this.#body, ...this.#bound];
    if (all.length === 0) return;
    const errors = all.length === 1 ? 'error' : 'errors';
    const listed = `${all.length} validation ${errors} detected: ${all.join('; ')}`;
    throw new AwsError(this.#contract.facts.validationCode, all.length === 1 ? (this.#whole ?? listed) : listed, { status: 400 });
  }
}

const ENUM_SENTENCE = 'Member must satisfy enum value set';
const IAM_NAME_PATTERN = 'Member must satisfy regular expression pattern: [\\w+=,.@-]+';

/** Inputs that AWS checks in its own words, inside the operation; here they pass. */
const CHECKED_BY_OPERATION: Partial<Readonly<Record<ServiceName, ReadonlySet<string>>>> = {
  // AWS: `Invalid LogGroup or LogStream, both must have length less than or equal to 512.` Seen: recorded logs answer.
  logs: new Set(['CreateLogGroupRequest.logGroupName']),
  // AWS: an unknown runtime is an InvalidParameterValueException whose sentence ends "or be a valid ARN".
  // Seen: recorded lambda answers.
  lambda: new Set(['CreateFunctionRequest.Runtime', 'UpdateFunctionConfigurationRequest.Runtime']),
  // AWS: `Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]`. Seen: moto's carried texts.
  // AWS: `Route key is required`. Seen: goldstack#42.
  // AWS: names of APIs, times to live and timeouts have sentences, too. Seen: cdk-preflight's deployed cases.
  apigatewayv2: new Set([
    'CreateApiRequest.Name',
    'CreateApiRequest.ProtocolType',
    'CreateRouteRequest.RouteKey',
    'CreateAuthorizerRequest.AuthorizerResultTtlInSeconds',
    'UpdateAuthorizerRequest.AuthorizerResultTtlInSeconds',
    'CreateIntegrationRequest.TimeoutInMillis',
    'UpdateIntegrationRequest.TimeoutInMillis',
  ]),
};

/** Whether AWS checks this input inside the operation, in its own words. */
export function isCheckedByOperation(service: ServiceName, structure: string, member: string): boolean {
  return CHECKED_BY_OPERATION[service]?.has(`${structure}.${member}`) === true;
}

/** The sentences a single value breaks, in AWS's order: length, range, pattern, enum. */
export function brokenSentences(constraint: Constraint, value: unknown): readonly string[] {
  const broken: string[] = [];
  const { length, range, pattern, values } = constraint;
  if (length !== undefined) {
    const size = sizeOf(value);
    if (size !== undefined) {
      if (length[1] !== null && size > length[1]) broken.push(lengthMaxSentence(length[1]));
      if (length[0] !== null && size < length[0]) broken.push(lengthMinSentence(length[0]));
    }
  }
  if (range !== undefined && typeof value === 'number') {
    if (range[1] !== null && value > range[1]) broken.push(`Member must have value less than or equal to ${range[1]}`);
    if (range[0] !== null && value < range[0]) broken.push(`Member must have value greater than or equal to ${range[0]}`);
  }
  if (typeof value === 'string') {
    if (pattern !== undefined && !tooLong(length, value) && !matches(pattern, value)) broken.push(patternSentence(pattern));
    if (values !== undefined && !values.has(value)) broken.push(enumSentence(constraint));
  }
  return broken;
}

/** All sentences of a constraint, as AWS lists them when an entry of a list or map breaks one of them. */
export function allSentences(constraint: Constraint): string {
  const sentences: string[] = [];
  const { length, range, pattern, values } = constraint;
  if (length !== undefined) {
    if (length[1] !== null) sentences.push(lengthMaxSentence(length[1]));
    sentences.push(lengthMinSentence(length[0] ?? 0));
  }
  if (range?.[1] != null) sentences.push(`Member must have value less than or equal to ${range[1]}`);
  if (range?.[0] != null) sentences.push(`Member must have value greater than or equal to ${range[0]}`);
  if (pattern !== undefined) sentences.push(patternSentence(pattern));
  if (values !== undefined) sentences.push(enumSentence(constraint));
  return sentences.join(', ');
}

const lengthMaxSentence = (max: number): string => `Member must have length less than or equal to ${max}`;
const lengthMinSentence = (min: number): string => `Member must have length greater than or equal to ${min}`;
const patternSentence = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`;

const enumSentences = new WeakMap<Constraint, string>();

function enumSentence(constraint: Constraint): string {
  let sentence = enumSentences.get(constraint);
  if (sentence === undefined) {
    sentence = `${ENUM_SENTENCE}: [${enumOrder([...(constraint.values ?? [])]).join(', ')}]`;
    enumSentences.set(constraint, sentence);
  }
  return sentence;
}

/**
 * The order in which AWS lists the values of an enum.
 *
 * AWS: the values come out of a hash table of 32 chains, a new value at the head of its chain, the chain chosen by the low
 * bits of Java's String.hashCode. Seen: every enum list of the recorded apigateway, cloudwatch and lambda answers, up to
 * 21 values with collisions.
 */
export function enumOrder(values: readonly string[]): string[] {
  const chains: string[][] = Array.from({ length: 32 }, () => []);
  for (const value of values) {
    let hash = 0;
    for (let i = 0; i < value.length; i++) hash = (Math.imul(hash, 31) + value.charCodeAt(i)) | 0;
    chains[hash & 31]?.unshift(value);
  }
  return chains.flat();
}

const patterns = new Map<string, (subject: string) => boolean>();

function matches(pattern: string, value: string): boolean {
  let test = patterns.get(pattern);
  if (test === undefined) {
    test = compilePattern(pattern);
    patterns.set(pattern, test);
  }
  return test(value);
}

/** A value that is too long has been told so; running its pattern would only cost. */
function tooLong(length: Constraint['length'], value: string): boolean {
  return length?.[1] != null && value.length > length[1] * 2;
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return characterCount(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  return undefined;
}

function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const high = text.charCodeAt(i);
    if (high >= 0xd800 && high <= 0xdbff) {
      const low = text.charCodeAt(i + 1);
      if (low >= 0xdc00 && low <= 0xdfff) {
        count--;
        i++;
      }
    }
  }
  return count;
}

/** Values as Java prints them: `[a, b]` for a list, `{k=v}` for a map. */
function valueText(value: unknown): string {
  const text = javaText(value);
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}...` : text;
}

function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 1000).map(javaText).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).slice(0, 1000);
    return `{${entries.map(([key, entry]) => `${key}=${javaText(entry)}`).join(', ')}}`;
  }
  return String(value);
}

/** `CreateApi` -> `createApi`, as validation texts spell names. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
