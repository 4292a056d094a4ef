// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in AWS's notation
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { vpcLinkKey as restVpcLinkKey } from '../apigateway/vpc-links.ts';
import { vpcLinkKey } from './documents.ts';
import { awsError, caller, functionArn, onTheWire } from './gateway-under-test.ts';
import { invocationUri, webSocketGateway } from './websocket-gateway-under-test.ts';

const scope = { account: caller.account, region: caller.region };

describe('CreateIntegration of a WebSocket API › 201', () => {
  const always = {
    connectionType: 'INTERNET',
    passthroughBehavior: 'WHEN_NO_MATCH',
    payloadFormatVersion: '1.0',
    timeoutInMillis: 29_000,
  };
  const byStatus = { integrationResponseSelectionExpression: '${integration.response.statuscode}' };
  const byError = { integrationResponseSelectionExpression: '${integration.response.body.errorMessage}' };
  const rows: readonly { readonly desc: string; readonly input: Record<string, unknown>; readonly output: object }[] = [
    {
      desc: 'MOCK',
      input: {
        IntegrationType: 'MOCK',
        RequestTemplates: { $default: '{"statusCode":200}' },
        TemplateSelectionExpression: '\\$default',
      },
      output: {
        ...byStatus,
        integrationType: 'MOCK',
        requestTemplates: { $default: '{"statusCode":200}' },
        templateSelectionExpression: '\\$default',
      },
    },
    {
      desc: 'a function; POST is filled in',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri },
      output: { ...byError, integrationMethod: 'POST', integrationType: 'AWS_PROXY', integrationUri: invocationUri },
    },
    {
      desc: 'a function behind templates; POST is filled in',
      input: { IntegrationType: 'AWS', IntegrationUri: invocationUri },
      output: { ...byError, integrationMethod: 'POST', integrationType: 'AWS', integrationUri: invocationUri },
    },
    {
      desc: 'HTTP with everything',
      input: {
        ContentHandlingStrategy: 'CONVERT_TO_TEXT',
        Description: 'legacy',
        IntegrationMethod: 'POST',
        IntegrationType: 'HTTP',
        IntegrationUri: 'http://backend.example/ws/{room}',
        PassthroughBehavior: 'NEVER',
        RequestParameters: {
          'integration.request.header.x-conn': 'context.connectionId',
          'integration.request.path.room': "route.request.body.rooms[0]['id']",
          'integration.request.querystring.q': "'text'",
          'integration.request.header.x-auth': 'route.request.multivalueheader.auth',
        },
        RequestTemplates: { $default: "$input.json('$')" },
        TemplateSelectionExpression: '$request.body.name',
        TimeoutInMillis: 50,
      },
      output: {
        ...byStatus,
        contentHandlingStrategy: 'CONVERT_TO_TEXT',
        description: 'legacy',
        integrationMethod: 'POST',
        integrationType: 'HTTP',
        integrationUri: 'http://backend.example/ws/{room}',
        passthroughBehavior: 'NEVER',
        requestParameters: {
          'integration.request.header.x-conn': 'context.connectionId',
          'integration.request.path.room': "route.request.body.rooms[0]['id']",
          'integration.request.querystring.q': "'text'",
          'integration.request.header.x-auth': 'route.request.multivalueheader.auth',
        },
        requestTemplates: { $default: "$input.json('$')" },
        templateSelectionExpression: '$request.body.name',
        timeoutInMillis: 50,
      },
    },
    {
      desc: 'HTTP_PROXY',
      input: { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: 'https://${stageVariables.host}/ws' },
      output: {
        ...byStatus,
        integrationMethod: 'ANY',
        integrationType: 'HTTP_PROXY',
        integrationUri: 'https://${stageVariables.host}/ws',
      },
    },
    {
      desc: 'an action of a service',
      input: {
        CredentialsArn: 'arn:aws:iam::111122223333:role/apigw-ddb',
        IntegrationMethod: 'POST',
        IntegrationType: 'AWS',
        IntegrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
      },
      output: {
        ...byStatus,
        credentialsArn: 'arn:aws:iam::111122223333:role/apigw-ddb',
        integrationMethod: 'POST',
        integrationType: 'AWS',
        integrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
      },
    },
  ];
  for (const IntegrationType of ['AWS_PROXY', 'AWS', 'HTTP', 'MOCK'] as const) {
    test(`${IntegrationType} with a role or as its caller`, async () => {
      const { call, ApiId } = await webSocketGateway();
      const web = { IntegrationMethod: 'POST', IntegrationUri: 'http://a.example/' };
      const target = IntegrationType === 'HTTP' ? web : IntegrationType === 'MOCK' ? {} : { IntegrationUri: invocationUri };
      for (const CredentialsArn of ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::*:user/*']) {
        const sent = { ApiId, IntegrationType, ...target, CredentialsArn };
        assert.equal((await call('CreateIntegration', sent as never)).CredentialsArn, CredentialsArn);
      }
    });
  }

  for (const { desc, input, output } of rows) {
    test(desc, async () => {
      const { call, ApiId } = await webSocketGateway();
      const { integrationId, ...made } = onTheWire(await call('CreateIntegration', { ApiId, ...input } as never));
      assert.match(String(integrationId), /^[a-z0-9]{7}$/);
      assert.deepEqual(made, { ...always, ...output });
      const read = onTheWire(await call('GetIntegration', { ApiId, IntegrationId: String(integrationId) }));
      assert.deepEqual(read, { integrationId, ...made });
    });
  }
});

describe('CreateIntegration of a WebSocket API › BadRequestException', () => {
  const web = { IntegrationType: 'HTTP', IntegrationMethod: 'POST', IntegrationUri: 'http://a.example/' };
  const rows: readonly { readonly desc: string; readonly input: object; readonly message: string | RegExp }[] = [
    { desc: 'payload 2.0', input: { ...web, PayloadFormatVersion: '2.0' }, message: 'Unsupported PayloadFormatVersion: 2.0' },
    {
      desc: 'a timeout of HTTP APIs',
      input: { ...web, TimeoutInMillis: 30_000 },
      message: 'Timeout should be between 50 ms and 29000 ms',
    },
    { desc: 'no time', input: { ...web, TimeoutInMillis: 49 }, message: 'Timeout should be between 50 ms and 29000 ms' },
    {
      desc: 'a subtype',
      input: { ...web, IntegrationSubtype: 'SQS-SendMessage' },
      message: /IntegrationSubtype is not supported on protocolType WEBSOCKET/,
    },
    {
      desc: 'TLS',
      input: { ...web, TlsConfig: { ServerNameToVerify: 'a' } },
      message: /TlsConfig is not supported on protocolType WEBSOCKET/,
    },
    {
      desc: 'response parameters',
      input: { ...web, ResponseParameters: { 200: { 'append:header.a': 'b' } } },
      message: /ResponseParameters is not supported on protocolType WEBSOCKET/,
    },
    { desc: 'no type', input: { IntegrationType: undefined }, message: /IntegrationType/ },
    {
      desc: 'no method',
      input: { ...web, IntegrationType: 'HTTP_PROXY', IntegrationMethod: undefined },
      message: 'HttpMethod parameter method must be specified for integrationType HTTPPROXY',
    },
    { desc: 'another method', input: { ...web, IntegrationMethod: 'FETCH' }, message: /IntegrationMethod/ },
    { desc: 'no URL', input: { ...web, IntegrationUri: 'ftp://a.example' }, message: 'Invalid HTTP endpoint specified for URI' },
    { desc: 'a URI of a MOCK', input: { IntegrationType: 'MOCK', IntegrationUri: 'http://a.example' }, message: /type MOCK/ },
    {
      desc: 'a bare function',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn },
      message: 'AWS ARN for integration must contain path or action',
    },
    {
      desc: 'a function that is none',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri.replace(':function:chat', ':chat') },
      message: 'Invalid function ARN or invalid uri',
    },
    {
      desc: 'a proxy of a service',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: 'arn:aws:apigateway:eu-west-1:sqs:action/SendMessage' },
      message: /AWS_PROXY/,
    },
    {
      desc: 'a proxy with GET',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri, IntegrationMethod: 'GET' },
      message: 'HttpMethod must be POST for AWS_PROXY IntegrationType',
    },
    {
      desc: 'a function as nobody',
      input: { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri, CredentialsArn: 'arn:aws:iam::1:role/a' },
      message: 'Invalid ARN specified in the request',
    },
    {
      desc: 'a template that cannot be compiled, with its place',
      input: { ...web, RequestTemplates: { $default: 'ok\n#if($a' } },
      message: /^Invalid mapping template for \$default: .*\(line 2, column \d+\)$/,
    },
    {
      desc: 'a selection that cannot be read',
      input: { ...web, TemplateSelectionExpression: '$input.a' },
      message: /^Invalid TemplateSelectionExpression: \$input\.a is no variable/,
    },
    {
      desc: 'a mapping of REST APIs',
      input: { ...web, RequestParameters: { 'integration.request.header.a': 'method.request.header.a' } },
      message: /Invalid mapping expression specified: method\.request\.header\.a/,
    },
    {
      desc: 'a mapping to nowhere',
      input: { ...web, RequestParameters: { 'request.header.a': "'b'" } },
      message: /Invalid mapping expression specified: request\.header\.a/,
    },
    {
      desc: 'a JSONPath that is none',
      input: { ...web, RequestParameters: { 'integration.request.header.a': 'route.request.body.[' } },
      message: /Invalid mapping expression route\.request\.body\.\[/,
    },
    {
      desc: 'another content handling',
      input: { ...web, ContentHandlingStrategy: 'CONVERT' },
      message: /ContentHandlingStrategy/,
    },
    { desc: 'another pass-through', input: { ...web, PassthroughBehavior: 'SOMETIMES' }, message: /PassthroughBehavior/ },
    {
      desc: 'a private integration without a link',
      input: { ...web, ConnectionType: 'VPC_LINK' },
      message: /ConnectionId must be set/,
    },
    {
      desc: 'a private MOCK',
      input: { IntegrationType: 'MOCK', ConnectionType: 'VPC_LINK', ConnectionId: 'a' },
      message: /VPC_LINK is supported/,
    },
    {
      desc: 'a link of nothing',
      input: { ...web, ConnectionType: 'VPC_LINK', ConnectionId: 'none00' },
      message: 'Invalid VpcLink identifier specified none00',
    },
    { desc: 'a link without its type', input: { ...web, ConnectionId: 'none00' }, message: /ConnectionId is supported/ },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, store, ApiId } = await webSocketGateway();
      const before = store.revision();
      await assert.rejects(call('CreateIntegration', { ApiId, ...input } as never), awsError('BadRequestException', message));
      assert.equal(store.revision(), before);
    });
  }

  test('a VPC link of REST APIs is taken, one of HTTP APIs is not', async () => {
    const store = createMemoryStore();
    await store.transact(async (transaction) => {
      await transaction.put(restVpcLinkKey(scope, 'link01'), { id: 'link01', name: 'a', targetArns: [] });
      await transaction.put(vpcLinkKey(scope, 'link02'), { vpcLinkId: 'link02', name: 'b' });
    });
    const { integration } = await webSocketGateway({ store });
    const through = (ConnectionId: string) => integration({ ...(web as object), ConnectionType: 'VPC_LINK', ConnectionId });
    await through('link01');
    await through('${stageVariables.link}');
    await assert.rejects(through('link02'), awsError('BadRequestException', /link02 is a VPC link V2/));
  });
});

describe('UpdateIntegration of a WebSocket API › 200', () => {
  test('changes what is sent; templates are replaced, parameters merged', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration({
      IntegrationType: 'HTTP',
      IntegrationMethod: 'POST',
      IntegrationUri: 'http://a.example/',
      RequestTemplates: { a: '1', b: '2' },
      RequestParameters: { 'integration.request.header.a': "'1'", 'integration.request.header.b': "'2'" },
      TemplateSelectionExpression: '$request.body.t',
    });
    const updated = await call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      RequestTemplates: { c: '3' },
      RequestParameters: { 'integration.request.header.a': '', 'integration.request.header.c': "'3'" },
      TimeoutInMillis: 100,
    });
    assert.deepEqual(updated.RequestTemplates, { c: '3' });
    assert.deepEqual(updated.RequestParameters, { 'integration.request.header.b': "'2'", 'integration.request.header.c': "'3'" });
    assert.equal(updated.TimeoutInMillis, 100);
    assert.equal(updated.IntegrationUri, 'http://a.example/');
    assert.equal(updated.TemplateSelectionExpression, '$request.body.t');
  });

  test('an update is checked as a whole', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration();
    await assert.rejects(
      call('UpdateIntegration', { ApiId, IntegrationId, IntegrationType: 'HTTP', IntegrationUri: 'http://a.example' }),
      awsError('BadRequestException', 'HttpMethod parameter method must be specified for integrationType HTTP'),
    );
  });

  test('what a proxy has no use for is checked and kept', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: invocationUri,
      ContentHandlingStrategy: 'CONVERT_TO_TEXT',
      RequestTemplates: { $default: '{}' },
    });
    const read = await call('GetIntegration', { ApiId, IntegrationId });
    assert.deepEqual(read.RequestTemplates, { $default: '{}' });
    await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '/200/' });
    await assert.rejects(
      call('UpdateIntegration', { ApiId, IntegrationId, RequestTemplates: { $default: '#if(' } }),
      awsError('BadRequestException', /Invalid mapping template/),
    );
  });
});

describe('integration responses', () => {
  test('are made, read, listed, changed and deleted', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration();
    const made = onTheWire(
      await call('CreateIntegrationResponse', {
        ApiId,
        IntegrationId,
        IntegrationResponseKey: '/200/',
        ResponseTemplates: { $default: "$input.json('$')" },
        TemplateSelectionExpression: '\\$default',
      }),
    );
    const { integrationResponseId, ...response } = made;
    assert.match(String(integrationResponseId), /^[a-z0-9]{6}$/);
    assert.deepEqual(response, {
      integrationResponseKey: '/200/',
      responseTemplates: { $default: "$input.json('$')" },
      templateSelectionExpression: '\\$default',
    });
    const IntegrationResponseId = String(integrationResponseId);
    const named = { ApiId, IntegrationId, IntegrationResponseId };
    assert.deepEqual(onTheWire(await call('GetIntegrationResponse', named)), made);
    const changed = await call('UpdateIntegrationResponse', {
      ...named,
      IntegrationResponseKey: '/2\\d\\d/',
      ContentHandlingStrategy: 'CONVERT_TO_BINARY',
      ResponseParameters: { 'method.response.header.Sec-WebSocket-Protocol': 'integration.response.header.Protocol' },
      TemplateSelectionExpression: '${integration.response.statuscode}',
    });
    assert.equal(changed.IntegrationResponseKey, '/2\\d\\d/');
    assert.equal(changed.ContentHandlingStrategy, 'CONVERT_TO_BINARY');
    assert.deepEqual(changed.ResponseTemplates, { $default: "$input.json('$')" });
    assert.deepEqual((await call('GetIntegrationResponses', { ApiId, IntegrationId })).Items, [changed]);
    await call('DeleteIntegrationResponse', named);
    await assert.rejects(
      call('DeleteIntegrationResponse', named),
      awsError('NotFoundException', `Invalid IntegrationResponse identifier specified ${IntegrationResponseId}`),
    );
  });

  test('pages are those of one integration', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const ids = [await integration(), await integration(), await integration()];
    for (const IntegrationId of ids) {
      for (let key = 0; key < 5; key++) {
        await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: `/${key}/` });
      }
    }
    for (const IntegrationId of ids) {
      const keys: (string | undefined)[] = [];
      let NextToken: string | undefined;
      let pages = 0;
      do {
        const page = await call('GetIntegrationResponses', { ApiId, IntegrationId, MaxResults: '2', NextToken });
        assert.ok(page.Items.length <= 2);
        keys.push(...page.Items.map((each) => each.IntegrationResponseKey));
        NextToken = page.NextToken;
        pages += 1;
      } while (NextToken !== undefined && pages < 10);
      assert.deepEqual(keys.sort(), ['/0/', '/1/', '/2/', '/3/', '/4/']);
      assert.equal(pages, 3);
    }
    const { NextToken } = await call('GetIntegrationResponses', { ApiId, IntegrationId: ids[0], MaxResults: '2' });
    await assert.rejects(
      call('GetIntegrationResponses', { ApiId, IntegrationId: ids[1], NextToken }),
      awsError('BadRequestException', 'Invalid nextToken specified'),
    );
  });

  const rows: readonly { readonly desc: string; readonly input: object; readonly message: RegExp }[] = [
    {
      desc: 'a bare status',
      input: { IntegrationResponseKey: '200' },
      message: /\$default, or a regular expression between slashes/,
    },
    { desc: 'an empty pattern', input: { IntegrationResponseKey: '//' }, message: /between slashes/ },
    { desc: 'a pattern that is none', input: { IntegrationResponseKey: '/(/' }, message: /^Invalid regex pattern specified$/ },
    {
      desc: 'a template that cannot be compiled',
      input: { ResponseTemplates: { a: '#foreach(' } },
      message: /Invalid mapping template for a: .*\(line 1/,
    },
    {
      desc: 'a selection that cannot be read',
      input: { TemplateSelectionExpression: '$x' },
      message: /TemplateSelectionExpression/,
    },
    {
      desc: 'a parameter of the request',
      input: { ResponseParameters: { 'method.response.header.a': 'route.request.header.a' } },
      message: /Invalid mapping expression specified/,
    },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc} › BadRequestException`, async () => {
      const { call, ApiId, integration } = await webSocketGateway();
      const IntegrationId = await integration();
      const whole = { ApiId, IntegrationId, IntegrationResponseKey: '$default', ...input };
      await assert.rejects(call('CreateIntegrationResponse', whole), awsError('BadRequestException', message));
      const { IntegrationResponseId } = await call('CreateIntegrationResponse', {
        ApiId,
        IntegrationId,
        IntegrationResponseKey: '/1/',
      });
      await assert.rejects(
        call('UpdateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseId, ...input }),
        awsError('BadRequestException', message),
      );
    });
  }

  test('a key exists once › ConflictException', async () => {
    const { call, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration();
    const IntegrationResponseKey = '$default';
    await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey });
    await assert.rejects(
      call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey }),
      awsError('ConflictException', /already exists for this Integration/),
    );
  });

  test('go with their integration, which stays while a route needs it', async () => {
    const { call, store, ApiId, integration } = await webSocketGateway();
    const IntegrationId = await integration();
    await call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '$default' });
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'a', Target: `integrations/${IntegrationId}` });
    await assert.rejects(
      call('DeleteIntegration', { ApiId, IntegrationId }),
      awsError(
        'ConflictException',
        `Cannot delete Integration because it is referenced by the following Routes with Ids: [${RouteId}]`,
      ),
    );
    await call('DeleteRoute', { ApiId, RouteId });
    await call('DeleteIntegration', { ApiId, IntegrationId });
    assert.deepEqual(await store.scan('apigatewayv2/integration-response'), []);
  });
});
