// SdkType and SDKs: GetSdkTypes, GetSdkType, GetSdk.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GetSdk.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { keyUnderApi, loadRestApi, loadStage, snapshotKind } from '../apigateway/documents.ts';
import { pageOf } from '../apigateway/paging.ts';
import { badRequest, notFound } from '../apigateway/refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from '../apigateway/service.ts';
import { androidSdk } from './android-sdk.ts';
import { javaSdk } from './java-sdk.ts';
import { javaScriptSdk } from './javascript-sdk.ts';
import { rubySdk } from './ruby-sdk.ts';
import { androidParameters, javaParameters, rubyParameters } from './sdk-parameters.ts';
import { type SdkTypeEntry, sdkTypes } from './sdk-types.ts';
import { zipFile } from './zip-file.ts';

interface Made {
  readonly snapshot: RestApiSnapshot;
  readonly invokeUrl: string;
}

/** Reads what was given for a type, and answers what makes its files. */
const makers: Readonly<
  Record<string, (given: Readonly<Record<string, string | undefined>>) => (made: Made) => Readonly<Record<string, string>>>
> = {
  android: (given) => {
    const parameters = androidParameters(given);
    return (made) => androidSdk({ ...made, ...parameters });
  },
  java: (given) => {
    const parameters = javaParameters(given);
    return (made) => javaSdk({ ...made, parameters });
  },
  javascript: () => javaScriptSdk,
  ruby: (given) => {
    const parameters = rubyParameters(given);
    return (made) => rubySdk({ ...made, parameters });
  },
};

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
      const maker = makers[sdkType ?? ''];
      if (maker === undefined) throw badRequest(`Stagegate generates no SDK of type ${sdkType} yet.`);
      const make = maker(input.parameters ?? {});
      const restApi = await loadRestApi(store, scope, input.restApiId);
      const { stageName, deploymentId } = await loadStage(store, scope, restApi.id, input.stageName);
      const snapshot = await store.get<RestApiSnapshot>(keyUnderApi(scope, snapshotKind, restApi.id, deploymentId));
      if (snapshot === undefined) throw badRequest(`Stage ${stageName} has no deployment to make an SDK of`);
      const files = make({ snapshot, invokeUrl: invokeUrl(restApi.id, stageName) });
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

function toSdkTypeOutput({ id, friendlyName, description, properties }: SdkTypeEntry) {
  return present({ id, friendlyName, description, configurationProperties: properties.map((one) => present({ ...one })) });
}
