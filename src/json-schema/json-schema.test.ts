// Schemas as models have them: what is refused and in which words, references between models, and what hostile schemas and bodies cost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJsonInstance } from './json-instance.ts';
import { fuzzJsonSchema } from './json-schema.fuzz.ts';
import { compileJsonSchema, type JsonSchema, type JsonSchemaOptions, validationErrorString } from './json-schema.ts';
import { invalidModelMessage, type SchemaFault } from './schema-fault.ts';
import { DEFAULT_BUDGET } from './validation-run.ts';

function compiled(schema: unknown, options?: JsonSchemaOptions): JsonSchema {
  const result = compileJsonSchema(JSON.stringify(schema), options);
  if (result.schema === undefined) assert.fail(JSON.stringify(result.faults));
  return result.schema;
}

function faultsOf(text: string, options?: JsonSchemaOptions): readonly SchemaFault[] {
  const result = compileJsonSchema(text, options);
  if (result.schema !== undefined) assert.fail(`${text.slice(0, 100)} is taken`);
  return result.faults;
}

const REFUSED: readonly (readonly [schema: unknown, pointer: string, what: RegExp])[] = [
  [[], '', /not an object/],
  ['x', '', /not an object/],
  [{ type: 'text' }, '/type', /"text" is no type/],
  [{ type: [] }, '/type', /is empty/],
  [{ type: ['string', 'string'] }, '/type', /twice/],
  [{ properties: { a: { type: 'any' } } }, '/properties/a/type', /"any" is no type/],
  [{ properties: { 'a/b~': { minLength: '35' } } }, '/properties/a~1b~0/minLength', /not an integer/],
  [{ maxLength: -1 }, '/maxLength', /less than 0/],
  [{ maxLength: 1.5 }, '/maxLength', /not an integer/],
  [{ required: [] }, '/required', /is empty/],
  [{ required: true }, '/required', /not an array/],
  [{ required: ['a', 'a'] }, '/required', /twice/],
  [{ enum: [] }, '/enum', /is empty/],
  [{ enum: [1, 1] }, '/enum', /twice/],
  [{ exclusiveMinimum: true }, '/exclusiveMinimum', /without minimum/],
  [{ minimum: 1, exclusiveMinimum: 1 }, '/exclusiveMinimum', /not a boolean/],
  [{ multipleOf: 0 }, '/multipleOf', /not greater than 0/],
  [{ pattern: '(a' }, '/pattern', /a group is not closed \(at position 0\)/],
  [{ patternProperties: { '[': {} } }, '/patternProperties/[', /cannot be used/],
  [{ items: [] }, '/items', /is empty/],
  [{ items: [1] }, '/items', /not an object/],
  [{ allOf: [] }, '/allOf', /is empty/],
  [{ allOf: [{ not: { type: 1 } }] }, '/allOf/0/not/type', /neither/],
  [{ not: [] }, '/not', /not an object/],
  [{ additionalProperties: 'no' }, '/additionalProperties', /neither a boolean/],
  [{ dependencies: { a: [] } }, '/dependencies', /is empty/],
  [{ properties: [] }, '/properties', /not an object/],
  [{ $schema: 'http://json-schema.org/draft-03/schema#' }, '/$schema', /draft-04/],
  [{ $ref: '#/definitions/none' }, '/$ref', /leads to no schema/],
  [{ $ref: '#/definitions/%' }, '/$ref', /leads to no schema/],
  [{ $ref: '#name' }, '/$ref', /leads to no schema/],
  [{ $ref: 'file:///etc/passwd' }, '/$ref', /is not a model of this API/],
  [{ $ref: 'http://169.254.169.254/latest' }, '/$ref', /is not a model of this API/],
  [{ $ref: 'https://apigateway.amazonaws.com/restapis/a/models/None' }, '/$ref', /the model None does not exist/],
  [{ $ref: '#/default', default: { type: 1 } }, '/default/type', /neither/],
  [{ $ref: '#' }, '/$ref', /refers to itself/],
  [{ allOf: [{ $ref: '#/definitions/a' }], definitions: { a: { not: { $ref: '#' } } } }, '', /refers to itself/],
];

describe('schemas that are refused, with the place', () => {
  for (const [schema, pointer, what] of REFUSED) {
    test(JSON.stringify(schema), () => {
      const [fault] = faultsOf(JSON.stringify(schema)) as [SchemaFault];
      assert.match(fault.what, what);
      if (!what.source.includes('itself')) assert.equal(fault.pointer, pointer);
    });
  }
});

test("AWS's words: one error for each fault, unknown keywords by name", () => {
  // Seen: public reports of UpdateModel with two lengths as strings, and of CreateModel with `example`.
  assert.equal(
    invalidModelMessage(faultsOf('{"properties":{"a":{"minLength":"1","maxLength":"35"}}}')),
    'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified, Invalid model schema specified]',
  );
  assert.equal(
    invalidModelMessage(faultsOf('{"properties":{"a":{"example":1}}}')),
    'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. Unsupported keyword(s): ["example"]]',
  );
  assert.deepEqual(compiled({ example: 1, 'x-y': 2 }, { unknownKeywords: 'ignore' }).validate(1), []);
});

