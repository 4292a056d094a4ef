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
import { objectiveCSdk } from './objective-c-sdk.ts';
import { rubySdk } from './ruby-sdk.ts';
import { androidParameters, iosParameters, javaParameters, rubyParameters } from './sdk-parameters.ts';
import { type SdkTypeEntry, sdkTypes } from './sdk-types.ts';
import { swiftSdk } from './swift-sdk.ts';
import { zipFile } from './zip-file.ts';

interface Made {
  readonly snapshot: RestApiSnapshot;
  readonly invokeUrl: string;
}

type Files = Readonly<Record<string, string>>;
type Given = Readonly<Record<string, string | undefined>>;

/** By type. Reads what was given for it, and answers what makes its files. */
const makers: ReadonlyMap<string, (given: Given) => (made: Made) => Files> = new Map([
  ['android', withParameters(androidParameters, (made, parameters) => androidSdk({ ...made, ...parameters }))],
  ['java', withParameters(javaParameters, (made, parameters) => javaSdk({ ...made, parameters }))],
  ['javascript', () => javaScriptSdk],
  ['objectivec', withParameters(iosParameters, (made, parameters) => objectiveCSdk({ ...made, ...parameters }))],
  ['ruby', withParameters(rubyParameters, (made, parameters) => rubySdk({ ...made, parameters }))],
  ['swift', withParameters(iosParameters, (made, parameters) => swiftSdk({ ...made, ...parameters }))],
]);

function withParameters<P>(read: (given: Given) => P, make: (made: Made, parameters: P) => Files) {
  return (given: Given) => {
    const parameters = read(given);
    return (made: Made) => make(made, parameters);
  };
}

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
      const { sdkType = '' } = input;
      const maker = makers.get(sdkType);
      if (maker === undefined) throw badRequest(`Invalid SDK type specified: ${sdkType}`);
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
