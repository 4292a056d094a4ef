// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for stage variables, not templates
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, functionArn, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import type { Input } from './service.ts';

type Sent = Omit<Input<'CreateIntegration'>, 'ApiId'>;

const lambda: Sent = { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn, PayloadFormatVersion: '2.0' };
const web: Sent = {
  IntegrationType: 'HTTP_PROXY',
  IntegrationUri: 'https://backend.example/api/{proxy}',
  IntegrationMethod: 'ANY',
};
const sqs = {
  IntegrationType: 'AWS_PROXY',
  IntegrationSubtype: 'SQS-SendMessage',
  PayloadFormatVersion: '1.0',
  CredentialsArn: 'arn:aws:iam::111122223333:role/apigw-sqs',
  RequestParameters: { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs', MessageBody: '$request.body' },
} satisfies Sent;
const listenerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/50dc6c495c0c9188/0467ef3c8400ae65';
const privateWeb: Sent = {
  IntegrationType: 'HTTP_PROXY',
  IntegrationMethod: 'ANY',
  ConnectionType: 'VPC_LINK',
  ConnectionId: 'abc123',
  IntegrationUri: listenerArn,
};
const invocationArn = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

describe('CreateIntegration › 201', () => {
  test('Lambda: POST is filled in, members as recorded', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const integration = await call('CreateIntegration', { ApiId, ...lambda });
    assert.match(integration.IntegrationId ?? '', /^[a-z0-9]{7}$/);
    const recorded = {
      connectionType: 'INTERNET',
      integrationId: integration.IntegrationId,
      integrationMethod: 'POST',
      integrationType: 'AWS_PROXY',
      integrationUri: 'arn:aws:lambda:eu-west-1:111122223333:function:orders',
      payloadFormatVersion: '2.0',
      timeoutInMillis: 30000,
    };
    assert.deepEqual(onTheWire(integration), recorded);
    assert.deepEqual(Object.keys(onTheWire(integration)), Object.keys(recorded));
    assert.deepEqual(await call('GetIntegration', { ApiId, IntegrationId: integration.IntegrationId }), integration);
  });

  test('HTTP: version 1.0 and 30 seconds are filled in, members as recorded', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const integration = await call('CreateIntegration', { ApiId, ...web });
    assert.deepEqual(onTheWire(integration), {
      connectionType: 'INTERNET',
      integrationId: integration.IntegrationId,
      integrationMethod: 'ANY',
      integrationType: 'HTTP_PROXY',
      integrationUri: 'https://backend.example/api/{proxy}',
      payloadFormatVersion: '1.0',
      timeoutInMillis: 30000,
    });
  });

  test('what Terraform sends with every integration is taken', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const integration = await call('CreateIntegration', {
      ApiId,
      ...lambda,
      ConnectionType: 'INTERNET',
      PassthroughBehavior: 'WHEN_NO_MATCH',
      PayloadFormatVersion: '1.0',
      RequestParameters: {},
      TlsConfig: {},
    });
    assert.ok(!Object.hasOwn(integration, 'PassthroughBehavior'));
    assert.equal(integration.PayloadFormatVersion, '1.0');
  });

  test('an AWS service: members as recorded', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const integration = await call('CreateIntegration', { ApiId, ...sqs });
    assert.deepEqual(onTheWire(integration), {
      connectionType: 'INTERNET',
      credentialsArn: 'arn:aws:iam::111122223333:role/apigw-sqs',
      integrationId: integration.IntegrationId,
      integrationSubtype: 'SQS-SendMessage',
      integrationType: 'AWS_PROXY',
      payloadFormatVersion: '1.0',
      requestParameters: sqs.RequestParameters,
      timeoutInMillis: 30000,
    });
    const { IntegrationId } = integration;
    const RequestParameters = { MessageGroupId: '$context.requestId' };
    const updated = await call('UpdateIntegration', { ApiId, IntegrationId, RequestParameters });
    assert.deepEqual(updated.RequestParameters, { ...sqs.RequestParameters, ...RequestParameters });
    await assert.rejects(
      call('UpdateIntegration', { ApiId, IntegrationId, RequestParameters: { MessageBody: '' } }),
      awsError('BadRequestException', /requires enabling passthrough/),
    );
  });

  test('a private integration: members as recorded', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const { VpcLinkId: ConnectionId } = await call('CreateVpcLink', { Name: 'inside', SubnetIds: ['subnet-a'] });
    const TlsConfig = { ServerNameToVerify: 'internal.example' };
    const integration = await call('CreateIntegration', { ApiId, ...privateWeb, ConnectionId, TlsConfig });
    assert.deepEqual(onTheWire(integration), {
      connectionId: ConnectionId,
      connectionType: 'VPC_LINK',
      integrationId: integration.IntegrationId,
      integrationMethod: 'ANY',
      integrationType: 'HTTP_PROXY',
      integrationUri: listenerArn,
      payloadFormatVersion: '1.0',
      timeoutInMillis: 30000,
      tlsConfig: { ServerNameToVerify: 'internal.example' },
    });
    const { IntegrationId } = integration;
    for (const none of [{ ServerNameToVerify: '' }, {}]) {
      const plain = await call('UpdateIntegration', { ApiId, IntegrationId, TlsConfig: none });
      assert.ok(!Object.hasOwn(plain, 'TlsConfig'));
      await call('UpdateIntegration', { ApiId, IntegrationId, TlsConfig });
    }
    const cloudMap = 'arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-abc?color=blue';
    const moved = await call('UpdateIntegration', { ApiId, IntegrationId, IntegrationUri: cloudMap });
    assert.deepEqual([moved.IntegrationUri, moved.ConnectionId], [cloudMap, ConnectionId]);
    const open = { IntegrationUri: 'http://a.example', ConnectionType: 'INTERNET' } as const;
    const opened = await call('UpdateIntegration', { ApiId, IntegrationId, ...open });
    assert.ok(!Object.hasOwn(opened, 'ConnectionId'));
  });

  const role = 'arn:aws:iam::111122223333:role/gateway';
  const asWhom: readonly [desc: string, sent: Sent, credentials: string][] = [
    ['a function as a role', lambda, role],
    ['a function as its caller', lambda, 'arn:aws:iam::*:user/*'],
    ['a function as the role of a stage', lambda, '${stageVariables.role}'],
    ['a service as its caller', sqs, 'arn:aws:iam::*:user/*'],
    ['a backend, which has no use for it', web, role],
  ];
  for (const [desc, sent, CredentialsArn] of asWhom) {
    test(`${desc}: kept, changed and taken away`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      const { IntegrationId, ...made } = await call('CreateIntegration', { ApiId, ...sent, CredentialsArn });
      assert.equal(made.CredentialsArn, CredentialsArn);
      const update = async (changed: object) =>
        (await call('UpdateIntegration', { ApiId, IntegrationId, ...changed })).CredentialsArn;
      assert.equal(await update({ Description: 'x' }), CredentialsArn);
      assert.equal(await update({ CredentialsArn: `${role}-2` }), `${role}-2`);
      if (sent !== sqs) assert.equal(await update({ CredentialsArn: '' }), undefined);
    });
  }

  const uris: readonly [Sent, string][] = [
    [lambda, invocationArn],
    [lambda, `${functionArn}:live`],
    [lambda, `${functionArn}:$LATEST`],
    [lambda, 'arn:aws-cn:lambda:cn-north-1:111122223333:function:a_b-c:7'],
    [lambda, 'arn:aws:lambda:eu-west-1:111122223333:function:${stageVariables.fn}'],
    [lambda, 'arn:aws:lambda:eu-west-1:111122223333:function:orders-${stageVariables.env}:${stageVariables.alias}'],
    [lambda, 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.arn}/invocations'],
    [web, 'http://127.0.0.1:3000'],
    [web, 'http://[::1]:3000/x?y=z'],
    [web, 'https://${stageVariables.host}/v1/{id}/items/{proxy+}'],
    [web, 'http://backend:${stageVariables.port}/x'],
    [web, 'http://backend.example/{id}?stage=${stageVariables.name}&x=1'],
    [web, 'HTTPS://backend.example/%7Ba%7D'],
  ];
  for (const [sent, IntegrationUri] of uris) {
    test(`takes and echoes ${IntegrationUri}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      assert.equal((await call('CreateIntegration', { ApiId, ...sent, IntegrationUri })).IntegrationUri, IntegrationUri);
    });
  }
});

describe('CreateIntegration › BadRequestException', () => {
  const proxyOnly =
    'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)';
  const badFunction = 'Invalid function ARN or invalid uri';
  const badUrl = 'Invalid HTTP endpoint specified for URI';
  const badPrivateUri =
    'For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.';
  const mappingError = (problem: string) =>
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${problem}]`;
  const rows: readonly { desc: string; input: Sent; message: string | RegExp }[] = [
    { desc: 'MOCK', input: { IntegrationType: 'MOCK' }, message: proxyOnly },
    { desc: 'HTTP', input: { ...web, IntegrationType: 'HTTP' }, message: proxyOnly },
    { desc: 'AWS', input: { ...lambda, IntegrationType: 'AWS' }, message: proxyOnly },
    { desc: 'no type', input: { IntegrationType: undefined }, message: proxyOnly },
    {
      desc: 'GET to Lambda',
      input: { ...lambda, IntegrationMethod: 'GET' },
      message: 'HttpMethod must be POST for AWS_PROXY IntegrationType',
    },
    {
      desc: 'HTTP without a method',
      input: { ...web, IntegrationMethod: undefined },
      message: 'HttpMethod parameter method must be specified for integrationType HTTPPROXY',
    },
    {
      desc: 'Lambda without version',
      input: { ...lambda, PayloadFormatVersion: undefined },
      message: 'PayloadFormatVersion is a required parameter for integration',
    },
    {
      desc: 'Lambda with version 3.0',
      input: { ...lambda, PayloadFormatVersion: '3.0' },
      message: 'Unsupported PayloadFormatVersion: 3.0',
    },
    {
      desc: 'HTTP with version 2.0',
      input: { ...web, PayloadFormatVersion: '2.0' },
      message: 'PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY',
    },
    { desc: 'an unknown method', input: { ...web, IntegrationMethod: 'FETCH' }, message: /IntegrationMethod/ },
    { desc: 'too quick', input: { ...web, TimeoutInMillis: 49 }, message: 'Timeout should be between 50 ms and 30000 ms' },
    { desc: 'too slow', input: { ...web, TimeoutInMillis: 30_001 }, message: 'Timeout should be between 50 ms and 30000 ms' },
    { desc: 'no URI to Lambda', input: { ...lambda, IntegrationUri: undefined }, message: badFunction },
    { desc: 'a name', input: { ...lambda, IntegrationUri: 'orders' }, message: badFunction },
    { desc: 'a role ARN', input: { ...lambda, IntegrationUri: 'arn:aws:iam::111122223333:role/x' }, message: badFunction },
    { desc: 'a layer ARN', input: { ...lambda, IntegrationUri: functionArn.replace('function', 'layer') }, message: badFunction },
    { desc: 'a URL to Lambda', input: { ...lambda, IntegrationUri: 'http://a.example' }, message: badFunction },
    {
      desc: 'a bad account',
      input: { ...lambda, IntegrationUri: functionArn.replace('111122223333', '1') },
      message: badFunction,
    },
    { desc: 'a line break', input: { ...lambda, IntegrationUri: `${functionArn}\n` }, message: badFunction },
    { desc: 'no URI to HTTP', input: { ...web, IntegrationUri: undefined }, message: badUrl },
    { desc: 'no scheme', input: { ...web, IntegrationUri: 'backend.example' }, message: badUrl },
    { desc: 'another scheme', input: { ...web, IntegrationUri: 'file:///etc/passwd' }, message: badUrl },
    { desc: 'credentials in the URL', input: { ...web, IntegrationUri: 'http://u:p@a.example' }, message: badUrl },
    { desc: 'a fragment', input: { ...web, IntegrationUri: 'http://a.example/#x' }, message: badUrl },
    { desc: 'a space', input: { ...web, IntegrationUri: 'http://a.example/a b' }, message: badUrl },
    { desc: 'a header injection', input: { ...web, IntegrationUri: 'http://a.example/\r\nx: y' }, message: badUrl },
    { desc: 'a brace alone', input: { ...web, IntegrationUri: 'http://a.example/{' }, message: badUrl },
    { desc: 'another variable', input: { ...web, IntegrationUri: 'http://a.example/${context.x}' }, message: badUrl },
    { desc: 'too long', input: { ...web, IntegrationUri: `http://a.example/${'a'.repeat(2048)}` }, message: badUrl },
    { desc: 'templates', input: { ...web, RequestTemplates: { a: 'b' } }, message: /RequestTemplates is not supported/ },
    {
      desc: 'content handling',
      input: { ...web, ContentHandlingStrategy: 'CONVERT_TO_TEXT' },
      message: /ContentHandlingStrategy/,
    },
    { desc: 'passthrough NEVER', input: { ...web, PassthroughBehavior: 'NEVER' }, message: /PassthroughBehavior/ },
    {
      desc: 'a VPC link to Lambda',
      input: { ...lambda, ConnectionType: 'VPC_LINK', ConnectionId: 'abc' },
      message: /supported for integration of type HTTP_PROXY only/,
    },
    { desc: 'a link without VPC_LINK', input: { ...web, ConnectionId: 'abc' }, message: /ConnectionType VPC_LINK only/ },
    { desc: 'TLS settings in the open', input: { ...web, TlsConfig: { ServerNameToVerify: 'a' } }, message: /VPC_LINK only/ },
    {
      desc: 'VPC_LINK without a link',
      input: { ...privateWeb, ConnectionId: undefined },
      message: 'ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK',
    },
    { desc: 'a link that is not there', input: privateWeb, message: 'Invalid VpcLink identifier specified abc123' },
    { desc: 'a URL behind a link', input: { ...privateWeb, IntegrationUri: 'http://a.example' }, message: badPrivateUri },
    {
      desc: 'a load balancer behind a link',
      input: { ...privateWeb, IntegrationUri: listenerArn.replace(':listener/', ':loadbalancer/') },
      message: badPrivateUri,
    },
    {
      desc: 'a server name that is none',
      input: { ...privateWeb, TlsConfig: { ServerNameToVerify: 'a b' } },
      message: /no host name/,
    },
    { desc: 'no role', input: { ...lambda, CredentialsArn: 'x' }, message: 'Invalid ARN specified in the request' },
    {
      desc: 'an unknown service',
      input: { ...sqs, IntegrationSubtype: 'SNS-Publish' },
      message: 'Operation: SNS-Publish is not supported.',
    },
    {
      desc: 'a prototype member as service',
      input: { ...sqs, IntegrationSubtype: 'constructor' },
      message: 'Operation: constructor is not supported.',
    },
    {
      desc: 'a service with version 2.0',
      input: { ...sqs, PayloadFormatVersion: '2.0' },
      message: 'Operation: SQS-SendMessage is not supported.',
    },
    {
      desc: 'a service without version',
      input: { ...sqs, PayloadFormatVersion: undefined },
      message: 'PayloadFormatVersion is a required parameter for integration',
    },
    {
      desc: 'a service without role',
      input: { ...sqs, CredentialsArn: undefined },
      message: 'Role ARN must be specified for AWS integration configuration with Subtype: SQS-SendMessage',
    },
    {
      desc: 'a service parameter that is missing',
      input: { ...sqs, RequestParameters: { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/jobs' } },
      message:
        'Operation: SQS-SendMessage requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [QueueUrl, MessageBody]',
    },
    {
      desc: 'a service parameter that does not exist',
      input: { ...sqs, RequestParameters: { ...sqs.RequestParameters, Subject: 'x' } },
      message: 'Operation: SQS-SendMessage has no parameter Subject',
    },
    {
      desc: 'static JSON for an object',
      input: { ...sqs, RequestParameters: { ...sqs.RequestParameters, MessageAttributes: '{"a":{}}' } },
      message:
        'Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: {"a":{}} specified for destination: MessageAttributes]',
    },
    {
      desc: 'a source that does not exist',
      input: { ...sqs, RequestParameters: { ...sqs.RequestParameters, MessageGroupId: '$request.cookie.a' } },
      message: /\[Invalid source: \$request\.cookie\.a specified for destination: MessageGroupId\]$/,
    },
    { desc: 'a URI for a service', input: { ...sqs, IntegrationUri: functionArn }, message: /takes no IntegrationUri/ },
    { desc: 'a service by HTTP_PROXY', input: { ...web, IntegrationSubtype: 'SQS-SendMessage' }, message: /AWS_PROXY only/ },
    {
      desc: 'a response mapping of a service to nowhere',
      input: { ...sqs, ResponseParameters: { 200: { 'append:header.via': 'b' } } },
      message: mappingError('Operations on header via are restricted'),
    },
    {
      desc: 'a mapping without an action',
      input: { ...web, RequestParameters: { 'header.a': 'b' } },
      message: mappingError('Invalid Request Actioned Parameter destination specified: header.a'),
    },
    {
      desc: 'a response mapping to nowhere',
      input: { ...web, ResponseParameters: { 200: { 'append:overwrite.static': 'b' } } },
      message: mappingError('Invalid Response Actioned Parameter destination specified: append:overwrite.static'),
    },
    {
      desc: 'a mapping from nowhere',
      input: { ...lambda, RequestParameters: { 'append:header.a': '$request.cookie.b' } },
      message: mappingError('Invalid mapping expression specified: $request.cookie.b'),
    },
    {
      desc: 'a reserved header',
      input: { ...web, RequestParameters: { 'overwrite:header.Authorization': 'b' } },
      message: mappingError('Operations on header Authorization are restricted'),
    },
    {
      desc: 'a status code out of range',
      input: { ...web, ResponseParameters: { 600: { 'overwrite:statuscode': '403' } } },
      message: mappingError('Status Code 600 is not valid.'),
    },
    {
      desc: 'more parameters than an integration can have',
      input: {
        ...web,
        RequestParameters: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`append:header.h${i}`, 'b'])),
      },
      message: /at most 100 parameters/,
    },
    {
      desc: 'a longer value than a header can have',
      input: { ...web, RequestParameters: { 'append:header.a': 'b'.repeat(10_241) } },
      message: /at most 10240 characters/,
    },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      await assert.rejects(call('CreateIntegration', { ApiId, ...input }), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetIntegrations', { ApiId })).Items, []);
    });
  }

  test('the quota', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest({ quotas: { integrationsPerApi: 2 } });
    const ApiId = await apiWithRoutes();
    await call('CreateIntegration', { ApiId, ...web });
    await call('CreateIntegration', { ApiId, ...web });
    await assert.rejects(
      call('CreateIntegration', { ApiId, ...web }),
      awsError('TooManyRequestsException', /^Maximum number of Integrations for this API has been reached\./),
    );
  });
});

