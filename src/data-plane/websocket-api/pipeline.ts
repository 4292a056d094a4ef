// The machine that a plan becomes: what connect(), receive() and disconnect() run through. Slots that are undefined are stages this API
// or route does not have.

import type { WebSocketApiPlan, WebSocketRoutePlan } from '../../model/websocket-api-plan.ts';
import type { SelectionKey } from '../../selection-expression/selection-key.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { TokenBucket } from '../http-api/throttle.ts';
import type { CallerLookup } from '../iam/caller-credentials.ts';
import type { BoundMeter, ConnectionJournal, Deadlines, ExchangeSink } from '../ports.ts';
import type { EventMetrics } from '../telemetry/event-metrics.ts';
import type { HandshakeAuthorizer } from './authorizers/handshake-authorizer.ts';
import type { ChannelTemplate } from './channels/channel-template.ts';
import type { Channels } from './channels/channels.ts';
import type { Connections } from './connections.ts';
import type { Departures } from './departures.ts';
import type { WebSocketExecutionLog } from './execution-log.ts';
import type { Integration } from './integrations/integration.ts';
import type { MessageValidator } from './message-validator.ts';
import type { WebSocketEvent } from './websocket-event.ts';

export interface RoutePipeline {
  readonly plan: WebSocketRoutePlan;
  readonly routeKey: string;
  /** Undefined only for routes that ask for no authorization. */
  readonly authorizer: HandshakeAuthorizer | undefined;
  /** Undefined when no API key is required. */
  readonly meter: BoundMeter | undefined;
  readonly throttle: TokenBucket | undefined;
  readonly validator: MessageValidator | undefined;
  readonly integration: Integration;
  /** What the route itself asks of channels. */
  readonly channels: ChannelTemplate | undefined;
  /** Where detailed metrics are on. */
  readonly metrics: EventMetrics | undefined;
}

export interface WebSocketApiPipeline {
  readonly plan: WebSocketApiPlan;
  readonly connectRoute: RoutePipeline | undefined;
  readonly disconnectRoute: RoutePipeline | undefined;
  /** `$default` and custom routes. */
  readonly routes: ReadonlyMap<string, RoutePipeline>;
  readonly defaultRoute: RoutePipeline | undefined;
  readonly selectRoute: SelectionKey;
  readonly accountThrottle: TokenBucket | undefined;
  readonly metrics: EventMetrics | undefined;
  readonly exchanges: ExchangeSink;
  readonly deadlines: Deadlines;
  readonly accessLog: AccessLog<WebSocketEvent> | undefined;
  readonly executionLog: WebSocketExecutionLog | undefined;
  /** Some route's execution log shows messages. */
  readonly tracesData: boolean;
  readonly connections: Connections;
  readonly channels: Channels;
  readonly journal: ConnectionJournal;
  readonly departures: Departures;
  /** Who owns an access key; for integrations that pass the signer of the handshake on. */
  readonly callers: CallerLookup | undefined;
}
