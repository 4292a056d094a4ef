// What becomes of a request on its way to an integration, and of the integration's answer on its way back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody, linesOf } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { aws, http, httpProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const json = 'application/json';
const mappedBody =
  '{"a":{"b":["x",{"c":1}]},"n":7,"z":null,"big":12345678901234567890,"price":10.0,"list":[{"id":"1","v":"x"},{"id":"2","v":"y"}]}';

describe('MOCK', () => {
  const statusOf = (template: string, responses: Record<string, object> = { 200: {} }) =>
    new ServedRestApi(restApi({ 'GET /': { integration: mock({ requestTemplates: { [json]: template }, responses }) } })).call(
      {},
    );

  for (const [desc, template, status] of [
    ['plain JSON', '{"statusCode": 200}', 200],
    ['a name without quotes', '{statusCode: 200}', 200],
    ['a name in single quotes', "{'statusCode': 200}", 200],
    ['a comma too many', '{"statusCode": 200,}', 200],
    ['two commas too many', '{"statusCode": 200 ,, }', 200],
    ['something before it', '{"a": {"b": 1}, "statusCode": 200}', 200],
    ['quotes that do not fit', '{"statusCode\': 200}', 500],
    ['no braces', '"statusCode": 200', 500],
    ['text instead of a number', '{"statusCode": "200"}', 500],
    ['no number', '{"statusCode": x}', 500],
    ['a fraction', '{"statusCode": 200.5}', 500],
    ['none', '{"a": 1}', 500],
    ['empty: the body passes, and it has none', '', 500],
  ] as const) {
    test(desc, () => assert.equal(statusOf(template).status, status));
  }

  test('the response whose pattern matches the status; the one of that status before others; else the default', () => {
    const responses = {
      200: { responseParameters: { 'method.response.header.x-which': "'default'" } },
      201: { selectionPattern: '2\\d{2}', responseParameters: { 'method.response.header.x-which': "'pattern'" } },
      202: { selectionPattern: '2\\d{2}', responseParameters: { 'method.response.header.x-which': "'own'" } },
    };
    for (const [code, status, which] of [
      [202, 202, 'own'],
      [250, 201, 'pattern'],
      [404, 200, 'default'],
      [-1000, 200, 'default'],
    ] as const) {
      const answer = statusOf(`{"statusCode": ${code}}`, responses);
      assert.deepEqual([answer.status, answer.responseHeader('x-which')], [status, which], String(code));
    }
  });

  test('no response fits: 500', () => {
    assert.equal(statusOf('{"statusCode": 404}', { 200: { selectionPattern: '200' } }).status, 500);
  });

  test('an integration response without a method response: 500', () => {
    const api = restApi({ 'GET /': { integration: mock(), methodResponses: {} } });
    assert.equal(new ServedRestApi(api).call({}).status, 500);
  });
});

