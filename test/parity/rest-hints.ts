// What recorded REST API tests leave out: APIs that were made ready for them, and names that several things had.

import type { RecordedCall } from './recordings.ts';
import { from, type RestHint } from './rest-replay.ts';

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

export const restHints: Readonly<Record<string, RestHint>> = {
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
