// Function URLs as browsers and signed clients meet them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
  DeleteAliasCommand,
  DeleteFunctionUrlConfigCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { signRequest } from '../../src/aws/sigv4-sign.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, echoSource } from './deployed-api.ts';
import { type RawRequest, type RawResponse, rawRequest } from './raw-http.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  server = await startServer();
  clients = awsClients(server);
});
after(async () => {
  clients?.destroy();
  await server?.stop();
});

const FORBIDDEN = {
  Message:
    'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
};

/** Lets everybody use a function's URL. */
async function allowAll(name: string, qualifier?: string): Promise<void> {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      ...(qualifier !== undefined && { Qualifier: qualifier }),
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  );
}

/** A function with a URL for everybody; the URL's id. */
async function withUrl(
  name: string,
  source: string,
  settings: Partial<CreateFunctionUrlConfigCommandInput> = {},
): Promise<string> {
  await createFunction(clients, name, source);
  await allowAll(name);
  return urlOf(name, settings);
}

async function urlOf(name: string, settings: Partial<CreateFunctionUrlConfigCommandInput> = {}): Promise<string> {
  const { FunctionUrl } = await clients.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE', ...settings }),
  );
  const id = /^https:\/\/([a-z0-9]{32})\.lambda-url\.us-east-1\.on\.aws\/$/.exec(FunctionUrl ?? '')?.[1] ?? '';
  assert.notEqual(id, '', `${FunctionUrl} is no function URL`);
  return id;
}

const hostOf = (id: string): string => `${id}.lambda-url.us-east-1.on.aws`;
const ask = (id: string, request: Partial<RawRequest> = {}): Promise<RawResponse> =>
  rawRequest(server.port, { target: '/', host: hostOf(id), ...request });

describe('the event', () => {
  test('is payload 2.0, with what only URLs say', async () => {
    const id = await withUrl('echo', echoSource);
    const response = await ask(id, {
      method: 'POST',
      target: '/custom%20path/extend?test_param=test_value&multi=a&multi=%2Fb',
      headers: [
        ['Content-Type', 'text/plain'],
        ['ExTrA-HeadErs', 'With WeiRd CapS'],
        ['Cookie', 'a=1; b=2'],
        ['User-Agent', 'test/echo'],
      ],
      body: 'text',
    });
    assert.equal(response.status, 200, response.text());
    const { requestContext, headers, ...event } = response.json() as {
      requestContext: Record<string, unknown>;
      headers: Record<string, string>;
    };
    assert.deepEqual(event, {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/custom path/extend',
      rawQueryString: 'test_param=test_value&multi=a&multi=%2Fb',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { test_param: 'test_value', multi: 'a,/b' },
      body: 'text',
      isBase64Encoded: false,
    });
    assert.equal(headers['extra-headers'], 'With WeiRd CapS');
    assert.equal(headers['host'], hostOf(id));
    assert.match(headers['x-amzn-trace-id'] ?? '', /^Root=1-/);
    const { time, timeEpoch, requestId, ...context } = requestContext;
    assert.deepEqual(context, {
      accountId: 'anonymous',
      apiId: id,
      domainName: hostOf(id),
      domainPrefix: id,
      http: {
        method: 'POST',
        path: '/custom path/extend',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test/echo',
      },
      routeKey: '$default',
      stage: '$default',
    });
    assert.equal(typeof timeEpoch, 'number');
    assert.match(String(time), /^\d\d\/\w{3}\/\d{4}:/);
    // test_request_id_invoke_url: one id for the request and the invocation.
    assert.equal(response.header('x-amzn-RequestId'), requestId);
  });

  test('is the same by the path form, on both listeners', async () => {
    const id = await withUrl('paths', echoSource);
    for (const port of [server.port, server.controlPort]) {
      const response = await rawRequest(port, { target: `/_aws/lambda-url/${id}/a/b?c=d`, host: 'localhost' });
      assert.equal(response.status, 200, response.text());
      const { rawPath, requestContext } = response.json() as { rawPath: string; requestContext: { domainName: string } };
      assert.equal(rawPath, '/a/b');
      assert.equal(requestContext.domainName, hostOf(id));
    }
    assert.equal((await rawRequest(server.port, { target: '/', host: `${id}.lambda-url.localhost:${server.port}` })).status, 200);
    assert.equal((await rawRequest(server.port, { target: '/', host: `${id}.lambda-url.eu-west-1.on.aws` })).status, 403);
  });
});