describe('templates', () => {
  const answer = (request: Record<string, string | null>, options: object, contentType?: string) =>
    new ServedRestApi(restApi({ 'POST /': { integration: mock({ requestTemplates: request, ...options }) } })).call({
      method: 'POST',
      body: new FakeBody('{"statusCode": 200}'),
      headers: contentType === undefined ? [] : [['Content-Type', contentType]],
    });

  for (const [desc, templates, passthroughBehavior, contentType, status] of [
    ['no content type is JSON', { [json]: '{"statusCode": 200}' }, 'NEVER', undefined, 200],
    ['parameters of the type do not count', { [json]: '{"statusCode": 200}' }, 'NEVER', 'application/json; charset=utf-8', 200],
    ['no template, WHEN_NO_MATCH: the body passes', { [json]: '{}' }, 'WHEN_NO_MATCH', 'text/plain', 200],
    ['no template for the type, WHEN_NO_TEMPLATES: 415', { [json]: '{}' }, 'WHEN_NO_TEMPLATES', 'text/plain', 415],
    ['no templates at all, WHEN_NO_TEMPLATES: the body passes', {}, 'WHEN_NO_TEMPLATES', 'text/plain', 200],
    ['NEVER: 415', {}, 'NEVER', 'text/plain', 415],
    ['$default takes every other type', { $default: '{"statusCode": 200}' }, 'NEVER', 'text/plain', 200],
    ['an empty template passes the body', { [json]: null }, 'NEVER', undefined, 200],
  ] as const) {
    test(desc, () => {
      const got = answer(templates, { passthroughBehavior }, contentType);
      assert.equal(got.status, status);
      if (status !== 415) return;
      assert.equal(got.responseText, '{"message":"Unsupported Media Type"}');
      assert.equal(got.responseHeader('x-amzn-ErrorType'), 'BadRequestException');
    });
  }

  test('$context is a tree: a dot in a key is no path, and a loop sees the names in order', () => {
    const template =
      '{"statusCode":200}#set($context.responseOverride.header.x-echo = "$context.identity.sourceIp|$context[\'identity.sourceIp\']' +
      '|#foreach($k in $context.keySet())$k,#end|#foreach($k in $context.identity.keySet())$k,#end")';
    const api = new ServedRestApi(restApi({ 'GET /': { integration: mock({ requestTemplates: { [json]: template } }) } }));
    const echo = api.call({}).responseHeader('x-echo') ?? '';
    const [address, dotted, names = '', identity] = echo.split('|');
    assert.match(address ?? '', /^[0-9.]+$/);
    assert.equal(dotted, '');
    assert.equal(
      names,
      'resourceId,resourcePath,httpMethod,extendedRequestId,requestTime,path,accountId,protocol,stage,domainPrefix,requestTimeEpoch,' +
        'requestId,identity,domainName,deploymentId,apiId,requestOverride,responseOverride,',
    );
    assert.equal(
      identity,
      'cognitoIdentityPoolId,accountId,cognitoIdentityId,caller,sourceIp,principalOrgId,accessKey,cognitoAuthenticationType,' +
        'cognitoAuthenticationProvider,userArn,userAgent,user,',
    );
  });

  test('a parameter is the same by its name and in the map of all, also once the template has changed the map', () => {
    const names = ['id', 'q', 'X-A', 'x-a', 'none'];
    const read = names.map((name) => `$input.params('${name}')`).join('|');
    const change = ['path', 'querystring', 'header']
      .map((place, at) => `#set($old = $input.params().get('${place}').put('${names[at]}', '${place}!'))`)
      .join('');
    const answer = `${read};${change}${read};$input.params().querystring.q`;
    const api = new ServedRestApi(
      restApi({ 'GET /pets/{id}': { integration: mock({ responses: { 200: { responseTemplates: { [json]: answer } } } }) } }),
    );
    const got = api.call({ target: '/pets/7?q=1&q=2', headers: [['X-A', 'a']] });
    assert.equal(got.responseText, '7|2|a|a|;path!|querystring!|header!|header!|;querystring!');
  });

  test('VTL reads the body, the parameters, $context and stage variables', () => {
    const template =
      "{\"statusCode\": 200, \"echo\": \"$input.path('$.name') $input.params('id') $input.params('q') $input.params('X-A')\"}";
    const api = new ServedRestApi(
      restApi(
        {
          'POST /pets/{id}': {
            integration: mock({
              requestTemplates: {
                [json]: `#set($context.responseOverride.header.x-echo = "$input.path('$.name') $input.params('id') $input.params('q') $input.params('X-A')")${template}`,
              },
              responses: {
                200: {
                  responseTemplates: {
                    [json]:
                      '{"stage":"$context.stage","path":"$context.resourcePath","v":"$stageVariables.v","none":"$context.none"}',
                  },
                },
              },
            }),
          },
        },
        { stage: { variables: { v: 'blue' } } },
      ),
    );
    const got = api.call({
      method: 'POST',
      target: '/pets/5?q=a&q=b',
      headers: [['X-A', 'one']],
      body: new FakeBody('{"name":"Rex"}'),
    });
    assert.equal(got.responseText, '{"stage":"prod","path":"/pets/{id}","v":"blue","none":""}');
    assert.equal(got.responseHeader('x-echo'), 'Rex 5 b one');
  });

  test('what the request template overrides of the response survives; a status that is none is ignored', () => {
    const overriding = (status: string) =>
      new ServedRestApi(
        restApi({
          'GET /': {
            integration: mock({
              requestTemplates: {
                [json]: `#set($context.responseOverride.status = ${status})#set($context.responseOverride.header.X-B = "over"){"statusCode": 200}`,
              },
              responses: { 200: { responseParameters: { 'method.response.header.x-b': "'mapped'" } } },
            }),
          },
        }),
      ).call({});
    const got = overriding('444');
    assert.equal(got.status, 444);
    assert.deepEqual(
      got.responseHeaders.filter(([name]) => name.toLowerCase() === 'x-b'),
      [['X-B', 'over']],
    );
    assert.equal(overriding('"no"').status, 200);
    assert.equal(overriding('99').status, 200);
    assert.equal(overriding('101').status, 200);
  });

  test('templates of one request change nothing that the next one sees', () => {
    const api = new ServedRestApi(
      restApi(
        {
          'GET /': {
            integration: mock({
              responses: {
                200: { responseTemplates: { [json]: '$stageVariables.v#set($x = $stageVariables.put("v", "stolen"))' } },
              },
            }),
          },
        },
        { stage: { variables: { v: 'blue' } } },
      ),
    );
    assert.equal(api.call({}).responseText, 'blue');
    assert.equal(api.call({}).responseText, 'blue');
  });

  test('a template that is none answers 500 from the first request on', () => {
    const got = answer({ [json]: '#if(' }, {});
    assert.equal(got.status, 500);
    assert.equal(got.responseText, '{"message": "Internal server error"}');
  });

  test('the response template is chosen by Accept, else JSON, else the first', () => {
    const responses = { 200: { responseTemplates: { 'text/plain': 'plain', [json]: 'json', 'text/xml': 'xml' } } };
    const api = new ServedRestApi(restApi({ 'GET /': { integration: mock({ responses }) } }));
    for (const [accept, text] of [
      ['text/xml', 'xml'],
      ['text/plain;q=0.5, text/xml', 'plain'],
      ['image/png', 'json'],
    ] as const) {
      assert.equal(api.call({ headers: [['Accept', accept]] }).responseText, text, accept);
    }
    const first = new ServedRestApi(
      restApi({ 'GET /': { integration: mock({ responses: { 200: { responseTemplates: { 'text/xml': 'xml' } } } }) } }),
    );
    assert.equal(first.call({}).responseText, 'xml');
  });
});

