// A layer's version as the store keeps it, and its ARN.

import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Remembers the number given last; hangs under '' and is named by the layer. */
export const LAYER_KIND = 'lambda/layer';
/** Both hang under the layer's name and are named by the number. */
export const LAYER_VERSION_KIND = 'lambda/layer-version';
export const LAYER_POLICY_KIND = 'lambda/layer-policy';

const VERSION_DIGITS = 10;

export interface LayerDocument {
  readonly name: string;
  readonly lastVersion: number;
}

export interface LayerVersionDocument {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly licenseInfo?: string;
  /** Absent when they were not said. */
  readonly runtimes?: readonly string[];
  readonly architectures?: readonly string[];
  readonly content: LayerContent;
  /** `2026-11-23T17:00:00.000+0000` */
  readonly created: string;
}

/** The archive among the store's blobs. */
export interface LayerContent {
  readonly sha256: string;
  readonly bytes: number;
  readonly unzippedBytes: number;
}

/** A layer of a function. It stays when the layer's version is deleted. */
export interface FunctionLayer extends LayerContent {
  /** Of the layer's version. */
  readonly arn: string;
}

/** A layer as an operation means it. */
export interface LayerReference {
  readonly scope: Scope;
  readonly name: string;
}

export function layerKey(scope: Scope, name: string): DocumentKey {
  return { scope: { account: scope.account, region: scope.region }, kind: LAYER_KIND, parent: '', id: name };
}

export function layerVersionKey(scope: Scope, name: string, version: number): DocumentKey {
  return keyOf(LAYER_VERSION_KIND, scope, name, version);
}

export function layerPolicyKey(scope: Scope, name: string, version: number): DocumentKey {
  return keyOf(LAYER_POLICY_KIND, scope, name, version);
}

/** `arn:aws:lambda:{region}:{account}:layer:{name}`, with `:{version}` when there is one. */
export function layerArn({ scope, name }: LayerReference, version?: number): string {
  const arn = `arn:${partitionOf(scope.region)}:lambda:${scope.region}:${scope.account}:layer:${name}`;
  return version === undefined ? arn : `${arn}:${version}`;
}

/** Reads a layer's name or ARN. */
export function parseLayerName(text: string, scope: Scope): LayerReference {
  const match = /^arn:[a-zA-Z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)$/.exec(text);
  if (match === null) return { scope, name: text };
  const [, region = '', account = '', name = ''] = match;
  return { scope: { account, region }, name };
}

/** Reads the ARN of a layer's version; undefined when it is none. */
export function parseLayerVersionArn(arn: string): (LayerReference & { readonly version: number }) | undefined {
  const match = /^arn:[a-zA-Z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+):(\d{1,9})$/.exec(arn);
  if (match === null) return undefined;
  const [, region = '', account = '', name = '', version = ''] = match;
  return { scope: { account, region }, name, version: Number(version) };
}

/** 403, as AWS words it: a layer of another account that does not share it. */
export function layerAccessDenied(scope: Scope, arn: string): AwsError {
  const user = `arn:${partitionOf(scope.region)}:iam::${scope.account}:root`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${user} is not authorized to perform: lambda:GetLayerVersion on resource: ${arn} because no resource-based policy allows the lambda:GetLayerVersion action`,
    { status: 403 },
  );
}

function keyOf(kind: string, { account, region }: Scope, name: string, version: number): DocumentKey {
  return { scope: { account, region }, kind, parent: name, id: String(version).padStart(VERSION_DIGITS, '0') };
}
