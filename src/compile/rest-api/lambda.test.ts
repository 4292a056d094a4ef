// Functions behind REST APIs: the event they see, what their answers become, and the requests that wait for both.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { aws, lambdaProxy, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

describe('the event of AWS_PROXY', () => {
  test('every member, in the shape that AWS sends', () => {
    const api = new ServedRestApi(
      restApi({ 'POST /orders/{orderId}': { integration: lambdaProxy() } }, { stage: { variables: { backend: 'blue' } } }),
    );
    const request = api.call({
      method: 'POST',
      target: '/orders/42%2B?tag=a&tag=b&mail=x%2By+z',
      headers: [
        ['Content-Type', 'application/json'],
        ['x-shop', 'north'],
        ['X-Shop', 'south'],
        ['authorization', 'token'],
        ['user-agent', 'curl/8.9'],
        ['tEsT-HEADeR', 'aValUE'],
        ['Connection', 'close'],
        ['Content-MD5', 'x'],
        ['X-Amzn-Trace-Id', 'Root=1-6740a1b2-0123456789abcdef01234567'],
      ],
      body: new FakeBody('{"qty":2}'),
    });
    const event = api.lastEvent;
    const context = event['requestContext'] as Record<string, unknown>;
    assert.equal(context['requestId'], request.responseHeader('x-amzn-requestid'));
    assert.equal(context['extendedRequestId'], request.responseHeader('x-amz-apigw-id'));
    assert.match(String(context['requestTime']), /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.equal(typeof context['requestTimeEpoch'], 'number');
    for (const name of ['requestId', 'extendedRequestId', 'requestTime', 'requestTimeEpoch']) delete context[name];
    const headers = {
      Host: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
      'Content-Type': 'application/json',
      'x-shop': 'south',
      Authorization: 'token',
      'User-Agent': 'curl/8.9',
      'tEsT-HEADeR': 'aValUE',
      'X-Amzn-Trace-Id': 'Root=1-6740a1b2-0123456789abcdef01234567',
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Port': '8080',
      'X-Forwarded-Proto': 'http',
    };
    assert.deepEqual(event, {
      resource: '/orders/{orderId}',
      path: '/orders/42%2B',
      httpMethod: 'POST',
      headers,
      multiValueHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        'x-shop': ['north', 'south'],
      },
      queryStringParameters: { tag: 'b', mail: 'x+y z' },
      multiValueQueryStringParameters: { tag: ['a', 'b'], mail: ['x+y z'] },
      pathParameters: { orderId: '42%2B' },
      stageVariables: { backend: 'blue' },
      requestContext: {
        resourceId: 'r2',
        resourcePath: '/orders/{orderId}',
        httpMethod: 'POST',
        path: '/prod/orders/42%2B',
        accountId: '000000000000',
        protocol: 'HTTP/1.1',
        stage: 'prod',
        domainPrefix: 'a1b2c3',
        identity: {
          cognitoIdentityPoolId: null,
          accountId: null,
          cognitoIdentityId: null,
          caller: null,
          sourceIp: '203.0.113.9',
          principalOrgId: null,
          accessKey: null,
          cognitoAuthenticationType: null,
          cognitoAuthenticationProvider: null,
          userArn: null,
          userAgent: 'curl/8.9',
          user: null,
        },
        domainName: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
        deploymentId: 'd1e2f3',
        apiId: 'a1b2c3',
      },
      body: '{"qty":2}',
      isBase64Encoded: false,
    });
  });

  test('what is empty is null', () => {
    const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy() } }));
    api.call({});
    const { queryStringParameters, multiValueQueryStringParameters, pathParameters, stageVariables, body } = api.lastEvent;
    assert.deepEqual(
      [queryStringParameters, multiValueQueryStringParameters, pathParameters, stageVariables, body],
      [null, null, null, null, null],
    );
    assert.equal(api.lastEvent['isBase64Encoded'], false);
  });

  test('binary media types arrive as base64', () => {
    const api = new ServedRestApi(
      restApi({ 'POST /': { integration: lambdaProxy() } }, { api: { binaryMediaTypes: ['image/png'] } }),
    );
    api.call({ method: 'POST', headers: [['Content-Type', 'image/png; x=y']], body: new FakeBody(Buffer.from([1, 2, 255])) });
    assert.deepEqual([api.lastEvent['body'], api.lastEvent['isBase64Encoded']], ['AQL/', true]);
    api.call({ method: 'POST', headers: [['Content-Type', 'text/plain']], body: new FakeBody('hé') });
    assert.deepEqual([api.lastEvent['body'], api.lastEvent['isBase64Encoded']], ['hé', false]);
  });

  test('a greedy variable keeps its slashes and loses the one at the end', () => {
    const api = new ServedRestApi(restApi({ 'ANY /{proxy+}': { integration: lambdaProxy() } }));
    api.call({ target: '/proxy-value//double-slash/' });
    assert.deepEqual(api.lastEvent['pathParameters'], { proxy: 'proxy-value//double-slash' });
    assert.equal(api.lastEvent['path'], '/proxy-value//double-slash/');
  });

  test('the function is bound with the ARN that its policy is asked about', () => {
    const api = new ServedRestApi(restApi({ 'ANY /pets/{id}': { integration: lambdaProxy() } }));
    assert.equal(api.ports.functions.bound[0]?.sourceArn, 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/*/pets/{id}');
  });

  test('an integration method other than POST fails when it is called', () => {
    const answer = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy({ httpMethod: 'GET' }) } })).call({});
    assert.deepEqual([answer.status, answer.responseText], [500, '{"message": "Internal server error"}']);
  });
});

describe('the answer of AWS_PROXY', () => {
  const answerTo = (payload: string, options: { accept?: string; binary?: string[] } = {}) => {
    const api = new ServedRestApi(
      restApi({ 'GET /': { integration: lambdaProxy() } }, { api: { binaryMediaTypes: options.binary ?? [] } }),
    );
    api.ports.functions.handler = () => ({ kind: 'returned', payload });
    return api.call({ headers: options.accept === undefined ? [] : [['Accept', options.accept]] });
  };

  for (const [desc, payload, status, body] of [
    ['status and body', '{"statusCode":201,"body":"hi"}', 201, 'hi'],
    ['a status as text', '{"statusCode":"200"}', 200, ''],
    ['no status is 200', '{"body":"x"}', 200, 'x'],
    ['an empty object', '{}', 200, ''],
    ['headers that are null', '{"statusCode":200,"headers":null}', 200, ''],
    ['a boolean as a header', '{"statusCode":200,"headers":{"x":true}}', 200, ''],
    ['a body that is null', '{"statusCode":200,"body":null}', 200, ''],
    [
      'base64 that nobody asked to decode is sent as it is',
      '{"body":"dGVzdC1kYXRh","isBase64Encoded":true}',
      200,
      'dGVzdC1kYXRh',
    ],
  ] as const) {
    test(desc, () => {
      const answer = answerTo(payload);
      assert.deepEqual([answer.status, answer.responseText], [status, body]);
      assert.equal(answer.responseHeader('content-type'), 'application/json');
    });
  }

  for (const [desc, payload] of [
    ['another member', '{"statusCode":200,"extra":1}'],
    ['text', '"hello"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no JSON', 'nope'],
    ['status 0', '{"statusCode":0}'],
    ['a status that is no number', '{"statusCode":"OK"}'],
    ['an object as body', '{"statusCode":200,"body":{"a":1}}'],
    ['a list as header', '{"statusCode":200,"headers":{"x":["a"]}}'],
    ['an object as header', '{"statusCode":200,"headers":{"x":{}}}'],
    ['text in multiValueHeaders', '{"statusCode":200,"multiValueHeaders":{"x":"a"}}'],
    ['a line break in a header', '{"statusCode":200,"headers":{"x":"a\\r\\nSet-Cookie: b"}}'],
  ] as const) {
    test(`502: ${desc}`, () => {
      const answer = answerTo(payload);
      assert.equal(answer.status, 502);
      assert.equal(answer.responseText, '{"message": "Internal server error"}');
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'InternalServerErrorException');
      assert.equal(answer.responseHeader('set-cookie'), undefined);
    });
  }

  test('both maps: the values of multiValueHeaders first, in their spelling', () => {
    const answer = answerTo(
      '{"headers":{"test-multi":"solo","Server":"s","WWW-Authenticate":"Basic"},"multiValueHeaders":{"Test-Multi":["a","b"]}}',
    );
    assert.deepEqual(answer.responseHeaders.slice(1, 6), [
      ['Test-Multi', 'a'],
      ['Test-Multi', 'b'],
      ['Test-Multi', 'solo'],
      ['x-amzn-Remapped-Server', 's'],
      ['x-amzn-Remapped-WWW-Authenticate', 'Basic'],
    ]);
  });

  test('base64 is decoded when the first type that the client accepts is binary', () => {
    const payload = '{"body":"AQL/","isBase64Encoded":true}';
    assert.deepEqual(
      answerTo(payload, { binary: ['image/png'], accept: 'image/png, */*' }).responseBody,
      Buffer.from([1, 2, 255]),
    );
    assert.equal(answerTo(payload, { binary: ['image/png'], accept: 'text/html, image/png' }).responseText, 'AQL/');
  });

  test('the answer carries the trace', () => {
    assert.match(answerTo('{}').responseHeader('X-Amzn-Trace-Id') ?? '', /^Root=1-/);
  });

  test('the answer carries the trace that the function saw', () => {
    const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy() } }));
    api.ports.functions.requestId = 'r1';
    api.ports.functions.trace = 'Root=1-a;Parent=b;Sampled=1;Lineage=1:c:0';
    assert.equal(api.call().responseHeader('X-Amzn-Trace-Id'), api.ports.functions.trace);
  });

  for (const [desc, result, status, body] of [
    [
      'a function that failed',
      { kind: 'functionError', payload: '{"errorMessage":"x"}' },
      502,
      '{"message": "Internal server error"}',
    ],
    ['no permission', { kind: 'refused', refusal: 'AccessDenied', message: 'm' }, 500, '{"message": "Internal server error"}'],
    ['too large', { kind: 'refused', refusal: 'RequestTooLarge', message: 'm' }, 413, '{"message":"Request Too Long"}'],
  ] as const) {
    test(desc, () => {
      const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy() } }));
      api.ports.functions.handler = () => result;
      const answer = api.call({});
      assert.deepEqual([answer.status, answer.responseText], [status, body]);
      assert.equal(answer.responseHeader('X-Amzn-Trace-Id'), undefined);
    });
  }

  test('no answer in time: 504, and what comes later is ignored', () => {
    const api = new ServedRestApi(restApi({ 'GET /': { integration: lambdaProxy({ timeoutInMillis: 50 }) } }));
    api.ports.functions.handler = () => undefined;
    const request = api.call({});
    api.ports.deadlines.expireAll();
    assert.deepEqual([request.status, request.responseText], [504, '{"message": "Endpoint request timed out"}']);
    api.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '{}' });
    assert.equal(request.answers, 1);
  });

  test('an event over 6 MB: 413', () => {
    const api = new ServedRestApi(restApi({ 'POST /': { integration: lambdaProxy() } }));
    assert.equal(api.call({ method: 'POST', body: new FakeBody('"'.repeat(4 * 2 ** 20)) }).status, 413);
  });
});

