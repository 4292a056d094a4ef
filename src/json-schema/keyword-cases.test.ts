// Every keyword of draft-04: what passes, what does not, and AWS's words for it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJsonInstance } from './json-instance.ts';
import { compileJsonSchema } from './json-schema.ts';

interface Case {
  readonly desc: string;
  readonly schema: unknown;
  readonly valid: readonly string[];
  /** Text and the whole list of errors. */
  readonly invalid: readonly (readonly [text: string, ...errors: string[]])[];
}

const typeError = (found: string, allowed: string): string =>
  `instance type (${found}) does not match any allowed primitive type (allowed: [${allowed}])`;

const CASES: readonly Case[] = [
  { desc: 'an empty schema takes everything', schema: {}, valid: ['1', 'null', '{}', '[1,"a"]'], invalid: [] },
  {
    desc: 'type: one',
    schema: { type: 'integer' },
    valid: ['1', '-0', '12345678901234567890'],
    invalid: [
      ['1.5', typeError('number', '"integer"')],
      ['1.0', typeError('number', '"integer"')],
      ['1e3', typeError('number', '"integer"')],
      ['"1"', typeError('string', '"integer"')],
      ['null', typeError('null', '"integer"')],
      ['true', typeError('boolean', '"integer"')],
      ['{}', typeError('object', '"integer"')],
      ['[]', typeError('array', '"integer"')],
    ],
  },
  {
    desc: 'type: number takes integers',
    schema: { type: 'number' },
    valid: ['1', '1.0', '1e400'],
    invalid: [['"1"', typeError('string', '"integer","number"')]],
  },
  {
    desc: 'type: several',
    schema: { type: ['string', 'null'] },
    valid: ['"a"', 'null'],
    invalid: [['1', typeError('integer', '"null","string"')]],
  },
  {
    desc: 'enum: numbers by what they are, objects in any order',
    schema: { enum: [1, 'a', null, { a: [1], b: 2 }] },
    valid: ['1', '1.0', '1e0', '"a"', 'null', '{"b":2,"a":[1.0]}'],
    invalid: [
      ['"b"', 'instance value ("b") not found in enum (possible values: [1,"a",null,{"a":[1],"b":2}])'],
      ['{"a":[1]}', 'instance value ({"a":[1]}) not found in enum (possible values: [1,"a",null,{"a":[1],"b":2}])'],
      ['"1"', 'instance value ("1") not found in enum (possible values: [1,"a",null,{"a":[1],"b":2}])'],
    ],
  },
  {
    desc: 'enum comes before type',
    schema: { type: 'string', enum: ['true', 'false'] },
    valid: ['"true"'],
    invalid: [
      ['false', 'instance value (false) not found in enum (possible values: ["true","false"])', typeError('boolean', '"string"')],
    ],
  },
  {
    desc: 'multipleOf: decimals exactly',
    schema: { multipleOf: 0.01 },
    valid: ['19.99', '4.35', '0', '0.07', '1e2', '123456789012345678.01', '"x"'],
    invalid: [
      ['100.001', 'remainder of division is not zero (100.001 / 0.01)'],
      ['123456789012345678.011', 'remainder of division is not zero (123456789012345678.011 / 0.01)'],
    ],
  },
  {
    desc: 'multipleOf: integers',
    schema: { multipleOf: 10 },
    valid: ['-70', '1e400', '12345678901234567890'],
    invalid: [
      ['75', 'remainder of division is not zero (75 / 10)'],
      ['5e-400', 'remainder of division is not zero (5e-400 / 10)'],
    ],
  },
  {
    desc: 'minimum',
    schema: { minimum: 1.1 },
    valid: ['1.1', '2', '1.10', '1e300', '1e999999999'],
    invalid: [
      ['0', 'numeric instance is lower than the required minimum (minimum: 1.1, found: 0)'],
      ['-1e999999999', 'numeric instance is lower than the required minimum (minimum: 1.1, found: -1e999999999)'],
      [
        '1.0999999999999999999999',
        'numeric instance is lower than the required minimum (minimum: 1.1, found: 1.0999999999999999999999)',
      ],
    ],
  },
  {
    desc: 'exclusiveMinimum',
    schema: { minimum: 3, exclusiveMinimum: true },
    valid: ['3.0000000000000000001', '4'],
    invalid: [
      ['3.0', 'numeric instance is not strictly greater than the required minimum 3'],
      ['2', 'numeric instance is lower than the required minimum (minimum: 3, found: 2)'],
    ],
  },
  {
    desc: 'exclusiveMinimum false',
    schema: { minimum: 3, exclusiveMinimum: false },
    valid: ['3'],
    invalid: [['2', 'numeric instance is lower than the required minimum (minimum: 3, found: 2)']],
  },
  {
    desc: 'maximum and exclusiveMaximum',
    schema: { maximum: 20, exclusiveMaximum: true },
    valid: ['19.99'],
    invalid: [
      ['20', 'numeric instance is not strictly lower than the required maximum 20'],
      ['97', 'numeric instance is greater than the required maximum (maximum: 20, found: 97)'],
    ],
  },
  {
    desc: 'minLength counts characters',
    schema: { minLength: 2 },
    valid: ['"ab"', '"😀😀"', '1'],
    invalid: [
      ['"a"', 'string "a" is too short (length: 1, required minimum: 2)'],
      ['"😀"', 'string "😀" is too short (length: 1, required minimum: 2)'],
    ],
  },
  {
    desc: 'maxLength',
    schema: { maxLength: 2 },
    valid: ['"😀😀"', '""'],
    invalid: [['"abc"', 'string "abc" is too long (length: 3, maximum allowed: 2)']],
  },
  {
    desc: 'pattern is looked for anywhere',
    schema: { pattern: 'a+b' },
    valid: ['"xaab"', '1'],
    invalid: [['"b"', 'ECMA 262 regex "a+b" does not match input string "b"']],
  },
  {
    desc: 'pattern: $ is the end',
    schema: { pattern: '^a$' },
    valid: ['"a"'],
    invalid: [['"a\\n"', 'ECMA 262 regex "^a$" does not match input string "a\n"']],
  },
  {
    desc: 'items: one schema, after the array itself',
    schema: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string' } },
    valid: ['["a"]'],
    invalid: [
      ['[]', 'array is too short: must have at least 1 elements but instance has 0 elements'],
      ['[1,2,3,4]', 'array is too long: must have at most 3 elements but instance has 4 elements'],
      ['["a",1,null]', typeError('integer', '"string"'), typeError('null', '"string"')],
    ],
  },
  {
    desc: 'items: listed, and no more',
    schema: { items: [{ type: 'string' }, {}], additionalItems: false },
    valid: ['["a"]', '["a",1]', '[]', '{}'],
    invalid: [
      ['["a",1,2]', 'schema only allows 2 elements in array but instance has 3 elements'],
      ['[1]', typeError('integer', '"string"')],
    ],
  },
  {
    desc: 'additionalItems: a schema',
    schema: { items: [{}], additionalItems: { type: 'null' } },
    valid: ['[1,null]'],
    invalid: [['[1,2]', typeError('integer', '"null"')]],
  },
  {
    desc: 'additionalItems without a list says nothing',
    schema: { items: {}, additionalItems: false },
    valid: ['[1,2,3]'],
    invalid: [],
  },
  {
    desc: 'uniqueItems',
    schema: { uniqueItems: true },
    valid: ['[1,"1",true,null,[1],{"a":1}]', '[[1,2],[2,1]]', '[{"a":1,"b":2},{"a":2,"b":1}]'],
    invalid: [
      ['[1,1.0]', 'array must not contain duplicate elements'],
      ['[{"a":1,"b":2},{"b":2,"a":1}]', 'array must not contain duplicate elements'],
    ],
  },
  {
    desc: 'required, in the order of the alphabet',
    schema: { required: ['b', 'a', 'c'] },
    valid: ['{"a":null,"b":1,"c":1}', '[]'],
    invalid: [['{"c":1}', 'object has missing required properties (["a","b"])']],
  },
  {
    desc: 'required: names of the prototype',
    schema: { required: ['__proto__', 'toString'] },
    valid: ['{"__proto__":1,"toString":2}'],
    invalid: [['{}', 'object has missing required properties (["__proto__","toString"])']],
  },
  {
    desc: 'minProperties and maxProperties',
    schema: { minProperties: 1, maxProperties: 2 },
    valid: ['{"a":1}'],
    invalid: [
      ['{}', 'object has too few properties (found 0 but schema requires at least 1)'],
      ['{"a":1,"b":1,"c":1}', 'object has too many properties (found 3 but schema requires at most 2)'],
    ],
  },
  {
    desc: 'properties: members in the order of the alphabet, and only when the object itself is right',
    schema: { required: ['z'], properties: { b: { type: 'string' }, a: { type: 'string' } } },
    valid: ['{"z":1,"a":"","b":""}', '{"z":1}'],
    invalid: [
      ['{"b":1,"a":null,"z":1}', typeError('null', '"string"'), typeError('integer', '"string"')],
      ['{"b":1}', 'object has missing required properties (["z"])'],
    ],
  },
  {
    desc: 'properties named like the prototype',
    schema: JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"null"}}}'),
    valid: ['{}', '{"__proto__":"a"}'],
    invalid: [
      ['{"__proto__":1}', typeError('integer', '"string"')],
      ['{"constructor":1}', typeError('integer', '"null"')],
    ],
  },
  {
    desc: 'patternProperties and additionalProperties',
    schema: {
      properties: { id: {} },
      patternProperties: { '^x-': { type: 'string' }, n$: { type: 'integer' } },
      additionalProperties: false,
    },
    valid: ['{"id":1,"x-a":"a","n":1}'],
    invalid: [
      ['{"b":1,"a":1,"x-":""}', 'object instance has properties which are not allowed by the schema: ["a","b"]'],
      ['{"x-n":"a"}', typeError('string', '"integer"')],
    ],
  },
  {
    desc: 'additionalProperties: a schema',
    schema: { properties: { id: {} }, additionalProperties: { type: 'boolean' } },
    valid: ['{"id":1,"a":true}'],
    invalid: [['{"a":1}', typeError('integer', '"boolean"')]],
  },
  {
    desc: 'dependencies: names',
    schema: { dependencies: { card: ['address', 'name'] } },
    valid: ['{}', '{"card":1,"address":1,"name":1}'],
    invalid: [
      [
        '{"card":1,"name":1}',
        'property "card" of object has missing property dependencies (schema requires ["address","name"]; missing: ["address"])',
      ],
    ],
  },
  {
    desc: 'dependencies: a schema',
    schema: { dependencies: { card: { required: ['address'] } } },
    valid: ['{"card":1,"address":1}', '{}'],
    invalid: [['{"card":1}', 'object has missing required properties (["address"])']],
  },
  {
    desc: 'allOf',
    schema: { allOf: [{ required: ['a'] }, { properties: { a: { type: 'string' } } }] },
    valid: ['{"a":""}'],
    invalid: [
      ['{}', 'instance failed to match all required schemas (matched only 1 out of 2)'],
      ['{"a":1}', 'instance failed to match all required schemas (matched only 1 out of 2)'],
    ],
  },
  {
    desc: 'anyOf',
    schema: { anyOf: [{ type: 'string' }, { minimum: 2 }] },
    valid: ['"a"', '3', 'null'],
    invalid: [['1', 'instance failed to match at least one required schema among 2']],
  },
  {
    desc: 'oneOf',
    schema: { oneOf: [{ type: 'number' }, { minimum: 2 }] },
    valid: ['1', '"a"'],
    invalid: [['3', 'instance failed to match exactly one schema (matched 2 out of 2)']],
  },
  {
    desc: 'not',
    schema: { not: { required: ['a'], properties: { a: { type: 'string' } } } },
    valid: ['{}', '{"a":1}'],
    invalid: [['{"a":""}', 'instance matched a schema which it should not have']],
  },
  {
    desc: '$ref to the schema itself',
    schema: { properties: { next: { $ref: '#' } }, additionalProperties: false },
    valid: ['{"next":{"next":{}}}'],
    invalid: [['{"next":{"x":1}}', 'object instance has properties which are not allowed by the schema: ["x"]']],
  },
  {
    desc: '$ref to definitions, with escapes; what stands beside it is not looked at',
    schema: {
      items: { $ref: '#/definitions/a~1b%25c', maxLength: 0 },
      definitions: { 'a/b%c': { $ref: '#/definitions/s' }, s: { type: 'string' } },
    },
    valid: ['["abc"]'],
    invalid: [['[1]', typeError('integer', '"string"')]],
  },
  {
    desc: '$ref is a property, too',
    schema: { properties: { $ref: { type: 'string' } } },
    valid: ['{"$ref":"a"}'],
    invalid: [['{"$ref":1}', typeError('integer', '"string"')]],
  },
  {
    desc: 'format comes last',
    schema: { format: 'ipv4', maxLength: 3, pattern: '^\\d' },
    valid: ['1'],
    invalid: [
      [
        '"localhost"',
        'string "localhost" is too long (length: 9, maximum allowed: 3)',
        'ECMA 262 regex "^\\d" does not match input string "localhost"',
        'string "localhost" is not a valid IPv4 address',
      ],
    ],
  },
  { desc: 'a format that is not known says nothing', schema: { format: 'int32' }, valid: ['"x"', '1'], invalid: [] },
  {
    desc: 'title, description, default, id and $schema say nothing',
    schema: { $schema: 'http://json-schema.org/draft-04/schema#', id: 'x', title: 't', description: 'd', default: 1 },
    valid: ['1'],
    invalid: [],
  },
];