describe('request parameters', () => {
  const sent = (requestParameters: Record<string, string>, request: object = {}, type: 'HTTP' | 'HTTP_PROXY' = 'HTTP') => {
    const make = type === 'HTTP' ? http : httpProxy;
    const api = new ServedRestApi(
      restApi(
        {
          'POST /pets/{id}': {
            integration: make('http://backend:3000/v1/{id}?own=1', { httpMethod: 'POST', requestParameters }),
          },
        },
        { stage: { variables: { v: 'blue' } } },
      ),
    );
    const answer = api.call({ method: 'POST', target: '/pets/a%20b?q=1&q=2&name=x', ...request });
    const [call] = api.upstreams.calls;
    return {
      answer,
      call,
      header: (name: string) => call && linesOf(call.headers).find(([key]) => key.toLowerCase() === name)?.[1],
    };
  };

  for (const [desc, expression, expected] of [
    ['static text', "'text'", 'text'],
    ['a path parameter, undecoded', 'method.request.path.id', 'a%20b'],
    ['a query parameter: the last value', 'method.request.querystring.q', '2'],
    ['all values of a query parameter', 'method.request.multivaluequerystring.q', '1,2'],
    ['a header: the last value', 'method.request.header.X-A', 'two'],
    ['all values of a header', 'method.request.multivalueheader.X-A', 'one,two'],
    ['the body', 'method.request.body', mappedBody],
    ['a value of the body', 'method.request.body.a.b[0]', 'x'],
    ['an object of the body', 'method.request.body.a.b[1]', '{"c":1}'],
    ['a number of the body', 'method.request.body.n', '7'],
    ['a number keeps its digits', 'method.request.body.big', '12345678901234567890'],
    ['a fraction keeps its point', 'method.request.body.price', '10.0'],
    ['a filter', "method.request.body.list[?(@.id=='2')].v", '["y"]'],
    ['a deep scan', 'method.request.body..v', '["x","y"]'],
    ['a bracket at once', "method.request.body['n']", '7'],
    ['null is nothing', 'method.request.body.z', undefined],
    ['nothing at the path', 'method.request.body.q.r', undefined],
    ['a context variable', 'context.httpMethod', 'POST'],
    ['a stage variable', 'stageVariables.v', 'blue'],
    ['what is not there is dropped', 'method.request.header.X-None', undefined],
    ['a context variable that nobody knows', 'context.none', undefined],
  ] as const) {
    test(desc, () => {
      const { header, call } = sent(
        { 'integration.request.header.x-out': expression },
        {
          headers: [
            ['X-A', 'one'],
            ['x-a', 'two'],
          ],
          body: new FakeBody(mappedBody),
        },
      );
      assert.ok(call !== undefined);
      assert.equal(header('x-out'), expected);
    });
  }

  test('a body value of a body that is no JSON: 400', () => {
    const { answer } = sent({ 'integration.request.header.x': 'method.request.body.a' }, { body: new FakeBody('nope') });
    assert.equal(answer.status, 400);
    assert.equal(answer.responseText, '{"message":"Invalid JSON in request body"}');
  });

  test('path and query of the URI', () => {
    const { call } = sent({
      'integration.request.path.id': 'method.request.path.id',
      'integration.request.querystring.name': 'method.request.querystring.name',
      'integration.request.querystring.more': "'a b&c'",
    });
    assert.equal(call?.target, '/v1/a%20b?own=1&name=x&more=a%20b%26c');
  });

  test('a mapped path cannot add a query, a fragment or another request', () => {
    const { call } = sent({ 'integration.request.path.id': "'x?y#z w\r\nGET /'" });
    assert.equal(call?.target, '/v1/x%3Fy%23z%20w%0D%0AGET%20/?own=1');
  });

  test('HTTP_PROXY passes the query on and adds to it', () => {
    const { call } = sent(
      { 'integration.request.path.id': "'5'", 'integration.request.querystring.name': "'y'" },
      {},
      'HTTP_PROXY',
    );
    assert.equal(call?.target, '/v1/5?own=1&q=1&q=2&name=x&name=y');
  });

  for (const name of ['Content-Length', 'transfer-encoding', 'X-Amzn-Trace-Id', 'x-amzn-apigateway-api-id']) {
    test(`${name} cannot be mapped`, () => {
      const { answer } = sent({ [`integration.request.header.${name}`]: "'x'" });
      assert.equal(answer.status, 500);
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'InternalServerErrorException');
    });
  }

  test('a value that no header can carry: 500, and nothing is sent', () => {
    const { answer, call } = sent({ 'integration.request.header.x': 'method.request.body' }, { body: new FakeBody('a\r\nb: c') });
    assert.equal(answer.status, 500);
    assert.equal(call, undefined);
  });
});