describe('UpdateIntegration › 200', () => {
  test('replaces what is sent; the type may change', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const created = await call('CreateIntegration', {
      ApiId,
      ...web,
      Description: 'd',
      IntegrationMethod: 'GET',
      TimeoutInMillis: 500,
    });
    const { IntegrationId } = created;
    // Terraform names the type always and only what changed besides.
    const moved = await call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: 'http://other.example',
    });
    assert.deepEqual(moved, { ...created, IntegrationUri: 'http://other.example' });
    const cleared = await call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      Description: '',
      RequestParameters: { 'append:header.a': '' },
    });
    assert.ok(!Object.hasOwn(cleared, 'Description'));
    const turned = await call('UpdateIntegration', { ApiId, IntegrationId, ...lambda });
    assert.deepEqual(
      [turned.IntegrationType, turned.IntegrationMethod, turned.PayloadFormatVersion, turned.TimeoutInMillis],
      ['AWS_PROXY', 'POST', '2.0', 500],
    );
    assert.deepEqual(await call('GetIntegration', { ApiId, IntegrationId }), turned);
  });

  test('parameters that are sent are merged; "" and {} remove them', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const { IntegrationId, ...created } = await call('CreateIntegration', {
      ApiId,
      ...web,
      RequestParameters: { 'append:header.a': '$context.requestId', 'remove:querystring.b': "''" },
      ResponseParameters: { 200: { 'append:header.a': 'b' }, 500: { 'overwrite:statuscode': '403', 'remove:header.x': "''" } },
    });
    assert.deepEqual(created.RequestParameters, { 'append:header.a': '$context.requestId', 'remove:querystring.b': "''" });
    const update = (sent: Partial<Input<'UpdateIntegration'>>) => call('UpdateIntegration', { ApiId, IntegrationId, ...sent });
    const merged = await update({
      RequestParameters: { 'append:header.a': '', 'overwrite:path': '/c' },
      ResponseParameters: { 200: {}, 404: { 'overwrite:statuscode': '410' }, 500: { 'remove:header.x': '' } },
    });
    assert.deepEqual(merged.RequestParameters, { 'remove:querystring.b': "''", 'overwrite:path': '/c' });
    assert.deepEqual(merged.ResponseParameters, {
      404: { 'overwrite:statuscode': '410' },
      500: { 'overwrite:statuscode': '403' },
    });
    assert.deepEqual((await update({ Description: 'd' })).RequestParameters, merged.RequestParameters);
    const cleared = await update({
      RequestParameters: { 'remove:querystring.b': '', 'overwrite:path': '' },
      ResponseParameters: { 404: {}, 500: {} },
    });
    assert.ok(!Object.hasOwn(cleared, 'RequestParameters') && !Object.hasOwn(cleared, 'ResponseParameters'));
  });

  test('BadRequestException when the result could not have been created', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const created = await call('CreateIntegration', { ApiId, ...web });
    const { IntegrationId } = created;
    for (const input of [
      { IntegrationType: 'AWS_PROXY' },
      { IntegrationType: 'MOCK' },
      { IntegrationUri: 'x' },
      { TimeoutInMillis: 1 },
    ] as const) {
      await assert.rejects(call('UpdateIntegration', { ApiId, IntegrationId, ...input }), awsError('BadRequestException', /./));
    }
    assert.deepEqual(await call('GetIntegration', { ApiId, IntegrationId }), created);
  });
});

