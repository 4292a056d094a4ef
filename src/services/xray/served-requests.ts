// What a trace tells: which service served a request of which other, and how it went.
// Services that send no segments of their own are inferred from the calls of them.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-subsegments

import { allSubsegmentsOf, type Members, type Segment, type Trace } from './segment.ts';
import { nodeOfCall, nodeOfSegment, type ServiceNode } from './service-node.ts';

/** Something that took time. */
export interface Span {
  /** Seconds since the epoch. */
  readonly startTime: number;
  /** Undefined while it goes on. */
  readonly endTime: number | undefined;
  readonly members: Members;
}

export interface ServedRequest {
  readonly node: ServiceNode;
  /** Nothing but the call of it is known. */
  readonly isInferred: boolean;
  /** No other service of the trace asked for it. */
  readonly isRoot: boolean;
  readonly span: Span;
  /** As the caller saw it; the same as `span` when that is not known. */
  readonly call: Span;
  readonly caller: ServedRequest | undefined;
  /** The document of `span` and those of its parts, however deep and however they came. */
  readonly documents: readonly Members[];
  /** When the last part of it ended. */
  readonly lastEnd: number;
}

export type Outcome = 'ok' | 'error' | 'throttle' | 'fault';

/** While they are collected. */
interface Draft extends ServedRequest {
  isRoot: boolean;
  call: Span;
  caller: Draft | undefined;
  readonly documents: Members[];
  lastEnd: number;
}

/** Where an id is in the trace. `request` is undefined for a part that came by itself, until it is found out. */
interface Place {
  readonly span: Span;
  request: Draft | undefined;
  readonly parentId: string | undefined;
}

interface Part extends Span {
  readonly id: string;
  readonly name: string;
}

/** Oldest first. */
export function servedRequests(trace: Trace): readonly ServedRequest[] {
  const segments = trace.segments.filter(({ isSubsegment }) => !isSubsegment);
  const drafts = segments.map(draftOf);
  const places = new Map<string, Place>();
  segments.forEach((segment, index) => {
    places.set(segment.id, { span: segment, request: drafts[index], parentId: undefined });
  });
  const parts = segments.flatMap((segment, index) =>
    placeParts(places, allSubsegmentsOf(segment.members), drafts[index] as Draft),
  );
  for (const segment of trace.segments) {
    if (segment.isSubsegment) parts.push(...placeLooseParts(places, segment));
  }
  segments.forEach((segment, index) => {
    connect(places, segment, drafts[index] as Draft);
  });
  const inferred = inferredRequests(places, segments, parts);
  return [...drafts, ...inferred].toSorted((a, b) => compareTimes(a.span.startTime, b.span.startTime));
}

/** What all the others are done for: the first request that no other service asked for. */
export function rootOf(requests: readonly ServedRequest[]): ServedRequest | undefined {
  // Segments that name each other as parent leave none.
  return requests.find(({ isRoot }) => isRoot) ?? requests[0];
}

export function outcomeOf(members: Members): Outcome {
  if (members['fault'] === true) return 'fault';
  if (members['throttle'] === true) return 'throttle';
  return members['error'] === true ? 'error' : 'ok';
}

export function isInProgress({ endTime, members }: Span): boolean {
  return endTime === undefined || members['in_progress'] === true;
}

/** Seconds to the millisecond: floating-point times are no finer. Never negative, whatever the clocks said. */
export function secondsBetween(startTime: number, endTime: number): number {
  const seconds = endTime - startTime;
  return seconds > 0 && seconds < DATE_SECONDS_MAX ? roundedToMs(seconds) : 0;
}

export function roundedToMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

const DATE_SECONDS_MAX = 8.64e12;

/** JSON can say 1e999, dates cannot. */
export function dateOf(seconds: number): Date {
  return new Date(Math.round(Math.max(0, Math.min(DATE_SECONDS_MAX, seconds)) * 1000));
}

/** Infinite times have no difference. */
function compareTimes(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function draftOf(segment: Segment): Draft {
  const { members, name } = segment;
  // AWS: hands out documents with `inferred`; they may come back. Seen: developer guide, "Getting data from X-Ray".
  const isInferred = members['inferred'] === true;
  return {
    node: isInferred ? nodeOfCall(name, members) : nodeOfSegment(name, members),
    ...{ isInferred, isRoot: false, span: segment, call: segment, caller: undefined },
    documents: [members],
    lastEnd: segment.endTime ?? segment.startTime,
  };
}

function placeParts(places: Map<string, Place>, parts: readonly Part[], request: Draft): Place[] {
  return parts.map((part) => {
    adopt(request, part);
    return place(places, part.id, { span: part, request, parentId: undefined });
  });
}

/** A part that came by itself, with those in it. Whose it is is found out later: what it belongs to may come after it. */
function placeLooseParts(places: Map<string, Place>, segment: Segment): Place[] {
  const { id, parentId } = segment;
  const first = place(places, id, { span: segment, request: undefined, parentId });
  const inside = allSubsegmentsOf(segment.members).map((part) =>
    place(places, part.id, { span: part, request: undefined, parentId: id }),
  );
  return [first, ...inside];
}

function place(places: Map<string, Place>, id: string, placed: Place): Place {
  // Segments come first: no part takes their id away.
  if (!places.has(id)) places.set(id, placed);
  return placed;
}

function adopt(request: Draft, { startTime, endTime, members }: Span): void {
  request.documents.push(members);
  request.lastEnd = Math.max(request.lastEnd, endTime ?? startTime);
}

/** Follows parents up to a segment, and remembers the way: long chains are walked once. */
function requestOf(places: ReadonlyMap<string, Place>, placed: Place): Draft | undefined {
  const way = new Set<Place>();
  let at: Place | undefined = placed;
  while (at !== undefined && at.request === undefined && !way.has(at)) {
    way.add(at);
    at = at.parentId === undefined ? undefined : places.get(at.parentId);
  }
  const request = at?.request;
  if (request === undefined) return undefined;
  for (const each of way) {
    each.request = request;
    adopt(request, each.span);
  }
  return request;
}

function connect(places: ReadonlyMap<string, Place>, { parentId }: Segment, draft: Draft): void {
  const parent = parentId === undefined ? undefined : places.get(parentId);
  const caller = parent && requestOf(places, parent);
  if (parent === undefined || caller === undefined || caller === draft) {
    draft.isRoot = !draft.isInferred;
    return;
  }
  draft.caller = caller;
  // A segment right under another: the caller tells nothing of the call.
  if (parent.span !== caller.span) draft.call = parent.span;
}

function inferredRequests(
  places: ReadonlyMap<string, Place>,
  segments: readonly Segment[],
  parts: readonly Place[],
): readonly Draft[] {
  const done = new Set<string>(segments.flatMap(({ parentId }) => parentId ?? []));
  return parts.flatMap((part): Draft[] => {
    // Before anything is passed over: what came by itself belongs to its segment, a call of another service or not.
    const caller = requestOf(places, part);
    const { span } = part;
    const { id, name, namespace } = span.members;
    if ((namespace !== 'aws' && namespace !== 'remote') || typeof id !== 'string' || typeof name !== 'string' || done.has(id))
      return [];
    done.add(id);
    return [
      {
        node: nodeOfCall(name, span.members),
        ...{ isInferred: true, isRoot: false, span, call: span, caller },
        documents: [span.members],
        lastEnd: span.endTime ?? span.startTime,
      },
    ];
  });
}