test("AWS's words for a reference that is no model's URL", () => {
  assert.equal(
    invalidModelMessage(faultsOf('{"$ref":"https://example.com/Pet.json"}')),
    'Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be in canonical form]',
  );
});

test('a pattern that cannot be run is refused by name, not left out', () => {
  const [fault] = faultsOf('{"properties":{"a":{"pattern":"^(?=x)"}}}') as [SchemaFault];
  assert.match(fault.error, /At \/properties\/a\/pattern: .*look-ahead is not supported \(at position 1\)/);
});

describe('references between models', () => {
  const url = (name: string): string => `https://apigateway.amazonaws.com/restapis/a1b2c3/models/${name}`;
  const models: Readonly<Record<string, unknown>> = {
    Pet: {
      type: 'object',
      properties: { owner: { $ref: url('Owner') }, tag: { $ref: '#/definitions/tag' } },
      definitions: { tag: { type: 'string' } },
    },
    Owner: { required: ['name'], properties: { pets: { type: 'array', items: { $ref: url('Pet') } } } },
    Broken: { properties: { a: { type: 'text' } } },
  };
  const resolveModel = (name: string): string | undefined =>
    Object.hasOwn(models, name) ? JSON.stringify(models[name]) : undefined;

  test('circular ones', () => {
    const schema = compiled({ $ref: url('Pet') }, { resolveModel });
    assert.deepEqual(schema.validate({ owner: { name: 'a', pets: [{ tag: 'x' }] } }), []);
    assert.deepEqual(schema.validate({ owner: { name: 'a', pets: [{ owner: {} }] } }), [
      'object has missing required properties (["name"])',
    ]);
    assert.equal(schema.validate({ tag: 1 }).length, 1, 'a fragment is about the document it stands in');
  });

  test('into another model', () => {
    const schema = compiled({ items: { $ref: `${url('Pet')}#/definitions/tag` } }, { resolveModel });
    assert.equal(schema.validate([1]).length, 1);
  });

  test('to a model that is wrong itself', () => {
    const [fault] = faultsOf(JSON.stringify({ items: { $ref: url('Broken') } }), { resolveModel }) as [SchemaFault];
    assert.equal(fault.pointer, '/items/$ref (Broken/properties/a/type)');
  });

  test('by a name of the prototype', () => {
    assert.match(faultsOf(JSON.stringify({ $ref: url('__proto__') }), { resolveModel })[0]?.what ?? '', /does not exist/);
  });
});

test('several errors are one string', () => {
  const schema = compiled({ type: 'object', minProperties: 1, required: ['schedule', 'team'] });
  assert.equal(
    validationErrorString(schema.validate({})),
    '[object has too few properties (found 0 but schema requires at least 1), object has missing required properties (["schedule","team"])]',
  );
});

