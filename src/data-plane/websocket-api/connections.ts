// The connections that are open in this process, by id and by stage.

import type { Scope } from '../../model/scope.ts';
import type { Connection } from './connection.ts';

export class Connections {
  readonly #byId = new Map<string, Connection>();
  readonly #byStage = new Map<string, Set<Connection>>();

  get size(): number {
    return this.#byId.size;
  }

  add(connection: Connection): void {
    const { connectionId, scope, apiId, stageName } = connection.facts;
    this.#byId.set(connectionId, connection);
    const key = stageKey(scope, apiId, stageName);
    const those = this.#byStage.get(key);
    if (those === undefined) this.#byStage.set(key, new Set([connection]));
    else those.add(connection);
  }

  remove(connection: Connection): void {
    const { connectionId, scope, apiId, stageName } = connection.facts;
    this.#byId.delete(connectionId);
    const key = stageKey(scope, apiId, stageName);
    const those = this.#byStage.get(key);
    those?.delete(connection);
    if (those?.size === 0) this.#byStage.delete(key);
  }

  /** The connection of this stage with this id; ids of other stages are not found. */
  find(scope: Scope, apiId: string, stageName: string, connectionId: string): Connection | undefined {
    const connection = this.#byId.get(connectionId);
    if (connection === undefined) return undefined;
    const { facts } = connection;
    const isThere =
      facts.apiId === apiId &&
      facts.stageName === stageName &&
      facts.scope.account === scope.account &&
      facts.scope.region === scope.region;
    return isThere ? connection : undefined;
  }

  /** The connection with this id, whatever stage it is of. */
  withId(connectionId: string): Connection | undefined {
    return this.#byId.get(connectionId);
  }

  countOfStage(scope: Scope, apiId: string, stageName: string): number {
    return this.#byStage.get(stageKey(scope, apiId, stageName))?.size ?? 0;
  }

  /** A copy: connections may come and go while it is walked. */
  ofStage(scope: Scope, apiId: string, stageName: string): readonly Connection[] {
    return [...(this.#byStage.get(stageKey(scope, apiId, stageName)) ?? [])];
  }

  all(): readonly Connection[] {
    return [...this.#byId.values()];
  }
}

/** One text for a stage of this process. */
export function stageKey(scope: Scope, apiId: string, stageName: string): string {
  return `${scope.account}/${scope.region}/${apiId}/${stageName}`;
}
