// Who gets in: Lambda authorizers, user pools, signatures, resource policies, and how they decide together.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { signRequest } from '../../aws/sigv4-sign.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import type { FunctionResult, TokenVerifier } from '../../data-plane/ports.ts';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import type { RestAuthorizer } from '../../model/rest-api.ts';
import { nothingAround } from '../http-api/surroundings.ts';
import { lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const authorizerUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations';
const token: RestAuthorizer = {
  id: 'auth1',
  name: 'token',
  type: 'TOKEN',
  authorizerUri,
  identitySource: 'method.request.header.Authorization',
};
const request: RestAuthorizer = {
  ...token,
  name: 'request',
  type: 'REQUEST',
  identitySource: 'method.request.header.X-Who, method.request.querystring.team',
};

const policyOf = (effect: string, resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }],
});
const answerOf = (policyDocument: object, more: object = {}) => JSON.stringify({ principalId: 'u', policyDocument, ...more });

function guarded(authorizer: RestAuthorizer, answer: () => FunctionResult | undefined, more: object = {}) {
  const api = new ServedRestApi(
    restApi(
      {
        'GET /a': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: lambdaProxy() },
        'GET /b': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: lambdaProxy() },
      },
      { authorizers: [authorizer], ...more },
    ),
  );
  api.ports.functions.handler = (event) =>
    event.startsWith('{"type":') ? answer() : { kind: 'returned', payload: '{"statusCode":200}' };
  return api;
}

const returned = (payload: string): FunctionResult => ({ kind: 'returned', payload });
const asked = (api: ServedRestApi) => api.ports.functions.events.filter((event) => event.startsWith('{"type":'));
const bearer = { headers: [['authorization', 't1']] as const };