describe('HTTP', () => {
  test('the backend sees nothing of the client but what is mapped, and the defaults', () => {
    const api = new ServedRestApi(restApi({ 'GET /': { integration: http('http://backend:3000/x') } }));
    api.call({
      target: '/?a=1',
      headers: [
        ['Authorization', 'secret'],
        ['Accept', 'text/html'],
        ['User-Agent', 'curl'],
      ],
    });
    const [call] = api.upstreams.calls;
    assert.equal(call?.target, '/x');
    assert.deepEqual(
      linesOf(call?.headers ?? assert.fail()).filter(([name]) => name !== 'X-Amzn-Trace-Id'),
      [
        ['Host', 'backend:3000'],
        ['Accept', 'application/json'],
        ['User-Agent', 'AmazonAPIGateway_a1b2c3'],
        ['X-Amzn-Apigateway-Api-Id', 'a1b2c3'],
      ],
    );
  });

  test('the answer is mapped: status by pattern, headers, template, trace', () => {
    const api = new ServedRestApi(
      restApi({
        'GET /': {
          integration: http('http://backend/', {
            responses: {
              200: {},
              404: {
                selectionPattern: '4\\d{2}',
                responseParameters: {
                  'method.response.header.x-one': 'integration.response.header.X-Many',
                  'method.response.header.x-all': 'integration.response.multivalueheader.x-many',
                  'method.response.header.x-body': 'integration.response.body.error.code',
                  'method.response.header.Server': 'integration.response.header.server',
                  'method.response.header.x-gone': 'integration.response.header.nope',
                },
                responseTemplates: { [json]: '{"e":$input.json("$.error")}' },
              },
            },
          }),
        },
      }),
    );
    api.upstreams.answer = () =>
      fakeResponse(
        410,
        [
          ['x-many', 'a'],
          ['X-Many', 'b'],
          ['Server', 'nginx'],
          ['Content-Type', 'text/html'],
        ],
        '{"error":{"code":"E1"}}',
      );
    const answer = api.call({});
    assert.equal(answer.status, 404);
    assert.equal(answer.responseText, '{"e":{"code":"E1"}}');
    assert.equal(answer.responseHeader('x-one'), 'b');
    assert.equal(answer.responseHeader('x-all'), 'a,b');
    assert.equal(answer.responseHeader('x-body'), 'E1');
    assert.equal(answer.responseHeader('x-amzn-Remapped-Server'), 'nginx');
    assert.equal(answer.responseHeader('server'), undefined);
    assert.equal(answer.responseHeader('x-gone'), undefined);
    assert.equal(answer.responseHeader('content-type'), 'application/json');
    assert.match(answer.responseHeader('X-Amzn-Trace-Id') ?? '', /^Root=1-/);
  });

  test('$context.awsEndpointRequestId in the response template', () => {
    const responses = { 200: { responseTemplates: { [json]: '$context.awsEndpointRequestId' } } };
    const requestTemplates = { [json]: '[$context.awsEndpointRequestId]' };
    const integration = http('http://backend/', { httpMethod: 'POST', requestTemplates, responses });
    const api = new ServedRestApi(restApi({ 'POST /': { integration } }));
    api.upstreams.answer = () => fakeResponse(200, [['x-amzn-RequestId', 'r-9']], '{}');
    const answer = api.call({ method: 'POST', body: new FakeBody('{}') });
    assert.equal(answer.responseText, 'r-9');
    assert.equal(api.upstreams.calls[0]?.body?.toString(), '[]', 'it has none yet');
  });

  test('a pattern must match the whole status', () => {
    const api = new ServedRestApi(
      restApi({ 'GET /': { integration: http('http://backend/', { responses: { 200: {}, 400: { selectionPattern: '4' } } }) } }),
    );
    api.upstreams.answer = () => fakeResponse(404, [], '');
    assert.equal(api.call({}).status, 200);
  });

  for (const [kind, status, body] of [
    ['timeout', 504, '{"message": "Endpoint request timed out"}'],
    ['reset', 504, '{"message": "Network error communicating with endpoint"}'],
    ['connect', 504, '{"message": "Network error communicating with endpoint"}'],
    ['lookup', 500, '{"message": "Internal server error"}'],
  ] as const) {
    test(`a backend that fails: ${kind}`, () => {
      const api = new ServedRestApi(restApi({ 'GET /': { integration: http('http://backend/') } }));
      api.upstreams.answer = () => ({ kind, message: 'x' });
      const answer = api.call({});
      assert.equal(answer.status, status);
      assert.equal(answer.responseText, body);
    });
  }
});

