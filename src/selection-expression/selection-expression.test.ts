// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileJsonPath } from '../json-path/json-path.ts';
import type { JsonValue } from '../json-path/json-value.ts';
import { parseJson } from '../json-path/parse-json.ts';
import { parsePlainObject } from '../json-path/plain-json.ts';
import { parseSelectionExpression } from './parse-selection-expression.ts';
import { compileSelectionKey, keyText, type SelectionView } from './selection-key.ts';
import { requestSelection, responseSelection } from './selection-scopes.ts';

function evaluate(text: string, view: SelectionView | string): string | undefined {
  const parsed = parseSelectionExpression(text, responseSelection);
  assert.ok(parsed.expression, `${text}: ${parsed.fault?.message}`);
  const body = typeof view === 'string' ? parseJson(view) : undefined;
  // What a plan carries is JSON.
  const key = compileSelectionKey(JSON.parse(JSON.stringify(parsed.expression)));
  return key(typeof view === 'string' ? { requestBody: () => (body?.fault === undefined ? body?.value : undefined) } : view);
}

describe('the examples of the developer guide, "Route selection expressions"', () => {
  const message = '{"service":"chat","action":"join","data":{"room":"room1234"}}';
  const rows: readonly (readonly [expression: string, key: string])[] = [
    ['$request.body.action', 'join'],
    ['${request.body.action}', 'join'],
    ['${request.body.service}/${request.body.action}', 'chat/join'],
    // A path that finds nothing is "".
    ['${request.body.action}-${request.body.invalidPath}', 'join-'],
    ['action', 'action'],
    ['\\$default', '$default'],
  ];
  for (const [expression, key] of rows) test(expression, () => assert.equal(evaluate(expression, message), key));
});

describe('the grammar', () => {
  const body =
    '{"version":"1","version-beta":"2","a b":"3","list":["x","y"],"o":{"k":"v","l":[1]},"n":7,"f":1.5,"t":true,"z":null,"$":"d"}';
  const rows: readonly { readonly desc: string; readonly text: string; readonly key: string }[] = [
    { desc: 'braces say where a variable ends', text: '${request.body.version}-beta', key: '1-beta' },
    { desc: 'without braces a hyphen belongs to the name', text: '$request.body.version-beta', key: '2' },
    { desc: 'a slash ends a variable', text: '$request.body.version/x', key: '1/x' },
    { desc: 'two variables without braces', text: '$request.body.version $request.body.n', key: '1 7' },
    { desc: 'bracket notation', text: "$request.body['a b']", key: '3' },
    { desc: 'a brace inside quotes does not close', text: "${request.body['}']}x", key: 'x' },
    { desc: 'an index', text: '$request.body.list[1]', key: 'y' },
    { desc: 'an array is stringified', text: '$request.body.list', key: '[x, y]' },
    { desc: 'an object is stringified', text: '$request.body.o', key: '{k=v, l=[1]}' },
    { desc: 'a number', text: '$request.body.n', key: '7' },
    { desc: 'a double', text: '$request.body.f', key: '1.5' },
    { desc: 'a boolean', text: '$request.body.t', key: 'true' },
    { desc: 'null is nothing', text: '$request.body.z', key: '' },
    { desc: 'the value is not evaluated again', text: "$request.body['$']${request.body.n}", key: 'd7' },
    { desc: 'an escaped dollar sign among others', text: 'a\\$b${request.body.n}', key: 'a$b7' },
    { desc: 'a backslash before anything else is a backslash', text: 'a\\b', key: 'a\\b' },
    { desc: 'the reserved key without escape', text: '$default', key: '$default' },
  ];
  for (const { desc, text, key } of rows) test(desc, () => assert.equal(evaluate(text, body), key));

  test('values of a message are no expressions', () => {
    assert.equal(evaluate('$request.body.a', '{"a":"${request.body.b}","b":"x"}'), '${request.body.b}');
  });

  test('a member of the prototype is not there', () => {
    assert.equal(evaluate('$request.body.constructor', '{"a":1}'), '');
    assert.equal(evaluate('$request.body.__proto__', '{"a":1}'), '');
  });

  test('a body that is no JSON makes no key, a text without variables does', () => {
    assert.equal(evaluate('$request.body.action', '{"a'), undefined);
    assert.equal(evaluate('x-${request.body.action}', '{"a'), undefined);
    assert.equal(evaluate('x', '{"a'), 'x');
    // JSON is read as leniently as in templates: a word is a text, and has no members.
    assert.equal(evaluate('$request.body.action', 'hello'), '');
  });

  test('everything that is no body', () => {
    const view: SelectionView = {
      requestHeader: (name) => (name === 'x-a' ? 'header' : undefined),
      requestQuery: (name) => (name === 'q' ? 'query' : undefined),
      context: (name) => (name === 'identity.sourceIp' ? '127.0.0.1' : undefined),
      stageVariable: (name) => (name === 'v' ? 'stage' : undefined),
      responseHeader: (name) => (name === 'y' ? 'response' : undefined),
      responseMultiValueHeader: (name) => (name === 'y' ? 'a,b' : undefined),
      responseStatusCode: () => 404,
    };
    assert.equal(evaluate('$request.header.x-a', view), 'header');
    assert.equal(evaluate('$request.querystring.q', view), 'query');
    assert.equal(evaluate('${context.identity.sourceIp}|${stageVariables.v}', view), '127.0.0.1|stage');
    assert.equal(evaluate('${integration.response.header.y}', view), 'response');
    assert.equal(evaluate('${integration.response.multivalueheader.y}', view), 'a,b');
    assert.equal(evaluate('${integration.response.statuscode}', view), '404');
    assert.equal(evaluate('$request.header.x-b', view), '');
  });

  test('a deep or long value makes a short key', () => {
    const deep = `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`;
    assert.ok((evaluate('$request.body', deep) ?? '').length < 200);
    const long = JSON.stringify({ a: Array.from({ length: 50_000 }, () => 'x') });
    assert.ok((evaluate('$request.body.a', long) ?? '').length <= 2_048);
  });
});

