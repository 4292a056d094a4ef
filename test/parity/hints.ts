// What the recordings do not say: code of functions, names of local variables, calls made in loops. By test name; a name that ends
// in `*` stands for every test that begins so.

import { randomBytes } from 'node:crypto';
import { account } from '../wire/deployed-api.ts';
import { zipFile } from '../wire/zip-file.ts';
import type { RecordedCall } from './recordings.ts';
import type { Answers, Hint } from './replay.ts';

const uid = ['$', '{uid}'].join('');
const expression = (text: string): string => ['$', '{', text, '}'].join('');
const answer =
  (name: string, ...path: string[]) =>
  (answers: Answers): unknown =>
    path.reduce<unknown>((value, member) => (value as Record<string, unknown> | undefined)?.[member], answers.get(name));
const anyBucket = 'arn:aws:s3:::test-bucket';
const buckets = { "arns.s3_bucket_arn('test-bucket', region=region_name)": anyBucket };

const layerValues = { dummylayer: () => zipFile({ 'nodejs/node_modules/tool/index.js': 'exports.tool = 1;' }) };
const compatibilities = (...runtimes: readonly (readonly string[])[]): Hint => ({
  values: { ...layerValues, runtimes: () => runtimes.flat(), ARCHITECTURES: () => ['arm64', 'x86_64'] },
  withoutCalls: [1],
});

const lambdaTimeout =
  'exports.handler = async (event) => { await new Promise((r) => setTimeout(r, event.wait * 1000)); return null; };';
const pythonTimeout = `import time
def handler(event, context):
    time.sleep(event["wait"])
`;
const missingFunction = (operation: string): Hint => ({
  calls: [
    { op: `lambda.${operation}`, args: { FunctionName: `i-dont-exist-${uid}` }, expect: 'error', record: 'not_found_exception' },
  ],
});
const missingVersion = (operation: string): Hint => ({
  create: true,
  calls: [
    {
      op: `lambda.${operation}`,
      args: { FunctionName: `fn-${uid}`, Qualifier: '1221' },
      expect: 'error',
      record: 'version_not_found_exception',
    },
  ],
});
const qualifierMismatch = (operation: string): Hint => {
  const name = `arn:aws:lambda:us-east-1:${account}:function:some-function`;
  const call = (arn: string, qualifier: string, record: string): RecordedCall => ({
    op: `lambda.${operation}`,
    args: { FunctionName: arn, Qualifier: qualifier },
    expect: 'error',
    record,
  });
  return { calls: [call(`${name}:1`, '$LATEST', 'not_match_exception'), call(`${name}:$LATEST`, '$LATEST', 'match_exception')] };
};
const deprecated = (runtime: string): Hint => ({
  calls: [
    {
      op: 'lambda.create_function',
      args: {
        FunctionName: `fn-${uid}`,
        Handler: 'index.handler',
        Code: { ZipFile: expression('zip_file') },
        PackageType: 'Zip',
        Role: expression('lambda_su_role'),
        Runtime: runtime,
      },
      expect: 'error',
      record: 'deprecation_error',
    },
  ],
});

