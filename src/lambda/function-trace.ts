// The trace header that a function sees (`_X_AMZN_TRACE_ID`): Lambda completes what its caller brought.
// AWS: `Root=1-…;Parent=…;Sampled=0;Lineage=1:6e5eb7d9:0`. Seen: recorded answers of REST APIs in front of functions.

import { createHash, randomFillSync } from 'node:crypto';

/** Invocations that one piece of random text serves. */
const BATCH = 512;
const RANDOM_BYTES = 24;
const PARENT_CHARACTERS = 16;
const CHARACTERS = 2 * RANDOM_BYTES;

const random = Buffer.allocUnsafeSlow(BATCH * RANDOM_BYTES);
let text = '';
let used = 0;

/** What stands for the function in `Lineage`. The bytes are ours: how AWS makes them is not known. */
export function lineageOf(functionArn: string): string {
  return `1:${createHash('sha256').update(functionArn).digest('hex').slice(0, 8)}:0`;
}

/**
 * `received` is the header that the caller brought, or '' for none. A caller that says nothing about sampling is not sampled, unless the
 * function traces by itself and takes this one; one that is a segment itself (`Parent`) and says nothing is. The parent of a sampled
 * invocation is the function's own segment.
 */
export function functionTrace(received: string, lineage: string, isTaken?: () => boolean): string {
  if (used === text.length) {
    text = randomFillSync(random).toString('hex');
    used = 0;
  }
  used += CHARACTERS;
  const parent = text.substring(used - PARENT_CHARACTERS, used);
  if (isTaken === undefined && received.startsWith('Root=') && !received.includes(';'))
    return `${received};Parent=${parent};Sampled=0;Lineage=${lineage}`;
  return completed(received, parent, lineage, isTaken);
}

function completed(received: string, own: string, lineage: string, isTaken: (() => boolean) | undefined): string {
  const fields = received.split(';').flatMap((field) => {
    const equals = field.indexOf('=');
    return equals < 0 ? [] : [[field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1).trim()] as const];
  });
  const of = (name: string) => fields.find(([found]) => found === name)?.[1];
  const sampled = of('sampled');
  const isDecided = sampled === '0' || sampled === '1';
  const isSampled = isDecided ? sampled === '1' : of('parent') !== undefined || isTaken?.() === true;
  const parent = isSampled ? own : (of('parent') ?? own);
  return `Root=${of('root') ?? newRoot()};Parent=${parent};Sampled=${isSampled ? 1 : 0};Lineage=${of('lineage') ?? lineage}`;
}

function newRoot(): string {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${text.substring(used - CHARACTERS, used - CHARACTERS + 24)}`;
}
