// Private domain names of REST APIs driven by the AWS SDK for JavaScript: who reaches them, through which VPC endpoint, and by which policy.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameAccessAssociationCommand,
  CreateDomainNameCommand,
  CreateRestApiCommand,
  DeleteDomainNameAccessAssociationCommand,
  DeleteDomainNameCommand,
  GetBasePathMappingCommand,
  GetDomainNameAccessAssociationsCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
  GetTagsCommand,
  NotFoundException,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  RejectDomainNameAccessAssociationCommand,
  TagResourceCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import { CreateRoutingRuleCommand, ListRoutingRulesCommand } from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account } from './deployed-api.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';
const domainName = 'private.shop.test';
const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;

const start = async () => {
  server = await startServer({
    dataDirectory: data.folder,
    arguments: ['--vpc-endpoint', 'vpce-0one=vpc-0x,127.0.0.1', '--vpc-endpoint', 'vpce-0two=127.0.0.2/32'],
  });
  clients = awsClients(server);
};

before(start);

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

const policyOf = (Condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
        ...(Condition === undefined ? {} : { Condition }),
      },
    ],
  });

/** Answers with its name, the VPC endpoint and the host. */
async function makeApi(name: string): Promise<string> {
  const { restApis } = clients;
  const { id: restApiId = '', rootResourceId: resourceId } = await restApis.send(
    new CreateRestApiCommand({ name, endpointConfiguration: { types: ['PRIVATE'] }, policy: policyOf() }),
  );
  const at = { restApiId, resourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  const requestTemplates = { 'application/json': '{"statusCode": 200}' };
  await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates }));
  await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
  const responseTemplates = { 'application/json': `${name} $context.identity.vpceId $context.domainName` };
  await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200', responseTemplates }));
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  return restApiId;
}

function get(path: string, from = '127.0.0.1', port = server.port): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, localAddress: from, path, headers: { host: domainName }, agent: false };
    const request = http.get(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : `${response.statusCode} ${text}`));
    });
    request.on('error', reject);
  });
}
const forbidden = '403 {"message":"Forbidden"}';

const makeDomain = (policy?: string) =>
  clients.restApis.send(
    new CreateDomainNameCommand({ domainName, certificateArn, policy, endpointConfiguration: { types: ['PRIVATE'] } }),
  );
const associate = (domainNameArn: string | undefined, accessAssociationSource: string) =>
  clients.restApis.send(
    new CreateDomainNameAccessAssociationCommand({ domainNameArn, accessAssociationSource, accessAssociationSourceType: 'VPCE' }),
  );

let domainNameId: string | undefined;
let domainNameArn: string | undefined;
let restApiId = '';

test('a private name is made, mapped and associated, and each of them is needed', async () => {
  const { restApis } = clients;
  restApiId = await makeApi('one');
  const made = await makeDomain();
  assert.equal(made.$metadata.httpStatusCode, 201);
  ({ domainNameId, domainNameArn } = made);
  assert.equal(domainNameArn, `arn:aws:apigateway:us-east-1:${account}:/domainnames/${domainName}+${domainNameId}`);
  assert.deepEqual(made.endpointConfiguration, { types: ['PRIVATE'], ipAddressType: 'dualstack' });
  assert.equal(await get('/shop'), forbidden);
  const { domainNameAccessAssociationArn, $metadata } = await associate(domainNameArn, 'vpce-0one');
  assert.equal($metadata.httpStatusCode, 201);
  // There is no policy yet.
  assert.match(await get('/shop'), /^403 .*\/domainnames\/private\.shop\.test\+/);
  const patchOperations = [{ op: 'replace' as const, path: '/policy', value: policyOf() }];
  const updated = await restApis.send(new UpdateDomainNameCommand({ domainName, domainNameId, patchOperations }));
  assert.match(updated.policy ?? '', /arn:aws:execute-api:us-east-1:000000000000:\/domainnames\/private\.shop\.test\+/);
  assert.equal(await get('/shop'), forbidden);
  await restApis.send(new CreateBasePathMappingCommand({ domainName, domainNameId, restApiId, basePath: 'shop', stage: 'prod' }));
  for (const port of [server.port, server.controlPort]) {
    assert.equal(await get('/shop', '127.0.0.1', port), `one vpce-0one ${domainName}`);
    assert.equal(await get('/other', '127.0.0.1', port), forbidden);
    assert.equal(await get('/shop', '127.0.0.2', port), forbidden);
  }
  const told =
    server.output().split(`A request for the private domain name ${domainName} came through no VPC endpoint`).length - 1;
  assert.equal(told, 1, server.output());

  const { items } = await restApis.send(new GetDomainNameAccessAssociationsCommand({ resourceOwner: 'SELF' }));
  assert.deepEqual(
    items?.map((item) => item.domainNameAccessAssociationArn),
    [domainNameAccessAssociationArn],
  );
  for (const resourceArn of [domainNameArn, domainNameAccessAssociationArn]) {
    await restApis.send(new TagResourceCommand({ resourceArn, tags: { team: 'north' } }));
    assert.deepEqual((await restApis.send(new GetTagsCommand({ resourceArn }))).tags, { team: 'north' });
  }
});

