// What is wrong with http events and with what a service file says about its REST API.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../../config/nearest-name.ts';
import { allFeatures, noFeatures, runningFeatures } from '../running-features.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-http-events-'));
writeFileSync(path.join(folder, 'handler.js'), '');
after(() => rmSync(folder, { recursive: true }));

function read(
  yml: string,
  {
    features = allFeatures as Record<keyof typeof allFeatures, boolean>,
    lenient = false,
    params = new Map<string, string>(),
  } = {},
) {
  const file = path.join(folder, 'serverless.yml');
  writeFileSync(file, yml);
  return readServerlessYml({
    file,
    environment: {},
    options: new Map(),
    params,
    accountId: '000000000000',
    instanceId: 'x',
    lenient,
    nearestName,
    features,
  });
}

const HEAD = 'service: s\n';
const event = (http: string, provider = '{ name: aws }') =>
  `${HEAD}provider: ${provider}\nfunctions:\n  check: { handler: handler.check }\n  a: { handler: handler.a, events: [{ http: ${http} }] }\n`;
const gateway = (settings: string) => event('GET /a', `{ name: aws, apiGateway: ${settings} }`);

const rows: readonly { readonly desc: string; readonly yml: string; readonly problem: RegExp }[] = [
  { desc: 'no method', yml: event('{ path: /a }'), problem: /5:\d+ This http event has no method\. Add method/ },
  { desc: 'no path', yml: event('{ method: get }'), problem: /5:\d+ This http event has no path/ },
  { desc: 'text that is no route', yml: event('/a'), problem: /"\/a" is no REST API route\. Write 'GET \/path'/ },
  { desc: 'a star for all methods', yml: event("'* /a'"), problem: /\* is no method of a REST API\. Write ANY/ },
  { desc: 'an empty segment', yml: event('GET /a//b'), problem: /The path \/a\/\/b ends with \/ or has \/\/ in it/ },
  { desc: 'a variable in a segment', yml: event("'GET /a/x{id}'"), problem: /does not take: x\{id\}/ },
  { desc: 'a path after a greedy variable', yml: event("'GET /{all+}/b'"), problem: /goes on after \{all\+\}/ },
  {
    desc: 'a property that is not there',
    yml: event('{ path: a, method: get, autorizer: x }'),
    problem: /http\.autorizer does not exist\. Did you mean authorizer\?/,
  },
  {
    desc: 'an authorizer that is no function',
    yml: event('{ path: a, method: get, authorizer: chekc }'),
    problem: /there is no function chekc\. Did you mean check\?/,
  },
  {
    desc: 'an authorizer of another API',
    yml: event('{ path: a, method: get, authorizer: { authorizerId: x } }'),
    problem: /authorizer of another API cannot be named/,
  },
  {
    desc: 'a shared authorizer without its pool',
    yml: `${event('{ path: a, method: get, authorizer: { type: COGNITO_USER_POOLS, authorizerId: !Ref Auth } }')}resources:
  Resources:
    Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Type: COGNITO_USER_POOLS } }
`,
    problem: /8:5 resources\.Resources\.Auth\.Properties has no ProviderARNs/,
  },
  {
    desc: 'a shared authorizer without its header',
    yml: `${event('{ path: a, method: get, authorizer: { type: COGNITO_USER_POOLS, authorizerId: !Ref Auth } }')}resources:
  Resources:
    Auth:
      Type: AWS::ApiGateway::Authorizer
      Properties:
        { Type: COGNITO_USER_POOLS, RestApiId: x, ProviderARNs: ['arn:aws:cognito-idp:eu-west-1:000000000000:userpool/p'] }
`,
    problem: /Properties has no IdentitySource\. Add it/,
  },
  {
    desc: 'a shared authorizer of a pool that a stack would make',
    yml: `${event('{ path: a, method: get, authorizer: { type: COGNITO_USER_POOLS, authorizerId: !Ref Auth } }')}resources:
  Resources:
    Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Type: COGNITO_USER_POOLS, ProviderARNs: [!GetAtt Pool.Arn] } }
`,
    problem: /8:\d+ Fn::GetAtt Pool\.Arn needs .*--param Pool\.Arn=VALUE/,
  },
  {
    desc: 'a gateway response with a condition',
    yml: `${event('GET /a')}resources:
  Resources:
    Cors: { Type: AWS::ApiGateway::GatewayResponse, Condition: C, Properties: { ResponseType: DEFAULT_4XX } }
`,
    problem: /8:5 resources\.Resources\.Cors has a Condition, and conditions are not evaluated here/,
  },
  {
    desc: 'an ARN that is none',
    yml: event('{ path: a, method: get, authorizer: { arn: foo } }'),
    problem: /5:\d+ .*authorizer\.arn is no ARN: foo\. Write arn:aws:lambda/,
  },
  {
    desc: 'a type of authorizer that is none',
    yml: event('{ path: a, method: get, authorizer: { name: check, type: basic } }'),
    problem: /type must be token, request/,
  },
  {
    desc: 'a user pool that is not named',
    yml: event('{ path: a, method: get, authorizer: { type: COGNITO_USER_POOLS, name: p } }'),
    problem: /names no user pool/,
  },
  {
    desc: 'an integration that is none',
    yml: event('{ path: a, method: get, integration: lamda }'),
    problem: /integration must be lambda-proxy, lambda/,
  },
  {
    desc: 'http without a uri',
    yml: event('{ path: a, method: get, integration: http }'),
    problem: /has no request\.uri to call/,
  },
  {
    desc: 'async of a proxy',
    yml: event('{ path: a, method: get, async: true, integration: lambda-proxy }'),
    problem: /async goes with integration lambda only/,
  },
  {
    desc: 'claims for a proxied function',
    yml: event(
      "{ path: a, method: get, authorizer: { arn: 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a', claims: [email] } }",
    ),
    problem: /authorizer\.claims goes with integration lambda only/,
  },
  {
    desc: 'a claim that would break the template',
    yml: event(
      "{ path: a, method: get, integration: lambda, authorizer: { arn: 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a', claims: ['a\"b'] } }",
    ),
    problem: /is no name of a claim/,
  },
  {
    desc: 'a timeout beyond the quota',
    yml: event('{ path: a, method: get, timeoutInMillis: 40000 }'),
    problem: /5:\d+ .*timeoutInMillis is 40000: AWS takes more than 29000 only where the quota was raised/,
  },
  {
    desc: 'a transfer mode of a mock',
    yml: event('{ path: a, method: get, integration: mock, response: { transferMode: STREAM } }'),
    problem: /transferMode goes with proxy integrations only/,
  },
  {
    desc: 'a transfer mode that is none',
    yml: event('{ path: a, method: get, response: { transferMode: CHUNKED } }'),
    problem: /transferMode must be BUFFERED or STREAM/,
  },
  {
    desc: 'a schema that is not there',
    yml: event('{ path: a, method: post, request: { schemas: { application/json: pet } } }'),
    problem: /names the schema pet, which/,
  },
  {
    desc: 'a status that is none',
    yml: event('{ path: a, method: get, integration: mock, response: { statusCodes: { ok: {} } } }'),
    problem: /ok is no HTTP status/,
  },
  {
    desc: 'parameters of a kind that is none',
    yml: event('{ path: a, method: get, request: { parameters: { cookies: { a: true } } } }'),
    problem: /parameters\.cookies does not exist/,
  },
  { desc: 'a route that is taken', yml: event('GET /a }, { http: GET a'), problem: /GET \/a is already taken in line 5/ },
  {
    desc: 'CORS on a path whose OPTIONS is a function',
    yml: event('{ path: a, method: get, cors: true } }, { http: OPTIONS /a'),
    problem: /OPTIONS \/a is a function's, and cors/,
  },
  { desc: 'a stage that is none', yml: gateway('{ stage: a/b }'), problem: /apiGateway\.stage must be letters, digits, - and _/ },
  {
    desc: 'a key that YAML read as a number',
    yml: gateway('{ apiKeys: [{ name: k, value: 01234567890123456789 }] }'),
    problem: /value must be a text.*quotes/,
  },
  { desc: 'a key without name and value', yml: gateway('{ apiKeys: [{ description: k }] }'), problem: /neither name nor value/ },
  {
    desc: 'a quota without a period',
    yml: gateway('{ usagePlan: { quota: { limit: 5 } } }'),
    problem: /quota needs a limit and a period/,
  },
  {
    desc: 'a quota of nothing',
    yml: gateway('{ usagePlan: { quota: { limit: 0, period: DAY } } }'),
    problem: /quota\.limit/,
  },
  {
    desc: 'a quota that begins in the middle of a day',
    yml: gateway('{ usagePlan: { quota: { limit: 5, offset: 1, period: DAY } } }'),
    problem: /quota\.offset/,
  },
  {
    desc: 'an endpoint type that is none',
    yml: event('GET /a', '{ name: aws, endpointType: global }'),
    problem: /must be edge, regional or private/,
  },
];

