// An assembled WebSocket API with in-memory neighbours and clients:
// `new ServedWebSocketApi(webSocketApi({…})).connect()` is a client whose handshake was answered.

import type { ConnectionJournal, MeterPort } from '../../data-plane/ports.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { FakePorts, FakeUpstreams } from '../../data-plane/testing/fake-ports.ts';
import { MemoryChannels } from '../../data-plane/websocket-api/channels/channels.ts';
import { connect } from '../../data-plane/websocket-api/connect.ts';
import type { ClientSocket, Connection } from '../../data-plane/websocket-api/connection.ts';
import { Connections } from '../../data-plane/websocket-api/connections.ts';
import { Departures } from '../../data-plane/websocket-api/departures.ts';
import { disconnect } from '../../data-plane/websocket-api/disconnect.ts';
import type { WebSocketApiPipeline } from '../../data-plane/websocket-api/pipeline.ts';
import { receive } from '../../data-plane/websocket-api/receive.ts';
import type { ClientCertificate } from '../../http1/message.ts';
import type { MessageFrame } from '../../websocket/frame.ts';
import { serverFrames } from '../../websocket/testing/client-frames.ts';
import { ACCOUNT_LIMITS } from '../http-api/plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import { assembleWebSocketApi } from '../websocket-api/assemble.ts';
import { planWebSocketApi } from '../websocket-api/plan.ts';
import type { BuiltWebSocketApi } from './websocket-api-builder.ts';

/** Remembers what it was told, and says at once that it is durable unless it is held. */
export class FakeJournal implements ConnectionJournal {
  readonly open = new Set<string>();
  readonly waiting: ((error?: Error) => void)[] = [];
  holds = false;

  opened(facts: { readonly connectionId: string }, done: (error?: Error) => void): void {
    this.open.add(facts.connectionId);
    if (this.holds) this.waiting.push(done);
    else done();
  }

  closed(connectionId: string): void {
    this.open.delete(connectionId);
  }
}

/** A client, as the gateway and as itself see it. */
export class FakeClient implements ClientSocket {
  readonly request: FakeRequest;
  connection: Connection | undefined = undefined;
  protocol: string | undefined = undefined;
  /** Frames that the client got. */
  readonly received: (string | Buffer)[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined = undefined;
  isOpen = true;
  paused = false;
  lastActiveAt = 0;
  queuedBytes = 0;

  constructor(request: FakeRequest) {
    this.request = request;
  }

  sendText(text: string): 'closed' | undefined {
    if (!this.isOpen) return 'closed';
    this.received.push(text);
    return undefined;
  }

  sendBytes(bytes: Buffer, isText: boolean): 'closed' | undefined {
    if (!this.isOpen) return 'closed';
    this.received.push(isText ? bytes.toString('utf8') : bytes);
    return undefined;
  }

  send(frame: MessageFrame): 'closed' | undefined {
    for (const { opcode, payload } of serverFrames(frame.wire + (frame.payload?.toString('latin1') ?? ''))) {
      if (this.sendBytes(payload, opcode === 1) !== undefined) return 'closed';
    }
    return undefined;
  }

  close(code: number, reason = ''): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.closed = { code, reason };
    return true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

export class ServedWebSocketApi {
  readonly ports: FakePorts & {
    readonly connections: Connections;
    readonly channels: MemoryChannels;
    readonly journal: FakeJournal;
    readonly departures: Departures;
    meter?: MeterPort;
    clientCertificate?: ClientCertificate;
  };
  readonly upstreams = new FakeUpstreams();
  readonly pipeline: WebSocketApiPipeline;

  constructor(
    { snapshot, stage }: BuiltWebSocketApi,
    options: { surroundings?: Surroundings; meter?: MeterPort; clientCertificate?: ClientCertificate } = {},
  ) {
    this.ports = Object.assign(new FakePorts(), {
      connections: new Connections(),
      channels: new MemoryChannels(),
      journal: new FakeJournal(),
      departures: new Departures(),
      ...(options.meter === undefined ? {} : { meter: options.meter }),
      ...(options.clientCertificate === undefined ? {} : { clientCertificate: options.clientCertificate }),
    });
    const plan = planWebSocketApi(snapshot, stage, new SlotAllocator(this.ports.counters), ACCOUNT_LIMITS, options.surroundings);
    this.pipeline = assembleWebSocketApi(plan, this.ports, this.upstreams);
  }

  /** A handshake straight into the flow; `client.connection` is there when it was let in. */
  connect(options: FakeRequestOptions = {}): FakeClient {
    const request = new FakeRequest({ target: `/${this.pipeline.plan.stageName}`, ...options });
    const client = new FakeClient(request);
    const accept = (connection: Connection, protocol: string | undefined): ClientSocket => {
      client.connection = connection;
      client.protocol = protocol;
      return client;
    };
    connect(this.pipeline, request, { accept }, { domainName: request.host, protocol: 'http' });
    return client;
  }

  /** The client says something. */
  say(client: FakeClient, text: string): void {
    receive(this.pipeline, client.connection as Connection, text, Buffer.byteLength(text), performance.now());
  }

  leave(client: FakeClient, code = 1001, reason = ''): void {
    client.isOpen = false;
    disconnect(this.pipeline, client.connection as Connection, { code, reason });
  }

  /** The event that the function got last. */
  get lastEvent(): Record<string, unknown> {
    return JSON.parse(this.ports.functions.events.at(-1) ?? '{}') as Record<string, unknown>;
  }
}
