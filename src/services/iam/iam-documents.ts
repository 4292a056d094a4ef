// Where the nouns of IAM lie in the store. IAM is global: an account has one state, whatever region a request is signed for.

import { partitionOf } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey } from '../../store/store.ts';

export const userKind = 'iam/user';
export const roleKind = 'iam/role';
/** Customer managed policies. Id: the ARN. */
export const policyKind = 'iam/policy';
/** Id: the access key id. */
export const accessKeyKind = 'iam/access-key';

export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}

/** What users and roles have in common. */
export interface PrincipalDocument {
  readonly name: string;
  /** `AIDA…` or `AROA…`. */
  readonly id: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly createdAt: number;
  readonly tags: readonly IamTag[];
  /** Inline policies: JSON text by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
}

export interface UserDocument extends PrincipalDocument {
  readonly accessKeyIds: readonly string[];
}

export interface RoleDocument extends PrincipalDocument {
  readonly description?: string;
  readonly maxSessionDuration: number;
  /** JSON text, as it was given. */
  readonly trustPolicy: string;
}

export interface PolicyVersionDocument {
  readonly versionId: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface PolicyDocument {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly defaultVersionId: string;
  /** The number of the version that was made last; numbers are not used again. */
  readonly lastVersion: number;
  readonly versions: readonly PolicyVersionDocument[];
  readonly tags: readonly IamTag[];
}

export interface AccessKeyDocument {
  readonly accessKeyId: string;
  readonly userName: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: number;
  /** Sealed by SecretBox under the access key id. */
  readonly sealedSecret: string;
}

/** Partition of the caller; IAM's state is one per account and partition. */
export function iamScope({ account, region }: Pick<Caller, 'account' | 'region'>): Scope {
  return { account, region: `${partitionOf(region)}-global` };
}

/** The partition of an IAM scope. */
export function iamPartition(scope: Scope): string {
  return scope.region.slice(0, -'-global'.length);
}

/** AWS: names are unique whatever their case. Seen: IAM quotas, "Names are not distinguished by case". */
export function userKey(scope: Scope, name: string): DocumentKey {
  return { scope, kind: userKind, parent: '', id: name.toLowerCase() };
}

export function roleKey(scope: Scope, name: string): DocumentKey {
  return { scope, kind: roleKind, parent: '', id: name.toLowerCase() };
}

export function policyKey(scope: Scope, arn: string): DocumentKey {
  return { scope, kind: policyKind, parent: '', id: arn };
}

export function accessKeyKey(scope: Scope, accessKeyId: string): DocumentKey {
  return { scope, kind: accessKeyKind, parent: '', id: accessKeyId };
}

export function iamArn(scope: Scope, kind: 'user' | 'role' | 'policy', path: string, name: string): string {
  return `arn:${iamPartition(scope)}:iam::${scope.account}:${kind}${path}${name}`;
}

/** Now, in whole seconds: AWS's times have no fractions. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}