describe('HTTP_PROXY', () => {
  test('headers of both directions', () => {
    const api = new ServedRestApi(
      restApi({
        'ANY /{proxy+}': {
          integration: httpProxy('https://backend/{proxy}', {
            requestParameters: {
              'integration.request.path.proxy': 'method.request.path.proxy',
              'integration.request.header.x-new': "'n'",
              'integration.request.header.x-old': "'replaced'",
            },
          }),
        },
      }),
    );
    api.upstreams.answer = () =>
      fakeResponse(
        201,
        [
          ['Date', 'then'],
          ['Server', 's'],
          ['x-amzn-RequestId', 'r'],
          ['Via', 'v'],
          ['Content-Encoding', 'gzip'],
          ['X-Ok', '1'],
          ['WWW-Authenticate', 'Basic'],
          ['Content-Type', 'text/plain'],
        ],
        'hi',
      );
    const answer = api.call({
      method: 'PUT',
      target: '/a/b%2Fc',
      headers: [
        ['X-Old', 'o'],
        ['Via', '1.1 p'],
        ['Content-Encoding', 'identity'],
        ['Accept', 'a/b'],
        ['Authorization', 'AWS4-HMAC-SHA256 Credential=x'],
        ['X-Forwarded-For', '10.0.0.1'],
      ],
      body: new FakeBody('body'),
    });
    const [call] = api.upstreams.calls;
    assert.equal(call?.method, 'PUT');
    assert.equal(call?.target, '/a/b%2Fc');
    assert.deepEqual(call?.origin, { protocol: 'https', host: 'backend', port: 443 });
    assert.deepEqual(
      linesOf(call?.headers ?? assert.fail()).filter(([name]) => name !== 'X-Amzn-Trace-Id'),
      [
        ['Host', 'backend'],
        ['Accept', 'a/b'],
        ['X-Forwarded-For', '10.0.0.1, 203.0.113.9'],
        ['X-Forwarded-Port', '8080'],
        ['X-Forwarded-Proto', 'http'],
        ['X-Amzn-Apigateway-Api-Id', 'a1b2c3'],
        ['x-new', 'n'],
        ['x-old', 'replaced'],
      ],
    );
    assert.equal(call?.body?.toString(), 'body');
    assert.equal(answer.status, 201);
    assert.deepEqual(
      answer.responseHeaders.slice(1).map(([name]) => name),
      [
        'x-amzn-Remapped-Date',
        'x-amzn-Remapped-Server',
        'x-amzn-Remapped-x-amzn-RequestId',
        'X-Ok',
        'x-amzn-Remapped-WWW-Authenticate',
        'Content-Type',
        'x-amzn-RequestId',
        'x-amz-apigw-id',
      ],
    );
  });

  test('bytes that are no text are damaged unless their type is binary', () => {
    const bytes = Buffer.from([0x68, 0xff, 0xfe]);
    for (const [binaryMediaTypes, expected] of [
      [undefined, Buffer.from('h\ufffd\ufffd')],
      [['image/*'], bytes],
    ] as const) {
      const api = new ServedRestApi(
        restApi(
          { 'GET /': { integration: httpProxy('http://b/') } },
          binaryMediaTypes === undefined ? {} : { api: { binaryMediaTypes } },
        ),
      );
      api.upstreams.answer = () => fakeResponse(200, [['content-type', 'image/png']], new FakeBody(bytes));
      assert.deepEqual(api.call({}).responseBody, expected);
    }
  });
});

