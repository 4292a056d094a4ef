// A Lambda over a memory store, for tests: functions made from source text, invoked like a client would.

import type * as Sdk from '@aws-sdk/client-lambda';
import type { Caller } from '../../aws/operations.ts';
import type { FunctionResult } from '../../data-plane/ports.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { createLambdaService, type LambdaService, type LambdaServiceOptions } from '../lambda-service.ts';
import { writeZip } from './zip-writer.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const ROLE = 'arn:aws:iam::000000000000:role/lambda-role';

/** Any operation, with the SDK's types. */
export type Call = <Op extends keyof Operations & string>(operation: Op, input: Operations[Op][0]) => Promise<Operations[Op][1]>;

interface Operations {
  CreateFunction: [Sdk.CreateFunctionCommandInput, Sdk.FunctionConfiguration];
  GetFunction: [Sdk.GetFunctionCommandInput, Sdk.GetFunctionResponse];
  GetFunctionConfiguration: [Sdk.GetFunctionConfigurationCommandInput, Sdk.FunctionConfiguration];
  ListFunctions: [Sdk.ListFunctionsCommandInput, Sdk.ListFunctionsResponse];
  ListVersionsByFunction: [Sdk.ListVersionsByFunctionCommandInput, Sdk.ListVersionsByFunctionResponse];
  UpdateFunctionCode: [Sdk.UpdateFunctionCodeCommandInput, Sdk.FunctionConfiguration];
  UpdateFunctionConfiguration: [Sdk.UpdateFunctionConfigurationCommandInput, Sdk.FunctionConfiguration];
  DeleteFunction: [Sdk.DeleteFunctionCommandInput, Sdk.DeleteFunctionResponse];
  Invoke: [Sdk.InvokeCommandInput, Sdk.InvocationResponse];
  AddPermission: [Sdk.AddPermissionCommandInput, Sdk.AddPermissionResponse];
  RemovePermission: [Sdk.RemovePermissionCommandInput, object];
  GetPolicy: [Sdk.GetPolicyCommandInput, Sdk.GetPolicyResponse];
  TagResource: [Sdk.TagResourceCommandInput, object];
  UntagResource: [Sdk.UntagResourceCommandInput, object];
  ListTags: [Sdk.ListTagsCommandInput, Sdk.ListTagsResponse];
  GetFunctionCodeSigningConfig: [Sdk.GetFunctionCodeSigningConfigCommandInput, object];
  GetFunctionConcurrency: [Sdk.GetFunctionConcurrencyCommandInput, Sdk.GetFunctionConcurrencyResponse];
  PutFunctionConcurrency: [Sdk.PutFunctionConcurrencyCommandInput, Sdk.Concurrency];
  DeleteFunctionConcurrency: [Sdk.DeleteFunctionConcurrencyCommandInput, object];
  GetRuntimeManagementConfig: [Sdk.GetRuntimeManagementConfigCommandInput, Sdk.GetRuntimeManagementConfigResponse];
  GetFunctionRecursionConfig: [Sdk.GetFunctionRecursionConfigCommandInput, Sdk.GetFunctionRecursionConfigResponse];
  PutRuntimeManagementConfig: [Sdk.PutRuntimeManagementConfigCommandInput, Sdk.PutRuntimeManagementConfigResponse];
  PublishVersion: [Sdk.PublishVersionCommandInput, Sdk.FunctionConfiguration];
  CreateAlias: [Sdk.CreateAliasCommandInput, Sdk.AliasConfiguration];
  GetAlias: [Sdk.GetAliasCommandInput, Sdk.AliasConfiguration];
  UpdateAlias: [Sdk.UpdateAliasCommandInput, Sdk.AliasConfiguration];
  DeleteAlias: [Sdk.DeleteAliasCommandInput, object];
  ListAliases: [Sdk.ListAliasesCommandInput, Sdk.ListAliasesResponse];
  PublishLayerVersion: [Sdk.PublishLayerVersionCommandInput, Sdk.PublishLayerVersionResponse];
  GetLayerVersion: [Sdk.GetLayerVersionCommandInput, Sdk.GetLayerVersionResponse];
  GetLayerVersionByArn: [Sdk.GetLayerVersionByArnCommandInput, Sdk.GetLayerVersionResponse];
  ListLayerVersions: [Sdk.ListLayerVersionsCommandInput, Sdk.ListLayerVersionsResponse];
  ListLayers: [Sdk.ListLayersCommandInput, Sdk.ListLayersResponse];
  DeleteLayerVersion: [Sdk.DeleteLayerVersionCommandInput, object];
  AddLayerVersionPermission: [Sdk.AddLayerVersionPermissionCommandInput, Sdk.AddLayerVersionPermissionResponse];
  PutFunctionEventInvokeConfig: [Sdk.PutFunctionEventInvokeConfigCommandInput, Sdk.FunctionEventInvokeConfig];
  PutProvisionedConcurrencyConfig: [Sdk.PutProvisionedConcurrencyConfigCommandInput, Sdk.PutProvisionedConcurrencyConfigResponse];
  GetProvisionedConcurrencyConfig: [Sdk.GetProvisionedConcurrencyConfigCommandInput, Sdk.GetProvisionedConcurrencyConfigResponse];
  DeleteProvisionedConcurrencyConfig: [Sdk.DeleteProvisionedConcurrencyConfigCommandInput, object];
  PutFunctionRecursionConfig: [Sdk.PutFunctionRecursionConfigCommandInput, Sdk.PutFunctionRecursionConfigResponse];
  GetAccountSettings: [Sdk.GetAccountSettingsCommandInput, Sdk.GetAccountSettingsResponse];
}