describe('DeleteIntegration', () => {
  test('409 names every route that uses it; 204 afterwards; then 404', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /free');
    const { IntegrationId } = await call('CreateIntegration', { ApiId, ...web });
    const Target = `integrations/${IntegrationId}`;
    const one = await call('CreateRoute', { ApiId, RouteKey: 'GET /a', Target });
    const two = await call('CreateRoute', { ApiId, RouteKey: 'GET /b', Target });
    const ids = [one.RouteId, two.RouteId].sort().join(', ');
    await assert.rejects(
      call('DeleteIntegration', { ApiId, IntegrationId }),
      awsError(
        'ConflictException',
        `Cannot delete Integration because it is referenced by the following Routes with Ids: [${ids}]`,
      ),
    );
    for (const { RouteId } of [one, two]) await call('DeleteRoute', { ApiId, RouteId });
    assert.deepEqual(await call('DeleteIntegration', { ApiId, IntegrationId }), {});
    const missing = awsError('NotFoundException', `Invalid Integration identifier specified ${IntegrationId}`);
    await assert.rejects(call('DeleteIntegration', { ApiId, IntegrationId }), missing);
    await assert.rejects(call('GetIntegration', { ApiId, IntegrationId }), missing);
    await assert.rejects(call('UpdateIntegration', { ApiId, IntegrationId, ...web }), missing);
  });
});
