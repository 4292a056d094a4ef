// Which services call which, how often, how long it takes and how it ends.
// https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html

import type { Edge, Service } from '@aws-sdk/client-xray';
import { Histogram, RequestStatistics } from './request-statistics.ts';
import type { Trace } from './segment.ts';
import { dateOf, type ServedRequest, type Span, secondsBetween, servedRequests } from './served-requests.ts';
import { accountOf, keyOf, type ServiceNode } from './service-node.ts';

/** The time of the first and the last of many, in seconds. */
class Period {
  #start = Number.POSITIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;

  add(startTime: number, endTime: number | undefined): void {
    this.#start = Math.min(this.#start, startTime);
    this.#end = Math.max(this.#end, endTime ?? startTime);
  }

  /** AWS: in whole seconds. Seen: developer guide, "Getting data from X-Ray". */
  times() {
    return { StartTime: dateOf(Math.floor(this.#start)), EndTime: dateOf(Math.ceil(this.#end)) };
  }
}

class Connection {
  readonly #period = new Period();
  readonly #statistics = new RequestStatistics();

  add(span: Span): void {
    this.#period.add(span.startTime, span.endTime);
    this.#statistics.add(span);
  }

  toEdge(referenceId: number): Edge {
    return {
      ReferenceId: referenceId,
      ...this.#period.times(),
      SummaryStatistics: this.#statistics.summary(),
      ResponseTimeHistogram: this.#statistics.responseTimes,
      Aliases: [],
    };
  }
}

class GraphNode {
  readonly referenceId: number;
  readonly #node: ServiceNode;
  readonly #period = new Period();
  readonly #statistics = new RequestStatistics();
  readonly #durations = new Histogram();
  readonly #edges = new Map<GraphNode, Connection>();
  #isRoot = false;
  #isActive = false;

  constructor(referenceId: number, node: ServiceNode) {
    this.referenceId = referenceId;
    this.#node = node;
  }

  serve({ span, isRoot, isInferred, lastEnd }: ServedRequest): void {
    this.#period.add(span.startTime, lastEnd);
    this.#statistics.add(span);
    if (span.endTime !== undefined) this.#durations.add(secondsBetween(span.startTime, lastEnd));
    this.#isRoot ||= isRoot;
    // One that sends segments is known to be there.
    this.#isActive ||= !isInferred;
  }

  call(target: GraphNode, span: Span): void {
    this.#period.add(span.startTime, span.endTime);
    const connection = this.#edges.get(target) ?? new Connection();
    connection.add(span);
    this.#edges.set(target, connection);
  }

  toService(accountId: string): Service {
    const { name, type } = this.#node;
    const account = accountOf(this.#node, accountId);
    return {
      ReferenceId: this.referenceId,
      ...{ Name: name, Names: [name] },
      ...(this.#isRoot && { Root: true }),
      ...(account !== undefined && { AccountId: account }),
      ...{ Type: type, State: this.#isActive ? 'active' : 'unknown' },
      ...this.#period.times(),
      Edges: [...this.#edges].map(([target, connection]) => connection.toEdge(target.referenceId)),
      // AWS: a client has none: what is known of it are its calls. Seen: developer guide, "Getting data from X-Ray".
      ...(type !== CLIENT && {
        SummaryStatistics: this.#statistics.summary(),
        DurationHistogram: this.#durations.entries(),
        ResponseTimeHistogram: this.#statistics.responseTimes,
      }),
    };
  }
}

const CLIENT = 'client';

/** Takes traces one after the other, oldest first: nodes are numbered in the order in which they are seen. */
export class ServiceGraph {
  readonly #accountId: string;
  readonly #nodes = new Map<string, GraphNode>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  add(trace: Trace): void {
    for (const request of servedRequests(trace)) this.#add(request);
  }

  #add(request: ServedRequest): void {
    const { node, caller, isRoot, call } = request;
    // AWS: the client of a service has its name. Seen: developer guide, "Getting data from X-Ray".
    if (isRoot) this.#node({ name: node.name, type: CLIENT, accountId: undefined, isOutside: true }).call(this.#node(node), call);
    if (caller !== undefined) this.#node(caller.node).call(this.#node(node), call);
    this.#node(node).serve(request);
  }

  services(): Service[] {
    return [...this.#nodes.values()].map((node) => node.toService(this.#accountId));
  }

  #node(node: ServiceNode): GraphNode {
    const key = keyOf(node);
    const found = this.#nodes.get(key) ?? new GraphNode(this.#nodes.size, node);
    this.#nodes.set(key, found);
    return found;
  }
}
