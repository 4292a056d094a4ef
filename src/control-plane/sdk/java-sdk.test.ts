// The Java SDK of an API: what is in it, and that javac takes it whatever the API calls things.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { mock, restApi } from '../../compile/testing/rest-api-builder.ts';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { isJavaParameter, type JavaParameters, javaSdk } from './java-sdk.ts';
import { escapes, hostileApi, invokeUrl, jsonModel, modelRef } from './testing/hostile-api.ts';

const noJavac = spawnSync('javac', ['-version']).status !== 0;
const skip = noJavac && process.env['CI'] !== 'true' ? 'javac is not on the PATH: generated Java is not compiled' : false;

const parameters: JavaParameters = {
  'service.name': 'SimpleCalcSdk',
  'java.package-name': 'examples.aws.apig.simpleCalc.sdk',
  'java.build-system': 'maven',
  'java.group-id': 'my-apig-api-examples',
  'java.artifact-id': 'simple-calc-sdk',
  'java.artifact-version': '1.0.0',
  'java.license-text': '',
};
const root = 'generated-code/src/main/java/examples/aws/apig/simpleCalc/sdk';

function simpleCalc(): RestApiSnapshot {
  const integration = mock();
  const methodResponses = { 200: { statusCode: '200', responseModels: { 'application/json': 'Result' } } };
  const { snapshot } = restApi(
    {
      'GET /': {
        integration,
        methodResponses,
        requestParameters: { 'method.request.querystring.a': true, 'method.request.header.X-Kind': false },
      },
      'POST /': { integration, methodResponses, requestModels: { 'application/json': 'Input' } },
      'GET /{a}/{b}/{op}': {
        integration,
        methodResponses: { ...methodResponses, 400: { statusCode: '400', responseModels: { 'application/json': 'Input' } } },
      },
      'GET /pets': { integration, operationName: 'ListPets' },
    },
    {
      models: [
        jsonModel('Input', { type: 'object', properties: { a: { type: 'number' }, op: { type: 'string' } } }),
        jsonModel('Output', { type: 'object', properties: { c: { type: 'number' } } }),
        jsonModel('Result', { type: 'object', properties: { input: modelRef('Input'), output: modelRef('Output') } }),
        jsonModel('Empty', { type: 'object' }),
      ],
    },
  );
  return snapshot;
}

function filesOf(more: Partial<JavaParameters> = {}, snapshot = simpleCalc()): Readonly<Record<string, string>> {
  return javaSdk({ snapshot, invokeUrl, parameters: { ...parameters, ...more } });
}

