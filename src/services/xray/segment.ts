// Segment documents: what a service did for one request, as it tells it.
// https://docs.aws.amazon.com/xray/latest/devguide/aws-xray-interface-api.html#xray-api-segmentdocuments

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** A segment, or a subsegment that came by itself. Members that are not named here are in `members`. */
export interface Segment {
  readonly id: string;
  readonly traceId: string;
  readonly name: string;
  /** Seconds since the epoch, with fractions. */
  readonly startTime: number;
  /** Undefined while it goes on. */
  readonly endTime: number | undefined;
  readonly parentId: string | undefined;
  /** It came by itself with `type: "subsegment"`. */
  readonly isSubsegment: boolean;
  /** The whole document. */
  readonly members: Members;
}

/** A part of a segment. */
export interface Subsegment {
  readonly id: string;
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number | undefined;
  /** `aws` or `remote`: a call of something else. */
  readonly namespace: string | undefined;
  readonly members: Members;
}

/** Everything that came with one trace id, oldest first. */
export interface Trace {
  readonly id: string;
  readonly segments: readonly Segment[];
}

/** AWS: Seen: X-Ray quotas. */
export const DOCUMENT_BYTES_MAX = 65_536;
const NESTING_MAX = 64;
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const SEGMENT_ID = /^[0-9a-f]{16}$/i;

export type SegmentProblem =
  | 'ParseError'
  | 'MissingId'
  | 'MissingTraceId'
  | 'InvalidTraceId'
  | 'InvalidSegmentId'
  | 'SegmentTooLong';

/** `id`: what could be read of it, for whoever sent it. */
export interface SegmentRefusal {
  readonly problem: SegmentProblem;
  readonly id: string | undefined;
}

export function readSegment(text: string): Segment | SegmentRefusal {
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) return { problem: 'SegmentTooLong', id: undefined };
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return { problem: 'ParseError', id: undefined };
  }
  if (!isMembers(members) || isTooDeep(members)) return { problem: 'ParseError', id: undefined };
  const { id, trace_id: traceId, name, start_time: startTime, end_time: endTime, parent_id: parentId } = members;
  if (id === undefined) return { problem: 'MissingId', id: undefined };
  if (typeof id !== 'string' || !SEGMENT_ID.test(id)) return { problem: 'InvalidSegmentId', id: String(id).slice(0, 64) };
  if (traceId === undefined) return { problem: 'MissingTraceId', id };
  if (typeof traceId !== 'string' || !TRACE_ID.test(traceId)) return { problem: 'InvalidTraceId', id };
  if (typeof name !== 'string' || typeof startTime !== 'number') return { problem: 'ParseError', id };
  if (endTime !== undefined && typeof endTime !== 'number') return { problem: 'ParseError', id };
  return {
    ...{ id, traceId, name, startTime, endTime },
    parentId: typeof parentId === 'string' ? parentId : undefined,
    isSubsegment: members['type'] === 'subsegment',
    members,
  };
}

/** The parts directly under a segment or part; what is malformed is passed over. */
export function subsegmentsOf(members: Members): readonly Subsegment[] {
  const list = members['subsegments'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((each: unknown): Subsegment[] => {
    if (!isMembers(each)) return [];
    const { id, name, start_time: startTime, end_time: endTime, namespace } = each;
    if (typeof id !== 'string' || typeof name !== 'string' || typeof startTime !== 'number') return [];
    return [
      {
        ...{ id, name, startTime, members: each },
        endTime: typeof endTime === 'number' ? endTime : undefined,
        namespace: typeof namespace === 'string' ? namespace : undefined,
      },
    ];
  });
}

/** All parts below, however deep, those above first. */
export function allSubsegmentsOf(members: Members): readonly Subsegment[] {
  const found: Subsegment[] = [];
  const waiting = [...subsegmentsOf(members)];
  for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
    found.push(each);
    waiting.push(...subsegmentsOf(each.members));
  }
  return found;
}

/** `object.http.request` and the like; undefined where something on the way is no object. */
export function memberAt(members: Members, ...path: readonly string[]): unknown {
  let value: unknown = members;
  for (const name of path) {
    if (!isMembers(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Level by level: no document can exhaust the stack. */
function isTooDeep(root: Members): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > NESTING_MAX) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}