export const hints: Readonly<Record<string, Hint>> = {
  'TestLambdaBehavior::test_lambda_invoke_with_timeout': { code: [lambdaTimeout], python: [pythonTimeout] },
  'TestLambdaBehavior::test_lambda_invoke_no_timeout': { code: [lambdaTimeout], python: [pythonTimeout] },
  'TestLambdaBehavior::test_lambda_invoke_timed_out_environment_reuse': {
    code: [
      `const fs = require('node:fs');
const file = require('node:path').join(require('node:os').tmpdir(), 'reuse-' + process.env.AWS_LAMBDA_FUNCTION_NAME);
let number = 0;
exports.handler = async (event) => {
  if (event.sleep) await new Promise((r) => setTimeout(r, event.sleep * 1000));
  if (event['write-file']) fs.writeFileSync(file, event['write-file']);
  if (event['read-file']) return { content: fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined };
  if (event['set-number']) number = event['set-number'];
  if (event['read-number']) return { number };
  return null;
};`,
    ],
    python: [
      `import os, tempfile, time
file = os.path.join(tempfile.gettempdir(), "reuse-" + os.environ["AWS_LAMBDA_FUNCTION_NAME"])
number = 0
def handler(event, context):
    global number
    if event.get("sleep"):
        time.sleep(event["sleep"])
    if event.get("write-file"):
        open(file, "w").write(event["write-file"])
    if event.get("read-file"):
        return {"content": open(file).read()} if os.path.exists(file) else {}
    if event.get("set-number"):
        number = event["set-number"]
    if event.get("read-number"):
        return {"number": number}
`,
    ],
  },
  'TestLambdaFeatures::test_invocation_type_event[*': { create: true, values: { function_arn: `fn-${uid}` } },
  'TestLambdaFeatures::test_invocation_type_dry_run[*': { create: true, values: { invocation_echo_lambda: `fn-${uid}` } },
  'TestLambdaFeatures::test_invocation_with_qualifier': {
    createAs: 'creation-response',
    // The recorded test brings its code by way of S3.
    calls: [
      {
        op: 'lambda.invoke',
        args: {
          FunctionName: `fn-${uid}`,
          Payload: { $bytes: '{"foo": "bar with \'quotes\\""}' },
          Qualifier: expression('qualifier'),
          LogType: 'Tail',
        },
        record: 'invocation-response',
      },
    ],
    code: [
      `exports.handler = async (event, context) => ({ event, context: {
  invoked_function_arn: context.invokedFunctionArn, function_version: context.functionVersion,
  function_name: context.functionName, memory_limit_in_mb: context.memoryLimitInMB, aws_request_id: context.awsRequestId,
  log_group_name: context.logGroupName, log_stream_name: context.logStreamName, client_context: context.clientContext ?? null } });`,
    ],
    python: [
      `def handler(event, context):
    names = ["invoked_function_arn", "function_version", "function_name", "memory_limit_in_mb", "aws_request_id"]
    names += ["log_group_name", "log_stream_name", "client_context"]
    return {"event": event, "context": {name: getattr(context, name) for name in names}}
`,
    ],
    values: { qualifier: answer('creation-response', 'Version') },
    leaveOut: { log_result: 'the lines of a log, made by the function’s own logging library' },
  },
  'TestLambdaConcurrency::test_lambda_concurrency_block': { values: { v1: answer('v1_result', 'Version') } },
  'TestLambdaConcurrency::test_lambda_provisioned_concurrency_scheduling': {
    code: ['exports.handler = async (event) => { await new Promise((r) => setTimeout(r, (event.wait ?? 0) * 100)); return 1; };'],
    python: ['import time\ndef handler(event, context):\n    time.sleep(event.get("wait", 0) / 10)\n    return 1\n'],
    values: { "v1['Version']": '1' },
    until: { get_provisioned_postwait: 'READY' },
  },
  'TestLambdaConcurrency::test_reserved_provisioned_overlap': {
    values: { "v1['Version']": '1', "v2['Version']": '2' },
    until: { get_provisioned_postwait: 'READY' },
  },
  'TestLambdaConcurrency::test_provisioned_concurrency_init_failure': {
    code: ["throw new Error('init');"],
    python: ['raise Exception("init")'],
    calls: [
      { op: 'lambda.create_function', args: {} },
      { op: 'lambda.publish_version', args: { FunctionName: `fn-${uid}` } },
      ...(
        [
          ['put_provisioned_concurrency_config', 'put_provisioned', { ProvisionedConcurrentExecutions: 1 }],
          ['get_provisioned_concurrency_config', 'get_provisioned_prewait', {}],
          ['get_provisioned_concurrency_config', 'get_provisioned_postwait', {}],
        ] as const
      ).map(([operation, record, args]) => ({
        op: `lambda.${operation}`,
        args: { FunctionName: `fn-${uid}`, Qualifier: '1', ...args },
        record,
      })),
    ],
    until: { get_provisioned_postwait: 'FAILED' },
  },
  'TestLambdaConcurrency::test_lambda_provisioned_concurrency_moves_with_alias': {
    values: {
      "fn['RevisionId']": answer('get-function-configuration', 'RevisionId'),
      "first_ver['Version']": '1',
      "new_version['Version']": '2',
      "lambda_conf['RevisionId']": answer('get_function_after_update', 'RevisionId'),
    },
  },
  'TestLambdaProvisionedConcurrency::test_lambda_provisioned_lifecycle': {
    values: { function_version: answer('publish_version_result', 'Version') },
  },
  'TestLambdaProvisionedConcurrency::test_provisioned_concurrency_limits': {
    functions: [`limits-${uid}`],
    region: 'eu-west-2',
    calls: [
      { op: 'lambda.create_function', args: {} },
      { op: 'lambda.publish_version', args: { FunctionName: `limits-${uid}` } },
      ...(
        [
          [1001, 'put_provisioned_concurrency_account_limit_exceeded'],
          [901, 'put_provisioned_concurrency_below_unreserved_min_value'],
        ] as const
      ).map(
        ([count, record]): RecordedCall => ({
          op: 'lambda.put_provisioned_concurrency_config',
          args: { FunctionName: `limits-${uid}`, Qualifier: '1', ProvisionedConcurrentExecutions: count },
          expect: 'error',
          record,
        }),
      ),
    ],
  },
  'TestLambdaVersions::test_lambda_versions_with_code_changes': {
    createAs: 'create_response',
    code: [versionedHandler('version1')],
    python: [versionedPython('version1')],
    values: {
      zip_file_v2: () => zipFile({ 'handler.js': versionedHandler('version2'), 'handler.py': versionedPython('version2') }),
      zip_file_v3: () => zipFile({ 'handler.js': versionedHandler('version3'), 'handler.py': versionedPython('version3') }),
    },
  },
  'TestLambdaAliases::test_alias_routingconfig': {
    create: true,
    calls: [
      { op: 'lambda.publish_version', args: { FunctionName: `fn-${uid}` } },
      { op: 'lambda.update_function_code', args: { FunctionName: `fn-${uid}`, ZipFile: expression('zip_file_v2') } },
      { op: 'lambda.publish_version', args: { FunctionName: `fn-${uid}`, Description: 'Second version description :)' } },
      {
        op: 'lambda.create_alias',
        args: {
          FunctionName: `fn-${uid}`,
          FunctionVersion: '1',
          Name: 'alias1',
          RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
        },
        record: 'create_alias_response',
      },
      { op: 'lambda.invoke', args: { FunctionName: `fn-${uid}`, Qualifier: 'alias1' } },
    ],
    values: { zip_file_v2: () => bothReturn2() },
  },
  'TestLambdaFeatures::test_invocation_type_event_error': {
    code: ["exports.handler = async () => { throw new Error('fails'); };"],
    python: ['def handler(event, context):\n    raise Exception("fails")\n'],
    leaveOut: { log_events: 'lines of a log' },
  },
  'TestRequestIdHandling::test_request_id_invoke': {
    code: ['exports.handler = async (event, context) => context.awsRequestId;'],
    python: ['def handler(event, context):\n    return context.aws_request_id\n'],
    leaveOut: { log_entries: 'lines of a log' },
  },
  'TestLambdaErrors::test_lambda_runtime_exit': {
    code: ['process.exit(0); exports.handler = async () => 1;'],
    python: ['import sys\nsys.exit(0)\ndef handler(event, context):\n    return 1\n'],
  },
  'TestLambdaErrors::test_lambda_handler_exit': {
    code: ['exports.handler = async () => { process.exit(0); };'],
    python: ['import sys\ndef handler(event, context):\n    sys.exit(0)\n'],
  },
  'TestLambdaErrors::test_lambda_handler_error': {
    code: ["exports.handler = async () => { throw new Error('Handler fails'); };"],
    python: ['def handler(event, context):\n    raise Exception("Handler fails")\n'],
  },
  'TestLambdaErrors::test_lambda_runtime_exit_segfault': {
    python: ['import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\ndef handler(event, context):\n    return 1\n'],
  },
  'TestLambdaBaseFeatures::test_large_payloads': { values: { large_value: () => 'test'.repeat(256 * 1024) } },
  'TestLambdaBaseFeatures::test_lambda_too_large_response': {
    code: ["exports.handler = async (event) => 'a'.repeat(Number(event.bytenum));"],
    python: ['def handler(event, context):\n    return "a" * int(event["bytenum"])\n'],
    values: { response_size: () => 7 * 1024 * 1024 },
  },
  'TestLambdaVersions::test_lambda_handler_update': {
    code: [
      "exports.handler = async () => ({ handler: 'handler' }); exports.handler_two = async () => ({ handler: 'handler_two' });",
    ],
    python: [
      'def handler(event, context):\n    return {"handler": "handler"}\ndef handler_two(event, context):\n    return {"handler": "handler_two"}\n',
    ],
  },
  'TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[delete_function]': qualifierMismatch('delete_function'),
  'TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[get_function]': qualifierMismatch('get_function'),
  'TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[get_function_configuration]':
    qualifierMismatch('get_function_configuration'),
  'TestLambdaFunction::test_ops_on_nonexisting_version[get_function]': missingVersion('get_function'),
  'TestLambdaFunction::test_ops_on_nonexisting_version[get_function_configuration]': missingVersion('get_function_configuration'),
  'TestLambdaFunction::test_ops_on_nonexisting_version[get_function_event_invoke_config]': missingVersion(
    'get_function_event_invoke_config',
  ),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[delete_function]': missingFunction('delete_function'),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function]': missingFunction('get_function'),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function_configuration]': missingFunction('get_function_configuration'),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function_url_config]': missingFunction('get_function_url_config'),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function_code_signing_config]': missingFunction(
    'get_function_code_signing_config',
  ),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function_event_invoke_config]': missingFunction(
    'get_function_event_invoke_config',
  ),
  'TestLambdaFunction::test_ops_on_nonexisting_fn[get_function_concurrency]': missingFunction('get_function_concurrency'),
  'TestLambdaFunction::test_lambda_code_location_zipfile': {
    createAs: 'create-response-zip-file',
    values: {
      zip_file_bytes_updated: () => bothReturn2(),
      code_location: answer('get-function-response', 'Code', 'Location'),
      code_location_updated: answer('get-function-response-updated', 'Code', 'Location'),
    },
  },
  'TestLambdaFunction::test_create_lambda_exceptions': {
    leaveOut: { empty_architectures: 'the recorded refusal is the Python client’s own' },
  },
  'TestLambdaSizeLimits::test_oversized_zipped_create_lambda': {
    values: { zip_file: () => zipFile({ 'handler.js': randomBytes(52_430_000) }) },
  },
  'TestLambdaSizeLimits::test_oversized_lambda': {
    calls: [
      {
        op: 'lambda.create_function',
        args: {
          FunctionName: `fn-${uid}`,
          Handler: 'index.handler',
          Code: { ZipFile: expression('large_zip') },
          Role: expression('lambda_su_role'),
          Runtime: 'nodejs22.x',
        },
        expect: 'error',
        record: 'invalid_param_exc',
      },
    ],
    values: { large_zip: () => zipFile({ 'index.js': Buffer.alloc(262_144_001) }) },
  },
  'TestLambdaTag::test_tag_exceptions[lambda_function]': {
    values: {
      resource_arn: `arn:aws:lambda:us-east-1:${account}:function:doesnotexist`,
      invalid_resource_arn: `arn:aws:lambda:us-east-1:${account}:foobar:doesnotexist`,
    },
  },
  'TestLambdaVersions::test_version_lifecycle': { createAs: 'create_response' },
  'TestLambdaVersions::test_publish_with_wrong_revisionid': {
    createAs: 'create_response',
    calls: [
      { op: 'lambda.get_function', args: { FunctionName: `fn-${uid}` }, record: 'get_fn_response' },
      {
        op: 'lambda.publish_version',
        args: { FunctionName: `fn-${uid}`, RevisionId: 'wrongrevisionid' },
        expect: 'error',
        record: 'publish_wrong_revisionid_exc',
      },
      {
        op: 'lambda.publish_version',
        args: { FunctionName: `fn-${uid}`, RevisionId: expression("get_fn_response['Configuration']['RevisionId']") },
        record: 'publish_result',
      },
    ],
  },
  'TestLambdaVersions::test_publish_with_wrong_sha256': { createAs: 'create_response' },
  'TestLambdaVersions::test_publish_with_update': {
    createAs: 'create_response',
    values: { update_zip_file: () => bothReturn2() },
  },
  'TestLambdaAlias::test_alias_lifecycle': {
    createAs: 'create_response',
    callsAfter: {
      get_alias_2: [{ op: 'lambda.list_aliases', args: { FunctionName: `alias-fn-${uid}` }, record: 'list_aliases_for_fnname' }],
    },
  },
  'TestLambdaAlias::test_alias_naming': { createAs: 'create_response' },
  'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions': eventInvokeConfigExceptions(),
  'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_lifecycle': {
    values: { "list_paging_single['NextMarker']": answer('calls.12.list_function_event_invoke_configs', 'NextMarker') },
  },
  'TestLambdaLayer::test_layer_exceptions': { values: layerValues, withoutCalls: [1, 17] },
  'TestLambdaLayer::test_layer_policy_exceptions': { values: layerValues, withoutCalls: [1] },
  'TestLambdaLayer::test_layer_policy_lifecycle': { values: layerValues, withoutCalls: [1] },
  'TestLambdaLayer::test_layer_compatibilities[runtimes0]': compatibilities(
    ['nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x', 'nodejs16.x', 'nodejs14.x', 'nodejs12.x'],
    ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9', 'python3.8', 'python3.7'],
  ),
  'TestLambdaLayer::test_layer_compatibilities[runtimes1]': compatibilities(
    ['java25', 'java21', 'java17', 'java11', 'java8.al2', 'java8', 'dotnet10', 'dotnet8', 'dotnet6', 'dotnetcore3.1'],
    ['go1.x', 'ruby3.4', 'ruby3.3', 'ruby3.2', 'ruby2.7'],
  ),
  'TestLambdaLayer::test_layer_compatibilities[runtimes2]': compatibilities(['provided.al2023', 'provided.al2', 'provided'], []),
  'TestLambdaLayer::test_layer_function_quota_exception': {
    calls: [
      ...[1, 2, 3, 4, 5, 6].map((number) => ({
        op: 'lambda.publish_layer_version',
        args: { LayerName: `testlayer-${number}-${uid}`, Content: { ZipFile: expression('dummylayer') } },
      })),
      {
        op: 'lambda.create_function',
        args: {
          FunctionName: `fn-${uid}`,
          Handler: 'index.handler',
          Code: { ZipFile: expression('zip_file') },
          Role: expression('lambda_su_role'),
          Runtime: 'nodejs22.x',
          Layers: [1, 2, 3, 4, 5, 6].map((n) => `arn:aws:lambda:us-east-1:${account}:layer:testlayer-${n}-${uid}:1`),
        },
        expect: 'error',
        record: 'create_function_with_six_layers',
      },
    ],
    values: layerValues,
  },
  // The POST at the end has no record; test/wire/function-urls.test.ts makes it.
  'TestLambdaURL::test_lambda_url_invocation_exception': { withoutCalls: [4] },
  'TestLambdaURL::test_lambda_url_echo_invoke[BUFFERED]': urlEcho('BUFFERED'),
  'TestLambdaURL::test_lambda_url_echo_invoke[None]': urlEcho(undefined),
  'TestLambdaURL::test_lambda_url_echo_invoke[RESPONSE_STREAM]': urlEcho('RESPONSE_STREAM'),
  'TestLambdaURL::test_function_url_with_response_streaming': {
    code: [
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('Hello, ');
  stream.write('world!');
  stream.end();
});`,
    ],
    values: {
      'str(short_uid())': 'url',
      "url_config['FunctionUrl']": answer('calls.1.create_function_url_config', 'FunctionUrl'),
    },
  },
  'TestLambdaUrl::test_url_config_exceptions': urlExceptions(),
  'TestLambdaUrl::test_url_config_deletion_without_qualifier': { create: true },
  'TestLambdaTag::test_tag_lifecycle': {
    create: true,
    values: { resource_arn: `arn:aws:lambda:us-east-1:${account}:function:fn-${uid}` },
  },
  'TestLambdaTag::test_tag_lifecycle[lambda_function]': {
    create: true,
    values: { resource_arn: `arn:aws:lambda:us-east-1:${account}:function:fn-${uid}` },
  },
  'TestLambdaReservedConcurrency::test_function_concurrency_exceptions': {
    values: { qualified_arn_latest: `arn:aws:lambda:us-east-1:${account}:function:lambda_func-${uid}:$LATEST` },
  },
  'TestLambdaReservedConcurrency::test_function_concurrency': {
    // It reserves all that may be: no other test's functions may be there.
    region: 'ap-south-1',
    values: { max_reserved_concurrent_executions: 900 },
  },
  'TestLambdaPermissions::test_add_lambda_permission_aws': { values: buckets },
  'TestLambdaPermissions::test_remove_multi_permissions': {
    values: {
      ...buckets,
      "policy_response_removal_attempt['RevisionId']": answer('policy_after_removal_attempt', 'RevisionId'),
    },
  },
  'TestLambdaPermissions::test_create_multiple_lambda_permissions': { values: buckets },
  'TestLambdaSizeLimits::test_large_environment_variables_fails': { values: { large_envvar: () => 'x'.repeat(4081) } },
  'TestLambdaSizeLimits::test_lambda_envvars_near_limit_succeeds': { values: { large_envvar: () => 'x'.repeat(4080) } },
  'TestLambdaSizeLimits::test_oversized_request_create_lambda': { values: { large_env: () => 'x'.repeat(70 * 1024 * 1024) } },
  'TestLambdaFunction::test_update_lambda_exceptions': { create: true },
  'TestLambdaFunction::test_list_functions': {
    // Lists everything in the region: one of its own.
    region: 'eu-west-3',
    functions: [`list-one-${uid}`, `list-two-${uid}`],
    code: ['exports.handler = async () => 1;', 'exports.handler = async () => 2;'],
    python: ['def handler(event, context):\n    return 1\n', 'def handler(event, context):\n    return 2\n'],
    calls: [
      { op: 'lambda.create_function', args: {}, record: 'create_response_1' },
      { op: 'lambda.publish_version', args: { FunctionName: `list-one-${uid}` } },
      { op: 'lambda.create_function', args: {}, record: 'create_response_2' },
      {
        op: 'lambda.list_functions',
        args: { FunctionVersion: 'invalid' },
        expect: 'error',
        record: 'list_functions_invalid_functionversion',
      },
      { op: 'lambda.list_functions', args: { FunctionVersion: 'ALL' }, record: 'list_all' },
      { op: 'lambda.list_functions', args: {}, record: 'list_default' },
    ],
  },
  'TestLambdaSizeLimits::test_large_environment_fails_multiple_keys': {
    calls: [
      {
        op: 'lambda.create_function',
        args: { envvars: { SMALL_VAR: 'ok', LARGE_VAR: 'x'.repeat(4064) } },
        expect: 'error',
        record: 'failured_create_fn_result_multi_key',
      },
      { op: 'lambda.get_function', args: { FunctionName: `fn-${uid}` }, expect: 'error' },
    ],
  },
  'TestLambdaPermissions::test_lambda_permission_fn_versioning': {
    values: {
      ...buckets,
      fn_version: answer('publish_version_result', 'Version'),
      "get_policy_result['RevisionId']": answer('get_policy_after_adding_to_new_version', 'RevisionId'),
    },
  },
  'TestLambdaAlias::test_non_existent_alias_update': { createAs: 'create_response' },
  'TestLoggingConfig::test_function_partial_advanced_logging_configuration_update[partial_config0]': partialLogging({
    LogFormat: 'JSON',
  }),
  'TestLoggingConfig::test_function_partial_advanced_logging_configuration_update[partial_config1]': partialLogging({
    LogFormat: 'JSON',
    ApplicationLogLevel: 'DEBUG',
  }),
  'TestLoggingConfig::test_function_partial_advanced_logging_configuration_update[partial_config2]': partialLogging({
    LogFormat: 'JSON',
    SystemLogLevel: 'DEBUG',
  }),
  'TestLoggingConfig::test_function_partial_advanced_logging_configuration_update[partial_config3]': partialLogging({
    LogGroup: 'cool_lambda',
  }),
  'TestPartialARNMatching::test_update_function_configuration_full_arn': {
    calls: [
      { op: 'lambda.create_function', args: {} },
      ...[`arn:aws:lambda:us-east-1:${account}:function:fn-${uid}`, `fn-${uid}`, `${account}:function:fn-${uid}`].map((name) => ({
        op: 'lambda.update_function_configuration',
        args: { FunctionName: name, Description: 'Changed-Description', MemorySize: 512, Timeout: 10 },
      })),
    ],
  },
  'TestPartialARNMatching::test_cross_region_arn_function_access': {
    calls: [
      { op: 'lambda.create_function', args: {} },
      {
        op: 'lambda.get_function',
        args: { FunctionName: `arn:aws:lambda:eu-west-2:${account}:function:fn-${uid}` },
        expect: 'error',
      },
    ],
  },
  'TestLambdaRevisions::test_function_revisions_basic': {
    values: {
      rev2_active_state: answer('get_function_response_rev2', 'Configuration', 'RevisionId'),
      rev4_fn_code_updated: answer('get_function_response_rev4', 'Configuration', 'RevisionId'),
    },
  },
  'TestLambdaRevisions::test_function_revisions_permissions': {
    values: {
      rev2_active_state: answer('calls.1.get_function', 'Configuration', 'RevisionId'),
      rev3_added_permission: answer('get_policy_response_rev3', 'RevisionId'),
    },
  },
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[java8]': deprecated('java8'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[go1.x]': deprecated('go1.x'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[provided]': deprecated('provided'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[ruby2.7]': deprecated('ruby2.7'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[nodejs14.x]': deprecated('nodejs14.x'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[python3.7]': deprecated('python3.7'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[dotnetcore3.1]':
    deprecated('dotnetcore3.1'),
  'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[nodejs12.x]': deprecated('nodejs12.x'),
};

function eventInvokeConfigExceptions(): Hint {
  const name = `inv-${uid}`;
  const arn = `arn:aws:lambda:us-east-1:${account}:function:`;
  const mine = { FunctionName: name };
  const call = (verb: string, args: Record<string, unknown>, record: string, expect?: 'error'): RecordedCall => ({
    op: `lambda.${verb}_function_event_invoke_config`,
    args,
    record,
    ...(expect && { expect }),
  });
  const failed = (verb: string, args: Record<string, unknown>, record: string): RecordedCall => call(verb, args, record, 'error');
  const put = (args: Record<string, unknown>, record: string): RecordedCall => call('put', { ...mine, ...args }, record);
  const badPut = (args: Record<string, unknown>, record: string): RecordedCall => failed('put', { ...mine, ...args }, record);
  const list = (record: string): RecordedCall => ({
    op: 'lambda.list_function_event_invoke_configs',
    args: mine,
    record,
  });
  const once = { MaximumRetryAttempts: 1 };
  const alias = 'eventinvokealias';
  const to = (destination: string) => ({ DestinationConfig: { OnSuccess: { Destination: destination } } });
  return {
    functions: [name, `dest-${uid}`],
    calls: [
      { op: 'lambda.create_function', args: {} },
      { op: 'lambda.create_function', args: {} },
      { op: 'lambda.publish_version', args: mine, record: 'fn_version_result' },
      { op: 'lambda.create_alias', args: { ...mine, Name: alias, FunctionVersion: '1' }, record: 'fn_alias_result' },
      badPut({ FunctionName: 'doesnotexist', ...once }, 'put_functionname_name_notfound'),
      badPut({ FunctionName: `${arn}doesnotexist`, ...once }, 'put_functionname_arn_notfound'),
      badPut({}, 'put_functionname_nootherargs'),
      badPut(to(`${arn}doesnotexist`), 'put_destination_lambda_doesntexist'),
      badPut(to(`${arn}${name}`), 'put_destination_recursive'),
      put(to(`${arn}dest-${uid}`), 'put_destination_other_lambda'),
      badPut(to(`${arn}${name}`.replace(':lambda:', ':iam:')), 'put_destination_invalid_service_arn'),
      put({ DestinationConfig: { OnSuccess: {} } }, 'put_destination_success_no_destination_arn'),
      put({ DestinationConfig: { OnFailure: {} } }, 'put_destination_failure_no_destination_arn'),
      badPut(
        { DestinationConfig: { OnFailure: { Destination: `${arn}${name}`.replace(':lambda:', ':_-/!lambda:') } } },
        'put_destination_invalid_arn_pattern',
      ),
      put(once, 'put_destination_latest'),
      put({ ...once, Qualifier: '$LATEST' }, 'put_destination_latest_explicit_qualifier'),
      put({ ...once, Qualifier: '1' }, 'put_destination_version'),
      put({ ...once, Qualifier: alias }, 'put_alias_functionname_qualifier'),
      badPut({ ...once, Qualifier: `${alias}doesnotexist` }, 'put_alias_doesnotexist'),
      put({ ...once, FunctionName: `${arn}${name}:${alias}` }, 'put_alias_qualifiedarn'),
      put({ ...once, FunctionName: `${arn}${name}:${alias}`, Qualifier: alias }, 'put_alias_qualifiedarn_qualifier'),
      badPut({ ...once, FunctionName: `${arn}${name}:${alias}`, Qualifier: 'other' }, 'put_alias_qualifiedarn_qualifierconflict'),
      put({ ...once, FunctionName: `${name}:${alias}` }, 'put_alias_shorthand'),
      put({ ...once, FunctionName: `${name}:${alias}`, Qualifier: alias }, 'put_alias_shorthand_qualifier'),
      badPut({ ...once, FunctionName: `${name}:${alias}`, Qualifier: 'other' }, 'put_alias_shorthand_qualifierconflict'),
      put({ ...once, FunctionName: `${name}:1` }, 'put_version_shorthand'),
      put({ ...once, FunctionName: `${name}:$LATEST`, Qualifier: '$LATEST' }, 'put_shorthand_qualifier_match'),
      badPut({ ...once, FunctionName: `${name}:1`, Qualifier: '$LATEST' }, 'put_shorthand_qualifier_mismatch_1'),
      badPut({ ...once, FunctionName: `${name}:$LATEST`, Qualifier: '1' }, 'put_shorthand_qualifier_mismatch_2'),
      badPut({ ...once, FunctionName: `${name}:${alias}`, Qualifier: '1' }, 'put_shorthand_qualifier_mismatch_3'),
      put({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21600 }, 'put_maxevent_maxvalue_result'),
      put({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 }, 'put_pre_overwrite'),
      put({ MaximumRetryAttempts: 0 }, 'put_post_overwrite'),
      put({ MaximumRetryAttempts: 0 }, 'second_overwrite_existing_response'),
      call('get', mine, 'get_post_overwrite'),
      put({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 }, 'pre_update_response'),
      call('update', { ...mine, MaximumRetryAttempts: 0 }, 'update_response'),
      call('update', { ...mine, MaximumRetryAttempts: 0 }, 'update_response_existing'),
      list('list_configs'),
      call('delete', mine, 'delete_latest'),
      call('delete', { ...mine, Qualifier: '1' }, 'delete_version'),
      call('delete', { ...mine, Qualifier: alias }, 'delete_alias'),
      list('list_configs_postdelete'),
      failed('delete', mine, 'delete_function_not_found'),
      failed('delete', { FunctionName: 'doesnotexist' }, 'delete_function_doesnotexist'),
      {
        op: 'lambda.list_function_event_invoke_configs',
        args: { FunctionName: 'doesnotexist' },
        expect: 'error',
        record: 'list_function_doesnotexist',
      },
      failed('get', { FunctionName: 'doesnotexist' }, 'get_function_doesnotexist'),
      failed('get', { ...mine, Qualifier: 'doesnotexist' }, 'get_qualifier_doesnotexist'),
      failed('update', { FunctionName: 'doesnotexist', ...once }, 'update_eventinvokeconfig_function_doesnotexist'),
      failed('get', { ...mine, Qualifier: alias }, 'get_eventinvokeconfig_doesnotexist'),
      failed('update', { ...mine, Qualifier: alias, ...once }, 'update_eventinvokeconfig_config_doesnotexist_with_qualifier'),
      failed('update', { ...mine, ...once }, 'update_eventinvokeconfig_config_doesnotexist_without_qualifier'),
    ],
  };
}

function urlEcho(invokeMode: string | undefined): Hint {
  const FunctionName = `test-fnurl-echo-${uid}`;
  return {
    create: true,
    functions: [FunctionName],
    calls: [
      {
        op: 'lambda.create_function_url_config',
        args: { FunctionName, AuthType: 'NONE', ...(invokeMode && { InvokeMode: invokeMode }) },
        record: 'create_lambda_url_config',
      },
      {
        op: 'lambda.add_permission',
        args: {
          FunctionName,
          StatementId: 'urlPermission',
          Action: 'lambda:InvokeFunctionUrl',
          Principal: '*',
          FunctionUrlAuthType: 'NONE',
        },
        record: 'add_permission',
      },
    ],
  };
}

function urlExceptions(): Hint {
  const name = `url-${uid}`;
  const arn = `arn:aws:lambda:us-east-1:${account}:function:${name}`;
  const rows: readonly (readonly [args: Record<string, unknown>, record: string])[] = [
    [{ FunctionName: 'doesnotexist' }, 'name_doesnotexist'],
    [{ FunctionName: arn.replace(name, 'doesnotexist') }, 'arn_doesnotexist'],
    [{ FunctionName: 'doesnotexist', Qualifier: '1' }, 'name_doesnotexist_qualifier'],
    [{ FunctionName: name, Qualifier: '1' }, 'qualifier_version'],
    [{ FunctionName: name, Qualifier: '2' }, 'qualifier_version_doesnotexist'],
    [{ FunctionName: name, Qualifier: 'doesnotexist' }, 'qualifier_alias_doesnotexist'],
    [{ FunctionName: `${arn}:urlalias-doesnotexist`, Qualifier: 'urlalias' }, 'qualifier_alias_doesnotmatch_arn'],
    [{ FunctionName: name, Qualifier: '$LATEST' }, 'qualifier_latest'],
    [{ FunctionName: name }, 'config_doesnotexist'],
  ];
  const of = (verb: string, extra: Record<string, unknown>): RecordedCall[] =>
    rows
      .filter(([, record]) => verb !== 'create' || record !== 'config_doesnotexist')
      .map(([args, record]) => ({
        op: `lambda.${verb}_function_url_config`,
        args: { ...args, ...extra },
        expect: 'error',
        record: `${verb}_function_url_config_${record}`,
      }));
  return {
    functions: [name],
    calls: [
      { op: 'lambda.create_function', args: { handler: 'lambda_handler.handler' } },
      { op: 'lambda.publish_version', args: { FunctionName: name }, record: 'fn_version_result' },
      {
        op: 'lambda.create_alias',
        args: { FunctionName: name, Name: 'urlalias', FunctionVersion: '1' },
        record: 'create_alias_result',
      },
      ...of('create', { AuthType: 'NONE' }),
      ...of('get', {}),
      ...of('delete', {}),
      ...of('update', { AuthType: 'NONE' }),
    ],
    leaveOut: { delete_function_url_config_qualifier_alias_doesnotmatch_arn: 'AWS answered with a failure of its own' },
  };
}

function partialLogging(configuration: Record<string, string>): Hint {
  return { values: { partial_config: () => configuration } };
}

function versionedHandler(name: string): string {
  return `exports.handler = async (event, context) => ({
    version_id: '${name}', invoked_arn: context.invokedFunctionArn, version_from_ctx: context.functionVersion });`;
}

function versionedPython(name: string): string {
  return `def handler(event, context):
    return {"version_id": "${name}", "invoked_arn": context.invoked_function_arn, "version_from_ctx": context.function_version}
`;
}

function bothReturn2(): Buffer {
  const [node, python] = ['exports.handler = async () => 2;', 'def handler(event, context):\n    return 2\n'];
  return zipFile({ 'index.js': node, 'handler.js': node, 'index.py': python, 'handler.py': python });
}
