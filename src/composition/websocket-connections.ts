// The WebSocket connections of this process: their table, their channels, their journal, the door they come through, and what a former process left.

import type { LiveDeployments } from '../compile/live-deployments.ts';
import type { CallerLookup } from '../data-plane/iam/caller-credentials.ts';
import type { WebSocketPorts } from '../data-plane/ports.ts';
import { MemoryChannels } from '../data-plane/websocket-api/channels/channels.ts';
import { Connection } from '../data-plane/websocket-api/connection.ts';
import { Connections } from '../data-plane/websocket-api/connections.ts';
import { Departures } from '../data-plane/websocket-api/departures.ts';
import { disconnect } from '../data-plane/websocket-api/disconnect.ts';
import type { WebSocketApiPipeline } from '../data-plane/websocket-api/pipeline.ts';
import type { ConnectionPorts, ConnectionReport } from '../front-door/connection-endpoints.ts';
import { pipelineOf, WebSocketDoor } from '../front-door/websocket-door.ts';
import { createMemoryJournal, type OpenConnectionJournal, openConnectionJournal } from '../store/connection-journal.ts';
import type { WebSocketLimits } from '../websocket/websocket-limits.ts';

/** How a connection of a former process ended: nobody said Close. RFC 6455 section 7.1.5. */
const VANISHED = { code: 1006, reason: '' };
/** AWS: how DeleteConnection ends one. Seen: boto3#3789. */
const CLOSED_NORMALLY = { code: 1000, reason: 'Connection Closed Normally' };
const GOING_AWAY = { code: 1001, reason: 'Going away' };

export interface ConnectionsOptions {
  readonly live: LiveDeployments<WebSocketApiPipeline>;
  /** Who may manage connections; undefined asks nobody for a signature. */
  readonly callers: CallerLookup | undefined;
  readonly limits: Partial<WebSocketLimits>;
  /** Origins of web pages that may connect; undefined for any. */
  readonly origins: ReadonlySet<string> | undefined;
}

export class WebSocketConnections {
  readonly #connections = new Connections();
  readonly #channels = new MemoryChannels();
  readonly #departures = new Departures();
  readonly #journal: OpenConnectionJournal;
  #live: LiveDeployments<WebSocketApiPipeline> | undefined;

  /** Throws the system's error when the journal cannot be opened. Without a folder nothing is kept. */
  constructor(dataDirectory: string | undefined) {
    this.#journal = dataDirectory === undefined ? createMemoryJournal() : openConnectionJournal(dataDirectory);
  }

  get ports(): Pick<WebSocketPorts, 'connections' | 'channels' | 'journal' | 'departures'> {
    return { connections: this.#connections, channels: this.#channels, journal: this.#journal, departures: this.#departures };
  }

  /** Where handshakes come in. */
  door({ live, callers, limits, origins }: ConnectionsOptions): WebSocketDoor {
    this.#live = live;
    const connections = this.#connections;
    const channels = this.#channels;
    return new WebSocketDoor({ live, connections, channels, journal: this.#journal, callers, limits, origins });
  }

  /** Runs the $disconnect of every connection that a former process left open. */
  finishLeft(): void {
    for (const facts of this.#journal.left()) {
      const pipeline = this.#live && pipelineOf(this.#live, facts);
      if (pipeline === undefined) this.#journal.closed(facts.connectionId);
      else disconnect(pipeline, new Connection(facts), VANISHED);
    }
  }

  /** Ends the connections whose stage is gone, and forgets its channels. */
  closeOrphans(): void {
    const live = this.#live;
    if (live === undefined) return;
    this.#channels.retain((stage) => pipelineOf(live, stage) !== undefined);
    if (this.#connections.size === 0) return;
    for (const connection of this.#connections.all()) {
      if (pipelineOf(live, connection.facts) === undefined) connection.socket?.close(GOING_AWAY.code, GOING_AWAY.reason);
    }
  }

  /** What the command line may see and do. `urlOf` gives a stage's `ws://` URL. */
  admin(urlOf: (apiId: string, stageName: string) => string): ConnectionPorts {
    const open = (id: string) => {
      const socket = this.#connections.withId(id)?.socket;
      return socket?.isOpen === true ? socket : undefined;
    };
    return {
      stages: () =>
        (this.#live?.pipelines() ?? []).map(({ plan: { apiId, apiName, stageName, scope } }) => ({
          apiId,
          apiName,
          stage: stageName,
          region: scope.region,
          url: urlOf(apiId, stageName),
          connections: this.#connections.countOfStage(scope, apiId, stageName),
        })),
      connections: (api, limit) => this.#reports(api, limit),
      send: (id, message, isText) => {
        const socket = open(id);
        return socket !== undefined && socket.sendBytes(message, isText) === undefined;
      },
      close: (id) => open(id)?.close(CLOSED_NORMALLY.code, CLOSED_NORMALLY.reason) === true,
    };
  }

  #reports(api: string | undefined, limit: number): readonly ConnectionReport[] {
    const reports: ConnectionReport[] = [];
    for (const { facts, socket } of this.#connections.all().toReversed()) {
      const { connectionId, apiId, stageName, scope, connectedAt, sourceIp, userAgent, authorizer } = facts;
      const apiName = (this.#live && pipelineOf(this.#live, facts)?.plan.apiName) ?? apiId;
      if (socket?.isOpen !== true || (api !== undefined && api !== apiId && api !== apiName)) continue;
      const principalId = authorizer?.['principalId'];
      reports.push({
        connectionId,
        apiId,
        apiName,
        stage: stageName,
        region: scope.region,
        connectedAt,
        lastActiveAt: Math.max(connectedAt, Math.round(socket.lastActiveAt)),
        sourceIp,
        ...(userAgent === undefined ? {} : { userAgent }),
        ...(principalId === undefined ? {} : { principalId: String(principalId) }),
      });
      if (reports.length === limit) break;
    }
    return reports;
  }

  /** Forgets everything, for test suites. */
  clear(): void {
    for (const connection of this.#connections.all()) connection.socket?.close(GOING_AWAY.code, GOING_AWAY.reason);
    this.#channels.clear();
    this.#journal.clear();
  }

  /** Resolves when no $disconnect runs any more, at the latest after `graceMs`: what is left then runs at the next start. */
  async idle(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#departures.idle(), late]);
    clearTimeout(timer);
  }

  close(): void {
    this.#journal.close();
  }
}
