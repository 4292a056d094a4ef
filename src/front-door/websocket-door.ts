// Where a request meets a WebSocket API: the first segment names the stage, always. A handshake goes through connect.ts and, when it is let
// in, becomes a WebSocket whose messages and end come back here; `/@connections/{id}` and our own `/@channels` are the management API.

import { randomUUID } from 'node:crypto';
import type { LiveApi, LiveDeployments } from '../compile/live-deployments.ts';
import { newRequestId } from '../data-plane/http-api/request-id.ts';
import type { CallerLookup } from '../data-plane/iam/caller-credentials.ts';
import { beginResponseHeaders } from '../data-plane/rest-api/response-headers.ts';
import type { Channels } from '../data-plane/websocket-api/channels/channels.ts';
import { connect } from '../data-plane/websocket-api/connect.ts';
import type { Connection } from '../data-plane/websocket-api/connection.ts';
import type { Connections } from '../data-plane/websocket-api/connections.ts';
import { disconnect } from '../data-plane/websocket-api/disconnect.ts';
import { serveManagementApi } from '../data-plane/websocket-api/management-api.ts';
import type { WebSocketApiPipeline } from '../data-plane/websocket-api/pipeline.ts';
import { receive } from '../data-plane/websocket-api/receive.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import type { ServerRequest } from '../http1/message.ts';
import type { ConnectionFacts } from '../model/connection-facts.ts';
import { closeCode } from '../websocket/close-code.ts';
import { acceptWebSocket, readHandshake } from '../websocket/handshake.ts';
import type { WebSocketConnection } from '../websocket/websocket-connection.ts';
import { WebSocketEndpoint, type WebSocketHandler } from '../websocket/websocket-endpoint.ts';
import type { WebSocketLimits } from '../websocket/websocket-limits.ts';

/** AWS: characters of the URL of a handshake. Seen: WebSocket API quotas. */
const TARGET_LENGTH_MAX = 4_096;

export interface WebSocketDoorOptions {
  readonly live: Pick<LiveDeployments<WebSocketApiPipeline>, 'find' | 'version'>;
  readonly connections: Connections;
  readonly channels: Channels;
  readonly journal: { closed(connectionId: string): void };
  readonly limits?: Partial<WebSocketLimits>;
  /** Who may manage connections; undefined asks nobody for a signature. */
  readonly callers: CallerLookup | undefined;
  /** Origins of web pages that may connect; undefined for any, as on AWS. */
  readonly origins?: ReadonlySet<string> | undefined;
}

/** What is left of a request's path when API and perhaps stage are known. */
export interface WebSocketAddress {
  /** Undefined: the path names it. */
  readonly stageName: string | undefined;
  readonly path: string;
  readonly domainName: string;
  readonly protocol: 'http' | 'https';
}

export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #endpoint: WebSocketEndpoint<Connection>;

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
    const handler = new ClientHandler(options);
    // AWS: binary messages are closed with 1003. Seen: developer guide.
    this.#endpoint = new WebSocketEndpoint(handler, { binary: false, ...options.limits });
  }

  serve(api: LiveApi<WebSocketApiPipeline>, request: ServerRequest, address: WebSocketAddress, ofDomain: boolean): true {
    const { stageName, rest } =
      address.stageName === undefined ? cutStage(address.path) : { stageName: address.stageName, rest: address.path };
    const pipeline = api.stages.get(stageName);
    // AWS: no such stage, or one without a deployment, is 403. Seen: terraform-provider-aws#17955, aws-sdk-js-v3#1830.
    if (pipeline === undefined || (!ofDomain && pipeline.plan.disableExecuteApiEndpoint))
      return refuse(request, 403, 'Forbidden');
    const management = {
      pipeline,
      callers: this.#options.callers,
      protocol: address.protocol,
      messageBytes: this.#endpoint.limits.messageBytes,
    };
    if (rest.length > 1 && serveManagementApi(management, request, rest)) return true;
    if (rest !== '' && rest !== '/') return refuse(request, 403, 'Forbidden');
    return this.#shake(pipeline, request, address);
  }

  #shake(pipeline: WebSocketApiPipeline, request: ServerRequest, { domainName, protocol }: WebSocketAddress): true {
    if (request.target.length > TARGET_LENGTH_MAX) return refuse(request, 414, 'URI Too Long');
    const handshake = readHandshake(request);
    if ('refused' in handshake) return refuse(request, handshake.refused, handshake.message, handshake.headers);
    const { origins } = this.#options;
    const origin = request.headers.get('origin');
    if (origins !== undefined && origin !== undefined && !origins.has(origin)) return refuse(request, 403, 'Forbidden');
    const accept = (connection: Connection, chosen: string | undefined): WebSocketConnection<Connection> | undefined =>
      acceptWebSocket(request, handshake, this.#endpoint, connection, chosen === undefined ? {} : { protocol: chosen });
    connect(pipeline, request, { accept }, { domainName, protocol });
    return true;
  }
}