describe('TOKEN', () => {
  test('the event, and what the function then sees', () => {
    const api = guarded(token, () => returned(answerOf(policyOf('Allow'), { context: { n: 1, yes: true, s: 'x', none: null } })));
    assert.equal(api.call({ target: '/a', ...bearer }).status, 200);
    assert.deepEqual(JSON.parse(asked(api)[0] as string), {
      type: 'TOKEN',
      authorizationToken: 't1',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/GET/a',
    });
    const { authorizer } = api.lastEvent['requestContext'] as { authorizer: Record<string, unknown> };
    assert.equal(typeof authorizer['integrationLatency'], 'number');
    delete authorizer['integrationLatency'];
    assert.deepEqual(authorizer, { principalId: 'u', n: '1', yes: 'true', s: 'x' });
  });

  for (const [desc, headers] of [
    ['no token', []],
    ['an empty token', [['Authorization', '']]],
  ] as const) {
    test(`${desc}: 401, and nobody is asked`, () => {
      const api = guarded(token, () => assert.fail());
      const answer = api.call({ target: '/a', headers });
      assert.deepEqual([answer.status, answer.responseText], [401, '{"message":"Unauthorized"}']);
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'UnauthorizedException');
    });
  }

  test('a token that does not match the validation expression: 401, and nobody is asked', () => {
    const api = guarded({ ...token, identityValidationExpression: 't\\d' }, () => returned(answerOf(policyOf('Allow'))));
    assert.equal(api.call({ target: '/a', headers: [['Authorization', 'xt1']] }).status, 401);
    assert.equal(asked(api).length, 0);
    assert.equal(api.call({ target: '/a', ...bearer }).status, 200);
  });

  for (const [desc, result, status, body, errorType] of [
    [
      '"Unauthorized"',
      { kind: 'functionError', payload: '{"errorMessage":"Unauthorized"}' },
      401,
      '{"message":"Unauthorized"}',
      'UnauthorizedException',
    ],
    [
      'another failure',
      { kind: 'functionError', payload: '{"errorMessage":"x"}' },
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    [
      'no permission',
      { kind: 'refused', refusal: 'AccessDenied', message: '' },
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    ['no policy', returned('{"principalId":"u"}'), 500, '{"message":null}', 'AuthorizerConfigurationException'],
    [
      'no principal',
      returned(JSON.stringify({ policyDocument: policyOf('Allow') })),
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    ['no JSON', returned('x'), 500, '{"message":null}', 'AuthorizerConfigurationException'],
    [
      'an object in the context',
      returned(answerOf(policyOf('Allow'), { context: { a: {} } })),
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    [
      'a deny',
      returned(answerOf(policyOf('Deny'))),
      403,
      '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
      'AccessDeniedException',
    ],
    [
      'a policy for something else',
      returned(answerOf(policyOf('Allow', 'arn:aws:execute-api:*:*:*/prod/POST/*'))),
      403,
      '{"Message":"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"}',
      'AccessDeniedException',
    ],
  ] as const) {
    test(desc, () => {
      const api = guarded(token, () => result);
      const answer = api.call({ target: '/a', ...bearer });
      assert.deepEqual([answer.status, answer.responseText], [status, body]);
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), errorType);
      assert.equal(api.ports.functions.events.length, 1, 'the integration was not called');
    });
  }

  test('an answer is kept for five minutes unless told otherwise, and asked again for every method', () => {
    const api = guarded(token, () => returned(answerOf(policyOf('Allow', 'arn:aws:execute-api:*:*:*/*/GET/a'))));
    assert.equal(api.call({ target: '/a', ...bearer }).status, 200);
    assert.equal(api.call({ target: '/a', ...bearer }).status, 200);
    assert.equal(api.call({ target: '/b', ...bearer }).status, 403);
    assert.equal(asked(api).length, 1);
    assert.equal(api.call({ target: '/a', headers: [['Authorization', 't2']] }).status, 200);
    assert.equal(asked(api).length, 2);
  });

  test('a TTL of 0 keeps nothing', () => {
    const api = guarded({ ...token, authorizerResultTtlInSeconds: 0 }, () => returned(answerOf(policyOf('Allow'))));
    api.call({ target: '/a', ...bearer });
    api.call({ target: '/a', ...bearer });
    assert.equal(asked(api).length, 2);
  });

  test('requests of one identity wait for one call; no answer in time is a 500', () => {
    const api = guarded(token, () => undefined);
    const waiting = [api.call({ target: '/a', ...bearer }), api.call({ target: '/b', ...bearer })];
    assert.equal(asked(api).length, 1);
    api.ports.deadlines.expireAll();
    assert.deepEqual(
      waiting.map(({ status, responseText }) => [status, responseText]),
      [
        [500, '{"message":null}'],
        [500, '{"message":null}'],
      ],
    );
  });

  test('an authorizer that does not exist lets nobody in', () => {
    const api = new ServedRestApi(
      restApi({ 'GET /': { authorizationType: 'CUSTOM', authorizerId: 'nope', integration: mock() } }),
    );
    assert.equal(api.call({}).status, 500);
  });
});

describe('REQUEST', () => {
  test('the event shows the request; every identity source is needed', () => {
    const api = guarded(request, () => returned(answerOf(policyOf('Allow'))));
    assert.equal(api.call({ target: '/a?team=red', headers: [['x-who', 'me']] }).status, 200);
    const event = JSON.parse(asked(api)[0] as string);
    assert.equal(event.methodArn, 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/GET/a');
    assert.equal(event.headers['x-who'], 'me');
    assert.deepEqual(event.queryStringParameters, { team: 'red' });
    assert.equal(event.requestContext.resourcePath, '/a');
    assert.equal('body' in event, false);
    assert.equal(api.call({ target: '/a', headers: [['x-who', 'me']] }).status, 401);
    assert.equal(api.call({ target: '/a?team=', headers: [['x-who', 'me']] }).status, 401);
    assert.equal(asked(api).length, 1);
  });

  test('answers are kept under all identity sources, and cannot be mixed up', () => {
    const api = guarded(request, () => returned(answerOf(policyOf('Allow'))));
    api.call({ target: '/a?team=b', headers: [['x-who', 'a']] });
    api.call({ target: '/a?team=b', headers: [['x-who', 'a']] });
    api.call({ target: '/a?team=,b', headers: [['x-who', 'a']] });
    api.call({ target: '/a?team=b', headers: [['x-who', 'a,']] });
    assert.equal(asked(api).length, 3);
  });

  test('without identity sources the function is always asked', () => {
    const api = guarded({ ...request, identitySource: '', authorizerResultTtlInSeconds: 0 }, () =>
      returned(answerOf(policyOf('Allow'))),
    );
    api.call({ target: '/a' });
    api.call({ target: '/a' });
    assert.equal(asked(api).length, 2);
  });

  test('the API key may come from the authorizer', () => {
    const seen: (string | undefined)[] = [];
    const built = restApi(
      { 'GET /a': { authorizationType: 'CUSTOM', authorizerId: 'auth1', apiKeyRequired: true, integration: lambdaProxy() } },
      { authorizers: [token], api: { apiKeySource: 'AUTHORIZER' } },
    );
    const api = new ServedRestApi(built, {
      meter: {
        bind: () => ({
          take: (key) => {
            seen.push(key);
            return { kind: 'passed', apiKeyId: 'k' };
          },
        }),
      },
    });
    api.ports.functions.handler = (event) =>
      event.startsWith('{"type":')
        ? returned(answerOf(policyOf('Allow'), { usageIdentifierKey: 'from-authorizer' }))
        : returned('{}');
    assert.equal(
      api.call({
        target: '/a',
        headers: [
          ['Authorization', 't'],
          ['x-api-key', 'from-client'],
        ],
      }).status,
      200,
    );
    assert.deepEqual(seen, ['from-authorizer']);
  });
});

describe('COGNITO_USER_POOLS', () => {
  const pool: RestAuthorizer = {
    id: 'auth1',
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    identitySource: 'method.request.header.Authorization',
    providerARNs: ['arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_Abc'],
  };
  const claimsOf: Record<string, Record<string, unknown>> = {
    id: { token_use: 'id', sub: 's', aud: 'app1', 'cognito:groups': ['a', 'b'], email_verified: true },
    access: { token_use: 'access', sub: 's', client_id: 'app1', scope: 'pets/read' },
  };
  const issuers: string[] = [];
  const verifier: TokenVerifier = {
    verify: (text) => {
      const claims = claimsOf[text];
      if (claims !== undefined) return { claims, scopes: String(claims['scope'] ?? '').split(' '), expiresAt: Date.now() + 1000 };
      return { fault: 'x', description: text === 'old' ? 'the token has expired' : 'signature is invalid' };
    },
  };
  const served = (scopes: string[], authorizer = pool) =>
    new ServedRestApi(
      restApi(
        {
          'GET /': {
            authorizationType: 'COGNITO_USER_POOLS',
            authorizerId: 'auth1',
            authorizationScopes: scopes,
            integration: lambdaProxy(),
          },
        },
        { authorizers: [authorizer] },
      ),
      {
        ports: {
          tokens: {
            verifier: ({ issuer, audiences }: { issuer: string; audiences: unknown }) => {
              assert.equal(audiences, 'any');
              issuers.push(issuer);
              return verifier;
            },
          },
        } as never,
      },
    );

  for (const [desc, scopes, value, status] of [
    ['an identity token for a method without scopes', [], 'id', 200],
    ['behind Bearer', [], 'Bearer id', 200],
    ['an access token for a method without scopes', [], 'access', 401],
    ['an access token with the scope', ['pets/write', 'pets/read'], 'access', 200],
    ['an access token without the scope', ['pets/write'], 'access', 401],
    ['an identity token for a method with scopes', ['pets/read'], 'id', 401],
    ['a token that is not genuine', [], 'bad', 401],
    ['none', [], undefined, 401],
  ] as const) {
    test(desc, () => {
      const answer = served([...scopes]).call({ headers: value === undefined ? [] : [['Authorization', value]] });
      assert.equal(answer.status, status);
      if (status === 401) assert.equal(answer.responseText, '{"message":"Unauthorized"}');
    });
  }

  test('the issuer is that of the pool; claims reach the function as text', () => {
    const api = served([]);
    api.call({ headers: [['Authorization', 'id']] });
    assert.equal(issuers.at(-1), 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc');
    assert.deepEqual((api.lastEvent['requestContext'] as Record<string, unknown>)['authorizer'], {
      claims: { token_use: 'id', sub: 's', aud: 'app1', 'cognito:groups': 'a,b', email_verified: 'true' },
    });
  });

  test('the operator may say where pools are', () => {
    const built = restApi(
      { 'GET /': { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'auth1', integration: mock() } },
      { authorizers: [pool] },
    );
    const { plan } = new ServedRestApi(built, {
      surroundings: { ...nothingAround, cognitoIssuer: 'http://localhost:9229/{region}/{poolId}' },
      ports: { tokens: { verifier: () => verifier } } as never,
    }).pipeline;
    assert.deepEqual(plan.methods[0]?.authorization, {
      type: 'COGNITO_USER_POOLS',
      authorizerId: 'auth1',
      name: 'pool',
      header: 'Authorization',
      issuers: ['http://localhost:9229/eu-west-1/eu-west-1_Abc'],
      scopes: [],
    });
  });

  test('an expired token has its own sentence', () => {
    assert.equal(
      served([]).call({ headers: [['Authorization', 'old']] }).responseText,
      '{"message":"The incoming token has expired"}',
    );
  });

  test('the validation expression is about the audience', () => {
    assert.equal(
      served([], { ...pool, identityValidationExpression: 'app\\d' }).call({ headers: [['Authorization', 'id']] }).status,
      200,
    );
    assert.equal(
      served([], { ...pool, identityValidationExpression: 'other' }).call({ headers: [['Authorization', 'id']] }).status,
      401,
    );
  });
});

const allowAll = parsePolicy(JSON.stringify(policyOf('Allow')), 'identity');
const denyAll = parsePolicy(JSON.stringify(policyOf('Deny')), 'identity');
const callers: Record<string, CallerCredentials> = {};
for (const [accessKeyId, account, policies] of [
  ['AKIDALLOW', '000000000000', [allowAll]],
  ['AKIDSILENT', '000000000000', []],
  ['AKIDDENY', '000000000000', [allowAll, denyAll]],
  ['AKIDFOREIGN', '111111111111', [allowAll]],
  ['AKIDFOREIGNSILENT', '111111111111', []],
] as const) {
  callers[accessKeyId] = {
    accessKeyId,
    secretAccessKey: 'secret',
    account,
    arn: `arn:aws:iam::${account}:user/${accessKeyId}`,
    userId: `AIDA${accessKeyId}`,
    userName: accessKeyId,
    tags: [],
    policies: policies as never,
  };
}

const resourcePolicy = (...statements: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      ...statement,
    })),
  });
