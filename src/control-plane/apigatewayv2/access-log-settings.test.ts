import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, gatewayUnderTest } from './gateway-under-test.ts';

const DestinationArn = `arn:aws:logs:${caller.region}:${caller.account}:log-group:/apigw/access`;
const Format = '{"id":"$context.requestId","status":$context.status}';

describe('AccessLogSettings › 200', () => {
  test('are kept and shown; an update changes member by member; DeleteAccessLogSettings removes them', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const at = { ApiId, StageName: 'dev' };
    const stage = await call('CreateStage', { ...at, AccessLogSettings: { DestinationArn, Format } });
    assert.deepEqual(stage.AccessLogSettings, { DestinationArn, Format });
    const other = '$context.extendedRequestId $context.path';
    assert.deepEqual((await call('UpdateStage', { ...at, AccessLogSettings: { Format: other } })).AccessLogSettings, {
      DestinationArn,
      Format: other,
    });
    assert.deepEqual(await call('DeleteAccessLogSettings', at), {});
    assert.equal((await call('GetStage', at)).AccessLogSettings, undefined);
    assert.deepEqual(await call('DeleteAccessLogSettings', at), {});

    await call('UpdateStage', { ...at, AccessLogSettings: { DestinationArn, Format } });
    assert.deepEqual((await call('UpdateStage', { ...at, Description: 'x' })).AccessLogSettings, { DestinationArn, Format });
    const cleared = await call('UpdateStage', { ...at, AccessLogSettings: {} });
    assert.equal(cleared.AccessLogSettings, undefined, 'settings without members are none, which Terraform sends');
  });

  test('the ARN of a group may end in :*, as CloudWatch Logs and CloudFormation name it; it is kept without', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const stage = await call('CreateStage', {
      ApiId,
      StageName: 'dev',
      AccessLogSettings: { DestinationArn: `${DestinationArn}:*`, Format },
    });
    assert.deepEqual(stage.AccessLogSettings, { DestinationArn, Format });
  });

  for (const accepted of [
    '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId',
    '<request id="$context.requestId"> <status>$context.status</status> </request>',
    '$context.requestId,$context.status\n',
    'cost 5$ $context.requestId',
  ]) {
    test(`the format ${JSON.stringify(accepted)}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      const settings = { DestinationArn, Format: accepted };
      const stage = await call('CreateStage', { ApiId, StageName: 'dev', AccessLogSettings: settings });
      assert.deepEqual(stage.AccessLogSettings, settings);
    });
  }
});

describe('AccessLogSettings › BadRequestException', () => {
  const rows: readonly { desc: string; settings: { DestinationArn?: string; Format?: string }; message: RegExp }[] = [
    { desc: 'no destination', settings: { Format }, message: /DestinationArn must be given/ },
    { desc: 'no format', settings: { DestinationArn }, message: /Format must be given/ },
    { desc: 'no ARN', settings: { DestinationArn: '/apigw/access', Format }, message: /Invalid DestinationArn: use the ARN/ },
    {
      desc: 'a Firehose stream',
      settings: { DestinationArn: 'arn:aws:firehose:eu-west-1:000000000000:deliverystream/amazon-apigateway-x', Format },
      message:
        /^Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '\/', '\.': 'deliverystream\/amazon-apigateway-x'$/,
    },
    {
      desc: 'another region',
      settings: { DestinationArn: DestinationArn.replace(caller.region, 'us-west-2'), Format },
      message: /account and region of the API/,
    },
    {
      desc: 'two lines',
      settings: { DestinationArn, Format: '{\n"id":"$context.requestId"}' },
      message: /^Access Log format must be single line, new line character is allowed only at end of the format$/,
    },
    {
      desc: 'no request id',
      settings: { DestinationArn, Format: '$context.stage' },
      message:
        /^The following errors are found in Access Log Format: Access Log format must include either \$context\.requestId or \$context\.extendedRequestId : '\$context\.stage'$/,
    },
    { desc: 'a longer name', settings: { DestinationArn, Format: '$context.requestIdentity' }, message: /must include either/ },
    {
      desc: 'another variable',
      settings: { DestinationArn, Format: `${Format}$stageVariables.a` },
      message: /\$stageVariables is none/,
    },
    { desc: 'a long format', settings: { DestinationArn, Format: Format + 'x'.repeat(3_072) }, message: /may have 3072/ },
    { desc: 'a control character', settings: { DestinationArn, Format: `${Format}\u001b` }, message: /control character/ },
  ];
  for (const { desc, settings, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      const input = { ApiId, StageName: 'dev', AccessLogSettings: settings };
      await assert.rejects(call('CreateStage', input), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetStages', { ApiId })).Items, []);
    });
  }
});
