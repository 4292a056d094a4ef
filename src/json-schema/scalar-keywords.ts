// Keywords about any value, numbers and strings. The messages are AWS's, which are those of the library json-schema-validator.

import type { SafeRegex } from '../safe-regex/safe-regex.ts';
import { compareNumbers, isMultipleOf, type JsonNumber, numberText } from './decimal.ts';
import { formatCheck } from './formats.ts';
import { cutText, equalityKey, JSON_TYPES, type JsonType, jsonText, jsonTypeOf } from './json-value.ts';
import type { Check } from './schema-node.ts';

const NUMBERS: readonly JsonType[] = ['integer', 'number'];
const STRINGS: readonly JsonType[] = ['string'];

export function typeCheck(names: readonly JsonType[]): Check {
  // AWS: who allows numbers lists integers, too. Seen: messages of json-schema-validator, `["integer","number"]`.
  const allowed = JSON_TYPES.filter((type) => names.includes(type) || (type === 'integer' && names.includes('number')));
  const refused = JSON_TYPES.filter((type) => !allowed.includes(type));
  return {
    keyword: 'type',
    types: refused,
    run: (value, run) =>
      run.fail(
        () => `instance type (${jsonTypeOf(value)}) does not match any allowed primitive type (allowed: ${jsonText(allowed)})`,
      ),
  };
}

export function enumCheck(values: readonly unknown[]): Check {
  const keys = new Set(values.map((value) => equalityKey(value, () => {})));
  return {
    keyword: 'enum',
    types: JSON_TYPES,
    run: (value, run) => {
      if (keys.has(equalityKey(value, (size) => run.spendText(size)))) return;
      run.fail(() => `instance value (${jsonText(value)}) not found in enum (possible values: ${jsonText(values)})`);
    },
  };
}

export function multipleOfCheck(divisor: JsonNumber): Check {
  return {
    keyword: 'multipleOf',
    types: NUMBERS,
    run: (value: JsonNumber, run) => {
      if (isMultipleOf(value, divisor)) return;
      run.fail(() => `remainder of division is not zero (${cutText(numberText(value))} / ${numberText(divisor)})`);
    },
  };
}

export function minimumCheck(minimum: JsonNumber, exclusive: boolean): Check {
  return {
    keyword: 'minimum',
    types: NUMBERS,
    run: (value: JsonNumber, run) => {
      const order = compareNumbers(value, minimum);
      if (order > 0 || (order === 0 && !exclusive)) return;
      if (order === 0) {
        run.fail(() => `numeric instance is not strictly greater than the required minimum ${numberText(minimum)}`);
        return;
      }
      run.fail(
        () =>
          `numeric instance is lower than the required minimum (minimum: ${numberText(minimum)}, found: ${numberText(value)})`,
      );
    },
  };
}

export function maximumCheck(maximum: JsonNumber, exclusive: boolean): Check {
  return {
    keyword: 'maximum',
    types: NUMBERS,
    run: (value: JsonNumber, run) => {
      const order = compareNumbers(value, maximum);
      if (order < 0 || (order === 0 && !exclusive)) return;
      if (order === 0) {
        run.fail(() => `numeric instance is not strictly lower than the required maximum ${numberText(maximum)}`);
        return;
      }
      run.fail(
        () =>
          `numeric instance is greater than the required maximum (maximum: ${numberText(maximum)}, found: ${numberText(value)})`,
      );
    },
  };
}

export function minLengthCheck(minimum: number): Check {
  return {
    keyword: 'minLength',
    types: STRINGS,
    run: (value: string, run) => {
      // Characters are one or two units each: most strings need no counting.
      if (value.length >= 2 * minimum) return;
      const length = characters(value);
      if (length >= minimum) return;
      run.fail(() => `string "${cutText(value)}" is too short (length: ${length}, required minimum: ${minimum})`);
    },
  };
}

export function maxLengthCheck(maximum: number): Check {
  return {
    keyword: 'maxLength',
    types: STRINGS,
    run: (value: string, run) => {
      if (value.length <= maximum) return;
      run.spendText(value.length);
      const length = characters(value);
      if (length <= maximum) return;
      run.fail(() => `string "${cutText(value)}" is too long (length: ${length}, maximum allowed: ${maximum})`);
    },
  };
}

export function patternCheck(pattern: string, regex: SafeRegex): Check {
  return {
    keyword: 'pattern',
    types: STRINGS,
    run: (value: string, run) => {
      if (run.find(regex, value)) return;
      run.fail(() => `ECMA 262 regex "${pattern}" does not match input string "${cutText(value)}"`);
    },
  };
}

/** Undefined for a format that is not known: it says nothing, as on AWS. */
export function formatKeyword(format: string): Check | undefined {
  const check = formatCheck(format);
  if (check === undefined) return undefined;
  return {
    keyword: 'format',
    types: STRINGS,
    run: (value: string, run) => {
      run.spendText(value.length);
      const fault = check(value);
      if (fault !== undefined) run.fail(() => fault);
    },
  };
}

/** Code points, half characters counted as one. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(i + 1);
    if (next < 0xdc00 || next > 0xdfff) continue;
    count--;
    i++;
  }
  return count;
}