const policies = {
  none: undefined,
  allow: resourcePolicy({ Effect: 'Allow' }),
  silent: resourcePolicy({ Effect: 'Allow', Resource: 'execute-api:/prod/PUT/*' }),
  deny: resourcePolicy({ Effect: 'Allow' }, { Effect: 'Deny' }),
};

function signedCall(api: ServedRestApi, accessKeyId: string, secretAccessKey = 'secret', now = Date.now()) {
  const host = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
  const added = signRequest(
    { method: 'POST', path: '/p', query: '', rawHeaders: ['Host', host], bodyHash: hash('sha256', 'body', 'hex') },
    { accessKeyId, secretAccessKey },
    { region: 'us-east-1', service: 'execute-api', now },
  );
  return api.call({ method: 'POST', target: '/p', headers: added, body: new FakeBody('body') });
}

describe('AWS_IAM', () => {
  const served = (policy: string | undefined) =>
    new ServedRestApi(
      restApi(
        { 'POST /p': { authorizationType: 'AWS_IAM', integration: lambdaProxy() } },
        policy === undefined ? {} : { api: { policy } },
      ),
      { ports: { callers: (accessKeyId: string) => callers[accessKeyId] } as never },
    );

  // AWS: tables A (same account) and B (another account) of the authorization flow.
  const endOf = (identity: string, policy: string) => {
    if (policy === 'deny') return 'with an explicit deny in a resource-based policy';
    if (identity === 'AKIDDENY') return 'with an explicit deny in an identity-based policy';
    const of = identity.endsWith('SILENT') ? 'identity' : 'resource';
    return `because no ${of}-based policy allows the execute-api:Invoke action`;
  };
  for (const [identity, policy, status] of [
    ['AKIDALLOW', 'none', 200],
    ['AKIDALLOW', 'allow', 200],
    ['AKIDALLOW', 'silent', 200],
    ['AKIDALLOW', 'deny', 403],
    ['AKIDSILENT', 'none', 403],
    ['AKIDSILENT', 'allow', 200],
    ['AKIDSILENT', 'silent', 403],
    ['AKIDSILENT', 'deny', 403],
    ['AKIDDENY', 'none', 403],
    ['AKIDDENY', 'allow', 403],
    ['AKIDFOREIGN', 'none', 403],
    ['AKIDFOREIGN', 'allow', 200],
    ['AKIDFOREIGN', 'silent', 403],
    ['AKIDFOREIGN', 'deny', 403],
    ['AKIDFOREIGNSILENT', 'allow', 403],
  ] as const) {
    test(`${identity}, policy ${policy}: ${status}`, () => {
      const api = served(policies[policy]);
      const answer = signedCall(api, identity);
      assert.equal(answer.status, status);
      if (status === 403) {
        assert.match(
          answer.responseText,
          /^\{"Message":"User: \S+ is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}0000:a1b2c3\/prod\/POST\/p /,
        );
        assert.ok(answer.responseText.endsWith(` ${endOf(identity, policy)}"}`), answer.responseText);
      } else assert.equal(api.lastEvent['body'], 'body');
    });
  }

  for (const [desc, statement, status] of [
    [
      'NotPrincipal: the signer and the account',
      { Principal: undefined, NotPrincipal: { AWS: ['000000000000', 'arn:aws:iam::000000000000:user/AKIDALLOW'] } },
      200,
    ],
    ['NotPrincipal: somebody else', { Principal: undefined, NotPrincipal: { AWS: '222222222222' } }, 403],
    [
      'everybody whose ARN is another',
      { Condition: { StringNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/AKIDALLOW' } } },
      200,
    ],
  ] as const) {
    test(`a deny is about the signer, not about a stranger. ${desc}: ${status}`, () => {
      assert.equal(signedCall(served(resourcePolicy({ Effect: 'Deny', ...statement })), 'AKIDALLOW').status, status);
    });
  }

  test('the signer is shown to the function', () => {
    const api = served(undefined);
    signedCall(api, 'AKIDALLOW');
    const { identity } = api.lastEvent['requestContext'] as { identity: Record<string, unknown> };
    assert.equal(identity['accessKey'], 'AKIDALLOW');
    assert.equal(identity['userArn'], 'arn:aws:iam::000000000000:user/AKIDALLOW');
    assert.equal(identity['accountId'], '000000000000');
    assert.equal(identity['caller'], 'AIDAAKIDALLOW');
    const { headers, multiValueHeaders } = api.lastEvent as { headers: object; multiValueHeaders: object };
    assert.ok('X-Forwarded-For' in headers && !('Authorization' in headers) && !('Authorization' in multiValueHeaders));
  });

  test('no signature, a bad one, an unknown key, a clock that is off, an Authorization that is none', () => {
    const api = served(undefined);
    const rows = [
      [
        api.call({ method: 'POST', target: '/p' }),
        'MissingAuthenticationTokenException',
        /^\{"message":"Missing Authentication Token"\}$/,
      ],
      [signedCall(api, 'AKIDALLOW', 'wrong'), 'InvalidSignatureException', /signature we calculated does not match/],
      [
        signedCall(api, 'AKIDNOBODY'),
        'UnrecognizedClientException',
        /^\{"message":"The security token included in the request is invalid\."\}$/,
      ],
      [signedCall(api, 'AKIDALLOW', 'secret', Date.now() - 3_600_000), 'InvalidSignatureException', /Signature expired/],
      [
        api.call({ method: 'POST', target: '/p', headers: [['Authorization', 'token']] }),
        'IncompleteSignatureException',
        /missing equal-sign/,
      ],
      [
        api.call({ method: 'POST', target: '/p', headers: [['Authorization', 'AWS4-HMAC-SHA256 a=b']] }),
        'IncompleteSignatureException',
        /requires 'Credential' parameter/,
      ],
    ] as const;
    for (const [answer, errorType, text] of rows) {
      assert.equal(answer.status, 403, errorType);
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), errorType);
      assert.match(answer.responseText, text);
    }
  });

  test('without anybody who knows keys the method is closed', () => {
    const api = new ServedRestApi(restApi({ 'POST /p': { authorizationType: 'AWS_IAM', integration: mock() } }), {
      ports: { callers: undefined } as never,
    });
    assert.equal(signedCall(api, 'AKIDALLOW').status, 500);
  });
});

describe('resource policies', () => {
  const open = (policy: string | undefined, target = '/p', more: object = {}) =>
    new ServedRestApi(
      restApi(
        { 'GET /p': { integration: mock() }, 'GET /p/{id}': { integration: mock() } },
        { api: { ...(policy === undefined ? {} : { policy }), ...more } },
      ),
    ).call({ target });

  for (const [name, status] of [
    ['none', 200],
    ['allow', 200],
    ['silent', 403],
    ['deny', 403],
  ] as const) {
    test(`a method without authorization, policy ${name}: ${status}`, () => {
      const answer = open(policies[name]);
      assert.equal(answer.status, status);
      if (name === 'silent') {
        assert.equal(
          answer.responseText,
          '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:a1b2c3/prod/GET/p because no resource-based policy allows the execute-api:Invoke action"}',
        );
      }
      if (name === 'deny') assert.match(answer.responseText, / with an explicit deny in a resource-based policy"\}$/);
    });
  }

  test('a condition on the address of the caller', () => {
    const by = (ip: string) => resourcePolicy({ Effect: 'Allow', Condition: { IpAddress: { 'aws:SourceIp': ip } } });
    assert.equal(open(by('203.0.113.0/24')).status, 200);
    assert.equal(open(by('10.0.0.0/8')).status, 403);
  });

  test('no spelling of a path gets past a deny', () => {
    const policy = resourcePolicy({ Effect: 'Allow' }, { Effect: 'Deny', Resource: 'execute-api:/prod/GET/p/secret' });
    for (const target of ['/p/secret', '/p/secret/', '/p/%73ecret']) assert.equal(open(policy, target).status, 403, target);
    assert.equal(open(policy, '/p/open').status, 200);
  });

  test('with a Lambda authorizer: a deny wins before it is asked, an allow helps where it says nothing', () => {
    const silent = () => returned(answerOf(policyOf('Allow', 'arn:aws:execute-api:*:*:*/*/POST/*')));
    const allow = () => returned(answerOf(policyOf('Allow')));
    const status = (policy: string | undefined, answer: () => FunctionResult) =>
      guarded(token, answer, policy === undefined ? {} : { api: { policy } }).call({ target: '/a', ...bearer }).status;
    assert.equal(status(policies.allow, allow), 200);
    assert.equal(status(policies.silent, allow), 200);
    assert.equal(status(policies.allow, silent), 200);
    assert.equal(status(policies.silent, silent), 403);
    assert.equal(
      status(policies.deny, () => assert.fail('it must not be asked')),
      403,
    );
  });

  test('a policy that cannot be read, and a private API without one, let nobody in', () => {
    assert.equal(open('{"Statement":[{"Effect":"Maybe"}]}').status, 403);
    assert.equal(open(undefined, '/p', { endpointConfiguration: { types: ['PRIVATE'], ipAddressType: 'ipv4' } }).status, 403);
  });
});