describe('the answer', () => {
  const rows: readonly (readonly [desc: string, source: string, status: number, type: string, body: string])[] = [
    ['of a plain value', 'async () => ({ a: 1 })', 200, 'application/json', '{"a":1}'],
    ['with a status and no type', "async () => ({ statusCode: 201, body: 'made' })", 201, 'application/json', 'made'],
    ['with a type', "async () => ({ statusCode: 200, headers: { 'content-type': 'text/x' }, body: 'x' })", 200, 'text/x', 'x'],
    ['in base64', "async () => ({ statusCode: 200, body: 'aGk=', isBase64Encoded: true })", 200, 'application/json', 'hi'],
    ['that cannot be used', 'async () => ({ statusCode: 7 })', 502, 'application/json', 'Internal Server Error'],
    ['of a function that fails', "async () => { throw new Error('secret'); }", 502, 'application/json', 'Internal Server Error'],
  ];
  for (const [index, [desc, source, status, type, body]] of rows.entries()) {
    test(desc, async () => {
      const id = await withUrl(`answer-${index}`, `export const handler = ${source};`);
      const response = await ask(id);
      assert.deepEqual([response.status, response.header('content-type'), response.text()], [status, type, body]);
    });
  }

  test('of a function without capacity is 429', async () => {
    const id = await withUrl('full', echoSource);
    await clients.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'full', ReservedConcurrentExecutions: 0 }));
    const response = await ask(id);
    assert.deepEqual([response.status, response.header('x-amzn-ErrorType')], [429, 'TooManyRequestsException']);
  });

  test('to more than 6 MB is 413', async () => {
    const id = await withUrl('large', echoSource);
    assert.equal((await ask(id, { method: 'POST', body: Buffer.alloc(6_291_457) })).status, 413);
  });
});

describe('CORS', () => {
  test('a preflight is answered for the function, and its own headers are replaced', async () => {
    const id = await withUrl(
      'cors',
      "export const handler = async () => ({ statusCode: 200, headers: { 'access-control-allow-origin': 'https://evil' } });",
      {
        Cors: {
          AllowOrigins: ['https://a.example'],
          AllowMethods: ['GET'],
          AllowHeaders: ['x-own'],
          ExposeHeaders: ['x-shown'],
          AllowCredentials: true,
          MaxAge: 60,
        },
      },
    );
    const preflight = await ask(id, {
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    });
    assert.equal(preflight.status, 200);
    assert.equal(preflight.header('access-control-allow-origin'), 'https://a.example');
    assert.equal(preflight.header('access-control-allow-methods'), 'GET');
    assert.equal(preflight.header('access-control-max-age'), '60');
    const response = await ask(id, { headers: [['Origin', 'https://a.example']] });
    assert.deepEqual(response.all('access-control-allow-origin'), ['https://a.example']);
    assert.equal(response.header('access-control-expose-headers'), 'x-shown');
    const stranger = await ask(id, { headers: [['Origin', 'https://b.example']] });
    assert.deepEqual(stranger.all('access-control-allow-origin'), []);
  });
});

describe('who may', () => {
  test('nobody without a permission', async () => {
    await createFunction(clients, 'closed', echoSource);
    const response = await ask(await urlOf('closed'));
    assert.deepEqual([response.status, response.json()], [403, FORBIDDEN]);
    assert.equal(response.header('x-amzn-ErrorType'), 'AccessDeniedException');
  });

  test('an alias has a URL and a permission of its own; both go with it', async () => {
    await createFunction(clients, 'aliased', 'export const handler = async (event, context) => context.invokedFunctionArn;');
    await clients.lambda.send(new PublishVersionCommand({ FunctionName: 'aliased' }));
    await clients.lambda.send(new CreateAliasCommand({ FunctionName: 'aliased', Name: 'live', FunctionVersion: '1' }));
    const id = await urlOf('aliased', { Qualifier: 'live' });
    assert.equal((await ask(id)).status, 403);
    await allowAll('aliased', 'live');
    assert.match((await ask(id)).text(), /:function:aliased:live$/);
    await clients.lambda.send(new DeleteAliasCommand({ FunctionName: 'aliased', Name: 'live' }));
    const response = await ask(id);
    assert.deepEqual([response.status, response.json()], [403, FORBIDDEN]);
  });

  test('nobody when there is no such URL any more', async () => {
    const id = await withUrl('short', echoSource);
    assert.equal((await ask(id)).status, 200);
    await clients.lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'short' }));
    assert.deepEqual((await ask(id)).json(), FORBIDDEN);
  });
});

