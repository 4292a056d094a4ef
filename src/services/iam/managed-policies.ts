// Managed policies: those of the account, with their versions, and those of AWS, which can only be read.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import { parseArn } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../../aws/operations.ts';
import type { Reader } from '../../store/store.ts';
import { awsManagedPolicy, awsManagedPolicyArns } from './aws-managed-policies.ts';
import type { IamContext } from './iam-context.ts';
import {
  iamArn,
  iamPartition,
  iamScope,
  nowInSeconds,
  type PolicyDocument,
  type PrincipalDocument,
  policyKey,
  policyKind,
  roleKind,
  userKind,
} from './iam-documents.ts';
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity, validationError } from './iam-refusals.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf, sortedBy } from './paging.ts';
import { checkedPolicyText, encodedPolicyText, policyLength } from './policy-text.ts';
import { withoutTags, withTags } from './tags.ts';

/** AWS: IAM quotas. */
const CHARACTERS_MAX = 6144;
const VERSIONS_MAX = 5;

export function managedPolicyOperations(context: IamContext) {
  const { store } = context;
  return {
    async CreatePolicy(input, caller) {
      const scope = iamScope(caller);
      const { PolicyName: name = '', Path: path = '/', Description: description } = input;
      const createdAt = nowInSeconds();
      const policy: PolicyDocument = {
        name,
        id: newIdentifier('policy'),
        path,
        arn: iamArn(scope, 'policy', path, name),
        createdAt,
        updatedAt: createdAt,
        defaultVersionId: 'v1',
        lastVersion: 1,
        versions: [{ versionId: 'v1', document: documentOf(input.PolicyDocument), createdAt }],
        tags: withTags([], input.Tags),
        ...(description === undefined ? {} : { description }),
      };
      await store.transact(async (transaction) => {
        const { items } = await transaction.list<PolicyDocument>(scope, policyKind, '');
        if (items.some((other) => other.name.toLowerCase() === name.toLowerCase())) {
          throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
        }
        await transaction.put(policyKey(scope, policy.arn), policy);
      });
      const { Description: _left, ...answer } = toPolicy(policy, 0);
      return { Policy: { ...answer, ...tagsOf(policy) } };
    },

    async GetPolicy(input, caller) {
      const arn = input.PolicyArn ?? '';
      const attachments = await attachmentsOf(store, caller, arn);
      const managed = awsManagedPolicy(arn);
      if (managed !== undefined) return { Policy: toAwsPolicy(arn, attachments) };
      const policy = await readPolicy(store, caller, arn);
      return { Policy: { ...toPolicy(policy, attachments), ...tagsOf(policy) } };
    },

    async ListPolicies(input, caller) {
      const scope = iamScope(caller);
      const { items: own } = await store.list<PolicyDocument>(scope, policyKind, '');
      const counts = await attachmentCounts(store, caller);
      const policies = [
        ...(input.Scope === 'AWS' ? [] : own.map((policy) => toPolicy(policy, counts.get(policy.arn) ?? 0))),
        ...(input.Scope === 'Local'
          ? []
          : awsManagedPolicyArns(iamPartition(scope)).map((arn) => toAwsPolicy(arn, counts.get(arn) ?? 0))),
      ].filter(
        ({ Path = '/', AttachmentCount = 0 }) =>
          Path.startsWith(input.PathPrefix ?? '/') && (input.OnlyAttached !== true || AttachmentCount > 0),
      );
      const idOf = ({ Arn = '' }: Iam.Policy): string => Arn;
      const { items, ...page } = pageOf(sortedBy(policies, idOf), input, idOf);
      return { Policies: items.map(({ Description: _left, ...policy }) => policy), ...page };
    },

    async GetPolicyVersion(input, caller) {
      const { PolicyArn: arn = '', VersionId: versionId = '' } = input;
      const managed = awsManagedPolicy(arn);
      if (managed !== undefined && versionId === 'v1') {
        return {
          PolicyVersion: {
            Document: encodedPolicyText(managed.document),
            VersionId: 'v1',
            IsDefaultVersion: true,
            CreateDate: new Date(0),
          },
        };
      }
      const policy = managed === undefined ? await readPolicy(store, caller, arn) : undefined;
      const version = policy?.versions.find((candidate) => candidate.versionId === versionId);
      if (policy === undefined || version === undefined) throw versionNotFound(arn, versionId);
      return { PolicyVersion: { Document: encodedPolicyText(version.document), ...toVersion(policy, version) } };
    },

    async ListPolicyVersions(input, caller) {
      const arn = input.PolicyArn ?? '';
      if (awsManagedPolicy(arn) !== undefined) {
        return { Versions: [{ VersionId: 'v1', IsDefaultVersion: true, CreateDate: new Date(0) }], IsTruncated: false };
      }
      const policy = await readPolicy(store, caller, arn);
      // The newest first.
      return { Versions: policy.versions.map((version) => toVersion(policy, version)).reverse(), IsTruncated: false };
    },

    async CreatePolicyVersion(input, caller) {
      const document = documentOf(input.PolicyDocument);
      const changed = await changePolicy(context, caller, input.PolicyArn, (policy) => {
        if (policy.versions.length >= VERSIONS_MAX) {
          // AWS: this sentence. Seen: public reports of users.
          throw new AwsError(
            'LimitExceededException',
            `A managed policy can have up to ${VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version.`,
          );
        }
        const lastVersion = policy.lastVersion + 1;
        const version = { versionId: `v${lastVersion}`, document, createdAt: nowInSeconds() };
        return {
          ...policy,
          lastVersion,
          updatedAt: version.createdAt,
          versions: [...policy.versions, version],
          defaultVersionId: input.SetAsDefault === true ? version.versionId : policy.defaultVersionId,
        };
      });
      return { PolicyVersion: toVersion(changed, changed.versions.at(-1) as PolicyDocument['versions'][number]) };
    },

    async SetDefaultPolicyVersion(input, caller) {
      await changePolicy(context, caller, input.PolicyArn, (policy) => {
        assertVersion(policy, input.VersionId);
        return { ...policy, defaultVersionId: input.VersionId ?? '', updatedAt: nowInSeconds() };
      });
      return {};
    },

    async DeletePolicyVersion(input, caller) {
      await changePolicy(context, caller, input.PolicyArn, (policy) => {
        assertVersion(policy, input.VersionId);
        if (policy.defaultVersionId === input.VersionId) {
          throw deleteConflict('Cannot delete the default version of a policy.');
        }
        return { ...policy, versions: policy.versions.filter(({ versionId }) => versionId !== input.VersionId) };
      });
      return {};
    },

    async DeletePolicy(input, caller) {
      const arn = input.PolicyArn ?? '';
      await store.transact(async (transaction) => {
        const policy = await readPolicy(transaction, caller, arn);
        if ((await attachmentsOf(transaction, caller, arn)) > 0) {
          throw deleteConflict('Cannot delete a policy attached to entities.');
        }
        if (policy.versions.length > 1) {
          throw deleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
          );
        }
        await transaction.delete(policyKey(iamScope(caller), arn));
      });
      return {};
    },

    async TagPolicy(input, caller) {
      await changePolicy(context, caller, input.PolicyArn, (policy) => ({ ...policy, tags: withTags(policy.tags, input.Tags) }));
      return {};
    },

    async UntagPolicy(input, caller) {
      await changePolicy(context, caller, input.PolicyArn, (policy) => ({
        ...policy,
        tags: withoutTags(policy.tags, input.TagKeys),
      }));
      return {};
    },

    async ListPolicyTags(input, caller) {
      const { tags } = await readPolicy(store, caller, input.PolicyArn ?? '');
      return { Tags: [...tags], IsTruncated: false };
    },
  } satisfies PartialOperations<typeof Iam>;
}

