import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { awsError, functionArn, type GatewayUnderTest, gatewayUnderTest } from '../apigatewayv2/gateway-under-test.ts';
import type { Input } from '../apigatewayv2/service.ts';

async function exported({ call }: GatewayUnderTest, ApiId: string, more: Partial<Input<'ExportApi'>> = {}): Promise<string> {
  const { body } = await call('ExportApi', { ApiId, Specification: 'OAS30', OutputType: 'JSON', ...more });
  return Buffer.from(body).toString('utf8');
}

/** Everything about an API that an export carries, with ids replaced by what they stand for. */
async function definitionOf({ call }: GatewayUnderTest, ApiId: string): Promise<unknown> {
  const api = await call('GetApi', { ApiId });
  const integrations = new Map(
    (await call('GetIntegrations', { ApiId })).Items.map(({ IntegrationId, ...rest }) => [`integrations/${IntegrationId}`, rest]),
  );
  const routes = (await call('GetRoutes', { ApiId })).Items.map(({ RouteId: _, Target, ...rest }) => ({
    ...rest,
    integration: integrations.get(Target ?? ''),
  }));
  const { Name, Description, Version, CorsConfiguration, Tags, DisableExecuteApiEndpoint } = api;
  return {
    api: { Name, Description, Version, CorsConfiguration, Tags, DisableExecuteApiEndpoint },
    integrations: new Set((await call('GetRoutes', { ApiId })).Items.map(({ Target }) => Target)).size,
    routes: routes.sort((a, b) => ((a.RouteKey ?? '') < (b.RouteKey ?? '') ? -1 : 1)),
  };
}

describe('ExportApi', () => {
  test('200: the document of a small API', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { ApiId } = await call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', Version: 'v1', Tags: { team: 'north' } });
    const { IntegrationId } = await call('CreateIntegration', {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
      PayloadFormatVersion: '2.0',
    });
    const Target = `integrations/${IntegrationId}`;
    await call('CreateRoute', { ApiId, RouteKey: 'GET /pets/{id}/{rest+}', Target, OperationName: 'getPet' });
    await call('CreateRoute', { ApiId, RouteKey: '$default', Target });
    await call('CreateRoute', { ApiId, RouteKey: 'ANY /bare' });
    const shared = { $ref: `#/components/x-amazon-apigateway-integrations/${IntegrationId}` };
    const parameter = (name: string) => ({
      name,
      in: 'path',
      description: `Generated path parameter for ${name}`,
      required: true,
      schema: { type: 'string' },
    });
    const expected = {
      openapi: '3.0.1',
      info: { title: 'pets', version: 'v1' },
      servers: [
        {
          url: `https://${ApiId}.execute-api.eu-west-1.amazonaws.com/{basePath}`,
          variables: { basePath: { default: '' } },
        },
      ],
      tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'north' }],
      paths: {
        '/$default': {
          'x-amazon-apigateway-any-method': {
            isDefaultRoute: true,
            responses: { default: { description: 'Default response for $default' } },
            'x-amazon-apigateway-integration': shared,
          },
        },
        '/bare': {
          'x-amazon-apigateway-any-method': { responses: { default: { description: 'Default response for ANY /bare' } } },
        },
        '/pets/{id}/{rest+}': {
          get: {
            operationId: 'getPet',
            parameters: [parameter('id'), parameter('rest')],
            responses: { default: { description: 'Default response for GET /pets/{id}/{rest+}' } },
            'x-amazon-apigateway-integration': shared,
          },
        },
      },
      components: {
        'x-amazon-apigateway-integrations': {
          [IntegrationId]: {
            payloadFormatVersion: '2.0',
            type: 'aws_proxy',
            httpMethod: 'POST',
            uri: functionArn,
            connectionType: 'INTERNET',
            timeoutInMillis: 30_000,
          },
        },
      },
      'x-amazon-apigateway-importexport-version': '1.0',
    };
    assert.deepEqual(JSON.parse(await exported(gateway, ApiId)), expected);
    assert.deepEqual(parse(await exported(gateway, ApiId, { OutputType: 'YAML' })), expected);

    const plain = JSON.parse(await exported(gateway, ApiId, { IncludeExtensions: false })) as { paths: object };
    assert.deepEqual(Object.keys(plain.paths), ['/pets/{id}/{rest+}']);
    assert.ok(!JSON.stringify(plain).includes('x-amazon'), JSON.stringify(plain));
  });

  test('200 of a stage: what it serves, not what was changed since', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const ApiId = await gateway.apiWithRoutes('GET /a');
    const { DeploymentId } = await call('CreateDeployment', { ApiId });
    await call('CreateStage', { ApiId, StageName: 'prod', DeploymentId });
    await call('CreateStage', { ApiId, StageName: 'bare' });
    await call('CreateRoute', { ApiId, RouteKey: 'GET /b' });
    const document = JSON.parse(await exported(gateway, ApiId, { StageName: 'prod' }));
    assert.deepEqual(Object.keys(document.paths), ['/a']);
    assert.equal(document.servers[0].variables.basePath.default, 'prod');
    assert.deepEqual(Object.keys(JSON.parse(await exported(gateway, ApiId)).paths), ['/a', '/b']);
    await assert.rejects(exported(gateway, ApiId, { StageName: 'none' }), awsError('NotFoundException', /stage/));
    await assert.rejects(exported(gateway, ApiId, { StageName: 'bare' }), awsError('BadRequestException', /no deployment/));
  });

  const refused: [input: Partial<Input<'ExportApi'>>, message: RegExp][] = [
    [{ Specification: 'OAS20' }, /must be OAS30/],
    [{ OutputType: 'XML' }, /JSON, YAML/],
    [{ ExportVersion: '2.0' }, /must be 1\.0/],
  ];
  for (const [input, message] of refused) {
    test(`BadRequestException for ${JSON.stringify(input)}`, async () => {
      const gateway = gatewayUnderTest();
      const ApiId = await gateway.apiWithRoutes('GET /a');
      await assert.rejects(exported(gateway, ApiId, input), awsError('BadRequestException', message));
    });
  }

  test('NotFoundException for an API that is not there', async () => {
    await assert.rejects(exported(gatewayUnderTest(), 'none'), awsError('NotFoundException', /API identifier/));
  });
});

