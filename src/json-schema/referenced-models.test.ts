// What a plan has to carry besides a model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileJsonSchema } from './json-schema.ts';
import { referencedModels } from './referenced-models.ts';

const ref = (name: string) => ({ $ref: `https://apigateway.amazonaws.com/restapis/a1/models/${name}` });
const models: Readonly<Record<string, string>> = {
  Order: JSON.stringify({ properties: { lines: { items: ref('Line') }, buyer: ref('Customer') } }),
  Line: JSON.stringify({ allOf: [{ not: ref('Order') }], dependencies: { a: ref('Missing') } }),
  Customer: JSON.stringify({ type: 'object', properties: { $ref: { type: 'string' } }, enum: [ref('Unused')] }),
  Unused: '{}',
};
const resolveModel = (name: string): string | undefined => (Object.hasOwn(models, name) ? models[name] : undefined);

test('models by way of others, circular ones and those that do not exist', () => {
  const found = referencedModels(models['Order'] as string, resolveModel);
  assert.deepEqual([...found.keys()].sort(), ['Customer', 'Line', 'Order']);
});

test('with them a schema compiles as it does with all', () => {
  const text = JSON.stringify({ items: { ...ref('Customer'), title: 'a' } });
  const found = referencedModels(text, resolveModel);
  const { schema } = compileJsonSchema(text, { resolveModel: (name) => found.get(name) });
  assert.equal(schema?.validate([1]).length, 2, 'its enum and its type');
});

test('what is no schema refers to nothing', () => {
  for (const text of ['', '[', '[]', '{"properties":3,"$ref":4}']) assert.equal(referencedModels(text, resolveModel).size, 0);
});
