// Aliases: names for versions that can be moved.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html and its neighbours

import { randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import type { PartialOperations } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { ALIAS_KIND, type AliasDocument, aliasKey } from './alias-document.ts';
import { deleteQualifier } from './dependents.ts';
import { conflict, functionArn, functionNotFound, invalidParameter, notFound, parseFunctionName } from './function-arn.ts';
import { checkRevision, readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { pageLimit, toPage } from './paging.ts';
import { provisionedConcurrencyKey } from './provisioned-concurrency-document.ts';

/** The operations about aliases. */
export function aliasOperations({ store }: LambdaContext) {
  return {
    async CreateAlias(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const alias = input.Name ?? '';
      const functionVersion = input.FunctionVersion ?? '';
      const document: AliasDocument = {
        name: alias,
        functionVersion,
        description: input.Description ?? '',
        ...toAdditional(functionVersion, input.RoutingConfig),
        revisionId: randomUUID(),
      };
      await store.transact(async (transaction) => {
        await checkVersions(transaction, scope, name, document);
        if ((await transaction.get(aliasKey(scope, name, alias))) !== undefined) {
          throw conflict(`Alias already exists: ${functionArn(scope, name, alias)}`);
        }
        await transaction.put(aliasKey(scope, name, alias), document);
      });
      return toAlias(scope, name, document);
    },

    async GetAlias(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const alias = await store.get<AliasDocument>(aliasKey(scope, name, input.Name ?? ''));
      // AWS: Seen: test/parity, test_lambda_provisioned_lifecycle.
      if (alias === undefined) throw notFound(`Cannot find alias arn: ${functionArn(scope, name, input.Name)}`);
      return toAlias(scope, name, alias);
    },

    async ListAliases(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      await readFunction(store, { scope, name, qualifier: undefined });
      const { items } = await store.list<AliasDocument>(scope, ALIAS_KIND, name);
      const wanted = items.filter(
        (alias) =>
          input.FunctionVersion === undefined ||
          alias.functionVersion === input.FunctionVersion ||
          alias.additional?.version === input.FunctionVersion,
      );
      const page = toPage('ListAliases', wanted, (alias) => alias.name, pageLimit(input.MaxItems), input.Marker);
      return {
        Aliases: page.items.map((alias) => toAlias(scope, name, alias)),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },

    async UpdateAlias(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const alias = input.Name ?? '';
      const after = await store.transact(async (transaction) => {
        await readFunction(transaction, { scope, name, qualifier: undefined });
        const before = await transaction.get<AliasDocument>(aliasKey(scope, name, alias));
        // AWS: Seen: test/parity, test_non_existent_alias_update.
        if (before === undefined) throw notFound(`Alias not found: ${functionArn(scope, name, alias)}`);
        checkRevision(before.revisionId, input.RevisionId);
        const { additional, ...rest } = before;
        const functionVersion = input.FunctionVersion ?? before.functionVersion;
        const document: AliasDocument = {
          ...rest,
          functionVersion,
          description: input.Description ?? before.description,
          ...(input.RoutingConfig === undefined
            ? additional && { additional }
            : toAdditional(functionVersion, input.RoutingConfig)),
          // AWS: an update that changes nothing is a new revision all the same. Seen: test/parity, test_alias_lifecycle.
          revisionId: randomUUID(),
        };
        if (document.additional !== undefined) assertTwo(functionVersion, document.additional.version);
        await checkVersions(transaction, scope, name, document);
        await checkProvisioned(transaction, scope, name, document);
        await transaction.put(aliasKey(scope, name, alias), document);
        return document;
      });
      return toAlias(scope, name, after);
    },

    async DeleteAlias(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const alias = input.Name ?? '';
      await readFunction(store, { scope, name, qualifier: undefined });
      // AWS: deleting what is not there is fine. Seen: DeleteAlias.
      if ((await store.get(aliasKey(scope, name, alias))) === undefined) return {};
      await store.transact(async (transaction) => {
        await transaction.delete(aliasKey(scope, name, alias));
        await deleteQualifier(transaction, scope, name, alias);
      });
      return {};
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** The weights as they are kept. AWS: one version beside the first; its refusals are quoted by deployment tools. */
function toAdditional(
  functionVersion: string,
  routing: Lambda.AliasRoutingConfiguration | undefined,
): Pick<AliasDocument, 'additional'> {
  const weights = Object.entries(routing?.AdditionalVersionWeights ?? {});
  if (weights.length > 1) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  const first = weights[0];
  if (first === undefined) return {};
  const [version, weight] = first;
  assertTwo(functionVersion, version);
  if (!(weight >= 0 && weight <= 1)) {
    throw invalidParameter('Invalid value for RoutingConfig: the weight of a version is between 0.0 and 1.0.');
  }
  return { additional: { version, weight } };
}

function assertTwo(functionVersion: string, additional: string): void {
  if (functionVersion === '$LATEST' || additional === '$LATEST') {
    throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  if (functionVersion === additional) {
    throw invalidParameter(
      `Invalid function version ${additional}. Function version ${additional} is already included in routing configuration.`,
    );
  }
}

async function checkVersions(transaction: Transaction, scope: Scope, name: string, alias: AliasDocument): Promise<void> {
  for (const version of [alias.functionVersion, alias.additional?.version]) {
    if (version === undefined) continue;
    if (version !== '$LATEST' && !/^[0-9]+$/.test(version)) throw functionNotFound(scope, name, version);
    await readFunction(transaction, { scope, name, qualifier: version });
  }
}

/** What is provisioned for an alias is provisioned for its first version, which has to be a published one. */
async function checkProvisioned(transaction: Transaction, scope: Scope, name: string, alias: AliasDocument): Promise<void> {
  if (alias.functionVersion !== '$LATEST') return;
  if ((await transaction.get(provisionedConcurrencyKey(scope, name, alias.name))) === undefined) return;
  throw invalidParameter('An alias with provisioned concurrency cannot point to $LATEST.');
}

function toAlias(scope: Scope, name: string, alias: AliasDocument): Lambda.AliasConfiguration {
  const { additional } = alias;
  return {
    AliasArn: functionArn(scope, name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    ...(additional && { RoutingConfig: { AdditionalVersionWeights: { [additional.version]: additional.weight } } }),
    RevisionId: alias.revisionId,
  };
}
