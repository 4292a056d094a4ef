// What recorded REST API tests leave out: APIs that were made ready for them, and names that several things had.

import type { RecordedCall } from './recordings.ts';
import { from, type RestHint, recordedFile } from './rest-replay.ts';

const call = (op: string, args: Record<string, unknown>, more: Partial<RecordedCall> = {}): RecordedCall => ({
  op: `apigateway.${op}`,
  args: { restApiId: from('api_id'), ...args },
  ...more,
});

/** An API whose resource /test has GET with a MOCK integration. */
const mockApi: readonly RecordedCall[] = [
  { op: 'apigateway.create_rest_api', args: { name: `ready-${from('uid')}` } },
  call('create_resource', { parentId: from('root_id'), pathPart: 'test' }),
  ...[
    call('put_method', { authorizationType: 'NONE' }),
    call('put_integration', { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
    call('put_method_response', { statusCode: '200' }),
    call('put_integration_response', {
      statusCode: '200',
      selectionPattern: '',
      responseTemplates: { 'application/json': '{"statusCode": 200}' },
    }),
  ].map((each) => ({ ...each, args: { ...each.args, resourceId: from('resource_id'), httpMethod: 'GET' } })),
];

/** The same, deployed to s1, with version v123 of its documentation. */
const stagedApi: readonly RecordedCall[] = [
  ...mockApi,
  call('create_deployment', {}),
  call('create_documentation_version', { documentationVersion: 'v123' }),
  call(
    'create_stage',
    { stageName: 's1', deploymentId: from('deployment_id'), description: 'my stage', documentationVersion: 'v123' },
    { record: 'create-stage' },
  ),
];

/** An API whose resource /{object_path+} stands before a bucket. */
const bucketApi = (request?: string, response?: string): readonly RecordedCall[] => [
  { op: 'apigateway.create_rest_api', args: { name: `ready-${from('uid')}` } },
  call('create_resource', { parentId: from('root_id'), pathPart: '{object_path+}' }),
  ...[
    call('put_method', {
      authorizationType: 'NONE',
      requestParameters: {
        'method.request.path.object_path': true,
        'method.request.header.Content-Type': false,
        'method.request.header.response-content-type': false,
      },
    }),
    call('put_method_response', { statusCode: '200', responseParameters: { 'method.response.header.ETag': false } }),
    call(
      'put_integration',
      {
        ...{ integrationHttpMethod: 'ANY', type: 'AWS', uri: 'arn:aws:apigateway:us-east-1:s3:path/bucket/{object_path}' },
        requestParameters: {
          'integration.request.path.object_path': 'method.request.path.object_path',
          'integration.request.header.Content-Type': 'method.request.header.Content-Type',
          'integration.request.querystring.response-content-type': 'method.request.header.response-content-type',
        },
        ...{ credentials: from('role_arn'), contentHandling: request },
      },
      { record: 'put-integration' },
    ),
    call(
      'put_integration_response',
      {
        ...{ statusCode: '200', contentHandling: response },
        responseParameters: { 'method.response.header.ETag': 'integration.response.header.ETag' },
      },
      { record: 'put-integration-response' },
    ),
  ].map((each) => ({ ...each, args: { ...each.args, resourceId: from('resource_id'), httpMethod: 'ANY' } })),
];

const onStage = (patchOperations: readonly unknown[], more: Partial<RecordedCall>) =>
  call('update_stage', { stageName: 's1', patchOperations }, more);

/** A call of a test about keys, with the record it makes. */
const keyCall = (op: string, args: Record<string, unknown>, record?: string, more: Partial<RecordedCall> = {}): RecordedCall => ({
  ...{ op: `apigateway.${op}`, args },
  ...(record === undefined ? {} : { record }),
  ...more,
});

const listKeys = (record: string, args: Record<string, unknown> = {}) => keyCall('get_api_keys', args, record);

const listPlanKeys = (record: string, args: Record<string, unknown> = {}) =>
  keyCall('get_usage_plan_keys', { usagePlanId: from('usage_plan_id'), ...args }, record);

const joinPlan = (key: string, record: string) =>
  keyCall('create_usage_plan_key', { usagePlanId: from('usage_plan_id'), keyId: from(key), keyType: 'API_KEY' }, record);

const keyTests: Readonly<Record<string, RestHint>> = {
  'TestApiGatewayVpcLink::test_vpc_link_lifecycle': {
    region: 'eu-west-3',
    before: [keyCall('create_vpc_link', { name: 'link', targetArns: [from('nlb_arn')] }, 'create_vpc_link')],
    values: {
      nlb_arn: 'arn:aws:elasticloadbalancing:eu-west-3:111111111111:loadbalancer/net/nlb/0123456789abcdef',
      vpc_link_id: of('create_vpc_link', 'id'),
    },
    calls: [
      keyCall('get_vpc_link', { vpcLinkId: from('vpc_link_id') }, 'get_vpc_link'),
      keyCall('get_vpc_links', {}, 'get_vpc_links'),
      keyCall(
        'update_vpc_link',
        { vpcLinkId: from('vpc_link_id'), patchOperations: [{ op: 'replace', path: '/name', value: 'link-updated' }] },
        'update_vpc_link',
      ),
      keyCall('delete_vpc_link', { vpcLinkId: from('vpc_link_id') }, 'delete_vpc_link'),
    ],
  },
  'TestUsagePlans::test_usage_plan_crud': {
    region: 'eu-north-1',
    values: { stage: 'dev', usage_plan_id: of('create-usage-plan', 'id'), echo_http_server_post: 'http://example.com' },
  },
  'TestApigatewayApiKeysCrud::test_get_api_keys': {
    region: 'eu-south-1',
    values: { position: of('get-apis-keys-pagination', 'position') },
    calls: [
      listKeys('get-api-keys'),
      keyCall('create_api_key', { name: `test-key-1${from('uid')}` }, 'create-api-key'),
      listKeys('get-api-keys-after-create-1'),
      listKeys('get-api-keys-wrong-name-query', { nameQuery: `test-key-2${from('uid')}` }),
      listKeys('get-api-keys-prefix-name-query', { nameQuery: 'test-key' }),
      listKeys('get-api-keys-prefix-name-query-cased', { nameQuery: 'TEST-KEY' }),
      listKeys('get-api-keys-postfix-name-query', { nameQuery: `st-key-1${from('uid')}` }),
      listKeys('get-api-keys-infix-name-query', { nameQuery: 'st-key' }),
      keyCall('create_api_key', { name: `test-key-2${from('uid')}` }, 'create-api-key-2'),
      listKeys('get-api-keys-after-create-2'),
      listKeys('get-api-keys-name-query', { nameQuery: `test-key-2${from('uid')}` }),
      listKeys('get-api-keys-prefix-name-query-2', { nameQuery: 'test-key' }),
      listKeys('get-apis-keys-pagination', { limit: 1 }),
      listKeys('get-apis-keys-pagination-2', { limit: 1, position: from('position') }),
    ],
  },
  'TestApigatewayApiKeysCrud::test_get_usage_plan_api_keys': {
    region: 'eu-south-2',
    values: {
      usage_plan_id: of('create-usage-plan', 'id'),
      key_1: of('create-api-key', 'id'),
      key_2: of('create-api-key-2', 'id'),
    },
    calls: [
      listKeys('get-api-keys'),
      keyCall('create_api_key', { name: `test-key-1${from('uid')}` }, 'create-api-key'),
      keyCall('create_api_key', { name: `test-key-2${from('uid')}` }, 'create-api-key-2'),
      listKeys('get-api-keys-after-create-1'),
      keyCall('create_usage_plan', { name: `usage-plan-${from('uid')}` }, 'create-usage-plan'),
      listPlanKeys('get-up-keys-before-create'),
      joinPlan('key_1', 'create-up-key'),
      joinPlan('key_2', 'create-up-key-2'),
      listPlanKeys('get-up-keys'),
      listPlanKeys('get-up-keys-name-query', { nameQuery: 'test-key' }),
      listPlanKeys('get-up-keys-name-query-cased', { nameQuery: 'TEST-key' }),
      listPlanKeys('get-up-keys-name-query-key-name', { nameQuery: `test-key-1${from('uid')}` }),
      listPlanKeys('get-up-keys-bad-query', { nameQuery: 'nothing' }),
      keyCall('delete_api_key', { apiKey: from('key_1') }),
      keyCall('delete_api_key', { apiKey: from('key_2') }),
      keyCall('get_usage_plan_keys', { usagePlanId: from('usage_plan_id') }, 'get-up-keys-after-delete'),
      keyCall('get_usage_plan_keys', { usagePlanId: 'bad-id' }, 'get-up-keys-bad-usage-plan'),
    ],
  },
  'TestApigatewayApiKeysCrud::test_negative_get_usage_plan_api_keys': {
    region: 'eu-central-2',
    values: { key: of('create-api-key', 'id') },
    calls: [
      listKeys('get-api-keys-invalid-limit', { limit: -1 }),
      keyCall('create_api_key', { name: 'key-enabled-false', enabled: false }, 'create-api-key'),
      keyCall(
        'update_api_key',
        { apiKey: from('key'), patchOperations: [{ op: 'replace', path: '/name', value: 'new-name' }] },
        'update-api-key-name',
      ),
    ],
  },
  'TestApigatewayApiKeysCrud::test_create_api_key_with_invalid_name': { values: { long_name: 'n'.repeat(1025) } },
  'TestApigatewayApiKeysCrud::test_update_api_key_invalid_description_length': {
    values: { long_description: 'd'.repeat(125_001), api_key_id: of('made', 'id') },
    before: [keyCall('create_api_key', {}, 'made')],
  },
};

/** A member of an earlier answer. */
function of(record: string, member: string) {
  return (answers: ReadonlyMap<string, Record<string, unknown>>) => answers.get(record)?.[member];
}

/** A recorded document with what the test had put into it. */
const documentWith = (file: string, name: string, value: string) => () => recordedFile(file).replaceAll(`\${${name}}`, value);

const importDocument = (record?: string): RecordedCall => ({
  op: 'apigateway.import_rest_api',
  args: { body: from('document'), failOnWarnings: true },
  ...(record === undefined ? {} : { record }),
});

const readBack = (op: string, record: string): RecordedCall => call(op, {}, { record });

const functionUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:any/invocations';

const getExport = (record: string, more: Record<string, unknown> = {}): RecordedCall =>
  call('get_export', { stageName: 'local', exportType: 'swagger', ...more }, { record });

/** What is exported is what was imported. */
const exportCalls: readonly RecordedCall[] = [
  importDocument('import-api'),
  call('create_deployment', { stageName: 'local' }),
  getExport('get-export'),
  getExport('get-export-with-extensions', { parameters: { extensions: 'apigateway' } }),
];

const importTests: Readonly<Record<string, RestHint>> = {
  'TestApiGatewayImportRestApi::test_import_swagger_api': {
    values: {
      spec_file: documentWith(
        'petstore-authorizer.swagger.json',
        'uri',
        'http://petstore.execute-api.us-west-1.amazonaws.com/petstore/pets',
      ),
    },
  },
  'TestApiGatewayImportRestApi::test_import_and_validate_rest_api[openapi.spec.tf.json]': {
    values: { import_file: 'openapi.spec.tf.json' },
  },
  'TestApiGatewayImportRestApi::test_import_and_validate_rest_api[swagger-mock-cors.json]': {
    values: { import_file: 'swagger-mock-cors.json' },
  },
  ...Object.fromEntries(
    ['ignore', 'prepend', 'split'].map((mode) => [
      `TestApiGatewayImportRestApi::test_import_rest_api_with_base_path_oas30[${mode}]`,
      { values: { base_path_type: mode } },
    ]),
  ),
  ...Object.fromEntries(
    ['merge', 'overwrite'].map((mode) => [
      `TestApiGatewayImportRestApi::test_put_rest_api_mode_binary_media_types[${mode}]`,
      { values: { put_mode: mode } },
    ]),
  ),
  'TestApiGatewayImportRestApi::test_import_with_global_api_key_authorizer': {
    values: { document: documentWith('openapi.spec.global-auth.json', 'authorizer_lambda_invocation_arn', functionUri) },
    calls: [
      importDocument('import-swagger'),
      readBack('get_authorizers', 'get-authorizers'),
      readBack('get_resources', 'resources'),
    ],
  },
  'TestApiGatewayImportRestApi::test_import_with_http_method_integration': {
    values: { document: documentWith('openapi-http-method-integration.json', 'lambda_invocation_arn', functionUri) },
    calls: [importDocument(), readBack('get_resources', 'resources')],
  },
  'TestApiGatewayImportRestApi::test_import_with_cognito_auth_identity_source': {
    values: {
      document: documentWith(
        'openapi.cognito-auth.json',
        'cognito_pool_arn',
        'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_ABC123',
      ),
    },
    calls: [
      importDocument('import-swagger'),
      readBack('get_authorizers', 'get-authorizers'),
      readBack('get_resources', 'resources'),
    ],
  },
  'test_export_swagger_openapi[TEST_IMPORT_PETS]': { values: { document: () => recordedFile('pets.json') }, calls: exportCalls },
  'test_export_swagger_openapi[TEST_IMPORT_PETSTORE_SWAGGER]': {
    values: {
      document: documentWith('petstore-swagger.json', 'uri', 'http://petstore.execute-api.us-west-1.amazonaws.com/petstore/pets'),
    },
    calls: exportCalls,
  },
  'TestApiGatewayImportRestApi::test_import_with_stage_variables': {
    values: { spec_file: () => recordedFile('openapi.spec.stage-variables.json'), endpoint: 'backend.example.com' },
  },
  'TestApiGatewayApiDocumentationPart::test_import_documentation_parts_bad_file': {
    values: { 'PutMode.overwrite': 'overwrite' },
  },
};

const onMethod = (resource: string, httpMethod: string) => ({ resourceId: from(resource), httpMethod });

/** A mock with what the recorded tests gave it. */
function mockOf(resource: string, httpMethod: string, template: string, hasPath: boolean): RecordedCall[] {
  const method = onMethod(resource, httpMethod);
  const path = hasPath ? { requestParameters: { 'method.request.path.petId': true } } : {};
  const mapped = hasPath ? { requestParameters: { 'integration.request.path.id': 'method.request.path.petId' } } : {};
  const requestTemplates = { 'application/json': '{"statusCode": 200}' };
  return [
    call('put_method', { ...method, authorizationType: 'NONE', ...path }),
    call('put_method_response', { ...method, statusCode: '200' }),
    call('put_integration', { ...method, type: 'MOCK', integrationHttpMethod: httpMethod, requestTemplates, ...mapped }),
    call('put_integration_response', { ...method, statusCode: '200', responseTemplates: { 'application/json': template } }),
  ];
}

const testInvoke = (resource: string, httpMethod: string, record: string, more: Record<string, unknown> = {}): RecordedCall =>
  call('test_invoke_method', { ...onMethod(resource, httpMethod), ...more }, { record });

const body = '{"foo": "bar"}';
const petTemplate = '{"petId": "$input.params(\'petId\')"}';

const testInvokeTests: Readonly<Record<string, RestHint>> = {
  'TestApigatewayTestInvoke::test_invoke_test_method': {
    values: { pets: of('pets', 'id'), pet: of('pet', 'id') },
    calls: [
      { op: 'apigateway.create_rest_api', args: { name: 'aws lambda api' } },
      call('create_resource', { parentId: from('root_id'), pathPart: 'pets' }, { record: 'pets' }),
      call('create_resource', { parentId: from('pets'), pathPart: '{petId}' }, { record: 'pet' }),
      ...mockOf('pets', 'GET', '{"pets": "all the pets"}', false),
      ...mockOf('pet', 'GET', petTemplate, true),
      ...mockOf('pet', 'POST', petTemplate, true),
      testInvoke('pets', 'GET', 'test-invoke-method-get-pets'),
      testInvoke('pets', 'GET', 'test-invoke-method-get-pets-bad-path', { pathWithQueryString: '/random/test' }),
      testInvoke('pet', 'GET', 'test-invoke-method-get-pets-id', { pathWithQueryString: '/pets/123' }),
      testInvoke('pet', 'GET', 'test-invoke-method-get-pets-id-no-path'),
      testInvoke('pet', 'GET', 'test-invoke-method-get-pets-id-bad-path', { pathWithQueryString: '/random/test' }),
      testInvoke('pet', 'GET', 'test-invoke-method-get-with-qs', { pathWithQueryString: '/pets/123?foo=bar' }),
      testInvoke('pet', 'POST', 'test-invoke-method-post-with-body', { pathWithQueryString: '/pets/123', body }),
      testInvoke('pet', 'HEAD', 'resource-method-not-found', { pathWithQueryString: '/pets/123', body }),
      testInvoke('pet', 'POST', 'resource-id-not-found', { resourceId: 'invalid_res' }),
      testInvoke('pet', 'POST', 'rest-api-not-found', { restApiId: 'invalid_api', resourceId: 'invalid_res' }),
    ],
  },
  'TestApigatewayTestInvoke::test_failed_invoke_test_method': {
    calls: [
      { op: 'apigateway.create_rest_api', args: { name: 'test failed invoke' } },
      call('put_method', { ...onMethod('root_id', 'ANY'), authorizationType: 'NONE' }),
      call('put_integration', {
        ...onMethod('root_id', 'ANY'),
        ...{ type: 'HTTP_PROXY', uri: from('stage_uri'), integrationHttpMethod: 'ANY' },
      }),
      testInvoke('root_id', 'GET', 'test-invoke-failure'),
    ],
    values: { stage_uri: `https://${from('stageVariables.testHost')}` },
  },
};

export const restHints: Readonly<Record<string, RestHint>> = {
  ...keyTests,
  ...importTests,
  ...testInvokeTests,
  'TestStageCrudCanary::*': { before: mockApi },
  'TestApiGatewayStage::*': { before: mockApi },
  'TestApiGatewayS3BinarySupport::test_apigw_s3_binary_support_request[CONVERT_TO_TEXT]': {
    before: bucketApi('CONVERT_TO_TEXT'),
  },
  'TestApiGatewayS3BinarySupport::test_apigw_s3_binary_support_request_convert_to_binary*': {
    before: bucketApi('CONVERT_TO_BINARY'),
  },
  'TestApiGatewayS3BinarySupport::test_apigw_s3_binary_support_response_convert_to_binary_with_request_template': {
    before: bucketApi(undefined, 'CONVERT_TO_TEXT'),
  },
  'TestApiGatewayS3BinarySupport::test_apigw_s3_binary_support_response_convert_to_binary': {
    before: bucketApi(undefined, 'CONVERT_TO_BINARY'),
  },
  'TestApiGatewayS3BinarySupport::*': { before: bucketApi() },
  'TestStages::test_create_update_stages': { before: stagedApi },
  'TestStages::test_update_stage_remove_wildcard': {
    before: stagedApi,
    calls: [
      call('get_stage', { stageName: 's1' }, { record: 'get-stage' }),
      onStage([{ op: 'remove', path: '/*/*' }], { record: 'delete-error', expect: 'error' }),
      onStage([{ op: 'replace', path: '/*/*/caching/enabled', value: 'true' }], { record: 'update-stage' }),
      onStage([{ op: 'remove', path: '/*/*' }], { record: 'update-stage-reset' }),
      call('get_stage', { stageName: 's1' }, { record: 'get-stage-after-reset' }),
    ],
  },
  'TestApiGatewayGatewayResponse::test_update_gateway_response': {
    after: ['/responseTemplates/application~1xml', '/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin'].map(
      (path, index) =>
        call(
          'update_gateway_response',
          { responseType: 'DEFAULT_4XX', patchOperations: [{ op: 'replace', path, value: null }] },
          { record: `update-gateway-replace-invalid-parameter-${index}-none`, expect: 'error' },
        ),
    ),
  },
  'TestApiGatewayApiResource::test_create_proxy_resource': {
    values: {
      proxy_child_id: (answers: ReadonlyMap<string, Record<string, unknown>>) =>
        answers.get('create-proxy-sibling-proxy-child-resource')?.['id'],
      dynamic_child_id: (answers: ReadonlyMap<string, Record<string, unknown>>) =>
        (answers.get('create-proxy-sibling-dynamic-child-resource') ??
          answers.get('create-proxy-sibling-static-child-resource'))?.['id'],
    },
  },
};