test('its policy decides at once, by the endpoint and its network', async () => {
  const answers = async (Condition: object) => {
    const patchOperations = [{ op: 'replace' as const, path: '/policy', value: policyOf(Condition) }];
    await clients.restApis.send(new UpdateDomainNameCommand({ domainName, domainNameId, patchOperations }));
    return (await get('/shop')).slice(0, 3);
  };
  assert.equal(await answers({ StringEquals: { 'aws:SourceVpce': 'vpce-0two' } }), '403');
  assert.equal(await answers({ StringEquals: { 'aws:SourceVpc': 'vpc-0x' } }), 'one');
  assert.equal(await answers({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }), '403');
  assert.equal(await answers({ IpAddress: { 'aws:VpcSourceIp': '127.0.0.0/8' } }), 'one');
});

test('two names that are called the same are told apart by the endpoint, also after a restart; one has a routing rule', async () => {
  const other = await makeDomain(policyOf());
  const ApiId = await makeApi('two');
  const mode = [{ op: 'replace' as const, path: '/routingMode', value: 'ROUTING_RULE_ONLY' }];
  const named = { domainName, domainNameId: other.domainNameId };
  await clients.restApis.send(new UpdateDomainNameCommand({ ...named, patchOperations: mode }));
  const rules = { DomainName: domainName, DomainNameId: other.domainNameId };
  const Actions = [{ InvokeApi: { ApiId, Stage: 'prod', StripBasePath: true } }];
  const Conditions = [{ MatchBasePaths: { AnyOf: ['shop/two'] } }];
  await clients.apis.send(new CreateRoutingRuleCommand({ ...rules, Priority: 1, Conditions, Actions }));
  await assert.rejects(associate(other.domainNameArn, 'vpce-0one'), ConflictException);
  await associate(other.domainNameArn, 'vpce-0two');
  const check = async () => {
    assert.equal(await get('/shop'), `one vpce-0one ${domainName}`);
    assert.equal(await get('/shop/two', '127.0.0.2'), `two vpce-0two ${domainName}`);
    assert.equal(await get('/shop', '127.0.0.2'), forbidden);
    assert.equal(await get('/shop', '127.0.0.3'), forbidden);
  };
  await check();
  clients.destroy();
  await server.stop();
  await start();
  await check();
  const listed = await clients.apis.send(new ListRoutingRulesCommand(rules));
  assert.deepEqual(listed.RoutingRules?.[0]?.Conditions, Conditions);
  await clients.restApis.send(new DeleteDomainNameCommand(named));
  assert.equal(await get('/shop/two', '127.0.0.2'), forbidden);
});

test('an endpoint that nobody described is open to this machine while any key is taken', async () => {
  const { domainNameAccessAssociationArn } = await associate(domainNameArn, 'vpce-0guest');
  assert.equal(await get('/shop', '127.0.0.3'), `one vpce-0guest ${domainName}`);
  const { restApis } = clients;
  const deleted = await restApis.send(new DeleteDomainNameAccessAssociationCommand({ domainNameAccessAssociationArn }));
  assert.equal(deleted.$metadata.httpStatusCode, 202);
  assert.equal(await get('/shop', '127.0.0.3'), forbidden);
});

test('a public name that is called the same is for everybody else', async () => {
  await clients.restApis.send(
    new CreateDomainNameCommand({
      ...{ domainName, regionalCertificateArn: certificateArn, endpointConfiguration: { types: ['REGIONAL'] } },
    }),
  );
  assert.equal(await get('/shop', '127.0.0.3'), '404 {"message":"Not Found"}');
  assert.equal(await get('/shop'), `one vpce-0one ${domainName}`);
  await clients.restApis.send(new DeleteDomainNameCommand({ domainName }));
  assert.equal(await get('/shop'), `one vpce-0one ${domainName}`);
});

test('errors have the types of the SDK', async () => {
  const { restApis } = clients;
  await assert.rejects(restApis.send(new GetDomainNameCommand({ domainName })), NotFoundException);
  assert.equal((await restApis.send(new GetDomainNameCommand({ domainName, domainNameId }))).domainName, domainName);
  const mapping = await restApis.send(new GetBasePathMappingCommand({ domainName, domainNameId, basePath: 'shop' }));
  assert.equal(mapping.restApiId, restApiId);
  assert.deepEqual((await restApis.send(new GetDomainNamesCommand({ resourceOwner: 'OTHER_ACCOUNTS' }))).items, []);
  await assert.rejects(associate(domainNameArn, 'eni-1'), BadRequestException);
  await assert.rejects(associate(`${domainNameArn}x`, 'vpce-0two'), NotFoundException);
  const { items = [] } = await restApis.send(new GetDomainNameAccessAssociationsCommand({}));
  const { domainNameAccessAssociationArn } = items[0] ?? {};
  await assert.rejects(
    restApis.send(new RejectDomainNameAccessAssociationCommand({ domainNameAccessAssociationArn, domainNameArn })),
    BadRequestException,
  );
});