describe('content handling', () => {
  const bytes = Buffer.from([1, 2, 0xff]);
  const base64 = bytes.toString('base64');

  for (const [desc, contentType, handling, body, expected] of [
    ['text stays text', 'text/plain', undefined, 'hé', 'hé'],
    ['text to binary is decoded', 'text/plain', 'CONVERT_TO_BINARY', base64, bytes],
    ['text to binary that is no base64 fails', 'text/plain', 'CONVERT_TO_BINARY', '***', 500],
    ['binary stays binary', 'image/png', undefined, bytes, bytes],
    ['binary to text is base64', 'image/png', 'CONVERT_TO_TEXT', bytes, base64],
  ] as const) {
    test(`request: ${desc}`, () => {
      const api = new ServedRestApi(
        restApi(
          {
            'POST /': {
              integration: http('http://b/', {
                httpMethod: 'POST',
                ...(handling === undefined ? {} : { contentHandling: handling }),
              }),
            },
          },
          { api: { binaryMediaTypes: ['image/*'] } },
        ),
      );
      const answer = api.call({ method: 'POST', headers: [['Content-Type', contentType]], body: new FakeBody(body) });
      if (expected === 500) assert.equal(answer.status, 500);
      else {
        // What is sent: latin1 text or bytes.
        const body = api.upstreams.calls[0]?.body as string | Buffer;
        assert.deepEqual(typeof body === 'string' ? Buffer.from(body, 'latin1') : body, Buffer.from(expected));
      }
    });
  }

  const table = [
    // list, payload type, Accept, contentHandling -> expected
    [undefined, 'text/plain', '*/*', undefined, 'text'],
    [undefined, 'text/plain', '*/*', 'CONVERT_TO_TEXT', 'text'],
    [undefined, 'text/plain', '*/*', 'CONVERT_TO_BINARY', 'decoded'],
    ['image/*', 'text/plain', 'text/html', undefined, 'text'],
    ['image/*', 'text/plain', 'text/html', 'CONVERT_TO_TEXT', 'text'],
    ['image/*', 'text/plain', 'text/html', 'CONVERT_TO_BINARY', 'decoded'],
    ['image/*', 'text/plain', 'image/png', undefined, 'decoded'],
    ['image/*', 'text/plain', 'image/png', 'CONVERT_TO_BINARY', 'decoded'],
    ['image/*', 'text/plain', 'image/png', 'CONVERT_TO_TEXT', 'text'],
    ['image/*', 'text/plain', 'text/html, image/png', undefined, 'text'],
    ['image/*', 'image/png', 'text/html', undefined, 'encoded'],
    ['image/*', 'image/png', 'text/html', 'CONVERT_TO_TEXT', 'encoded'],
    ['image/*', 'image/png', 'text/html', 'CONVERT_TO_BINARY', 'bytes'],
    ['image/*', 'image/png', 'image/png', undefined, 'bytes'],
    ['image/*', 'image/png', 'image/png', 'CONVERT_TO_BINARY', 'bytes'],
    ['image/*', 'image/png', 'image/png', 'CONVERT_TO_TEXT', 'encoded'],
    ['*/*', 'application/x', undefined, undefined, 'bytes'],
  ] as const;
  for (const [list, type, accept, handling, expected] of table) {
    test(`response: list ${list}, payload ${type}, Accept ${accept}, ${handling ?? 'no handling'}: ${expected}`, () => {
      const response = handling === undefined ? {} : { contentHandling: handling };
      const api = new ServedRestApi(
        restApi(
          { 'GET /': { integration: http('http://b/', { responses: { 200: response } }) } },
          list === undefined ? {} : { api: { binaryMediaTypes: [list] } },
        ),
      );
      const payload = expected === 'bytes' || expected === 'encoded' ? bytes : Buffer.from(base64);
      api.upstreams.answer = () => fakeResponse(200, [['content-type', type]], new FakeBody(payload));
      const answer = api.call({ headers: accept === undefined ? [] : [['Accept', accept]] });
      assert.deepEqual(answer.responseBody, expected === 'bytes' || expected === 'decoded' ? bytes : Buffer.from(base64));
    });
  }
});

