// Templates as AWS's own samples show them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelTemplate } from './model-template.ts';

const SET = "#set($inputRoot = $input.path('$'))\n";

test('the sample of the AWS CLI: the model Empty', () => {
  const empty = '{"$schema":"http://json-schema.org/draft-04/schema#","title":"Empty Schema","type":"object"}';
  assert.equal(modelTemplate(empty), `${SET}{ }`);
});

test('the sample of the API reference: the model output', () => {
  const output = {
    title: 'Output',
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' }, op: { type: 'string' }, c: { type: 'number' } },
  };
  const expected = `${SET}{\n  "a" : 3.1415,\n  "b" : 3.1415,\n  "op" : "foo",\n  "c" : 3.1415\n}`;
  assert.equal(modelTemplate(JSON.stringify(output)), expected);
});

test('an array is a loop to be edited', () => {
  const schema = { type: 'array', items: { type: 'object', properties: { age: { type: 'integer' }, ok: { type: 'boolean' } } } };
  assert.equal(
    modelTemplate(JSON.stringify(schema)),
    `${SET}[\n##TODO: Update this foreach loop to reference array from input json\n#foreach($elem in $inputRoot.TODO)\n ` +
      '{\n  "age" : 42,\n  "ok" : true\n} \n#if($foreach.hasNext),#end\n#end\n]',
  );
});

test('references are followed, and one that comes back to itself ends', () => {
  const tree =
    '{"type":"object","properties":{"name":{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Name"},"next":{"$ref":"#"}}}';
  const template = modelTemplate(tree, (name) => (name === 'Name' ? '{"type":"string"}' : undefined));
  assert.match(template, /\{\n {2}"name" : "foo",\n {2}"next" : \{\n/);
  assert.ok(template.endsWith('}') && template.length < 10_000);
});

test('a schema whose references double at each step stays small', () => {
  const properties = (next: number) => ({ a: { $ref: `#/definitions/d${next}` }, b: { $ref: `#/definitions/d${next}` } });
  const definitions = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`d${i}`, { properties: properties(i + 1) }]));
  const template = modelTemplate(JSON.stringify({ properties: properties(0), definitions }));
  assert.ok(template.length < 2_000_000, `${template.length} characters`);
  const wide = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`p${i}`, { $ref: '#' }]));
  assert.ok(modelTemplate(JSON.stringify({ properties: wide })).length < 2_000_000);
});

test('what is no schema has the template of an empty one', () => {
  for (const text of ['', '[]', 'null', '{"type":"object"', '{"properties":[]}']) assert.equal(modelTemplate(text), `${SET}{ }`);
});