/** Hears what all clients say. An API's newest deployment answers, whichever was there when they connected. */
class ClientHandler implements WebSocketHandler<Connection> {
  readonly #options: WebSocketDoorOptions;

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
  }

  /** Only text comes: binary messages are refused before. */
  onMessage(socket: WebSocketConnection<Connection>, message: Buffer, _isText: boolean, at: number): void {
    this.onText(socket, message.toString('utf8'), message.length, at);
  }

  onText(socket: WebSocketConnection<Connection>, text: string, bytes: number, at: number): void {
    const connection = socket.attachment;
    const pipeline = this.#pipelineOf(connection);
    // Its stage is gone, or has no deployment any more.
    if (pipeline === undefined) socket.close(closeCode.goingAway, 'Going away');
    else receive(pipeline, connection, text, bytes, at);
  }

  /** Looked for once for each change of what is deployed, not for each message. */
  #pipelineOf({ stage, facts }: Connection): WebSocketApiPipeline | undefined {
    const { live } = this.#options;
    if (stage === undefined) return pipelineOf(live, facts);
    if (stage.version !== live.version) {
      stage.pipeline = pipelineOf(live, facts);
      stage.version = live.version;
    }
    return stage.pipeline;
  }

  onDrain({ attachment: connection }: WebSocketConnection<Connection>): void {
    this.#options.channels.drained(connection);
  }

  onClose({ attachment: connection }: WebSocketConnection<Connection>, code: number, reason: string): void {
    const pipeline = pipelineOf(this.#options.live, connection.facts);
    if (pipeline !== undefined) {
      disconnect(pipeline, connection, { code, reason });
      return;
    }
    const { connections, channels, journal } = this.#options;
    connections.remove(connection);
    channels.leave(connection);
    journal.closed(connection.id);
  }
}

/** What answers for a connection's stage now. */
export function pipelineOf(
  live: Pick<LiveDeployments<WebSocketApiPipeline>, 'find'>,
  { apiId, scope, stageName }: Pick<ConnectionFacts, 'apiId' | 'scope' | 'stageName'>,
): WebSocketApiPipeline | undefined {
  const pipeline = live.find(apiId, scope.region)?.stages.get(stageName);
  return pipeline?.plan.scope.account === scope.account && pipeline.plan.scope.region === scope.region ? pipeline : undefined;
}

function cutStage(path: string): { readonly stageName: string; readonly rest: string } {
  const slash = path.indexOf('/', 1);
  return slash < 0 ? { stageName: path.slice(1), rest: '' } : { stageName: path.slice(1, slash), rest: path.slice(slash) };
}

function refuse(request: ServerRequest, status: number, message: string, fields: HeaderBlock = new HeaderBlock()): true {
  request.body.discard();
  const headers = beginResponseHeaders();
  headers.addTrusted(
    `Content-Type: application/json\r\nx-amzn-RequestId: ${randomUUID()}\r\nx-amz-apigw-id: ${newRequestId()}\r\n${fields.text}`,
  );
  if (status === 403) headers.addTrusted('x-amzn-ErrorType: ForbiddenException\r\n');
  request.respond(status, headers, JSON.stringify({ message }));
  return true;
}