describe('the short way through the engine gives the key of the exact one', () => {
  const keys = ['$.action', '$.a.b', '$.length', '$.toString'].map((path) => {
    const { path: jsonPath } = compileJsonPath(path);
    assert.ok(jsonPath);
    return { path, key: compileSelectionKey([{ source: 'requestBody', path }]), jsonPath };
  });

  function assertSame(message: string): void {
    const { value: body } = parseJson(message) as { value?: JsonValue };
    const view: SelectionView = { requestBody: () => body, requestObject: () => parsePlainObject(message) };
    for (const { path, key, jsonPath } of keys) {
      const found = body === undefined ? undefined : jsonPath.read(body);
      const exact = found?.found === true ? keyText(found.value) : found && '';
      assert.equal(key(view), exact, `${path} of ${message.slice(0, 200)}`);
    }
  }

  const values = [
    '"join"',
    '""',
    '"\\u0061\\/\\n\\ud800"',
    '"ü😀"',
    '5',
    '1.0',
    '1e3',
    '-0',
    '12345678901234567890',
    'true',
    'null',
    '[]',
    '["x",1]',
    '{}',
    '{"b":"x"}',
    '{"b":7}',
    '{"b":null}',
    '{"b":{"c":1}}',
    '[{"b":"x"}]',
    "'single'",
    'bare',
    '',
    ',',
    '"open',
    '"tab\there"',
  ];

  test('messages of every kind', () => {
    for (const value of values) {
      assertSame(value);
      for (const other of values) {
        for (const message of [
          `{"action":${value},"a":${other}}`,
          `{"a":${other},"action":${value},"action":${other}}`,
          ` {"action":${value}} `,
          `{"action":${value}}x`,
          `[{"action":${value}}]`,
          `{"action" : ${value} , "a":${other},}`,
        ]) {
          assertSame(message);
        }
      }
    }
    for (const message of [
      '{"__proto__":{"action":"x"}}',
      '{"a":{"__proto__":{"b":"x"}}}',
      '{"constructor":1}',
      '{"toString":"x"}',
    ])
      assertSame(message);
  });

  test('documents at the edge of what is read at all', () => {
    for (const depth of [1, 198, 199, 200, 201, 202, 398, 399, 400, 401, 402]) {
      for (const [open, close] of [
        ['{"a":', '}'],
        ['[', ']'],
      ] as const) {
        assertSame(`{"action":"x","deep":${open.repeat(depth)}1${close.repeat(depth)}}`);
      }
    }
    assertSame(`{"action":"x","text":"${'{['.repeat(500)}"}`);
  });

  test('messages with something broken in them', () => {
    const message = '{"action":"jo\\u0069n","a":{"b":"x","c":[1,2.5,{"d":null}]},"e":true}';
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const pieces = ['"', '{', '}', '[', ']', ':', ',', '\\', 'a', '1', ' ', "'", '\u0000', '\n', 'ü'];
    for (let i = 0; i < 5_000; i++) {
      const at = random(message.length);
      assertSame(message.slice(0, at) + pieces[random(pieces.length)] + message.slice(at + random(3)));
    }
  });
});

describe('what is refused, and where', () => {
  const rows: readonly (readonly [text: string, position: number, message: RegExp])[] = [
    ['', 0, /empty/],
    ['$', 0, /written \\\$/],
    ['a$', 1, /written \\\$/],
    ['${request.body.a', 0, /brace or bracket is not closed/],
    ['x${}', 1, /begins no variable/],
    ['$request.method $request.path', 0, /\$request\.method is no variable/],
    ['$request.bodyaction', 0, /is no variable/],
    ['$request.body.', 0, /JSONPath/],
    ['$request.body[?(', 0, /brace or bracket is not closed/],
    ['$request.header.', 0, /names nothing/],
    ['$connect', 0, /is no variable/],
    ['ok-${integration.response.statuscode}', 3, /cannot be read here/],
    ['x'.repeat(1_025), 1_024, /more than 1024/],
  ];
  for (const [text, position, message] of rows) {
    test(JSON.stringify(text.slice(0, 40)), () => {
      const { fault } = parseSelectionExpression(text, requestSelection);
      assert.ok(fault, 'it was taken');
      assert.match(fault.message, message);
      assert.equal(fault.position, position);
    });
  }
});
