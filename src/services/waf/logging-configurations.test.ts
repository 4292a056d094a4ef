import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LoggingConfiguration } from '@aws-sdk/client-wafv2';
import { caller, wafExample } from './testing/waf-examples.ts';

const logGroup = 'arn:aws:logs:eu-west-1:111111111111:log-group:aws-waf-logs-shop';

async function under() {
  const example = wafExample();
  const { operations, createWebAcl } = example;
  const { ref, arn } = await createWebAcl('shop');
  const put = async (more: Partial<LoggingConfiguration> = {}) => {
    const configuration = { ResourceArn: arn, LogDestinationConfigs: [logGroup], ...more };
    return (await operations.PutLoggingConfiguration({ LoggingConfiguration: configuration }, caller)).LoggingConfiguration;
  };
  const get = async () => (await operations.GetLoggingConfiguration({ ResourceArn: arn }, caller)).LoggingConfiguration;
  const list = async () => (await operations.ListLoggingConfigurations({ Scope: 'REGIONAL' }, caller)).LoggingConfigurations;
  return { ...example, ref, arn, put, get, list };
}

const whole: Partial<LoggingConfiguration> = {
  RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { QueryString: {} }],
  LoggingFilter: {
    DefaultBehavior: 'DROP',
    Filters: [
      {
        ...{ Behavior: 'KEEP', Requirement: 'MEETS_ANY' },
        Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { LabelNameCondition: { LabelName: 'awswaf:a:b' } }],
      },
    ],
  },
  ...{ LogType: 'WAF_LOGS', LogScope: 'CUSTOMER' },
};

describe('200', () => {
  test('a configuration is put, read, replaced, listed and deleted', async () => {
    const { operations, arn, put, get, list } = await under();
    const shown = { ResourceArn: arn, LogDestinationConfigs: [logGroup], ManagedByFirewallManager: false };
    assert.deepEqual(await put(whole), { ...shown, ...whole });
    assert.deepEqual(await get(), { ...shown, ...whole });
    const starred = { LogDestinationConfigs: [`${logGroup}:*`] };
    assert.deepEqual(await put(starred), { ...shown, ...starred });
    assert.deepEqual(await list(), [{ ...shown, ...starred }]);
    assert.deepEqual(await operations.DeleteLoggingConfiguration({ ResourceArn: arn }, caller), {});
    await assert.rejects(get(), { code: 'WAFNonexistentItemException' });
    const again = operations.DeleteLoggingConfiguration({ ResourceArn: arn }, caller);
    await assert.rejects(again, { code: 'WAFNonexistentItemException' });
  });

  test('it ends with its web ACL', async () => {
    const { operations, ref, put, list } = await under();
    await put();
    await operations.DeleteWebACL(ref, caller);
    assert.deepEqual(await list(), []);
    await assert.rejects(put(), { code: 'WAFNonexistentItemException' });
  });
});

describe('WAFInvalidParameterException', () => {
  const rows: readonly { readonly desc: string; readonly more: Partial<LoggingConfiguration>; readonly field: string }[] = [
    { desc: 'no destination', more: { LogDestinationConfigs: [] }, field: 'LOG_DESTINATION' },
    { desc: 'two destinations', more: { LogDestinationConfigs: [logGroup, logGroup] }, field: 'LOG_DESTINATION' },
    {
      desc: 'a name that does not begin as it must',
      more: { LogDestinationConfigs: [logGroup.replace('aws-waf-logs-', '')] },
      field: 'LOG_DESTINATION',
    },
    {
      desc: 'a log group of another region',
      more: { LogDestinationConfigs: [logGroup.replace('eu-west-1', 'eu-west-2')] },
      field: 'LOG_DESTINATION',
    },
    {
      desc: 'a stream',
      more: { LogDestinationConfigs: ['arn:aws:firehose:eu-west-1:111111111111:deliverystream/aws-waf-logs-a'] },
      field: 'LOG_DESTINATION',
    },
    { desc: 'a bucket', more: { LogDestinationConfigs: ['arn:aws:s3:::aws-waf-logs-a'] }, field: 'LOG_DESTINATION' },
    { desc: 'a body redacted', more: { RedactedFields: [{ Body: {} }] }, field: 'FIELD_TO_MATCH' },
    { desc: 'nothing redacted', more: { RedactedFields: [{}] }, field: 'FIELD_TO_MATCH' },
    { desc: 'a filter of nothing', more: { LoggingFilter: { DefaultBehavior: 'KEEP', Filters: [] } }, field: 'LOGGING_FILTER' },
    {
      desc: 'a condition of nothing',
      more: {
        LoggingFilter: {
          DefaultBehavior: 'KEEP',
          Filters: [{ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [{}] }],
        },
      },
      field: 'FILTER_CONDITION',
    },
    { desc: 'logs of somebody else', more: { LogScope: 'SECURITY_LAKE' }, field: 'LOG_DESTINATION' },
    { desc: 'no web ACL', more: { ResourceArn: logGroup }, field: 'RESOURCE_ARN' },
  ];
  for (const { desc, more, field } of rows) {
    test(desc, async () => {
      const { put, list } = await under();
      await assert.rejects(put(more), (error: { code: string; fields: Record<string, unknown> }) => {
        assert.equal(error.code, 'WAFInvalidParameterException');
        assert.equal(error.fields['Field'], field);
        return true;
      });
      assert.deepEqual(await list(), []);
    });
  }
});

test('WAFLogDestinationPermissionIssueException: there is no such log group', async () => {
  const { put } = await under();
  const other = put({ LogDestinationConfigs: [logGroup.replace('shop', 'other')] });
  await assert.rejects(other, { code: 'WAFLogDestinationPermissionIssueException' });
});
