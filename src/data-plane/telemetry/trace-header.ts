// The trace header of a request to a traced stage: what the client said, whether the request is sampled, and what goes on.
// AWS: a client that says `Sampled=0` or `1` is obeyed.
// Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html (sampling, tracing header)

import { randomFillSync } from 'node:crypto';
import { newTraceId } from '../http-api/request-id.ts';

export interface SamplingVerdict {
  readonly isSampled: boolean;
  /** The rule that decided. */
  readonly ruleName: string;
}

export interface TraceDecision {
  /** The header that the integration sees: its parent is the gateway's own subsegment when the request is sampled. */
  readonly header: string;
  /** `1-5f84c7a1-…` */
  readonly root: string;
  /** The segment that the client named. */
  readonly parent: string | undefined;
  readonly isSampled: boolean;
  /** Of the stage's segment and of its call of the integration; '' when the request is not sampled. */
  readonly segmentId: string;
  readonly subsegmentId: string;
  /** Undefined when the client decided. */
  readonly ruleName: string | undefined;
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
/** Requests that one piece of random text serves. */
const BATCH = 256;
const ID_CHARACTERS = 16;
const random = Buffer.allocUnsafeSlow((BATCH * ID_CHARACTERS) / 2);
let ids = '';
let used = 0;

/** `ask`: which rule decides about a request that nobody has decided about. */
export function decideTrace(received: string | undefined, nowMs: number, ask: () => SamplingVerdict): TraceDecision {
  const fields = received === undefined || received.length > 256 ? undefined : fieldsOf(received);
  const rootField = fields?.root !== undefined && ROOT.test(fields.root) ? `Root=${fields.root}` : newTraceId(nowMs);
  const said = fields?.sampled === '1' || fields?.sampled === '0';
  const verdict = said ? undefined : ask();
  const isSampled = verdict === undefined ? fields?.sampled === '1' : verdict.isSampled;
  const subsegmentId = isSampled ? newSegmentId() : '';
  const parent = isSampled ? subsegmentId : fields?.parent;
  return {
    header: `${rootField}${parent === undefined ? '' : `;Parent=${parent}`};Sampled=${isSampled ? 1 : 0}`,
    root: rootField.slice('Root='.length),
    parent: fields?.parent,
    isSampled,
    segmentId: isSampled ? newSegmentId() : '',
    subsegmentId,
    ruleName: verdict?.ruleName,
  };
}

/** 16 hex digits. */
export function newSegmentId(): string {
  if (used === ids.length) {
    ids = randomFillSync(random).toString('hex');
    used = 0;
  }
  used += ID_CHARACTERS;
  return ids.substring(used - ID_CHARACTERS, used);
}

interface TraceFields {
  root: string | undefined;
  parent: string | undefined;
  sampled: string | undefined;
}

/** AWS: keys in any case and order. Seen: X-Ray developer guide. */
export function fieldsOf(header: string): TraceFields {
  const fields: TraceFields = { root: undefined, parent: undefined, sampled: undefined };
  for (const field of header.split(';')) {
    const equals = field.indexOf('=');
    const value = field.slice(equals + 1).trim();
    switch (field.slice(0, Math.max(0, equals)).trim().toLowerCase()) {
      case 'root':
        fields.root = value;
        break;
      case 'parent':
        fields.parent = /^[0-9a-f]{16}$/i.test(value) ? value : undefined;
        break;
      case 'sampled':
        fields.sampled = value;
    }
  }
  return fields;
}
