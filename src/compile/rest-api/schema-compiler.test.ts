// Models as validators of request bodies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema, sharingSchemaCompiler } from './schema-compiler.ts';

const ref = '{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/a1b2c3/models/Pet"}}';

test("a body that does not fit is told in AWS's words", () => {
  const validate = compileSchema('{"type":"object","required":["qty"],"properties":{"qty":{"type":"number"}}}', {});
  assert.equal(validate({ qty: 1 }), undefined);
  assert.equal(validate({}), '[object has missing required properties (["qty"])]');
});

test('models that refer to others', () => {
  const validate = compileSchema(ref, { Pet: '{"required":["name"]}' });
  assert.equal(validate([{ name: 'a' }]), undefined);
  assert.equal(validate([{}]), '[object has missing required properties (["name"])]');
});

test('a model that cannot be compiled lets nothing pass', () => {
  assert.match(compileSchema(ref, {})([]) ?? '', /^the model cannot be used: at \/items\/\$ref: the model Pet does not exist/);
  assert.match(compileSchema('{"pattern":"(?=a)"}', {})('a') ?? '', /look-ahead is not supported/);
  assert.match(compileSchema('no schema', {})({}) ?? '', /at its root: the schema is not JSON/);
});

test('methods share the validator of one model, and no other', () => {
  const compile = sharingSchemaCompiler();
  const first = compile(ref, { Pet: '{"required":["name"]}' });
  assert.equal(compile(ref, { Pet: '{"required":["name"]}' }), first);
  const other = compile(ref, { Pet: '{"required":["age"]}' });
  assert.equal(first([{ name: 'a' }]), undefined);
  assert.match(other([{ name: 'a' }]) ?? '', /age/);
});
