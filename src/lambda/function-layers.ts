// The layers a function asks for: each must be there, and all of them fit together with its code.

import type { Caller } from '../aws/operations.ts';
import { UNZIPPED_BYTES_MAX } from './code-folders.ts';
import { invalidParameter } from './function-arn.ts';
import type { FunctionCode } from './function-document.ts';
import { scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import {
  type FunctionLayer,
  type LayerVersionDocument,
  layerAccessDenied,
  layerArn,
  layerVersionKey,
  parseLayerVersionArn,
} from './layer-document.ts';
import { mayReadLayer } from './layer-permissions.ts';

/** AWS: seen in test/parity, test_layer_function_quota_exception. */
const LAYERS_MAX = 5;

/** Looks the layers up, in their order: what a later one holds covers what an earlier one does. */
export async function takeLayers(
  { store }: LambdaContext,
  caller: Caller,
  arns: readonly string[] | undefined,
): Promise<readonly FunctionLayer[]> {
  if (arns === undefined || arns.length === 0) return [];
  if (arns.length > LAYERS_MAX) throw invalidParameter(`Cannot reference more than ${LAYERS_MAX} layers.`);
  const layers: FunctionLayer[] = [];
  const seen = new Map<string, string>();
  for (const arn of arns) {
    const reference = parseLayerVersionArn(arn);
    if (reference === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
    // The texts are Lambda's own, as deployment tools quote them.
    if (reference.scope.region !== caller.region) {
      throw invalidParameter(
        `Layers are not in the same region as the function. Layers are expected to be in region ${caller.region}.`,
      );
    }
    const other = seen.get(layerArn(reference));
    if (other !== undefined) {
      throw invalidParameter(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layerArn(reference), arn);
    if (!(await mayReadLayer(store, reference, reference.version, scopeOf(caller)))) {
      throw layerAccessDenied(scopeOf(caller), arn);
    }
    const version = await store.get<LayerVersionDocument>(layerVersionKey(reference.scope, reference.name, reference.version));
    if (version === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
    layers.push({ arn, ...version.content });
  }
  return layers;
}

/** Refuses code and layers that are too large together. */
export function checkUnzippedSize(code: FunctionCode, layers: readonly FunctionLayer[] | undefined): void {
  if (layers === undefined || layers.length === 0) return;
  const own = code.kind === 'zip' ? (code.unzippedBytes ?? 0) : 0;
  const bytes = layers.reduce((sum, layer) => sum + layer.unzippedBytes, own);
  if (bytes > UNZIPPED_BYTES_MAX) {
    throw invalidParameter(
      `Function code combined with layers exceeds the maximum allowed size of ${UNZIPPED_BYTES_MAX} bytes. The actual size is ${bytes} bytes.`,
    );
  }
}