describe('bad http events', () => {
  for (const { desc, yml, problem } of rows) {
    test(desc, () => {
      const { desired, problems } = read(yml);
      assert.equal(desired, undefined);
      const told = problems.map(({ place, what, fix }) => `${place.line}:${place.column} ${what} ${fix}`).join('\n');
      assert.match(told, problem);
    });
  }

  test('scopes are of user pools: those of a function are left out', () => {
    const { desired } = read(event('{ path: a, method: get, authorizer: { name: check, scopes: [orders] } }'));
    const [method] = desired?.restApi?.methods ?? [];
    assert.deepEqual([method?.authorizationType, method?.authorizationScopes], ['CUSTOM', undefined]);
  });

  test('a private endpoint stops where none runs', () => {
    const { problems } = read(event('GET /a', '{ name: aws, endpointType: private }'), {
      features: { ...runningFeatures, privateEndpoints: false },
    });
    assert.match(problems[0]?.what ?? '', /VPC end points are not told apart here/);
  });

  test('a private endpoint stays private with --lenient', () => {
    const yml = event('GET /a', '{ name: aws, endpointType: private }');
    const features = { ...runningFeatures, privateEndpoints: false };
    assert.equal(read(yml, { features, lenient: true }).desired?.restApi?.endpointType, 'PRIVATE');
  });

  test('http events stop where REST APIs do not run', () => {
    const { problems } = read(event('GET /a'), { features: noFeatures });
    assert.match(problems[0]?.what ?? '', /is to be called by a REST API route/);
  });

  test('--lenient cuts a timeout beyond the quota, and leaves that of a stream', () => {
    const yml = event(
      '{ path: a, method: get, timeoutInMillis: 40000 } }, { http: { path: b, method: get, timeoutInMillis: 60000, response: { transferMode: stream } }',
    );
    const { desired } = read(yml, { lenient: true });
    assert.deepEqual(
      desired?.restApi?.methods.map(({ integration }) => integration.timeoutInMillis),
      [29_000, 60_000],
    );
  });

  test('an authorizer that two events set up in two ways: the last holds, and it is said', () => {
    const yml = event(
      '{ path: a, method: get, authorizer: check } }, { http: { path: b, method: get, authorizer: { name: check, resultTtlInSeconds: 0 } }',
    );
    const { desired, problems } = read(yml);
    assert.deepEqual(
      desired?.restApi?.authorizers.map(({ name, authorizerResultTtlInSeconds }) => [name, authorizerResultTtlInSeconds]),
      [['check', 0]],
    );
    assert.match(
      problems.map(({ severity, what }) => `${severity} ${what}`).join('\n'),
      /^warning The authorizer check is set up in another way/,
    );
  });

  test('an API that is there already is told as not used', () => {
    const { desired, ignored } = read(gateway('{ restApiId: !Ref Other, restApiRootResourceId: !ImportValue root }'));
    assert.deepEqual(
      desired?.restApi?.methods.map(({ path }) => path),
      ['/a'],
    );
    assert.deepEqual(
      ignored.map((one) => one.path),
      ['provider.apiGateway.restApiId', 'provider.apiGateway.restApiRootResourceId'],
    );
  });

  for (const [type, request, paths] of [
    ['lambda-proxy', "template: { application/json: '{}' }, passThrough: NEVER", ['request.template', 'request.passThrough']],
    ['http-proxy', "uri: 'https://b.example', template: { application/json: '{}' }", ['request.template']],
    ['lambda', "uri: 'https://b.example'", ['request.uri']],
  ] as const) {
    test(`what ${type} does not use of a request is told as not used`, () => {
      const { ignored, problems } = read(event(`{ path: a, method: get, integration: ${type}, request: { ${request} } }`));
      assert.deepEqual(problems, []);
      assert.deepEqual(
        ignored.map((one) => one.path),
        paths.map((one) => `functions.*.events.http.${one}`),
      );
    });
  }

  test('a link of what is no HTTP backend is told as not used', () => {
    const { ignored } = read(event('{ path: a, method: get, connectionType: vpc-link, connectionId: abc }'));
    assert.deepEqual(
      ignored.map((one) => one.path),
      ['functions.*.events.http.connectionType', 'functions.*.events.http.connectionId'],
    );
  });

  test('what methods share has the place of the first event that uses it', () => {
    const cors = '{ RestApiId: !Ref ApiGatewayRestApi, ResponseType: DEFAULT_4XX }';
    const resources = `resources:\n  Resources:\n    Cors: { Type: AWS::ApiGateway::GatewayResponse, Properties: ${cors} }\n`;
    const { places } = read(
      `${event('{ path: a, method: get, authorizer: check, request: { schemas: { application/json: { type: object } } } }')}${resources}`,
    );
    const lines = Object.fromEntries([...places].map(([subject, place]) => [subject, place.line]));
    assert.deepEqual(
      [
        lines['http authorizer check'],
        lines['http model GetAApplicationJsonModel'],
        lines['http response DEFAULT_4XX'],
        lines['rest-api'],
      ],
      [5, 5, 8, 5],
      JSON.stringify(lines),
    );
  });

  test('a shared authorizer that no event names is told as not used', () => {
    const auth = '{ Type: REQUEST, RestApiId: !Ref ApiGatewayRestApi, IdentitySource: method.request.header.Auth }';
    const resources = `resources:\n  Resources:\n    Auth: { Type: AWS::ApiGateway::Authorizer, Properties: ${auth} }\n`;
    const { ignored, problems } = read(`${event('GET /a')}${resources}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      ignored.map((one) => one.path),
      ['resources: Auth'],
    );
  });

  test('a resource whose values are given is elsewhere', () => {
    const yml = `${event('{ path: a, method: get, authorizer: { arn: !GetAtt Pool.Arn } }')}resources:
  Resources:
    Pool: { Type: AWS::Cognito::UserPool }
`;
    const arn = 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abc';
    const { desired, ignored, problems } = read(yml, { params: new Map([['Pool.Arn', arn]]) });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      ignored.map((one) => one.path),
      ['resources: Pool'],
    );
    assert.deepEqual(desired?.restApi?.authorizers[0]?.providerARNs, [arn]);
  });

  for (const arn of ['!GetAtt CheckLambdaFunction.Arn', 'arn:aws:lambda:us-east-1:000000000000:function:s-dev-check']) {
    test(`a function of the file may be called as an authorizer by its ARN (${arn})`, () => {
      const { desired, problems } = read(event(`{ path: a, method: get, authorizer: { name: z, arn: ${arn} } }`));
      assert.deepEqual(problems, []);
      assert.equal(desired?.functions.find(({ key }) => key === 'check')?.calledByRestApi, true);
    });
  }

  test('settings of a REST API without http events are told as not used', () => {
    const yml = `${HEAD}provider: { name: aws, apiGateway: { restApiId: abc }, endpointType: REGIONAL }\nfunctions: { a: { handler: handler.a } }\n`;
    const { desired, ignored } = read(yml);
    assert.equal(desired?.restApi, undefined);
    assert.deepEqual(ignored.map((one) => one.path).sort(), ['provider.apiGateway', 'provider.endpointType']);
  });
});

describe('--lenient never opens a method', () => {
  for (const [desc, guard] of [
    ['with an authorizer of another API', 'authorizer: { authorizerId: x }'],
    ['with a shared authorizer that is not there', 'authorizer: { type: TOKEN, authorizerId: !Ref Nowhere }'],
    ['with a misspelt authorizer', 'autorizer: check'],
    ['with an authorizer that CloudFormation makes', 'authorizer: { arn: !GetAtt Pool.Arn }'],
  ] as const) {
    test(desc, () => {
      const { desired } = read(event(`{ path: a, method: get, ${guard} }`), { lenient: true });
      assert.deepEqual(desired?.restApi?.methods ?? [], []);
    });
  }

  for (const [desc, resource] of [
    ['an authorizer', 'ApiGatewayMethodAGet: { Type: AWS::ApiGateway::Method, Properties: { AuthorizationType: AWS_IAM } }'],
    ['an API key', 'ApiGatewayMethodAGet: { Type: AWS::ApiGateway::Method, Properties: { ApiKeyRequired: true } }'],
    ['a policy', 'ApiGatewayRestApi: { Type: AWS::ApiGateway::RestApi, Properties: { Policy: { Statement: [] } } }'],
  ] as const) {
    test(`to which a resource gives ${desc}`, () => {
      const { desired, problems } = read(`${event('GET /a')}resources:\n  Resources:\n    ${resource}\n`, { lenient: true });
      assert.equal(desired, undefined);
      assert.match(problems.map(({ what }) => what).join('\n'), /--lenient would leave that out and the route open/);
    });
  }

  test('another method that would answer instead is an error', () => {
    const yml = event("{ path: a, method: get, authorizer: { authorizerId: x } } }, { http: 'ANY /{all+}'");
    const { desired, problems } = read(yml, { lenient: true });
    assert.equal(desired, undefined);
    assert.match(problems.map(({ what }) => what).join('\n'), /GET \/a may be protected.*ANY \/\{all\+\}/);
  });
});
