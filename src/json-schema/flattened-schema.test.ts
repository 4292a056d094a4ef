// Models with the models they refer to inside.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flattenedSchema } from './flattened-schema.ts';
import { compileJsonSchema } from './json-schema.ts';

const ref = (name: string) => ({ $ref: `https://apigateway.amazonaws.com/restapis/a1/models/${name}` });
const models: Readonly<Record<string, unknown>> = {
  Pet: {
    type: 'object',
    required: ['tag'],
    properties: { tag: ref('Tag'), parent: ref('Pet'), home: ref('Owner#/properties/home') },
  },
  Tag: { definitions: { short: { type: 'string', maxLength: 3 } }, $ref: '#/definitions/short' },
  Owner: { type: 'object', properties: { pets: { type: 'array', items: ref('Pet') }, home: { enum: ['here', ref('Tag')] } } },
};
const resolveModel = (name: string): string | undefined =>
  Object.hasOwn(models, name) ? JSON.stringify(models[name]) : undefined;

function flattened(name: string, schema: unknown): Record<string, unknown> {
  return JSON.parse(flattenedSchema(name, JSON.stringify(schema), resolveModel) ?? '');
}

test('references become places, also those of the models inside', () => {
  const local = { $ref: '#/definitions/Pet/properties/parent' };
  assert.deepEqual(flattened('Pets', { type: 'array', items: ref('Pet') }), {
    type: 'array',
    items: { $ref: '#/definitions/Pet' },
    definitions: {
      Pet: {
        type: 'object',
        required: ['tag'],
        properties: {
          tag: { $ref: '#/definitions/Tag' },
          parent: { $ref: '#/definitions/Pet' },
          home: { $ref: '#/definitions/Owner/properties/home' },
        },
      },
      Tag: {
        definitions: { short: { type: 'string', maxLength: 3 } },
        $ref: '#/definitions/Tag/definitions/short',
      },
      Owner: {
        type: 'object',
        properties: { pets: { type: 'array', items: { $ref: '#/definitions/Pet' } }, home: { enum: ['here', ref('Tag')] } },
      },
    },
  });
  assert.deepEqual(flattened('Own', { properties: { a: local, b: ref('Own') } }), { properties: { a: local, b: { $ref: '#' } } });
});

test('a definition of its own keeps its name, and a model that is missing its URL', () => {
  const own = { definitions: { Tag: { type: 'integer' } }, items: ref('Tag'), not: ref('Missing') };
  const { definitions, items, not } = flattened('X', own);
  assert.deepEqual(items, { $ref: '#/definitions/TagModel' });
  assert.deepEqual(Object.keys(definitions as object), ['Tag', 'TagModel']);
  assert.deepEqual(not, ref('Missing'));
});

test('it means what the model means', () => {
  const text = JSON.stringify({ type: 'array', items: ref('Pet') });
  const whole = compileJsonSchema(text, { resolveModel }).schema;
  const flat = compileJsonSchema(flattenedSchema('Pets', text, resolveModel) ?? '', { resolveModel: () => undefined }).schema;
  for (const value of [
    [],
    [{ tag: 'abc' }],
    [{ tag: 'abcd' }],
    [{}],
    [{ tag: 'a', parent: { tag: 1 } }],
    [{ tag: 'a', home: 'there' }],
  ]) {
    assert.equal(flat?.validate(value).length, whole?.validate(value).length, JSON.stringify(value));
  }
});

test('more than can be kept is not flattened', () => {
  const long = JSON.stringify({ description: 'x'.repeat(3_000_000) });
  const two = JSON.stringify({ properties: { a: ref('A'), b: ref('B') } });
  assert.equal(
    flattenedSchema('X', two, () => long),
    undefined,
  );
});