export interface StartedLambda {
  readonly service: LambdaService;
  readonly store: Store;
  readonly notices: string[];
  readonly call: Call;
  /** Makes a function from its source (`index.js`) or its files. */
  define(
    name: string,
    source: string | Readonly<Record<string, string>>,
    settings?: Partial<Sdk.CreateFunctionCommandInput>,
  ): Promise<void>;
  /** Invokes and parses the payload. */
  invoke(name: string, event?: unknown, settings?: Partial<Sdk.InvokeCommandInput>): Promise<Invoked>;
  close(): Promise<void>;
}

export interface Invoked {
  readonly payload: unknown;
  readonly error: string | undefined;
  readonly log: string | undefined;
  readonly response: Sdk.InvocationResponse;
}

/** Starts it; `close` ends every process. */
export async function startLambda(options: Partial<LambdaServiceOptions> = {}): Promise<StartedLambda> {
  const store = options.store ?? createMemoryStore();
  const notices: string[] = [];
  const service = await createLambdaService({
    store,
    dataDirectory: undefined,
    endpointUrl: () => 'http://127.0.0.1:4566',
    allowFolders: true,
    onNotice: (text) => notices.push(text),
    ...options,
  });
  const caller: Caller = { account: ACCOUNT, region: REGION, requestId: '' };
  const call: Call = async (operation, input) => {
    const run = service.operations[operation] as unknown as (input: unknown, caller: Caller) => Promise<never>;
    return run(input, { ...caller, requestId: crypto.randomUUID() });
  };
  return {
    service,
    store,
    notices,
    call,
    async define(name, source, settings = {}) {
      const files = typeof source === 'string' ? { 'index.js': source } : source;
      await call('CreateFunction', {
        FunctionName: name,
        Role: ROLE,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: writeZip(Object.entries(files).map(([file, data]) => ({ name: file, data }))) },
        ...settings,
      });
    },
    async invoke(name, event = {}, settings = {}) {
      const response = await call('Invoke', { FunctionName: name, Payload: Buffer.from(JSON.stringify(event)), ...settings });
      const text = Buffer.from(response.Payload ?? []).toString();
      return {
        payload: text === '' ? undefined : JSON.parse(text),
        error: response.FunctionError,
        log: response.LogResult === undefined ? undefined : Buffer.from(response.LogResult, 'base64').toString(),
        response,
      };
    },
    async close() {
      await service.close();
      await store.close();
    },
  };
}

/** Invokes through the data plane's port. */
export function invokeBound(
  lambda: StartedLambda,
  functionArn: string,
  sourceArn: string,
  event = '{}',
  traceId = '',
): Promise<FunctionResult> {
  const bound = lambda.service.functions.bind({ scope: { account: ACCOUNT, region: REGION }, functionArn, sourceArn });
  return new Promise((resolve) => bound.invoke(event, traceId, { onFunctionResult: resolve }));
}
