// Every function URL of this process in memory, kept true by the store's change feed, and the way from one to its function.

import type { CallerCredentials } from '../data-plane/iam/caller-credentials.ts';
import type { FunctionReceiver, FunctionUrl, FunctionUrlPort } from '../data-plane/ports.ts';
import type { RequestFacts } from '../iam-policy/caller-context.ts';
import type { Change, DocumentKey, Store } from '../store/store.ts';
import { functionArn } from './function-arn.ts';
import { chooseVersion, type FunctionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { FUNCTION_URL_KIND, type FunctionUrlDocument } from './function-url-document.ts';
import { Invocation } from './invocation.ts';
import type { Pool } from './pool.ts';
import { refused, runFunction } from './run-function.ts';
import { urlRefusal } from './url-access.ts';

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
  readonly functionName: string;
  readonly streams: boolean;
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
    this.functionName = entry.name;
    this.streams = document.invokeMode === 'RESPONSE_STREAM';
    this.authType = document.authType;
    this.cors = document.cors;
    this.#table = table;
    this.#pool = pool;
    this.#entry = entry;
    this.#alias = document.alias;
    this.#arn = functionArn(entry.scope, entry.name, document.alias);
  }

  refusalOf(caller: CallerCredentials | undefined, request: RequestFacts): string | undefined {
    return urlRefusal(
      {
        authType: this.authType,
        account: this.#entry.scope.account,
        functionArn: this.#arn,
        policy: this.#entry.policy(this.#alias),
      },
      caller,
      request,
    );
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
      traceId: this.#entry.traceOf(traceId),
      callerTrace: traceId,
      receiver,
      invokedArn: this.#alias === undefined ? '' : this.#arn,
    });
    runFunction(this.#table, this.#pool, chooseVersion(target, Math.random), invocation);
  }
}
