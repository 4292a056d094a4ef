// The Android SDK of an API. The sources here were compiled with javac against the names of AWS's library when they were written.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mock, restApi } from '../../compile/testing/rest-api-builder.ts';
import type { RestApiSnapshot, RestModel } from '../../model/rest-api.ts';
import { androidSdk } from './android-sdk.ts';
import { javaMemberName, javaText } from './java-names.ts';

const model = (name: string, schema: object): RestModel => ({
  id: name,
  name,
  contentType: 'application/json',
  schema: JSON.stringify(schema),
});
const ref = (name: string) => ({ $ref: `https://apigateway.amazonaws.com/restapis/abc/models/${name}` });

const pet = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    'display-name': { type: 'string' },
    price: { type: 'number' },
    class: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    owner: { type: 'object', properties: { name: { type: 'string' }, pets: { type: 'array', items: ref('Pet') } } },
    anything: {},
  },
};

function filesOf(more: Partial<RestApiSnapshot> = {}): Readonly<Record<string, string>> {
  const { snapshot } = restApi({
    'GET /': { integration: mock() },
    'GET /pets/{petId}': {
      integration: mock(),
      requestParameters: {
        'method.request.path.petId': true,
        'method.request.querystring.page': false,
        'method.request.header.X-Kind': false,
      },
    },
    'POST /pets': { integration: mock(), requestModels: { 'application/json': 'Pet' } },
  });
  const models = [model('Pet', pet), model('Pets', { type: 'array', items: ref('Pet') }), model('Empty', { type: 'object' })];
  const methods = snapshot.methods.map((method) => ({
    ...method,
    methodResponses: { 200: { statusCode: '200', responseModels: { 'application/json': 'Pets' } } },
  }));
  return androidSdk({
    snapshot: { ...snapshot, restApi: { ...snapshot.restApi, name: 'pet store */ \\u002a/' }, models, methods, ...more },
    invokeUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/prod',
    ...{ groupId: 'com.example', artifactId: 'pets', artifactVersion: '1.0', invokerPackage: 'com.example.pets' },
  });
}

describe('the Android SDK', () => {
  test('its files', () => {
    assert.deepEqual(Object.keys(filesOf()), [
      'pets/pom.xml',
      'pets/README.md',
      'pets/src/main/java/com/example/pets/PetStoreU002aClient.java',
      'pets/src/main/java/com/example/pets/model/Pet.java',
      'pets/src/main/java/com/example/pets/model/PetOwner.java',
      'pets/src/main/java/com/example/pets/model/Pets.java',
    ]);
  });

  test('a method has its parameters by place, its body and its answer', () => {
    const client = filesOf()['pets/src/main/java/com/example/pets/PetStoreU002aClient.java'] ?? '';
    const at = '@com.amazonaws.mobileconnectors.apigateway.annotation';
    assert.equal(
      client,
      `package com.example.pets;

/** pet store * / \\ u002a/ */
${at}.Service(endpoint = "https://abc.execute-api.us-east-1.amazonaws.com/prod")
public interface PetStoreU002aClient {

    /** Calls anything of the API. */
    com.amazonaws.mobileconnectors.apigateway.ApiResponse execute(com.amazonaws.mobileconnectors.apigateway.ApiRequest request);

    ${at}.Operation(path = "/", method = "GET")
    com.example.pets.model.Pets rootGet();

    ${at}.Operation(path = "/pets", method = "POST")
    com.example.pets.model.Pets petsPost(
            com.example.pets.model.Pet body);

    ${at}.Operation(path = "/pets/{petId}", method = "GET")
    com.example.pets.model.Pets petsPetIdGet(
            ${at}.Parameter(name = "petId", location = "path") String petId,
            ${at}.Parameter(name = "page", location = "query") String page,
            ${at}.Parameter(name = "X-Kind", location = "header") String xKind);
}
`,
    );
  });

  test('a model has a field for each property, also one that refers to itself', () => {
    const files = filesOf();
    const source = files['pets/src/main/java/com/example/pets/model/Pet.java'] ?? '';
    const fields = [...source.matchAll(/SerializedName\("(.+)"\)\n {4}private (.+) = null;/g)].map(([, name, field]) => [
      name,
      field,
    ]);
    assert.deepEqual(fields, [
      ['id', 'Integer id'],
      ['display-name', 'String displayName'],
      ['price', 'java.math.BigDecimal price'],
      ['class', 'String _class'],
      ['tags', 'java.util.List<String> tags'],
      ['owner', 'com.example.pets.model.PetOwner owner'],
      ['anything', 'Object anything'],
    ]);
    assert.match(source, /public String getDisplayName\(\) \{\n {8}return displayName;/);
    const owner = files['pets/src/main/java/com/example/pets/model/PetOwner.java'] ?? '';
    assert.match(owner, /java\.util\.List<com\.example\.pets\.model\.Pet> pets = null;/);
    const list = files['pets/src/main/java/com/example/pets/model/Pets.java'] ?? '';
    assert.match(list, /public class Pets extends java\.util\.ArrayList<com\.example\.pets\.model\.Pet> \{/);
  });

  test('models that are deep, broken, or many stay within bounds', () => {
    let deep: object = { type: 'string' };
    for (let i = 0; i < 1_000; i++) deep = { type: 'object', properties: { a: deep } };
    const many = Array.from({ length: 1_500 }, (_, i) => model(`M${i}`, { type: 'object', properties: {} }));
    const classes = (models: readonly RestModel[]) =>
      Object.keys(filesOf({ models })).filter((name) => name.includes('/model/')).length;
    assert.equal(classes([model('Deep', deep)]), 17);
    assert.equal(classes([{ ...model('Broken', {}), schema: '{' }]), 0);
    assert.equal(classes([model('Loop', ref('Loop')), model('Other', ref('None'))]), 0);
    assert.equal(classes(many), 1_000);
    const alike = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`a${'-'.repeat(1 + (i % 200))}${'.'.repeat(Math.floor(i / 200))}`, {}]),
    );
    const source = Object.values(filesOf({ models: [model('Alike', { type: 'object', properties: alike })] })).at(-1) ?? '';
    assert.equal(new Set(source.match(/get[A-Z]\w*/g)).size, 20_000);
    const chain = Array.from({ length: 900 }, (_, i) =>
      model(`C${i}`, { type: 'object', properties: { next: ref(`C${i + 1}`) } }),
    );
    assert.equal(classes(chain), 900);
  });
});

test('names and texts of Java', () => {
  assert.deepEqual(['X-Kind', 'class', 'int', '9lives', 'é', 'petId'].map(javaMemberName), [
    'xKind',
    '_class',
    '_int',
    '_9lives',
    '__',
    'petId',
  ]);
  assert.equal(javaText('a"\\\n\u2028é😀'), '"a\\"\\\\\\012\\u2028\\u00e9\\ud83d\\ude00"');
});
