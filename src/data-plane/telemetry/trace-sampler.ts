// Which requests of a traced stage are sampled, and the trace header that goes on with them.
// AWS: the default rule takes the first request of each second and 5 % of the others; a client that says `Sampled=0` or `1` is obeyed.
// Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html (sampling, tracing header)

import { randomBytes } from 'node:crypto';
import { newTraceId } from '../http-api/request-id.ts';

const FIXED_RATE = 0.05;
const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;

export class TraceSampler {
  readonly #random: () => number;
  #second = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The header that the integration sees: its parent is the gateway's own segment when the request is sampled. */
  header(received: string | undefined, nowMs: number): string {
    const fields = received === undefined || received.length > 256 ? undefined : fieldsOf(received);
    const root = fields?.root !== undefined && ROOT.test(fields.root) ? `Root=${fields.root}` : newTraceId(nowMs);
    const sampled = this.#isSampled(fields?.sampled, nowMs);
    const parent = sampled ? randomBytes(8).toString('hex') : fields?.parent;
    return `${root}${parent === undefined ? '' : `;Parent=${parent}`};Sampled=${sampled ? 1 : 0}`;
  }

  #isSampled(asked: string | undefined, nowMs: number): boolean {
    if (asked === '1' || asked === '0') return asked === '1';
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      return true;
    }
    return this.#random() < FIXED_RATE;
  }
}

interface TraceFields {
  root: string | undefined;
  parent: string | undefined;
  sampled: string | undefined;
}

/** AWS: keys in any case and order. Seen: X-Ray developer guide. */
function fieldsOf(header: string): TraceFields {
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
