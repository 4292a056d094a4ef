// Patterns on JSON: `{ ($.status >= 500 || $.error NOT EXISTS) && $.path = "/pets*" }`. `&&` binds tighter than `||`.

import { readComparison } from './comparison.ts';
import type { MessagePredicate } from './filter-pattern.ts';
import { PatternReader } from './pattern-reader.ts';

type JsonPredicate = (root: unknown) => boolean;
type Step = string | number;

const MISSING = Symbol('missing');

export function compileJsonPattern(text: string): MessagePredicate {
  const reader = new PatternReader(text);
  reader.expect('{');
  const matches = readAlternatives(reader);
  reader.expect('}');
  if (!reader.isAtEnd) throw reader.fault('nothing may follow the closing brace');
  return (message) => {
    const root = parseObject(message);
    return root !== undefined && matches(root);
  };
}

function parseObject(message: string): unknown {
  // Most lines that are no JSON are known by their first character.
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function readAlternatives(reader: PatternReader): JsonPredicate {
  const parts = [readConjunction(reader)];
  while (reader.take('||')) parts.push(readConjunction(reader));
  return parts.length === 1 ? (parts[0] as JsonPredicate) : (root) => parts.some((part) => part(root));
}

function readConjunction(reader: PatternReader): JsonPredicate {
  const parts = [readCondition(reader)];
  while (reader.take('&&')) parts.push(readCondition(reader));
  return parts.length === 1 ? (parts[0] as JsonPredicate) : (root) => parts.every((part) => part(root));
}

function readCondition(reader: PatternReader): JsonPredicate {
  if (reader.take('(')) {
    const inner = readAlternatives(reader);
    reader.expect(')');
    return inner;
  }
  const steps = readSelector(reader);
  if (reader.take('NOT EXISTS')) return (root) => select(root, steps) === MISSING;
  if (reader.take('IS ')) {
    const word = reader.takeOne(['NULL', 'TRUE', 'FALSE']);
    if (word === undefined) throw reader.fault('expected NULL, TRUE or FALSE');
    const wanted = { NULL: null, TRUE: true, FALSE: false }[word];
    return (root) => select(root, steps) === wanted;
  }
  const compare = readComparison(reader, ' \t\r\n)}&|');
  return (root) => {
    const value = select(root, steps);
    // AWS: a selector that points at an array or an object matches nothing. Seen: the guide's section on JSON events.
    return typeof value !== 'object' && value !== MISSING && compare(value as string | number | boolean);
  };
}

/** `$.a.b[0]["c d"]` */
function readSelector(reader: PatternReader): readonly Step[] {
  reader.expect('$');
  const steps: Step[] = [];
  for (;;) {
    const next = reader.text[reader.at];
    if (next === '.') {
      reader.at++;
      if (reader.text[reader.at] === '[') continue;
      const name = reader.until(' \t\r\n.[=!<>)}&|');
      if (name === '') throw reader.fault('expected a property name');
      steps.push(name);
    } else if (next === '[') {
      reader.at++;
      if (reader.text[reader.at] === '"') {
        steps.push(reader.quoted());
      } else {
        const index = reader.until(']');
        if (!/^\d{1,9}$/.test(index)) throw reader.fault('expected an index or a quoted property name');
        steps.push(Number(index));
      }
      if (reader.text[reader.at] !== ']') throw reader.fault('expected "]"');
      reader.at++;
    } else if (steps.length === 0) {
      throw reader.fault('a selector begins with "$."');
    } else {
      return steps;
    }
  }
}

function select(root: unknown, steps: readonly Step[]): unknown {
  let value: unknown = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) !== (typeof step === 'number')) return MISSING;
    if (!Object.hasOwn(value, step)) return MISSING;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}