/** Throws what AWS says about a text that is no ARN of IAM. */
export function assertPolicyArn(arn: string): void {
  if (parseArn(arn)?.service !== 'iam') throw validationError('Invalid ARN:  Could not be parsed!');
}

async function readPolicy(reader: Reader, caller: Caller, arn: string): Promise<PolicyDocument> {
  assertPolicyArn(arn);
  const policy = await reader.get<PolicyDocument>(policyKey(iamScope(caller), arn));
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

async function changePolicy(
  { store }: IamContext,
  caller: Caller,
  arn: string | undefined,
  change: (policy: PolicyDocument) => PolicyDocument,
): Promise<PolicyDocument> {
  return await store.transact(async (transaction) => {
    const changed = change(await readPolicy(transaction, caller, arn ?? ''));
    await transaction.put(policyKey(iamScope(caller), changed.arn), changed);
    return changed;
  });
}

/** How often each managed policy is attached. */
async function attachmentCounts(reader: Reader, caller: Caller): Promise<ReadonlyMap<string, number>> {
  const scope = iamScope(caller);
  const counts = new Map<string, number>();
  for (const kind of [userKind, roleKind]) {
    const { items } = await reader.list<PrincipalDocument>(scope, kind, '');
    for (const arn of items.flatMap(({ attached }) => attached)) counts.set(arn, (counts.get(arn) ?? 0) + 1);
  }
  return counts;
}

async function attachmentsOf(reader: Reader, caller: Caller, arn: string): Promise<number> {
  return (await attachmentCounts(reader, caller)).get(arn) ?? 0;
}

function documentOf(text: string | undefined): string {
  const document = checkedPolicyText(text ?? '', 'identity');
  if (policyLength(document) > CHARACTERS_MAX) throw limitExceeded('PolicySize', CHARACTERS_MAX);
  return document;
}

function assertVersion({ arn, versions }: PolicyDocument, versionId: string | undefined): void {
  if (!versions.some((version) => version.versionId === versionId)) throw versionNotFound(arn, versionId ?? '');
}

function versionNotFound(arn: string, versionId: string) {
  return noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`);
}

function toPolicy(policy: PolicyDocument, attachmentCount: number): Iam.Policy {
  const { name, id, arn, path, defaultVersionId, createdAt, updatedAt, description } = policy;
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: defaultVersionId,
    AttachmentCount: attachmentCount,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(createdAt),
    UpdateDate: new Date(updatedAt),
    ...(description === undefined ? {} : { Description: description }),
  };
}

function toAwsPolicy(arn: string, attachmentCount: number): Iam.Policy {
  const managed = awsManagedPolicy(arn);
  const epoch = new Date(0);
  return {
    PolicyName: managed?.name,
    Arn: arn,
    Path: managed?.path,
    DefaultVersionId: 'v1',
    AttachmentCount: attachmentCount,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: epoch,
    UpdateDate: epoch,
  };
}

function toVersion(policy: PolicyDocument, version: PolicyDocument['versions'][number]): Iam.PolicyVersion {
  return {
    VersionId: version.versionId,
    IsDefaultVersion: version.versionId === policy.defaultVersionId,
    CreateDate: new Date(version.createdAt),
  };
}

function tagsOf({ tags }: PolicyDocument): Pick<Iam.Policy, 'Tags'> {
  return tags.length === 0 ? {} : { Tags: [...tags] };
}
