// Routing rules of domain names driven by the AWS SDK for JavaScript through v1 and v2, and the traffic that they lead.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand as CreateDomainNameOfV1Command,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetDomainNameCommand as GetDomainNameOfV1Command,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateDomainNameCommand as UpdateDomainNameOfV1Command,
} from '@aws-sdk/client-api-gateway';
import {
  BadRequestException,
  ConflictException,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateRoutingRuleCommand,
  type CreateRoutingRuleCommandInput,
  DeleteRoutingRuleCommand,
  GetDomainNameCommand,
  GetRoutingRuleCommand,
  ListRoutingRulesCommand,
  NotFoundException,
  PutRoutingRuleCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const certificate = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';
const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let blue = '';
let green = '';

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  blue = await makeApi('blue');
  green = await makeApi('green');
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

/** Every path answers with the API's name, the resource that was matched and the path as it came. */
async function makeApi(name: string): Promise<string> {
  const { restApis } = clients;
  const api = await restApis.send(new CreateRestApiCommand({ name, endpointConfiguration: { types: ['REGIONAL'] } }));
  const restApiId = api.id ?? '';
  const child = await restApis.send(new CreateResourceCommand({ restApiId, parentId: api.rootResourceId, pathPart: '{proxy+}' }));
  for (const resourceId of [api.rootResourceId, child.id]) {
    const at = { restApiId, resourceId, httpMethod: 'ANY' };
    await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates }));
    await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
    const responseTemplates = { 'application/json': `${name} $input.params('proxy') $context.path` };
    await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200', responseTemplates }));
  }
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  return restApiId;
}

async function get(host: string, target: string, headers: [string, string][] = [], port = server.port): Promise<string> {
  const response = await rawRequest(port, { target, host, headers });
  return response.status === 200 ? response.text() : `${response.status} ${response.text()}`;
}
const forbidden = '403 {"message":"Forbidden"}';

type Rule = Partial<CreateRoutingRuleCommandInput>;
const basePath = (path: string) => ({ MatchBasePaths: { AnyOf: [path] } });
const header = (Header: string, ValueGlob: string) => ({ MatchHeaders: { AnyOf: [{ Header, ValueGlob }] } });
const to = (ApiId: string, StripBasePath?: boolean) => [{ InvokeApi: { ApiId, Stage: 'prod', StripBasePath } }];

const makeDomain = (DomainName: string, RoutingMode: 'ROUTING_RULE_ONLY' | 'ROUTING_RULE_THEN_API_MAPPING') =>
  clients.apis.send(
    new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [{ CertificateArn: certificate }], RoutingMode }),
  );
const makeRule = (DomainName: string, rule: Rule) =>
  clients.apis.send(new CreateRoutingRuleCommand({ DomainName, Priority: 1, Conditions: [], Actions: to(blue), ...rule }));

