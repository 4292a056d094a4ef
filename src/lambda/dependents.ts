// What hangs under a function in the store and goes with it, or with the version or alias it is about.

import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { ALIAS_KIND } from './alias-document.ts';
import { EVENT_INVOKE_CONFIG_KIND } from './event-invoke-config.ts';
import { POLICY_KIND, QUALIFIED_POLICY_KIND, VERSION_KIND } from './function-document.ts';
import { FUNCTION_URL_KIND } from './function-url-document.ts';
import { PROVISIONED_CONCURRENCY_KIND } from './provisioned-concurrency-document.ts';

/** Their id is the qualifier. */
const KINDS_BY_QUALIFIER = [
  QUALIFIED_POLICY_KIND,
  EVENT_INVOKE_CONFIG_KIND,
  FUNCTION_URL_KIND,
  PROVISIONED_CONCURRENCY_KIND,
] as const;

/** Deletes what is about one version or alias. */
export async function deleteQualifier(transaction: Transaction, scope: Scope, name: string, qualifier: string): Promise<void> {
  for (const kind of KINDS_BY_QUALIFIER) await transaction.delete({ scope, kind, parent: name, id: qualifier });
}

/** Deletes everything of a function but the function itself. */
export async function deleteDependents(transaction: Transaction, scope: Scope, name: string): Promise<void> {
  await transaction.delete({ scope, kind: POLICY_KIND, parent: '', id: name });
  for (const kind of [VERSION_KIND, ALIAS_KIND, ...KINDS_BY_QUALIFIER]) await transaction.deleteAll(scope, kind, name);
}
