// Who else may use a layer's version.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html and its neighbours

import { randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { conditionContext, evaluatePolicies } from '../iam-policy/evaluate.ts';
import { compilePolicy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { conflict, invalidParameter, notFound } from './function-arn.ts';
import { type PolicyDocument, type PolicyStatement, policyText } from './function-document.ts';
import { scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import {
  type LayerReference,
  layerAccessDenied,
  layerArn,
  layerPolicyKey,
  layerVersionKey,
  parseLayerName,
} from './layer-document.ts';

type Reader = Pick<Transaction, 'get'>;
interface OfLayerVersion {
  readonly LayerName: string | undefined;
  readonly VersionNumber: number | undefined;
}

/** The operations about the policies of layers' versions. */
export function layerPermissionOperations({ store }: LambdaContext) {
  /** The version an operation is about; it has to be there, and the caller's own. */
  const existing = async (
    reader: Reader,
    input: OfLayerVersion,
    caller: Caller,
  ): Promise<LayerReference & { version: number }> => {
    const reference = parseLayerName(input.LayerName ?? '', scopeOf(caller));
    const version = input.VersionNumber ?? 0;
    if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
    if (reference.scope.account !== caller.account) throw layerAccessDenied(scopeOf(caller), layerArn(reference, version));
    // AWS: Seen: test/parity, test_layer_policy_exceptions.
    if ((await reader.get(layerVersionKey(reference.scope, reference.name, version))) === undefined) {
      throw notFound(`Layer version ${layerArn(reference, version)} does not exist.`);
    }
    return { ...reference, version };
  };

  return {
    async AddLayerVersionPermission(input, caller) {
      return store.transact(async (transaction) => {
        const { scope, name, version } = await existing(transaction, input, caller);
        const key = layerPolicyKey(scope, name, version);
        const policy = await transaction.get<PolicyDocument>(key);
        checkRevision(policy, input.RevisionId);
        const statement: PolicyStatement = {
          Sid: input.StatementId ?? '',
          Effect: 'Allow',
          Principal: toPrincipal(input.Principal ?? '', scope.region),
          Action: input.Action ?? '',
          Resource: layerArn({ scope, name }, version),
          ...(input.OrganizationId !== undefined && {
            Condition: { StringEquals: { 'aws:PrincipalOrgID': input.OrganizationId } },
          }),
        };
        if (policy?.statements.some(({ Sid }) => Sid === statement.Sid)) {
          throw conflict(
            `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          );
        }
        const after: PolicyDocument = { revisionId: randomUUID(), statements: [...(policy?.statements ?? []), statement] };
        await transaction.put(key, after);
        return { Statement: JSON.stringify(statement), RevisionId: after.revisionId };
      });
    },

    async RemoveLayerVersionPermission(input, caller) {
      await store.transact(async (transaction) => {
        const { scope, name, version } = await existing(transaction, input, caller);
        const key = layerPolicyKey(scope, name, version);
        const policy = await transaction.get<PolicyDocument>(key);
        checkRevision(policy, input.RevisionId);
        const statements = policy?.statements.filter(({ Sid }) => Sid !== input.StatementId) ?? [];
        if (statements.length === (policy?.statements.length ?? 0)) {
          throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
        }
        if (statements.length === 0) await transaction.delete(key);
        else await transaction.put(key, { revisionId: randomUUID(), statements } satisfies PolicyDocument);
      });
      return {};
    },

    async GetLayerVersionPolicy(input, caller) {
      const { scope, name, version } = await existing(store, input, caller);
      const policy = await store.get<PolicyDocument>(layerPolicyKey(scope, name, version));
      if (policy === undefined) throw notFound('No policy is associated with the given resource.');
      return { Policy: policyText(policy.statements), RevisionId: policy.revisionId };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** One's own layers, and those whose policy shares them. */
export async function mayReadLayer(reader: Reader, reference: LayerReference, version: number, caller: Scope): Promise<boolean> {
  if (reference.scope.account === caller.account) return true;
  const policy = await reader.get<PolicyDocument>(layerPolicyKey(reference.scope, reference.name, version));
  if (policy === undefined) return false;
  const compiled = compilePolicy({ Version: '2012-10-17', Statement: policy.statements }, 'resource');
  if (isFault(compiled)) return false;
  const decision = evaluatePolicies([compiled], {
    principal: {
      kind: 'aws',
      account: caller.account,
      arn: `arn:${partitionOf(caller.region)}:iam::${caller.account}:root`,
    },
    action: 'lambda:GetLayerVersion',
    resource: layerArn(reference, version),
    context: conditionContext({ 'aws:PrincipalAccount': caller.account }),
  });
  return decision.effect === 'allow';
}

// AWS: an account stands for its root. Seen: AddLayerVersionPermission.
function toPrincipal(principal: string, region: string): PolicyStatement['Principal'] {
  if (principal === '*') return '*';
  return { AWS: principal.startsWith('arn:') ? principal : `arn:${partitionOf(region)}:iam::${principal}:root` };
}

// AWS: names an operation that does not exist. Seen: test/parity, test_layer_policy_exceptions.
function checkRevision(policy: PolicyDocument | undefined, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === policy?.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
    { fields: { Type: 'User' } },
  );
}
