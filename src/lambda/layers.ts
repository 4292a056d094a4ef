// Layers: archives that functions have in common.
// https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html and its neighbours

import type * as Lambda from '@aws-sdk/client-lambda';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { invalidParameter, notFound } from './function-arn.ts';
import { takeArchive } from './function-code.ts';
import { toLastModified } from './function-document.ts';
import { scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import {
  LAYER_KIND,
  LAYER_VERSION_KIND,
  type LayerDocument,
  type LayerReference,
  type LayerVersionDocument,
  layerAccessDenied,
  layerArn,
  layerKey,
  layerPolicyKey,
  layerVersionKey,
  parseLayerName,
  parseLayerVersionArn,
} from './layer-document.ts';
import { mayReadLayer } from './layer-permissions.ts';
import { pageLimit, toPage } from './paging.ts';

interface Filter {
  readonly CompatibleRuntime?: string | undefined;
  readonly CompatibleArchitecture?: string | undefined;
}

/** The operations about layers and their versions. */
export function layerOperations(context: LambdaContext) {
  const { store } = context;
  const versionsOf = async ({ scope, name }: LayerReference, filter: Filter): Promise<readonly LayerVersionDocument[]> => {
    const { items } = await store.list<LayerVersionDocument>(scope, LAYER_VERSION_KIND, name);
    // AWS: the newest first. Seen: ListLayerVersions.
    return items.filter((version) => fits(version, filter)).toReversed();
  };
  const read = async (reference: LayerReference, version: number, caller: Caller): Promise<Lambda.GetLayerVersionResponse> => {
    const { scope, name } = reference;
    const document = await store.get<LayerVersionDocument>(layerVersionKey(scope, name, version));
    if (!(await mayReadLayer(store, reference, version, scopeOf(caller)))) {
      throw layerAccessDenied(scopeOf(caller), layerArn(reference, version));
    }
    if (document === undefined) throw notFound('The resource you requested does not exist.');
    const { sha256, bytes } = document.content;
    const location = context.codeLocations.link(sha256);
    return {
      Content: { ...(location !== undefined && { Location: location }), CodeSha256: sha256, CodeSize: bytes },
      LayerArn: layerArn(reference),
      ...toListed(reference, document),
    };
  };

  return {
    async PublishLayerVersion(input, caller) {
      const reference = { scope: scopeOf(caller), name: parseLayerName(input.LayerName ?? '', scopeOf(caller)).name };
      const { scope, name } = reference;
      const given = input.Content ?? {};
      if (given.S3Bucket !== undefined || given.S3Key !== undefined) {
        throw invalidParameter('Stagegate does not read layers from S3 yet: give ZipFile.');
      }
      if (given.ZipFile === undefined) throw invalidParameter('Please provide a source for layer content.');
      const content = await takeArchive(context, given.ZipFile);
      const version = await store.transact(async (transaction) => {
        const number = ((await transaction.get<LayerDocument>(layerKey(scope, name)))?.lastVersion ?? 0) + 1;
        await transaction.put(layerKey(scope, name), { name, lastVersion: number } satisfies LayerDocument);
        await transaction.put(layerVersionKey(scope, name, number), {
          name,
          version: number,
          description: input.Description ?? '',
          ...(input.LicenseInfo !== undefined && { licenseInfo: input.LicenseInfo }),
          ...(input.CompatibleRuntimes !== undefined && { runtimes: [...input.CompatibleRuntimes] }),
          ...(input.CompatibleArchitectures !== undefined && { architectures: [...input.CompatibleArchitectures] }),
          content,
          created: toLastModified(Date.now()),
        } satisfies LayerVersionDocument);
        return number;
      });
      return read(reference, version, caller);
    },

    async GetLayerVersion(input, caller) {
      return read(parseLayerName(input.LayerName ?? '', scopeOf(caller)), checkedVersion(input.VersionNumber), caller);
    },

    async GetLayerVersionByArn(input, caller) {
      const reference = parseLayerVersionArn(input.Arn ?? '');
      if (reference === undefined) throw notFound('The resource you requested does not exist.');
      return read(reference, checkedVersion(reference.version), caller);
    },

    async ListLayerVersions(input, caller) {
      const reference = parseLayerName(input.LayerName ?? '', scopeOf(caller));
      const versions = await versionsOf(reference, input);
      // Pages sort upwards: the newest has the smallest place.
      const place = ({ version }: LayerVersionDocument): string => layerVersionKey(reference.scope, '', 1e9 - version).id;
      const page = toPage('ListLayerVersions', versions, place, pageLimit(input.MaxItems), input.Marker);
      return {
        LayerVersions: page.items.map((document) => toListed(reference, document)),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },

    async ListLayers(input, caller) {
      const scope = scopeOf(caller);
      const { items } = await store.list<LayerDocument>(scope, LAYER_KIND, '');
      const layers: { readonly name: string; readonly latest: LayerVersionDocument }[] = [];
      for (const { name } of items) {
        const [latest] = await versionsOf({ scope, name }, input);
        if (latest !== undefined) layers.push({ name, latest });
      }
      const page = toPage('ListLayers', layers, ({ name }) => name, pageLimit(input.MaxItems), input.Marker);
      return {
        Layers: page.items.map(({ name, latest }) => ({
          LayerName: name,
          LayerArn: layerArn({ scope, name }),
          LatestMatchingVersion: toListed({ scope, name }, latest),
        })),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },

    // AWS: deleting what is not there is fine. Seen: test/parity, test_layer_exceptions. Functions keep what they have of it.
    async DeleteLayerVersion(input, caller) {
      const { scope, name } = parseLayerName(input.LayerName ?? '', scopeOf(caller));
      const version = checkedVersion(input.VersionNumber);
      if (scope.account !== caller.account) throw layerAccessDenied(scopeOf(caller), layerArn({ scope, name }, version));
      if ((await store.get(layerVersionKey(scope, name, version))) === undefined) return {};
      await store.transact(async (transaction) => {
        await transaction.delete(layerVersionKey(scope, name, version));
        await transaction.delete(layerPolicyKey(scope, name, version));
      });
      return {};
    },
  } satisfies PartialOperations<typeof Lambda>;
}

// AWS: Seen: test/parity, test_layer_exceptions.
function checkedVersion(version: number | undefined): number {
  if (version === undefined || version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
  return version;
}

function fits({ runtimes, architectures }: LayerVersionDocument, { CompatibleRuntime, CompatibleArchitecture }: Filter): boolean {
  const names = (list: readonly string[] | undefined, wanted: string | undefined): boolean =>
    wanted === undefined || list?.includes(wanted) === true;
  return names(runtimes, CompatibleRuntime) && names(architectures, CompatibleArchitecture);
}

function toListed(reference: LayerReference, document: LayerVersionDocument) {
  const { version, description, created, runtimes, architectures, licenseInfo } = document;
  return {
    LayerVersionArn: layerArn(reference, version),
    Version: version,
    Description: description,
    CreatedDate: created,
    ...(runtimes !== undefined && { CompatibleRuntimes: [...runtimes] as Lambda.Runtime[] }),
    ...(architectures !== undefined && { CompatibleArchitectures: [...architectures] as Lambda.Architecture[] }),
    ...(licenseInfo !== undefined && { LicenseInfo: licenseInfo }),
  };
}