describe('AWS with a function', () => {
  const served = (
    options: Parameters<typeof aws>[0],
    handler?: () => { kind: 'returned' | 'functionError'; payload: string },
  ) => {
    const api = new ServedRestApi(restApi({ 'POST /': { integration: aws(options) } }));
    if (handler !== undefined) api.ports.functions.handler = handler;
    return api;
  };

  test('the template makes the event, the function’s result is the body', () => {
    const api = served({ requestTemplates: { 'application/json': '{"q":"$input.params(\'q\')"}' } }, () => ({
      kind: 'returned',
      payload: '{"message":"hello"}',
    }));
    const answer = api.call({ method: 'POST', target: '/?q=a' });
    assert.deepEqual(api.ports.functions.events, ['{"q":"a"}']);
    assert.deepEqual([answer.status, answer.responseText], [200, '{"message":"hello"}']);
    assert.match(answer.responseHeader('X-Amzn-Trace-Id') ?? '', /^Root=1-/);
  });

  test('without template the body is the event; an empty one is {}', () => {
    const api = served({});
    api.call({ method: 'POST', body: new FakeBody('{"a":1}') });
    api.call({ method: 'POST' });
    assert.deepEqual(api.ports.functions.events, ['{"a":1}', '{}']);
  });

  const responses = {
    200: {},
    400: {
      selectionPattern: '.*Bad Request.*',
      responseTemplates: { 'application/json': '{"m":"$input.path("$.errorMessage")"}' },
    },
    500: { selectionPattern: '(\\n|.)+' },
  };
  for (const [desc, kind, message, status] of [
    ['a pattern matches the error message', 'functionError', 'a Bad Request b', 400],
    ['a dot matches no line break', 'functionError', 'Bad Request\nmore', 500],
    ['another error', 'functionError', 'x', 500],
    ['a result that has an error message is read like an error', 'returned', 'Bad Request', 400],
  ] as const) {
    test(desc, () => {
      const api = served({ responses }, () => ({ kind, payload: JSON.stringify({ errorMessage: message }) }));
      const answer = api.call({ method: 'POST' });
      assert.equal(answer.status, status);
      if (status === 400) assert.equal(answer.responseText, `{"m":"${message}"}`);
    });
  }

  test('a result without error message is the default response', () => {
    const api = served({ responses }, () => ({ kind: 'returned', payload: '{"ok":true}' }));
    assert.equal(api.call({ method: 'POST' }).status, 200);
  });

  test('X-Amz-Invocation-Type Event: nobody waits', () => {
    const api = served({ requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" } });
    const answer = api.call({ method: 'POST', body: new FakeBody('{"a":1}') });
    assert.deepEqual([answer.status, answer.responseText], [200, '']);
    assert.deepEqual([api.ports.functions.events, api.ports.functions.queued], [[], ['{"a":1}']]);
    assert.equal(api.ports.deadlines.waiting.size, 0);
  });

  test('X-Amz-Invocation-Type Event: an event that could not be kept was not accepted', () => {
    const api = served({ requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" } });
    api.ports.functions.queueAnswer = { kind: 'refused', refusal: 'TooManyRequests', message: 'full' };
    assert.equal(api.call({ method: 'POST', body: new FakeBody('{"a":1}') }).status, 500);
  });

  test('an event that is no JSON never reaches the function', () => {
    const api = served({});
    const answer = api.call({ method: 'POST', body: new FakeBody('nope') });
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.responseText).Type, 'User');
    assert.deepEqual(api.ports.functions.events, []);
  });
});