describe('traffic by routing rules', () => {
  test('goes by header, base path and priority, on both listeners, also after a restart', async () => {
    const domain = 'rules.shop.test';
    const made = await makeDomain(domain, 'ROUTING_RULE_ONLY');
    assert.equal(made.RoutingMode, 'ROUTING_RULE_ONLY');
    assert.equal(await get(domain, '/'), forbidden);
    const conditions = [header('X-Version', 'beta*'), basePath('shop/v1')];
    const rule = await makeRule(domain, { Priority: 20, Conditions: conditions, Actions: to(green, true) });
    assert.equal(rule.$metadata.httpStatusCode, 201);
    assert.equal(
      rule.RoutingRuleArn,
      `arn:aws:apigateway:us-east-1:000000000000:/domainnames/${domain}/routingrules/${rule.RoutingRuleId}`,
    );
    await makeRule(domain, { Priority: 100, Conditions: [basePath('shop')] });
    const check = async () => {
      const beta: [string, string][] = [['x-version', 'beta-7']];
      for (const port of [server.port, server.controlPort]) {
        assert.equal(await get(domain, '/shop/v1/pets', beta, port), 'green pets /shop/v1/pets');
        assert.equal(await get(domain, '/shop/v1', beta, port), 'green  /shop/v1');
        assert.equal(await get(domain, '/shop/v1/pets', [], port), 'blue shop/v1/pets /shop/v1/pets');
        assert.equal(await get(domain, '/shop/v2', beta, port), 'blue shop/v2 /shop/v2');
        assert.equal(await get(domain, '/Shop/v1', beta, port), forbidden);
      }
    };
    await check();
    await server.stop();
    clients.destroy();
    server = await startServer({ dataDirectory: data.folder });
    clients = awsClients(server);
    await check();
  });

  test('follows every change at once', async () => {
    const DomainName = 'changes.shop.test';
    const { apis } = clients;
    await makeDomain(DomainName, 'ROUTING_RULE_THEN_API_MAPPING');
    await apis.send(new CreateApiMappingCommand({ DomainName, ApiId: green, Stage: 'prod', ApiMappingKey: 'green' }));
    assert.equal(await get(DomainName, '/green/x'), 'green x /green/x');
    const { RoutingRuleId } = await makeRule(DomainName, { Conditions: [basePath('green')] });
    assert.equal(await get(DomainName, '/green/x'), 'blue green/x /green/x');
    const put = { DomainName, RoutingRuleId, Priority: 2, Actions: to(blue), Conditions: [basePath('blue')] };
    await apis.send(new PutRoutingRuleCommand(put));
    assert.equal(await get(DomainName, '/green/x'), 'green x /green/x');
    assert.equal(await get(DomainName, '/blue'), 'blue blue /blue');
    await apis.send(new UpdateDomainNameCommand({ DomainName, RoutingMode: 'ROUTING_RULE_ONLY' }));
    assert.equal(await get(DomainName, '/green/x'), forbidden);
    await apis.send(new UpdateDomainNameCommand({ DomainName, RoutingMode: 'API_MAPPING_ONLY' }));
    assert.equal(await get(DomainName, '/blue'), forbidden);
    assert.equal(await get(DomainName, '/green/x'), 'green x /green/x');
    await apis.send(new UpdateDomainNameCommand({ DomainName, RoutingMode: 'ROUTING_RULE_ONLY' }));
    assert.equal(await get(DomainName, '/blue'), 'blue blue /blue');
    assert.equal((await apis.send(new DeleteRoutingRuleCommand({ DomainName, RoutingRuleId }))).$metadata.httpStatusCode, 204);
    assert.equal(await get(DomainName, '/blue'), forbidden);
  });

  // Example 4 of the developer guide.
  test('tells the hosts of a wildcard name apart', async () => {
    const domain = '*.hosts.test';
    await makeDomain(domain, 'ROUTING_RULE_ONLY');
    await makeRule(domain, { Priority: 10, Conditions: [header('Host', 'a.hosts.test')], Actions: to(green) });
    await makeRule(domain, { Priority: 500 });
    assert.equal(await get('a.hosts.test:8080', '/x'), 'green x /x');
    assert.equal(await get('b.hosts.test', '/x'), 'blue x /x');
  });

  test('an edge-optimized name of v1 has them, too', async () => {
    const domainName = 'edge.rules.test';
    const { restApis, apis } = clients;
    const routingMode = 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' as const;
    const made = await restApis.send(new CreateDomainNameOfV1Command({ domainName, certificateArn: certificate, routingMode }));
    assert.equal(made.routingMode, routingMode);
    await restApis.send(new CreateBasePathMappingCommand({ domainName, restApiId: green, stage: 'prod' }));
    await makeRule(domainName, { Conditions: [basePath('blue')] });
    assert.equal(await get(domainName, '/blue/x'), 'blue blue/x /blue/x');
    assert.equal(await get(domainName, '/x'), 'green x /x');
    const shown = await apis.send(new GetDomainNameCommand({ DomainName: domainName }));
    assert.equal(shown.RoutingMode, 'ROUTING_RULE_THEN_API_MAPPING');
    const patchOperations = [{ op: 'replace' as const, path: '/routingMode', value: 'BASE_PATH_MAPPING_ONLY' }];
    await restApis.send(new UpdateDomainNameOfV1Command({ domainName, patchOperations }));
    assert.equal((await restApis.send(new GetDomainNameOfV1Command({ domainName }))).routingMode, 'BASE_PATH_MAPPING_ONLY');
    assert.equal(await get(domainName, '/blue/x'), 'green blue/x /blue/x');
  });
});

test('rules are read, listed by pages, and errors have the types of the SDK', async () => {
  const DomainName = 'errors.rules.test';
  const { apis, restApis } = clients;
  await makeDomain(DomainName, 'ROUTING_RULE_ONLY');
  for (const Priority of [300, 20, 1]) await makeRule(DomainName, { Priority });
  const found: (number | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await apis.send(new ListRoutingRulesCommand({ DomainName, MaxResults: 1, NextToken }));
    found.push(...(page.RoutingRules ?? []).map(({ Priority }) => Priority));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.deepEqual(found, [1, 20, 300]);
  await assert.rejects(makeRule(DomainName, { Priority: 20 }), ConflictException);
  await assert.rejects(makeRule(DomainName, { Priority: 2_000_000 }), BadRequestException);
  await assert.rejects(makeRule(DomainName, { Priority: 2, Conditions: [header('Via', 'x')] }), BadRequestException);
  await assert.rejects(makeRule('none.test', {}), NotFoundException);
  await assert.rejects(apis.send(new GetRoutingRuleCommand({ DomainName, RoutingRuleId: 'none12' })), NotFoundException);
  await assert.rejects(restApis.send(new DeleteRestApiCommand({ restApiId: blue })), /errors\.rules\.test/);
});