describe('JSON texts', () => {
  const rows: readonly (readonly [desc: string, text: string, fault: RegExp | undefined])[] = [
    ['512 levels', '['.repeat(512) + ']'.repeat(512), undefined],
    ['513 levels', '['.repeat(513) + ']'.repeat(513), /nested deeper than 512/],
    ['a hundred thousand levels', '{"a":'.repeat(100_000), /nested deeper than 512/],
    ['brackets in a string', `"${'['.repeat(10_000)}\\"["`, undefined],
    ['too many values', `[${'0,'.repeat(600_000)}0]`, /more than 500000 values/],
    ['a number of ten thousand digits', '1'.repeat(10_000), /number of more than 1000/],
    ['a huge exponent', '1e99999999999', /exponent/],
    ['a huge exponent with zeros', '1e0000000000001', undefined],
    ['nothing', '', /not JSON/],
    ['two values', '1 2', /not JSON/],
    ['an open string', '"a', /not JSON/],
    ['a comma too many', '[1,]', /not JSON/],
    ['a number that is none', '[01]', /not JSON/],
    ['a comment', '/**/1', /not JSON/],
  ];
  for (const [desc, text, fault] of rows) {
    test(desc, () => {
      const instance = parseJsonInstance(text);
      if (fault === undefined) assert.equal(instance.fault, undefined);
      else assert.match(instance.fault ?? '', fault);
    });
  }

  test('a member that is there twice has its last value', () => {
    const { value } = parseJsonInstance('{"a":1,"a":"x"}') as { value: unknown };
    assert.deepEqual(compiled({ properties: { a: { type: 'string' } } }).validate(value), []);
  });

  test('nothing is inherited and nothing is polluted', () => {
    const { value } = parseJsonInstance('{"__proto__":{"polluted":1.0},"constructor":{"prototype":{"polluted":1}}}') as {
      value: unknown;
    };
    assert.deepEqual(compiled({ required: ['__proto__'], properties: { b: {} } }).validate(value), []);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('hostile schemas and bodies end', () => {
  // A generous bound for a shared machine: what must not happen is seconds.
  const endsSoon = (work: () => readonly string[]): readonly string[] => {
    const start = performance.now();
    const errors = work();
    assert.ok(performance.now() - start < 2_000, 'it took too long');
    return errors;
  };

  test('references that double at each step', () => {
    const both = (i: number) => ({ allOf: [{ $ref: `#/definitions/d${i}` }, { $ref: `#/definitions/d${i}` }] });
    const definitions = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d${i}`, i === 59 ? {} : both(i + 1)]));
    const schema = compiled({ ...both(0), definitions });
    assert.match(endsSoon(() => schema.validate(1)).at(-1) ?? '', /^instance cannot be validated: it takes more than/);
  });

  test('alternatives that double at each level of the body', () => {
    const schema = compiled({ oneOf: [{ items: { $ref: '#' } }, { items: { $ref: '#' }, type: 'array' }, { type: 'null' }] });
    let value: unknown = null;
    for (let i = 0; i < 400; i++) value = [value];
    assert.match(endsSoon(() => schema.validate(value)).at(-1) ?? '', /^instance cannot be validated/);
  });

  test('a body as deep as may be, with references at each level', () => {
    const schema = compiled({ properties: { a: { $ref: '#/definitions/x' } }, definitions: { x: { allOf: [{ $ref: '#' }] } } });
    const { value } = parseJsonInstance(`${'{"a":'.repeat(511)}{}${'}'.repeat(511)}`) as { value: unknown };
    assert.deepEqual(
      endsSoon(() => schema.validate(value)),
      [],
    );
  });

  test('a chain of ten thousand schemas for one value', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [i, i === 9_999 ? {} : { allOf: [{ $ref: `#/definitions/${i + 1}` }] }]),
    );
    const result = compileJsonSchema(JSON.stringify({ $ref: '#/definitions/0', definitions }));
    const errors = result.schema === undefined ? ['refused'] : endsSoon(() => result.schema.validate(1));
    assert.match(errors[0] ?? '', /refused|nested deeper/);
  });

  test('a chain of references is as good as one', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 9_000 }, (_, i) => [i, i === 8_999 ? { type: 'null' } : { $ref: `#/definitions/${i + 1}` }]),
    );
    const schema = compiled({ $ref: '#/definitions/0', definitions });
    assert.deepEqual(schema.validate(null), []);
    assert.equal(schema.validate(1).length, 1);
  });

  test('very many unique items, and equal objects at the end', () => {
    const schema = compiled({ uniqueItems: true });
    const items = Array.from({ length: 20_000 }, (_, i) => ({ id: i }));
    // The clock is left out where the verdict is asked for: another process may have this core.
    const patient = { ...DEFAULT_BUDGET, timeMs: 2_000 };
    assert.equal(endsSoon(() => schema.validate(items, patient)).length, 0);
    const [error] = endsSoon(() => schema.validate([...items, { id: 1 }], patient));
    assert.equal(error, 'array must not contain duplicate elements');
    const many = Array.from({ length: 500_000 }, (_, i) => `item ${i}`);
    assert.ok(endsSoon(() => schema.validate(many)).length <= 1);
  });

  test('patterns that explode elsewhere, on long strings and many names', () => {
    const schema = compiled({
      pattern: '^(([a-z])+.)+[A-Z]([a-z])+$',
      patternProperties: { '(a+)+$': {}, '(.*a){12}x': {} },
      additionalProperties: false,
    });
    assert.equal(endsSoon(() => schema.validate('a'.repeat(1_000_000))).length, 1);
    const names = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`${'a'.repeat(20)}${i}!`, 1]));
    assert.ok(endsSoon(() => schema.validate(names)).length >= 1);
  });

  test('numbers of a thousand digits and exponents of nine', () => {
    const schema = compiled({ multipleOf: 0.000001, minimum: -1 });
    const { value } = parseJsonInstance(`${'7'.repeat(900)}e999999999`) as { value: unknown };
    assert.deepEqual(
      endsSoon(() => schema.validate(value)),
      [],
    );
  });

  test('messages and their number are bounded', () => {
    const schema = compiled({ items: { maxLength: 1, enum: ['x'.repeat(50_000)] } });
    const errors = schema.validate(Array.from({ length: 1_000 }, () => 'y'.repeat(10_000)));
    assert.ok(errors.length <= 50 && validationErrorString(errors).length < 200_000);
  });

  test('a schema over 400 KB, too many values, too deep', () => {
    assert.match(faultsOf(JSON.stringify({ description: 'x'.repeat(420_000) }))[0]?.what ?? '', /larger than 409600 bytes/);
    assert.match(faultsOf(`${'{"not":'.repeat(120)}{}${'}'.repeat(120)}`)[0]?.what ?? '', /nested deeper/);
    assert.match(faultsOf('{')[0]?.what ?? '', /not JSON/);
  });
});

test('agrees with a small oracle on thousands of random schemas and values', async () => {
  const report = await fuzzJsonSchema(20_000, 20_261_127);
  assert.deepEqual(report.disagreements.slice(0, 5), []);
  assert.ok(report.requests > 15_000 && report.accepted > 4_000, `${report.requests} compared, ${report.accepted} valid`);
});