/** A generator of numbers that a seed decides (mulberry32). */
function numbersOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** An API that a seed decides: names with everything a name may hold, shared and own integrations, CORS or none. */
async function generatedApi({ call }: GatewayUnderTest, seed: number): Promise<string> {
  const number = numbersOf(seed);
  const pick = <T>(of: readonly T[]): T => of[number(of.length)] as T;
  const maybe = <T>(value: T): T | undefined => (number(2) === 0 ? value : undefined);
  const text = () =>
    pick(['pets', 'true', '2.0', '0x10', 'null', '- a: b', "it's", 'ünïcode ✓', '#hash', 'a: {b}', '~', '1e3', '=']);
  const { ApiId } = await call('CreateApi', {
    Name: text(),
    ProtocolType: 'HTTP',
    Description: maybe(text()),
    Version: text(),
    DisableExecuteApiEndpoint: maybe(true),
    Tags: maybe({ [text()]: text(), '<<': text() }),
    CorsConfiguration: maybe({
      AllowCredentials: maybe(true),
      AllowHeaders: maybe(['content-type', 'x-a']),
      AllowMethods: maybe(['*']),
      AllowOrigins: maybe(['https://shop.example']),
      ExposeHeaders: maybe(['x-total']),
      MaxAge: maybe(number(1000) - 1),
    }),
  });
  const targets: (string | undefined)[] = [undefined];
  for (let i = 0; i < 3; i++) {
    const { IntegrationId } = await call(
      'CreateIntegration',
      number(2) === 0
        ? {
            ApiId,
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: functionArn,
            PayloadFormatVersion: pick(['1.0', '2.0']),
            CredentialsArn: maybe(pick(['arn:aws:iam::111122223333:role/gateway', 'arn:aws:iam::*:user/*'])),
          }
        : {
            ApiId,
            IntegrationType: 'HTTP_PROXY',
            IntegrationMethod: pick(['ANY', 'GET', 'PATCH']),
            IntegrationUri: `http://backend.example/${i}/{proxy}?a=\${stageVariables.v}`,
            TimeoutInMillis: 50 + number(29_000),
            Description: maybe(text()),
          },
    );
    targets.push(`integrations/${IntegrationId}`);
  }
  const paths = ['/', '/a', '/a/{b}', '/a/{b}/{proxy+}', '/{proxy+}', '/%7Euser', "/$-_.+!*'()"];
  const keys = new Set(Array.from({ length: 12 }, () => `${pick(['GET', 'ANY', 'POST', 'HEAD', 'OPTIONS'])} ${pick(paths)}`));
  if (number(2) === 0) keys.add('$default');
  for (const RouteKey of keys)
    await call('CreateRoute', { ApiId, RouteKey, Target: pick(targets), OperationName: maybe(text()) });
  return ApiId;
}

describe('an export that is imported again', () => {
  for (let seed = 1; seed <= 40; seed++) {
    test(`makes the same API, as JSON and as YAML (seed ${seed})`, async () => {
      const gateway = gatewayUnderTest();
      const ApiId = await generatedApi(gateway, seed);
      const definition = await definitionOf(gateway, ApiId);
      for (const OutputType of ['JSON', 'YAML']) {
        const Body = await exported(gateway, ApiId, { OutputType });
        const again = await gateway.call('ImportApi', { Body, FailOnWarnings: true });
        assert.deepEqual(await definitionOf(gateway, again.ApiId), definition, Body);
        await gateway.call('ReimportApi', { ApiId: again.ApiId, Body, FailOnWarnings: true });
        assert.deepEqual(await definitionOf(gateway, again.ApiId), definition, Body);
      }
    });
  }
});
