// Keywords about arrays and objects themselves; their items and members are the business of SchemaNode.

import type { SafeRegex } from '../safe-regex/safe-regex.ts';
import { cutText, equalityKey, type JsonObject, type JsonType, jsonText } from './json-value.ts';
import type { Check } from './schema-node.ts';

const ARRAYS: readonly JsonType[] = ['array'];
const OBJECTS: readonly JsonType[] = ['object'];
/** Names listed in one message. */
const NAMES_MAX = 50;

export function noAdditionalItemsCheck(listed: number): Check {
  return {
    keyword: 'additionalItems',
    types: ARRAYS,
    run: (value: readonly unknown[], run) => {
      if (value.length <= listed) return;
      run.fail(() => `schema only allows ${listed} elements in array but instance has ${value.length} elements`);
    },
  };
}

export function minItemsCheck(minimum: number): Check {
  return {
    keyword: 'minItems',
    types: ARRAYS,
    run: (value: readonly unknown[], run) => {
      if (value.length >= minimum) return;
      run.fail(() => `array is too short: must have at least ${minimum} elements but instance has ${value.length} elements`);
    },
  };
}

export function maxItemsCheck(maximum: number): Check {
  return {
    keyword: 'maxItems',
    types: ARRAYS,
    run: (value: readonly unknown[], run) => {
      if (value.length <= maximum) return;
      run.fail(() => `array is too long: must have at most ${maximum} elements but instance has ${value.length} elements`);
    },
  };
}

/** Keys in a set, not each with each: a million items must not be compared a million times a million. */
export const uniqueItemsCheck: Check = {
  keyword: 'uniqueItems',
  types: ARRAYS,
  run: (value: readonly unknown[], run) => {
    const seen = new Set<string>();
    const spend = (size: number): void => run.spendText(size);
    for (const item of value) {
      const key = equalityKey(item, spend);
      if (seen.has(key)) {
        run.fail(() => 'array must not contain duplicate elements');
        return;
      }
      seen.add(key);
      run.spend(1);
    }
  },
};

export function noAdditionalPropertiesCheck(known: ReadonlySet<string>, patterns: readonly SafeRegex[]): Check {
  return {
    keyword: 'additionalProperties',
    types: OBJECTS,
    run: (value: JsonObject, run) => {
      const names = Object.keys(value);
      run.spend(names.length);
      const others = names.filter((name) => !known.has(name) && !patterns.some((pattern) => run.find(pattern, name)));
      if (others.length === 0) return;
      run.fail(() => `object instance has properties which are not allowed by the schema: ${nameList(others)}`);
    },
  };
}

export function requiredCheck(required: readonly string[]): Check {
  return {
    keyword: 'required',
    types: OBJECTS,
    run: (value: JsonObject, run) => {
      run.spend(required.length >> 3);
      if (required.every((name) => Object.hasOwn(value, name))) return;
      const missing = required.filter((name) => !Object.hasOwn(value, name));
      run.fail(() => `object has missing required properties (${nameList(missing)})`);
    },
  };
}

export function minPropertiesCheck(minimum: number): Check {
  return {
    keyword: 'minProperties',
    types: OBJECTS,
    run: (value: JsonObject, run) => {
      const found = Object.keys(value).length;
      if (found >= minimum) return;
      run.fail(() => `object has too few properties (found ${found} but schema requires at least ${minimum})`);
    },
  };
}

export function maxPropertiesCheck(maximum: number): Check {
  return {
    keyword: 'maxProperties',
    types: OBJECTS,
    run: (value: JsonObject, run) => {
      const found = Object.keys(value).length;
      if (found <= maximum) return;
      run.fail(() => `object has too many properties (found ${found} but schema requires at most ${maximum})`);
    },
  };
}

export function propertyDependencyCheck(property: string, required: readonly string[]): Check {
  return {
    keyword: 'dependencies',
    types: OBJECTS,
    run: (value: JsonObject, run) => {
      if (!Object.hasOwn(value, property)) return;
      const missing = required.filter((name) => !Object.hasOwn(value, name));
      if (missing.length === 0) return;
      run.fail(
        () =>
          `property "${property}" of object has missing property dependencies ` +
          `(schema requires ${jsonText(required)}; missing: ${jsonText(missing)})`,
      );
    },
  };
}

/** AWS: in the order of the alphabet. Seen: messages of json-schema-validator. */
function nameList(names: readonly string[]): string {
  return jsonText(
    [...names]
      .sort()
      .slice(0, NAMES_MAX)
      .map((name) => cutText(name, 200)),
    10_000,
  );
}
