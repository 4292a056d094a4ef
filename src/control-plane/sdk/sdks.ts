// SdkType and SDKs: GetSdkTypes, GetSdkType, GetSdk.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GetSdk.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { keyUnderApi, loadRestApi, loadStage, snapshotKind } from '../apigateway/documents.ts';
import { pageOf } from '../apigateway/paging.ts';
import { badRequest, notFound } from '../apigateway/refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from '../apigateway/service.ts';
import { type AndroidParameters, androidSdk, isAndroidParameter } from './android-sdk.ts';
import { javaScriptSdk } from './javascript-sdk.ts';
import { zipFile } from './zip-file.ts';

interface SdkType {
  readonly id: string;
  readonly friendlyName: string;
  /** Names of the parameters that GetSdk needs. */
  readonly needs: readonly (readonly [name: string, friendlyName: string])[];
}

// AWS: the ids and the names of what they need. Seen: API reference, GetSdk; friendly names in the console, from memory.
const sdkTypes: readonly SdkType[] = [
  {
    id: 'android',
    friendlyName: 'Android',
    needs: [
      ['groupId', 'Group ID'],
      ['invokerPackage', 'Invoker package'],
      ['artifactId', 'Artifact ID'],
      ['artifactVersion', 'Artifact version'],
    ],
  },
  {
    id: 'java',
    friendlyName: 'Java SDK',
    needs: [
      ['serviceName', 'Service Name'],
      ['javaPackageName', 'Java Package Name'],
    ],
  },
  { id: 'javascript', friendlyName: 'JavaScript', needs: [] },
  { id: 'objectivec', friendlyName: 'iOS (Objective-C)', needs: [['classPrefix', 'Prefix']] },
  { id: 'ruby', friendlyName: 'Ruby', needs: [['serviceName', 'Service Name']] },
  { id: 'swift', friendlyName: 'iOS (Swift)', needs: [['classPrefix', 'Prefix']] },
];

/** `invokeUrl`: where clients call a stage. */
export function sdkOperations({ store, timestamp }: ServiceContext, invokeUrl: (apiId: string, stageName: string) => string) {
  return {
    async GetSdkTypes(input: Input<'GetSdkTypes'>) {
      const page = pageOf(sdkTypes, ({ id }) => id, input, ['GetSdkTypes']);
      return present({ items: page.items.map(toSdkTypeOutput), position: page.position });
    },

    async GetSdkType(input: Input<'GetSdkType'>) {
      const found = sdkTypes.find(({ id }) => id === input.id);
      if (found === undefined) throw notFound('Invalid SDK type specified');
      return toSdkTypeOutput(found);
    },

    async GetSdk(input: Input<'GetSdk'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { sdkType } = input;
      if (!sdkTypes.some(({ id }) => id === sdkType)) throw badRequest(`Invalid SDK type specified: ${sdkType ?? ''}`);
      if (sdkType !== 'javascript' && sdkType !== 'android') {
        throw badRequest(`Stagegate generates SDKs of the types android and javascript; it has none of type ${sdkType} yet.`);
      }
      const android = sdkType === 'android' ? androidParameters(input.parameters ?? {}) : undefined;
      const restApi = await loadRestApi(store, scope, input.restApiId);
      const { stageName, deploymentId } = await loadStage(store, scope, restApi.id, input.stageName);
      const snapshot = await store.get<RestApiSnapshot>(keyUnderApi(scope, snapshotKind, restApi.id, deploymentId));
      if (snapshot === undefined) throw badRequest(`Stage ${stageName} has no deployment to make an SDK of`);
      const made = { snapshot, invokeUrl: invokeUrl(restApi.id, stageName) };
      const files = android === undefined ? javaScriptSdk(made) : androidSdk({ ...made, ...android });
      // AWS: these. Seen: AWS CLI reference, get-sdk (android_2016-02-22_23-52Z.zip).
      const madeAt = timestamp().replace('T', '_').replace(':', '-').slice(0, 16);
      return {
        body: zipFile(files),
        contentType: 'application/octet-stream',
        contentDisposition: `attachment; filename="${sdkType}_${madeAt}Z.zip"`,
      };
    },
  } satisfies V1Operations;
}

/** Names that go into paths, Java and XML, so that only what is a name there passes. */
function androidParameters(given: Readonly<Record<string, string | undefined>>): AndroidParameters {
  const read = (name: keyof AndroidParameters): string => {
    const value = given[name] ?? '';
    if (value === '') throw badRequest(`Missing required parameter: ${name}`);
    if (!isAndroidParameter(name, value)) throw badRequest(`Invalid value for parameter ${name}: ${value.slice(0, 200)}`);
    return value;
  };
  return {
    groupId: read('groupId'),
    artifactId: read('artifactId'),
    artifactVersion: read('artifactVersion'),
    invokerPackage: read('invokerPackage'),
  };
}

function toSdkTypeOutput({ id, friendlyName, needs }: SdkType) {
  const configurationProperties = needs.map(([name, label]) => ({ name, friendlyName: label, required: true }));
  return { id, friendlyName, configurationProperties };
}