describe('compression', () => {
  for (const [desc, minimum, accept, size, coding] of [
    ['off', undefined, 'gzip', 100, undefined],
    ['large enough', 10, 'gzip', 100, 'gzip'],
    ['too small', 200, 'gzip', 100, undefined],
    ['not asked for', 0, undefined, 100, undefined],
    ['the highest weight counts', 0, 'gzip;q=0.1, deflate', 100, 'deflate'],
    ['the highest weight is one that we do not have', 0, 'br, gzip;q=0.5', 100, undefined],
    ['any', 0, '*', 100, 'gzip'],
    ['refused', 0, 'gzip;q=0', 100, undefined],
  ] as const) {
    test(desc, () => {
      const api = new ServedRestApi(
        restApi(
          { 'GET /': { integration: httpProxy('http://b/') } },
          { api: minimum === undefined ? {} : { minimumCompressionSize: minimum } },
        ),
      );
      api.upstreams.answer = () => fakeResponse(200, [], 'x'.repeat(size));
      const answer = api.call({ headers: accept === undefined ? [] : [['Accept-Encoding', accept]] });
      assert.equal(answer.responseHeader('content-encoding'), coding);
      if (coding === undefined) assert.equal(answer.responseText, 'x'.repeat(size));
      else assert.ok(answer.responseBody.length < size);
    });
  }
});