/** Names of the classes that javac makes of the files. */
function compiled(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'java-sdk-'));
  try {
    const sources = Object.entries(files).filter(([name]) => name.endsWith('.java'));
    for (const [name, text] of sources) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const out = path.join(folder, 'classes');
    const args = ['-Xlint:all', '-Werror', '--release', '11', '-encoding', 'UTF-8', '-d', out, ...sources.map(([name]) => name)];
    const { status, stderr, stdout } = spawnSync('javac', args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.class'))
      .map((name) => path.basename(name, '.class'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the Java SDK', () => {
  test('its own files', () => {
    const own = Object.keys(filesOf()).filter((name) => !name.includes('/com/amazonaws/'));
    assert.deepEqual(
      own.map((name) => name.replace(root, '…')),
      [
        ...['SimpleCalcSdk', 'SimpleCalcSdkClientBuilder', 'SimpleCalcSdkClient'],
        ...['GetApiRootRequest', 'GetApiRootResult', 'PostApiRootRequest', 'PostApiRootResult'].map((name) => `model/${name}`),
        ...['ListPetsRequest', 'ListPetsResult', 'GetABOpRequest', 'GetABOpResult'].map((name) => `model/${name}`),
        ...['SimpleCalcSdkException', 'BadRequestException', 'Result', 'Input', 'Output'].map((name) => `model/${name}`),
        ...['SdkCall', 'SdkSigner', 'SdkTransport', 'model/SdkJson'],
      ]
        .map((name) => `…/${name}.java`)
        .concat(['generated-code/pom.xml', 'generated-code/README.md']),
    );
  });

  test('a method sends its parameters where they belong, and reads its answer as its model', () => {
    const client = filesOf()[`${root}/SimpleCalcSdkClient.java`] ?? '';
    assert.match(
      client,
      /GetApiRootResult getApiRoot\(GetApiRootRequest request\) \{\n.*new SdkCall\("GET", "\/", false, request.sdkRequestConfig\(\)\);\n.*call\.query\("a", request\.getA\(\), true\);\n.*call\.header\("X-Kind", request\.getXKind\(\), false\);/,
    );
    assert.match(client, /call\.path\("a", request\.getA\(\)\);\n.*call\.path\("b", .*\n.*call\.path\("op"/);
    assert.match(client, /call\.json\(request\.getInput\(\)\);/);
    assert.match(client, /return GetABOpResult\.fromResponse\(send\(call\)\);/);
    const result = filesOf()[`${root}/model/GetABOpResult.java`] ?? '';
    assert.match(result, /result\.result = Result\.fromJson\(SdkJson\.read\(response\.body\(\)\)\);/);
    assert.match(client, /case 400:\n\s+return new BadRequestException\(message, response\);/);
  });

  test('its project is of Maven or of Gradle', () => {
    assert.match(filesOf()['generated-code/pom.xml'] ?? '', /<artifactId>simple-calc-sdk<\/artifactId>\n\s+<version>1\.0\.0</);
    const gradle = filesOf({ 'java.build-system': 'gradle' });
    assert.equal(gradle['generated-code/settings.gradle'], "rootProject.name = 'simple-calc-sdk'\n");
    assert.match(gradle['generated-code/build.gradle'] ?? '', /^group = 'my-apig-api-examples'$/m);
    assert.equal(gradle['generated-code/pom.xml'], undefined);
  });

  test('the license is at the head of its own sources', () => {
    const files = filesOf({ 'java.license-text': 'Mine */ class Escaped {}\n\nAll mine \\u002a/' });
    const head = '/*\n * Mine * / class Escaped {}\n *\n * All mine \\ u002a/\n */\npackage ';
    assert.ok(files[`${root}/SimpleCalcSdk.java`]?.startsWith(head));
    assert.ok(files[`${root}/model/Input.java`]?.startsWith(head));
  });

  test('javac takes it', { skip }, () => {
    assert.ok(compiled(filesOf()).includes('SimpleCalcSdkClient'));
  });

  test('javac takes an API whose names are reserved, alike, or try to leave strings and comments', { skip }, () => {
    const files = filesOf({ 'java.license-text': escapes.join('\n') }, hostileApi());
    const classes = compiled(files);
    assert.ok(!classes.includes('Escaped'), 'a name became code');
    assert.equal(new Set(classes.map((name) => name.toLowerCase())).size, classes.length);
    assert.ok(classes.includes('ImATeapotException'));
    assert.ok(!/<Escaped/.test(files['generated-code/pom.xml'] ?? ''));
  });

  test('javac takes a service called like what the client has', { skip }, () => {
    for (const service of ['SdkCall', 'GetApiRootRequest', 'Map', 'sdk']) {
      compiled(filesOf({ 'service.name': service, 'java.package-name': service }));
    }
  });

  for (const [name, value, is] of [
    ['service.name', 'SimpleCalcSdk', true],
    ['service.name', 'Simple-Calc', false],
    ['service.name', 'class', false],
    ['service.name', 'com', false],
    ['service.name', 'model', false],
    ['service.name', 'String', false],
    ['service.name', 'A'.repeat(101), false],
    ['java.package-name', 'a.b_c.D', true],
    ['java.package-name', 'a.int', false],
    ['java.package-name', '../a', false],
    ['java.package-name', 'java.x', false],
    ['java.package-name', 'com.amazonaws.opensdk.config', false],
    ['java.package-name', 'com.amazonaws.opensdkx', true],
    ['java.build-system', 'ant', false],
    ['java.group-id', 'a</groupId>', false],
    ['java.artifact-id', "a'", false],
    ['java.artifact-version', '1.0-SNAPSHOT', true],
    ['java.artifact-version', '1$x', false],
  ] as const) {
    test(`${name}=${value.slice(0, 40)} is ${is ? 'taken' : 'refused'}`, () => {
      assert.equal(isJavaParameter(name, value), is);
    });
  }
});
