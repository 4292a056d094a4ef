// The connections that are open in this process, by id and by stage.

import type { Scope } from '../../model/scope.ts';
import type { Connection } from './connection.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';

/** What the connections of one stage share. */
export class ConnectedStage {
  connections = 0;
  /** What answers for the stage, as it was found when the deployments had this version. */
  pipeline: WebSocketApiPipeline | undefined = undefined;
  version = -1;
}

export class Connections {
  readonly #byId = new Map<string, Connection>();
  readonly #stages = new Map<string, ConnectedStage>();

  get size(): number {
    return this.#byId.size;
  }

  add(connection: Connection): void {
    const { connectionId, scope, apiId, stageName } = connection.facts;
    this.#byId.set(connectionId, connection);
    const key = stageKey(scope, apiId, stageName);
    let stage = this.#stages.get(key);
    if (stage === undefined) {
      stage = new ConnectedStage();
      this.#stages.set(key, stage);
    }
    stage.connections++;
    connection.stage = stage;
  }

  remove(connection: Connection): void {
    const { connectionId, scope, apiId, stageName } = connection.facts;
    if (!this.#byId.delete(connectionId)) return;
    const stage = connection.stage;
    if (stage !== undefined && --stage.connections === 0) this.#stages.delete(stageKey(scope, apiId, stageName));
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
    return this.#stages.get(stageKey(scope, apiId, stageName))?.connections ?? 0;
  }

  all(): readonly Connection[] {
    return [...this.#byId.values()];
  }
}

/** One text for a stage of this process. */
export function stageKey(scope: Scope, apiId: string, stageName: string): string {
  return `${scope.account}/${scope.region}/${apiId}/${stageName}`;
}
