// What policies are asked about a call: action names and resources as AWS has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { ServiceName } from '../../aws/services.ts';
import { type CalledAction, calledActions } from './called-actions.ts';

const account = '111111111111';

function call(
  service: ServiceName,
  operation: string,
  input: Record<string, unknown>,
  line = 'POST /',
  region = 'us-east-1',
): AuthenticatedCall {
  const [method = '', path = ''] = line.split(' ');
  const request = { method, path, query: '', rawHeaders: [], body: Buffer.alloc(0) };
  return { key: { secretAccessKey: 's' }, service, operation, input, request, account, region };
}

const names = {
  userArn: (_scope: unknown, name: string) => (name === 'anna' ? `arn:aws:iam::${account}:user/team/anna` : undefined),
  roleArn: () => undefined,
  callerArn: `arn:aws:iam::${account}:user/me`,
};

const fn = `arn:aws:lambda:us-east-1:${account}:function:f`;
const api = 'arn:aws:apigateway:us-east-1::';
const apiOfAccount = `arn:aws:apigateway:us-east-1:${account}:`;
const logGroup = `arn:aws:logs:us-east-1:${account}:log-group`;
const iam = `arn:aws:iam::${account}`;
const north = { 'aws:RequestTag/team': 'north', 'aws:TagKeys': ['team'] };

const alarm = `arn:aws:cloudwatch:us-east-1:${account}:alarm`;

const waf = `arn:aws:wafv2:us-east-1:${account}`;
const stageArn = 'arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod';

