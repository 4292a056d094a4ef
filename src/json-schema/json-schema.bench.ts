// What validation costs: microseconds for an order of a shop, valid and not, with and without reading its text; and how long the
// worst bodies of 1 MB that we know hold the process.
// Run: node src/json-schema/json-schema.bench.ts

import { parseJsonInstance } from './json-instance.ts';
import { compileJsonSchema } from './json-schema.ts';

const CALLS = 100_000;
/** The first warms up; the best of the others counts. */
const ROUNDS = 4;

const { schema } = compileJsonSchema(
  JSON.stringify({
    type: 'object',
    required: ['id', 'customer', 'lines'],
    properties: {
      id: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{6}$' },
      customer: { type: 'object', required: ['email'], properties: { email: { type: 'string', maxLength: 254 } } },
      lines: { type: 'array', minItems: 1, items: { $ref: '#/definitions/line' } },
    },
    additionalProperties: false,
    definitions: {
      line: {
        type: 'object',
        required: ['sku', 'quantity', 'price'],
        properties: {
          sku: { type: 'string' },
          quantity: { type: 'integer', minimum: 1 },
          price: { type: 'number', multipleOf: 0.01 },
        },
      },
    },
  }),
);
if (schema === undefined) throw new Error('the schema is refused');

const order = {
  id: 'AB-123456',
  customer: { email: 'jane@example.org' },
  lines: Array.from({ length: 5 }, (_, i) => ({ sku: `sku-${i}`, quantity: i + 1, price: 19.99 })),
};
const text = JSON.stringify(order);
const wrong = { ...order, lines: [...order.lines, { sku: 1, quantity: 0 }] };

report(`an order of ${text.length} bytes`, () => schema.validate(order).length);
report('the same from its text', () => schema.validate((parseJsonInstance(text) as { value: unknown }).value).length);
report('one that is wrong', () => schema.validate(wrong).length);

const unique = compileJsonSchema('{"uniqueItems":true,"items":{"uniqueItems":true}}').schema;
const doubling = compileJsonSchema(
  '{"oneOf":[{"items":{"$ref":"#"}},{"type":"array","items":{"$ref":"#"}},{"type":"null"}]}',
).schema;
const patterns = compileJsonSchema('{"pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}').schema;
const objects = Array.from({ length: 60_000 }, (_, i) => ({ id: i }));
const levels = nested(400);
longest('uniqueItems of 60,000 objects', () => unique?.validate(objects));
longest('alternatives that double 400 times', () => doubling?.validate(levels));
longest('an evil pattern on 1 MB', () => patterns?.validate('a'.repeat(1_000_000)));
longest('reading 1 MB of brackets', () => parseJsonInstance(`[${'[],'.repeat(333_000)}[]]`));

function report(name: string, call: () => number): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) call();
    if (round > 0) best = Math.min(best, ((performance.now() - start) * 1e3) / CALLS);
  }
  console.log(`${name.padEnd(40)} ${best.toFixed(2)} us`);
}

function longest(name: string, call: () => unknown): void {
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    call();
    if (round > 0) most = Math.max(most, performance.now() - start);
  }
  console.log(`${name.padEnd(40)} ${most.toFixed(1)} ms at most`);
}

function nested(levels: number): unknown {
  let value: unknown = null;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}
