// Every function URL of this process in memory, kept true by the store's change feed, and the way from one to its function.

import type { FunctionReceiver, FunctionUrl, FunctionUrlPort, UrlCaller } from '../data-plane/ports.ts';
import { conditionContext, evaluatePolicies } from '../iam-policy/evaluate.ts';
import type { RequestPrincipal } from '../iam-policy/principal.ts';
import type { Change, DocumentKey, Store } from '../store/store.ts';
import { functionArn } from './function-arn.ts';
import { chooseVersion, type FunctionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { FUNCTION_URL_KIND, type FunctionUrlDocument } from './function-url-document.ts';
import { Invocation } from './invocation.ts';
import type { Pool } from './pool.ts';
import { refused, runFunction } from './run-function.ts';

export class FunctionUrlTable implements FunctionUrlPort {
  readonly #store: Store;
  readonly #table: FunctionTable;
  readonly #pool: Pool;
  readonly #byId = new Map<string, FunctionUrl>();
  /** Which URL a document is about, so that its end is understood. */
  readonly #ids = new Map<string, string>();
  #unsubscribe: (() => void) | undefined;

  private constructor(store: Store, table: FunctionTable, pool: Pool) {
    this.#store = store;
    this.#table = table;
    this.#pool = pool;
  }

  static async open(store: Store, table: FunctionTable, pool: Pool): Promise<FunctionUrlTable> {
    const urls = new FunctionUrlTable(store, table, pool);
    urls.#unsubscribe = store.subscribe((changes) => urls.#follow(changes));
    for (const { key, document } of await store.scan<FunctionUrlDocument>(FUNCTION_URL_KIND)) urls.#set(key, document);
    return urls;
  }

  find(urlId: string): FunctionUrl | undefined {
    return this.#byId.get(urlId);
  }

  close(): void {
    this.#unsubscribe?.();
  }

  async #follow(changes: readonly Change[]): Promise<void> {
    for (const { key, operation } of changes) {
      if (key.kind !== FUNCTION_URL_KIND) continue;
      this.#set(key, operation === 'put' ? await this.#store.get<FunctionUrlDocument>(key) : undefined);
    }
  }

  #set({ scope, parent, id }: DocumentKey, document: FunctionUrlDocument | undefined): void {
    const place = `${scope.account}/${scope.region}/${parent}/${id}`;
    const before = this.#ids.get(place);
    if (before !== undefined) this.#byId.delete(before);
    this.#ids.delete(place);
    if (document === undefined) return;
    this.#ids.set(place, document.urlId);
    this.#byId.set(document.urlId, new LiveUrl(this.#table, this.#pool, this.#table.entry(scope, parent), document));
  }
}

class LiveUrl implements FunctionUrl {
  readonly urlId: string;
  readonly region: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly cors: FunctionUrl['cors'];
  readonly #table: FunctionTable;
  readonly #pool: Pool;
  readonly #entry: FunctionEntry;
  readonly #alias: string | undefined;
  readonly #arn: string;

  constructor(table: FunctionTable, pool: Pool, entry: FunctionEntry, document: FunctionUrlDocument) {
    this.urlId = document.urlId;
    this.region = entry.scope.region;
    this.authType = document.authType;
    this.cors = document.cors;
    this.#table = table;
    this.#pool = pool;
    this.#entry = entry;
    this.#alias = document.alias;
    this.#arn = functionArn(entry.scope, entry.name, document.alias);
  }

  // AWS: for NONE the resource policy must allow everybody; an account's own users need no resource policy.
  // Seen: Lambda guide, "Control access to Lambda function URLs"; test/parity, test_lambda_permission_url_invocation.
  mayInvoke(caller: UrlCaller | undefined): boolean {
    if (this.authType === 'AWS_IAM' && caller === undefined) return false;
    if (this.authType === 'AWS_IAM' && caller?.account === this.#entry.scope.account) return true;
    const policy = this.#entry.policy(this.#alias);
    if (policy === undefined) return false;
    const principal: RequestPrincipal =
      this.authType === 'NONE' || caller === undefined
        ? { kind: 'anonymous' }
        : { kind: 'aws', account: caller.account, arn: caller.arn };
    const decision = evaluatePolicies([policy], {
      principal,
      action: 'lambda:InvokeFunctionUrl',
      resource: this.#arn,
      context: conditionContext({ 'lambda:FunctionUrlAuthType': this.authType, 'lambda:InvokedViaFunctionUrl': 'true' }),
    });
    return decision.effect === 'allow';
  }

  invoke(event: string, traceId: string, requestId: string, receiver: FunctionReceiver): void {
    const target = this.#entry.target(this.#alias);
    if (target === undefined) {
      receiver.onFunctionResult(refused('ResourceNotFound', this.#entry));
      return;
    }
    const invocation = new Invocation({
      requestId,
      event,
      traceId,
      receiver,
      invokedArn: this.#alias === undefined ? '' : this.#arn,
    });
    runFunction(this.#table, this.#pool, chooseVersion(target, Math.random), invocation);
  }
}
