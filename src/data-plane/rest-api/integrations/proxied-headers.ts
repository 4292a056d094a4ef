// The header sections of HTTP_PROXY: what of the client's goes to the backend, and what of the backend's to the client.

import { HeaderBlock } from '../../../http1/header-block.ts';
import { inOnePiece } from '../../../http1/latin1.ts';
import type { HeaderView } from '../../../http1/message.ts';
import { httpDateLine, wallClock } from '../../http-api/clock.ts';
import type { MappedValues } from '../integration-request.ts';
import { answeredName } from '../response-headers.ts';

/** Fields of the client that are not passed on, and mapped ones that neither HTTP nor HTTP_PROXY sends. */
export const notForwarded: ReadonlySet<string> = new Set(['expect', 'proxy-authenticate', 'te', 'via']);

/** Fields of the client that a proxied backend does not see, or that say something else to it. */
export const notProxied: ReadonlySet<string> = new Set([
  ...notForwarded,
  'host',
  'content-encoding',
  'x-http-method-override',
  'x-amzn-trace-id',
  'x-amzn-apigateway-api-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/**
 * Which fields of the client stay behind, as few sets as there can be: the core remembers what a header section looks like without the
 * fields of one set. A mapped field replaces the client's.
 */
export class WithheldFields {
  readonly #always: ReadonlySet<string>;
  readonly #signed: ReadonlySet<string>;
  readonly #mapped: readonly string[];

  /** `mapped`: names that mappings may set, in any case. */
  constructor(mapped: Iterable<string>) {
    this.#mapped = [...mapped];
    this.#always = new Set([...notProxied, ...this.#mapped.map((name) => name.toLowerCase())]);
    this.#signed = new Set([...this.#always, 'authorization']);
  }

  /** `authorization`: the client's. `mapped`: those that the mappings did set. */
  of(authorization: string | undefined, mapped: MappedValues): ReadonlySet<string> {
    // AWS: a signature for the gateway is not the backend's business. Seen: developer guide.
    const isSigned = authorization?.startsWith('AWS4-HMAC-SHA256') === true;
    if (this.#mapped.every((name) => mapped.has(name))) return isSigned ? this.#signed : this.#always;
    const withheld = new Set(notProxied);
    for (const name of mapped.keys()) withheld.add(name.toLowerCase());
    if (isSigned) withheld.add('authorization');
    return withheld;
  }
}

/**
 * The lines that a backend's section is answered with. Most backends send one section again and again: its lines are made once, and
 * once a second are put behind the date.
 */
class AnsweredLines {
  readonly kind: 'proxied' | 'streamed';
  readonly #lines: string;
  #date = '';
  #dated = '';

  constructor(kind: 'proxied' | 'streamed', lines: string) {
    this.kind = kind;
    this.#lines = lines;
  }

  behind(date: string): string {
    if (date !== this.#date) {
      this.#date = date;
      this.#dated = inOnePiece(date + this.#lines);
    }
    return this.#dated;
  }
}

/** The answer's header section with a proxied backend's fields. `answeredAt`: performance.now() when the backend had answered. */
export function proxiedFields(section: HeaderView, kind: 'proxied' | 'streamed', answeredAt: number): HeaderBlock {
  const headers = new HeaderBlock();
  const date = httpDateLine(wallClock(answeredAt));
  const { reading } = section;
  if (reading instanceof AnsweredLines && reading.kind === kind) headers.addTrusted(reading.behind(date));
  else {
    const lines = answeredLines(section, kind);
    if (section.repeats === true) section.reading = new AnsweredLines(kind, lines);
    headers.addTrusted(date + lines);
  }
  return headers;
}

function answeredLines({ raw }: HeaderView, kind: 'proxied' | 'streamed'): string {
  const block = new HeaderBlock();
  let typed = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = answeredName(raw[i] as string, kind);
    if (name === undefined) continue;
    block.add(name, raw[i + 1] as string);
    typed ||= name.toLowerCase() === 'content-type';
  }
  return typed ? block.text : `${block.text}Content-Type: application/json\r\n`;
}