describe('AWS_IAM', () => {
  const data = temporaryFolder();
  let signed: StartedServer;
  let administrator: AwsClients;
  let host: string;
  let key: { readonly accessKeyId: string; readonly secretAccessKey: string };
  before(async () => {
    signed = await startServer({ auth: 'required', dataDirectory: data.folder });
    key = administratorKey(data.folder);
    administrator = awsClients(signed, key);
    await createFunction(administrator, 'signed', echoSource);
    const { FunctionUrl = '' } = await administrator.lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: 'signed', AuthType: 'AWS_IAM' }),
    );
    host = new URL(FunctionUrl).host;
  });
  after(async () => {
    administrator?.destroy();
    await signed?.stop();
    data.remove();
  });

  interface Key {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }
  /** Signs one body and sends, perhaps, another. */
  const send = async (by: Key | undefined, body = '{"a":1}', sent = body): Promise<RawResponse> => {
    const own = [
      ['Host', host],
      ['Content-Type', 'application/json'],
    ] as const;
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const added =
      by === undefined
        ? []
        : signRequest({ method: 'POST', path: '/x', query: '', rawHeaders: own.flat(), bodyHash }, by, {
            region: 'us-east-1',
            service: 'lambda',
            now: Date.now(),
          });
    return rawRequest(signed.port, { method: 'POST', target: '/x', host, headers: [own[1], ...added], body: sent });
  };
  const iamOf = (response: RawResponse): Record<string, unknown> =>
    (response.json() as { requestContext: { authorizer: { iam: Record<string, unknown> } } }).requestContext.authorizer.iam;
  const assertRefused = (response: RawResponse): void => assert.deepEqual([response.status, response.json()], [403, FORBIDDEN]);

  test('takes what the account’s administrator signed, and nothing else', async () => {
    const response = await send(key);
    assert.equal(response.status, 200, response.text());
    assert.equal(iamOf(response)['accessKey'], key.accessKeyId);
    assert.equal(iamOf(response)['userArn'], 'arn:aws:iam::000000000000:root');
    assertRefused(await send(undefined));
    assertRefused(await send({ ...key, secretAccessKey: 'wrong' }));
    assertRefused(await send(key, '{"a":1}', '{"a":2}'));
  });

  test('a user may when a policy of theirs says so, or the function’s', async () => {
    await administrator.iam.send(new CreateUserCommand({ UserName: 'anna' }));
    const { AccessKey } = await administrator.iam.send(new CreateAccessKeyCommand({ UserName: 'anna' }));
    const anna = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    assertRefused(await send(anna));
    await administrator.iam.send(
      new PutUserPolicyCommand({ UserName: 'anna', PolicyName: 'url', PolicyDocument: JSON.stringify(mayCall) }),
    );
    const response = await send(anna);
    assert.equal(response.status, 200, response.text());
    assert.equal(iamOf(response)['userArn'], 'arn:aws:iam::000000000000:user/anna');
    assert.match(String(iamOf(response)['userId']), /^AIDA/);
    assertRefused(await send({ ...anna, secretAccessKey: 'wrong' }));
    await administrator.iam.send(new DeleteUserPolicyCommand({ UserName: 'anna', PolicyName: 'url' }));
    assertRefused(await send(anna));
    await administrator.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'signed',
        StatementId: 'anna',
        Action: 'lambda:InvokeFunctionUrl',
        Principal: 'arn:aws:iam::000000000000:user/anna',
        FunctionUrlAuthType: 'AWS_IAM',
      }),
    );
    assert.equal((await send(anna)).status, 200);
  });

  test('a role’s session may when the role’s policies say so', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await administrator.iam.send(
      new CreateRoleCommand({ RoleName: 'caller', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const { Credentials } = await administrator.sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'me' }));
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    assertRefused(await send(session));
    await administrator.iam.send(
      new PutRolePolicyCommand({ RoleName: 'caller', PolicyName: 'url', PolicyDocument: JSON.stringify(mayCall) }),
    );
    const response = await send(session);
    assert.equal(response.status, 200, response.text());
    assert.equal(iamOf(response)['userArn'], 'arn:aws:sts::000000000000:assumed-role/caller/me');
    assertRefused(await send({ accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey }));
  });
});

const mayCall = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunctionUrl', Resource: '*' }],
};