for (const { desc, schema, valid, invalid } of CASES) {
  describe(desc, () => {
    const compiled = compileJsonSchema(JSON.stringify(schema));
    if (compiled.schema === undefined) assert.fail(JSON.stringify(compiled.faults));
    for (const text of valid) test(`${text} passes`, () => assert.deepEqual(compiled.schema.validate(instanceOf(text)), []));
    for (const [text, ...errors] of invalid) {
      test(`${text} does not pass`, () => assert.deepEqual(compiled.schema.validate(instanceOf(text)), errors));
    }
  });
}

const FORMATS: readonly (readonly [format: string, valid: readonly string[], invalid: readonly string[], error: string])[] = [
  [
    'date-time',
    ['2026-11-27T05:31:04Z', '2026-11-27T05:31:04.123456789012+01:00', '2024-02-29T23:59:59Z'],
    ['2026-11-27', '2026-02-29T00:00:00Z', '2026-11-27T24:00:00Z', '2026-11-27T05:31:04', '2026-11-27T05:31:04.Z'],
    `string "X" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`,
  ],
  [
    'email',
    ['a@b.co', 'a.b+c@x-y.example', '"a b"@example.com', 'a@[127.0.0.1]'],
    ['a', 'a@', '@b', 'a b@c.d', 'a..b@c.d', '.a@b', 'a@b..c', 'a@b@c'],
    'string "X" is not a valid email address',
  ],
  [
    'hostname',
    ['a', 'www.example.com', 'a_b.example.', 'bücher.example'],
    ['', '-a.b', 'a-.b', 'a..b', '10.0.0.1', `${'a'.repeat(64)}.b`],
    'string "X" is not a valid hostname',
  ],
  ['ipv4', ['127.0.0.1'], ['256.0.0.1', '1.2.3', '01.2.3.4', '::1'], 'string "X" is not a valid IPv4 address'],
  [
    'ipv6',
    ['::1', '2001:db8::ff00:42:8329', '::ffff:1.2.3.4'],
    ['127.0.0.1', '12345::', '::1%eth0'],
    'string "X" is not a valid IPv6 address',
  ],
  [
    'uri',
    ['http://a.b/c?d=e#f', '/relative', 'urn:isbn:1', 'a b'.replace(' ', '%20'), 'http://[::1]/', 'https://bücher.example/ü'],
    ['http://a b', 'a<b', '1a:b', 'http:', 'a%2', 'a#b#c', '/a[b]'],
    'string "X" is not a valid URI',
  ],
  ['regex', ['^a+$', '(?=a)b', '[^]'], ['(a', '[a', 'a**'], 'string "X" is not a valid ECMA 262 regular expression'],
  [
    'uuid',
    ['123e4567-e89b-12d3-a456-426614174000'],
    ['123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400g'],
    'input string "X" is not a valid UUID',
  ],
  ['mac', ['00:1B:44:11:3A:b7'], ['00-1B-44-11-3A-B7', '00:1B:44:11:3A'], 'input string "X" is not a valid MAC address'],
  ['json-pointer', ['', '/a/b~0~1', '/'], ['a', '/a~2', '/a~'], 'input string "X" is not a valid JSON Pointer'],
  ['md5', ['d41d8cd98f00b204e9800998ecf8427e'], ['zz1d8cd98f00b204e9800998ecf8427e'], 'input string has illegal characters'],
  ['sha1', ['a'.repeat(40)], ['a'], 'input string has bad length (1, expected 40)'],
  ['base64', ['', 'YQ==', 'YWJj'], ['YQ*='], 'input is not a valid Base64 string: illegal characters'],
  ['base64', ['YWI='], ['YQ'], 'input has illegal length (must be a multiple of 4, found 2)'],
];

for (const [format, valid, invalid, error] of FORMATS) {
  test(`format ${format}`, () => {
    const { schema } = compileJsonSchema(JSON.stringify({ format }));
    for (const text of valid) assert.deepEqual(schema?.validate(text), [], text);
    for (const text of invalid) assert.deepEqual(schema?.validate(text), [error.replace('"X"', `"${text}"`)], text);
  });
}

function instanceOf(text: string): unknown {
  const instance = parseJsonInstance(text);
  if (instance.fault !== undefined) assert.fail(`${text} ${instance.fault}`);
  return instance.value;
}
