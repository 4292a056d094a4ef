// A function's resource policy, built statement by statement.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html and its neighbours

import { randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { PartialOperations } from '../aws/operations.ts';
import { compilePolicy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import type { Transaction } from '../store/store.ts';
import { type AliasDocument, aliasKey, isVersionNumber } from './alias-document.ts';
import { conflict, type FunctionReference, functionArn, invalidParameter, notFound, parseFunctionName } from './function-arn.ts';
import { type PolicyDocument, type PolicyStatement, policyKey, policyText } from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';

/** AWS: 20 KB. Seen: Lambda quotas. */
const POLICY_BYTES_MAX = 20_480;

/** The operations about a function's resource policy. */
export function permissionOperations({ store }: LambdaContext) {
  return {
    async AddPermission(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      if (reference.qualifier === '$LATEST') throw invalidParameter('We currently do not support adding policies for $LATEST.');
      const statement = toStatement(reference, input);
      await store.transact(async (transaction) => {
        const revisionId = await revisionOf(transaction, reference);
        const key = policyKey(reference.scope, reference.name, reference.qualifier);
        const policy = await transaction.get<PolicyDocument>(key);
        checkPolicyRevision(policy?.revisionId ?? revisionId, input.RevisionId);
        if (policy?.statements.some(({ Sid }) => Sid === statement.Sid)) {
          throw conflict(
            `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          );
        }
        const statements = [...(policy?.statements ?? []), statement];
        if (Buffer.byteLength(policyText(statements)) > POLICY_BYTES_MAX) {
          throw new AwsError(
            'PolicyLengthExceededException',
            `The final policy size is bigger than the limit (${POLICY_BYTES_MAX}).`,
            {
              fields: { Type: 'User' },
            },
          );
        }
        await transaction.put(key, { revisionId: randomUUID(), statements } satisfies PolicyDocument);
      });
      return { Statement: JSON.stringify(statement) };
    },

    async RemovePermission(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      await store.transact(async (transaction) => {
        await readFunction(transaction, reference);
        const key = policyKey(reference.scope, reference.name, reference.qualifier);
        const policy = await transaction.get<PolicyDocument>(key);
        // AWS: without any statement it is the policy that is missing. Seen: LambdaPermissions, remove after the last one.
        if (policy === undefined) throw notFound('No policy is associated with the given resource.');
        const statements = policy.statements.filter(({ Sid }) => Sid !== input.StatementId);
        if (statements.length === policy.statements.length) {
          throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
        }
        checkPolicyRevision(policy.revisionId, input.RevisionId);
        if (statements.length === 0) await transaction.delete(key);
        else await transaction.put(key, { revisionId: randomUUID(), statements } satisfies PolicyDocument);
      });
      return {};
    },

    async GetPolicy(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      const policy = await store.get<PolicyDocument>(policyKey(reference.scope, reference.name, reference.qualifier));
      // AWS: says the same of a missing function and a missing policy. Seen: test/parity, get_policy_exception_removed_all.
      if (policy === undefined) throw notFound('The resource you requested does not exist.');
      return { Policy: policyText(policy.statements), RevisionId: policy.revisionId };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

function toStatement(reference: FunctionReference, input: Lambda.AddPermissionCommandInput): PolicyStatement {
  const equals: Record<string, string> = {
    ...(input.SourceAccount !== undefined && { 'AWS:SourceAccount': input.SourceAccount }),
    ...(input.PrincipalOrgID !== undefined && { 'aws:PrincipalOrgID': input.PrincipalOrgID }),
    ...(input.EventSourceToken !== undefined && { 'lambda:EventSourceToken': input.EventSourceToken }),
    ...(input.FunctionUrlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType }),
  };
  const condition: Record<string, Record<string, string>> = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(input.InvokedViaFunctionUrl !== undefined && {
      Bool: { 'lambda:InvokedViaFunctionUrl': String(input.InvokedViaFunctionUrl) },
    }),
    ...(input.SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
  };
  const statement: PolicyStatement = {
    Sid: input.StatementId ?? '',
    Effect: 'Allow',
    Principal: toPrincipal(input.Principal ?? '', reference.scope.region),
    Action: input.Action ?? '',
    Resource: functionArn(reference.scope, reference.name, reference.qualifier),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
  const compiled = compilePolicy({ Version: '2012-10-17', Statement: [statement] }, 'resource');
  if (isFault(compiled)) {
    if (compiled.path.startsWith('Statement[0].Principal')) {
      throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
    }
    throw invalidParameter(`The permission is not valid: ${compiled.message} (${compiled.path.replace('Statement[0].', '')}).`);
  }
  return statement;
}

// AWS: a service by its name, an account as its root, an ARN as it is, everybody as a star. Seen: test/parity, TestLambdaPermissions.
function toPrincipal(principal: string, region: string): PolicyStatement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${partitionOf(region)}:iam::${principal}:root` };
  if (principal.startsWith('arn:')) return { AWS: principal };
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com|amazonaws\.com\.cn|amazon\.com)$/.test(principal))
    return { Service: principal };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

/** The first permission is guarded by the revision of what it is about, later ones by the policy's. */
async function revisionOf(reader: Pick<Transaction, 'get'>, reference: FunctionReference): Promise<string> {
  const { scope, name, qualifier } = reference;
  const document = await readFunction(reader, reference);
  if (qualifier === undefined || isVersionNumber(qualifier)) return document.revisionId;
  const alias = await reader.get<AliasDocument>(aliasKey(scope, name, qualifier));
  return alias?.revisionId ?? document.revisionId;
}

function checkPolicyRevision(current: string, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === current) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
    { fields: { Type: 'User' } },
  );
}