describe('AWS services', () => {
  const surroundings = {
    vpcTargets: new Map(),
    awsEndpoints: new Map([['all' as const, 'http://aws.test:4577']]),
    hasAwsKeys: true,
  };

  test('action form: the operation in the query, for JSON services in X-Amz-Target, signed', () => {
    const api = new ServedRestApi(
      restApi({
        'POST /': {
          integration: aws({
            uri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/Scan',
            credentials: 'arn:aws:iam::000000000000:role/r',
            requestTemplates: { [json]: '{"TableName": "$input.path(\'$.t\')"}' },
          }),
        },
      }),
      { surroundings },
    );
    api.upstreams.answer = () => fakeResponse(200, [], '{"Count":0}');
    const answer = api.call({ method: 'POST', headers: [['X-Secret', 's']], body: new FakeBody('{"t":"pets"}') });
    assert.equal(answer.status, 200);
    assert.equal(answer.responseText, '{"Count":0}');
    const [call] = api.upstreams.calls;
    assert.deepEqual(call?.origin, { protocol: 'http', host: 'aws.test', port: 4577 });
    assert.equal(call?.target, '/?Action=Scan');
    assert.equal(call?.body?.toString(), '{"TableName": "pets"}');
    const headers = new Map(linesOf(call?.headers ?? assert.fail()).map(([name, value]) => [name.toLowerCase(), value]));
    assert.equal(headers.get('x-amz-target'), 'DynamoDB_20120810.Scan');
    assert.equal(headers.get('content-type'), 'application/x-amz-json-1.0');
    assert.equal(headers.has('x-secret'), false);
    assert.match(
      headers.get('authorization') ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-west-1\/dynamodb\/aws4_request,/,
    );
  });

  test('path form, with placeholders and a subdomain', () => {
    const api = new ServedRestApi(
      restApi({
        'GET /{key+}': {
          integration: aws({
            uri: 'arn:aws:apigateway:us-east-1:s3:path/bucket/{object}',
            httpMethod: 'GET',
            requestParameters: { 'integration.request.path.object': 'method.request.path.key' },
          }),
        },
      }),
      { surroundings },
    );
    api.call({ target: '/a/b%20c' });
    assert.equal(api.upstreams.calls[0]?.target, '/bucket/a/b%20c');
  });

  test('Authorization cannot be mapped: the gateway signs', () => {
    const api = new ServedRestApi(
      restApi({
        'GET /': {
          integration: aws({
            uri: 'arn:aws:apigateway:us-east-1:sqs:action/X',
            requestParameters: { 'integration.request.header.Authorization': "'mine'" },
          }),
        },
      }),
      { surroundings },
    );
    assert.equal(api.call({}).status, 500);
    assert.equal(api.upstreams.calls.length, 0);
  });

  test('without keys the method answers 500 and says what to do', () => {
    const api = new ServedRestApi(
      restApi({ 'GET /': { integration: aws({ uri: 'arn:aws:apigateway:us-east-1:sqs:action/X' }) } }),
    );
    assert.equal(api.call({}).status, 500);
    assert.match(api.ports.exchanges.records[0]?.reason ?? '', /AWS_ACCESS_KEY_ID/);
  });
});

test('insecureSkipVerification: the backend may bring a certificate of any issuer, over https', () => {
  const origin = (uri: string, insecureSkipVerification: boolean) => {
    const api = new ServedRestApi(
      restApi({ 'GET /': { integration: httpProxy(uri, { tlsConfig: { insecureSkipVerification } }) } }),
    );
    api.call({});
    return api.upstreams.calls[0]?.origin;
  };
  assert.deepEqual(origin('https://h/', true), { protocol: 'https', host: 'h', port: 443, anyIssuer: true });
  assert.deepEqual(origin('https://h/', false), { protocol: 'https', host: 'h', port: 443 });
  assert.deepEqual(origin('http://h/', true), { protocol: 'http', host: 'h', port: 80 });
});

test('HTTP_PROXY: the answer to HEAD keeps the length that the backend says', () => {
  const api = new ServedRestApi(restApi({ 'ANY /': { integration: httpProxy('http://h/') } }));
  api.upstreams.answer = () => fakeResponse(200, [['Content-Length', '1234']], '');
  const answer = api.call({ method: 'HEAD' });
  assert.deepEqual([answer.status, answer.contentLength, answer.responseText, answer.answers], [200, 1234, '', 1]);
  assert.equal(api.ports.exchanges.records.length, 1);
  assert.equal(api.ports.deadlines.waiting.size, 0);
});