const rows: readonly { desc: string; call: AuthenticatedCall; asked: readonly CalledAction[] }[] = [
  {
    desc: 'put values of a namespace',
    call: call('cloudwatch', 'PutMetricData', { Namespace: 'shop', MetricData: [] }),
    asked: [{ action: 'cloudwatch:PutMetricData', resource: '*', keys: { 'cloudwatch:namespace': 'shop' } }],
  },
  {
    desc: 'put an alarm with tags',
    call: call('cloudwatch', 'PutMetricAlarm', { AlarmName: 'a', Tags: [{ Key: 'team', Value: 'north' }] }),
    asked: ['PutMetricAlarm', 'TagResource'].map((name) => ({
      action: `cloudwatch:${name}`,
      resource: `${alarm}:a`,
      keys: north,
    })),
  },
  {
    desc: 'delete alarms',
    call: call('cloudwatch', 'DeleteAlarms', { AlarmNames: ['a', 'b'] }),
    asked: ['a', 'b'].map((name) => ({ action: 'cloudwatch:DeleteAlarms', resource: `${alarm}:${name}` })),
  },
  {
    desc: 'read a dashboard',
    call: call('cloudwatch', 'GetDashboard', { DashboardName: 'd' }),
    asked: [{ action: 'cloudwatch:GetDashboard', resource: `arn:aws:cloudwatch::${account}:dashboard/d` }],
  },
  {
    desc: 'list metrics',
    call: call('cloudwatch', 'ListMetrics', { Namespace: 'shop' }),
    asked: [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
  },
  { desc: 'who am I', call: call('sts', 'GetCallerIdentity', {}), asked: [] },
  {
    desc: 'list APIs',
    call: call('apigatewayv2', 'GetApis', {}, 'GET /v2/apis'),
    asked: [{ action: 'apigateway:GET', resource: `${api}/apis` }],
  },
  {
    desc: 'a slash at the end',
    call: call('apigatewayv2', 'GetApis', {}, 'GET /v2/apis/'),
    asked: [{ action: 'apigateway:GET', resource: `${api}/apis` }],
  },
  {
    desc: 'an API id, encoded oddly',
    call: call('apigatewayv2', 'DeleteApi', {}, 'DELETE /v2/apis/%61bc'),
    asked: [{ action: 'apigateway:DELETE', resource: `${api}/apis/abc` }],
  },
  {
    desc: 'the $default stage',
    call: call('apigatewayv2', 'UpdateStage', {}, 'PATCH /v2/apis/abc/stages/%24default'),
    asked: [{ action: 'apigateway:PATCH', resource: `${api}/apis/abc/stages/$default` }],
  },
  {
    desc: 'tags keep their ARN encoded',
    call: call('apigatewayv2', 'TagResource', {}, 'POST /v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc'),
    asked: [{ action: 'apigateway:POST', resource: `${api}/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc` }],
  },
  {
    desc: 'a REST API',
    call: call('apigateway', 'GetRestApi', {}, 'GET /restapis/abc'),
    asked: [{ action: 'apigateway:GET', resource: `${api}/restapis/abc` }],
  },
  {
    desc: 'another partition',
    call: call('apigatewayv2', 'GetApis', {}, 'GET /v2/apis', 'cn-north-1'),
    asked: [{ action: 'apigateway:GET', resource: 'arn:aws-cn:apigateway:cn-north-1::/apis' }],
  },
  ...(
    [
      ['CreateRoutingRule', 'POST', 'CreateRoutingRule', '', '/*'],
      ['ListRoutingRules', 'GET', 'ListRoutingRules', '', '/*'],
      ['GetRoutingRule', 'GET', 'GetRoutingRule', '/abc123', '/abc123'],
      ['PutRoutingRule', 'PUT', 'UpdateRoutingRule', '/abc123', '/abc123'],
      ['DeleteRoutingRule', 'DELETE', 'DeleteRoutingRule', '/abc123', '/abc123'],
    ] as const
  ).map(([operation, method, action, path, resource]) => ({
    desc: operation,
    call: call('apigatewayv2', operation, {}, `${method} /v2/domainnames/a.example/routingrules${path}`),
    asked: [
      {
        action: `apigateway:${action}`,
        resource: `arn:aws:apigateway:us-east-1:${account}:/domainnames/a.example/routingrules${resource}`,
      },
    ],
  })),
  {
    desc: 'a private domain name',
    call: call('apigateway', 'GetDomainName', { domainNameId: 'abcd' }, 'GET /domainnames/a.example'),
    asked: [{ action: 'apigateway:GET', resource: `${apiOfAccount}/domainnames/a.example+abcd` }],
  },
  {
    desc: 'a mapping of a private domain name',
    call: call('apigateway', 'CreateBasePathMapping', { domainNameId: 'abcd' }, 'POST /domainnames/a.example/basepathmappings'),
    asked: [{ action: 'apigateway:POST', resource: `${apiOfAccount}/domainnames/a.example+abcd/basepathmappings` }],
  },
  {
    desc: 'a rule of a private domain name',
    call: call('apigatewayv2', 'ListRoutingRules', { DomainNameId: 'abcd' }, 'GET /v2/domainnames/a.example/routingrules'),
    asked: [{ action: 'apigateway:ListRoutingRules', resource: `${apiOfAccount}/domainnames/a.example+abcd/routingrules/*` }],
  },
  {
    desc: 'the policies of a domain name',
    call: call(
      'apigateway',
      'UpdateDomainName',
      {
        domainNameId: 'abcd',
        patchOperations: [
          { op: 'replace', path: '/policy', value: '{}' },
          { op: 'replace', path: '/managementPolicy', value: '{}' },
          { op: 'replace', path: '/certificateName', value: 'c' },
        ],
      },
      'PATCH /domainnames/a.example',
    ),
    asked: ['PATCH', 'UpdateDomainNamePolicy', 'UpdateDomainNameManagementPolicy'].map((action) => ({
      action: `apigateway:${action}`,
      resource: `${apiOfAccount}/domainnames/a.example+abcd`,
    })),
  },
  {
    desc: 'a domain name with a policy',
    call: call('apigateway', 'CreateDomainName', { policy: '{}' }, 'POST /domainnames'),
    asked: ['POST', 'UpdateDomainNamePolicy'].map((action) => ({
      action: `apigateway:${action}`,
      resource: `${api}/domainnames`,
    })),
  },
  {
    desc: 'an association',
    call: call(
      'apigateway',
      'CreateDomainNameAccessAssociation',
      { domainNameArn: 'arn:d' },
      'POST /domainnameaccessassociations',
    ),
    asked: [
      { action: 'apigateway:POST', resource: `${apiOfAccount}/domainnameaccessassociations` },
      { action: 'apigateway:CreateAccessAssociation', resource: 'arn:d' },
    ],
  },
  {
    desc: 'an association that goes',
    call: call(
      'apigateway',
      'DeleteDomainNameAccessAssociation',
      { domainNameAccessAssociationArn: 'arn:a' },
      'DELETE /domainnameaccessassociations/arn%3Aa',
    ),
    asked: [{ action: 'apigateway:DELETE', resource: 'arn:a' }],
  },
  {
    desc: 'an association that is rejected',
    call: call(
      'apigateway',
      'RejectDomainNameAccessAssociation',
      { domainNameAccessAssociationArn: 'arn:a', domainNameArn: 'arn:d' },
      'POST /rejectdomainnameaccessassociations',
    ),
    asked: [{ action: 'apigateway:RejectAccessAssociation', resource: 'arn:d' }],
  },
  {
    desc: 'a role for an integration is passed',
    call: call('apigatewayv2', 'CreateIntegration', { CredentialsArn: `${iam}:role/r` }, 'POST /v2/apis/abc/integrations'),
    asked: [
      { action: 'apigateway:POST', resource: `${api}/apis/abc/integrations` },
      { action: 'iam:PassRole', resource: `${iam}:role/r`, keys: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
    ],
  },
  {
    desc: 'a role for an integration of a REST API is passed',
    call: call('apigateway', 'PutIntegration', { credentials: `${iam}:role/r` }, 'PUT /restapis/abc'),
    asked: [
      { action: 'apigateway:PUT', resource: `${api}/restapis/abc` },
      { action: 'iam:PassRole', resource: `${iam}:role/r`, keys: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
    ],
  },
  {
    desc: 'a role in a patch of a REST API is passed, other values are not',
    call: call(
      'apigateway',
      'UpdateIntegration',
      {
        patchOperations: [
          { op: 'replace', path: '/uri', value: 'http://a' },
          { op: 'replace', path: '/credentials', value: `${iam}:role/r` },
        ],
      },
      'PATCH /restapis/abc',
    ),
    asked: [
      { action: 'apigateway:PATCH', resource: `${api}/restapis/abc` },
      { action: 'iam:PassRole', resource: `${iam}:role/r`, keys: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
    ],
  },
  {
    desc: 'a REST API with tags, as if what it will be were tagged',
    call: call('apigateway', 'CreateRestApi', { name: 'a', tags: { team: 'north' } }, 'POST /restapis'),
    asked: [
      { action: 'apigateway:POST', resource: `${api}/restapis`, keys: north },
      {
        action: 'apigateway:PUT',
        resource: `${api}/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F*`,
        keys: north,
      },
    ],
  },
  {
    desc: 'a stage of an HTTP API with tags',
    call: call('apigatewayv2', 'CreateStage', { Tags: { team: 'north' } }, 'POST /v2/apis/abc/stages'),
    asked: ['POST', 'TagResource'].map((action) => ({
      action: `apigateway:${action}`,
      resource: `${api}/apis/abc/stages`,
      keys: north,
    })),
  },
  {
    desc: 'no tags',
    call: call('apigatewayv2', 'CreateStage', { Tags: {} }, 'POST /v2/apis/abc/stages'),
    asked: [{ action: 'apigateway:POST', resource: `${api}/apis/abc/stages` }],
  },
  {
    desc: 'tags of what is there: which they are',
    call: call('apigateway', 'TagResource', { tags: { team: 'north' } }, 'PUT /tags/arn%3Aa'),
    asked: [{ action: 'apigateway:PUT', resource: `${api}/tags/arn%3Aa`, keys: north }],
  },
  {
    desc: 'tags that go: which they were',
    call: call('apigatewayv2', 'UntagResource', { TagKeys: ['team', 'cost'] }, 'DELETE /v2/tags/arn%3Aa'),
    asked: [{ action: 'apigateway:DELETE', resource: `${api}/tags/arn%3Aa`, keys: { 'aws:TagKeys': ['team', 'cost'] } }],
  },
  {
    desc: 'a function with tags and a role',
    call: call('lambda', 'CreateFunction', { FunctionName: 'f', Role: `${iam}:role/r`, Tags: { team: 'north' } }),
    asked: [
      { action: 'lambda:CreateFunction', resource: fn, keys: north },
      { action: 'lambda:TagResource', resource: fn, keys: north },
      { action: 'iam:PassRole', resource: `${iam}:role/r`, keys: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ],
  },
  {
    desc: 'a log group with tags',
    call: call('logs', 'CreateLogGroup', { logGroupName: 'g', tags: { team: 'north' } }),
    asked: [
      { action: 'logs:CreateLogGroup', resource: `${logGroup}:g:log-stream:`, keys: north },
      {
        action: 'logs:TagResource',
        alternative: 'logs:TagLogGroup',
        resource: `${logGroup}:g:log-stream:`,
        keys: north,
      },
    ],
  },
  ...(
    [
      ['User', { UserName: 'new' }, 'user/new'],
      ['Role', { RoleName: 'new' }, 'role/new'],
      ['Policy', { PolicyName: 'new' }, 'policy/new'],
    ] as const
  ).map(([noun, names, resource]) => ({
    desc: `a new ${noun} with tags`,
    call: call('iam', `Create${noun}`, { ...names, Tags: [{ Key: 'team', Value: 'north' }] }),
    asked: [`Create${noun}`, `Tag${noun}`].map((action) => ({
      action: `iam:${action}`,
      resource: `${iam}:${resource}`,
      keys: north,
    })),
  })),
  ...['f', 'function:f', `${account}:function:f`, `${account}:f`, fn].map((FunctionName) => ({
    desc: `a function as ${FunctionName}`,
    call: call('lambda', 'Invoke', { FunctionName }),
    asked: [{ action: 'lambda:InvokeFunction', resource: fn }],
  })),
  {
    desc: 'a qualifier',
    call: call('lambda', 'GetFunction', { FunctionName: 'f', Qualifier: 'live' }),
    asked: [{ action: 'lambda:GetFunction', resource: `${fn}:live` }],
  },
  {
    desc: 'a qualifier in the name',
    call: call('lambda', 'Invoke', { FunctionName: `${fn}:$LATEST` }),
    asked: [{ action: 'lambda:InvokeFunction', resource: `${fn}:$LATEST` }],
  },
  {
    desc: "another account's function",
    call: call('lambda', 'Invoke', { FunctionName: '222222222222:f' }),
    asked: [{ action: 'lambda:InvokeFunction', resource: 'arn:aws:lambda:us-east-1:222222222222:function:f' }],
  },
  {
    desc: 'list functions',
    call: call('lambda', 'ListFunctions', {}),
    asked: [{ action: 'lambda:ListFunctions', resource: '*' }],
  },
  {
    desc: 'tags of a function',
    call: call('lambda', 'ListTags', { Resource: fn }),
    asked: [{ action: 'lambda:ListTags', resource: fn }],
  },
  {
    desc: 'a layer version',
    call: call('lambda', 'GetLayerVersion', { LayerName: 'l', VersionNumber: 2 }),
    asked: [{ action: 'lambda:GetLayerVersion', resource: `arn:aws:lambda:us-east-1:${account}:layer:l:2` }],
  },
  {
    desc: 'a function with a role',
    call: call('lambda', 'CreateFunction', { FunctionName: 'f', Role: `${iam}:role/r` }),
    asked: [
      { action: 'lambda:CreateFunction', resource: fn },
      { action: 'iam:PassRole', resource: `${iam}:role/r`, keys: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ],
  },
  {
    desc: 'a log group',
    call: call('logs', 'CreateLogGroup', { logGroupName: '/aws/x' }),
    asked: [{ action: 'logs:CreateLogGroup', resource: `${logGroup}:/aws/x:log-stream:` }],
  },
  {
    desc: 'a log stream',
    call: call('logs', 'PutLogEvents', { logGroupName: 'g', logStreamName: 's' }),
    asked: [{ action: 'logs:PutLogEvents', resource: `${logGroup}:g:log-stream:s` }],
  },
  {
    desc: 'a log group by its ARN',
    call: call('logs', 'FilterLogEvents', { logGroupIdentifier: `${logGroup}:g:*` }),
    asked: [{ action: 'logs:FilterLogEvents', resource: `${logGroup}:g:log-stream:` }],
  },
  {
    desc: 'a new user',
    call: call('iam', 'CreateUser', { UserName: 'new', Path: '/a/' }),
    asked: [{ action: 'iam:CreateUser', resource: `${iam}:user/a/new` }],
  },
  {
    desc: 'a user that exists has its path',
    call: call('iam', 'DeleteUser', { UserName: 'anna' }),
    asked: [{ action: 'iam:DeleteUser', resource: `${iam}:user/team/anna` }],
  },
  {
    desc: 'myself',
    call: call('iam', 'CreateAccessKey', {}),
    asked: [{ action: 'iam:CreateAccessKey', resource: `${iam}:user/me` }],
  },
  { desc: 'list users', call: call('iam', 'ListUsers', {}), asked: [{ action: 'iam:ListUsers', resource: `${iam}:user/` }] },
  {
    desc: 'list policies',
    call: call('iam', 'ListPolicies', { PathPrefix: '/x/' }),
    asked: [{ action: 'iam:ListPolicies', resource: `${iam}:policy/x/` }],
  },
  {
    desc: 'a policy',
    call: call('iam', 'DeletePolicy', { PolicyArn: `${iam}:policy/p` }),
    asked: [{ action: 'iam:DeletePolicy', resource: `${iam}:policy/p` }],
  },
  {
    desc: 'attach a policy',
    call: call('iam', 'AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    asked: [
      {
        action: 'iam:AttachRolePolicy',
        resource: `${iam}:role/r`,
        keys: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ],
  },
  {
    desc: 'a service that is not built',
    call: call('cognito-idp', 'CreateUserPool', {}),
    asked: [{ action: 'cognito-idp:CreateUserPool', resource: '*' }],
  },
  {
    desc: 'make a web ACL, which has no id yet',
    call: call('wafv2', 'CreateWebACL', { Name: 'shop', Scope: 'REGIONAL' }),
    asked: [{ action: 'wafv2:CreateWebACL', resource: `${waf}:regional/webacl/shop/*` }],
  },
  {
    desc: 'change an IP set',
    call: call('wafv2', 'UpdateIPSet', { Name: 'mine', Id: 'i', Scope: 'CLOUDFRONT' }),
    asked: [{ action: 'wafv2:UpdateIPSet', resource: `${waf}:global/ipset/mine/i` }],
  },
  {
    desc: 'the keys that a rule of a web ACL limits',
    call: call('wafv2', 'GetRateBasedStatementManagedKeys', {
      WebACLName: 'shop',
      WebACLId: 'i',
      RuleName: 'r',
      Scope: 'REGIONAL',
    }),
    asked: [{ action: 'wafv2:GetRateBasedStatementManagedKeys', resource: `${waf}:regional/webacl/shop/i` }],
  },
  {
    desc: "a managed rule group, which is nobody's",
    call: call('wafv2', 'DescribeManagedRuleGroup', { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet', Scope: 'REGIONAL' }),
    asked: [{ action: 'wafv2:DescribeManagedRuleGroup', resource: '*' }],
  },
  {
    desc: 'put a web ACL in front of a stage',
    call: call('wafv2', 'AssociateWebACL', { WebACLArn: `${waf}:regional/webacl/shop/i`, ResourceArn: stageArn }),
    asked: [
      { action: 'wafv2:AssociateWebACL', resource: `${waf}:regional/webacl/shop/i` },
      { action: 'wafv2:AssociateWebACL', resource: stageArn },
      { action: 'apigateway:SetWebACL', resource: stageArn },
    ],
  },
  {
    desc: 'log what a web ACL does',
    call: call('wafv2', 'PutLoggingConfiguration', { LoggingConfiguration: { ResourceArn: `${waf}:regional/webacl/shop/i` } }),
    asked: [{ action: 'wafv2:PutLoggingConfiguration', resource: `${waf}:regional/webacl/shop/i` }],
  },
  {
    desc: 'list web ACLs',
    call: call('wafv2', 'ListWebACLs', { Scope: 'REGIONAL' }),
    asked: [{ action: 'wafv2:ListWebACLs', resource: '*' }],
  },
];

for (const row of rows) {
  test(`asked › ${row.desc}`, () => {
    assert.deepEqual(calledActions(row.call, names), row.asked);
  });
}
