// What is gathered of one exchange above level 0: steps and headers (level 1), bodies (level 2). Exists only when asked for, so the
// fast path pays one comparison. Bodies are cut here; redaction comes before storing (redaction.ts).

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { CapturedMessage, StageName, StepRecord, TemplateRecord } from '../../model/exchange-record.ts';
import type { ReportedPipeline } from './finished-exchange.ts';

/** Bytes of a body that are kept. */
export const CAPTURED_BODY_BYTES = 65_536;

type HeaderPairs = readonly (readonly [string, string])[];

export function newCapture(pipeline: ReportedPipeline, request: CapturedRequest): Capture | undefined {
  const { exchanges, plan } = pipeline;
  const level = exchanges.off === true ? 0 : exchanges.level(plan.apiId, plan.stageName);
  if (pipeline.tracesData === true) return new Capture(2, request, level !== 0);
  return level === 0 ? undefined : new Capture(level, request);
}

/** Of an event that is no HTTP request. `text`: its message. */
export function newEventCapture(pipeline: ReportedPipeline, startedAt: number, text: string): Capture | undefined {
  const capture = newCapture(pipeline, { startedAt, headers: { raw: [] } });
  capture?.requestBody(Buffer.from(text, 'utf8'));
  return capture;
}

/** What is captured of a request when it arrives. */
interface CapturedRequest {
  readonly startedAt: number;
  readonly headers: { readonly raw: readonly string[] };
}

export class Capture {
  readonly level: 1 | 2;
  /** False when an execution log alone asked for it: the exchange's record has the facts only. */
  readonly forRecord: boolean;
  readonly steps: StepRecord[] = [];
  readonly templates: TemplateRecord[] = [];
  readonly #startedAt: number;
  #stepStartUs = 0;
  readonly #requestHeaders: HeaderPairs;
  #responseHeaders: HeaderPairs = [];
  #integrationRequestHeaders: HeaderPairs | undefined;
  #integrationResponseHeaders: HeaderPairs | undefined;
  readonly #requestBody = new BodyHead();
  readonly #responseBody = new BodyHead();
  readonly #integrationRequestBody = new BodyHead();
  readonly #integrationResponseBody = new BodyHead();

  constructor(level: 1 | 2, request: CapturedRequest, forRecord = true) {
    this.level = level;
    this.forRecord = forRecord;
    this.#startedAt = request.startedAt;
    this.#requestHeaders = pairsOf(request.headers.raw);
  }

  /** Mapping templates say what each of their lines did. */
  get tracesTemplates(): boolean {
    return this.forRecord && this.level === 2;
  }

  /** Notes what a stage did; the step began where the one before it ended. */
  step(stage: StageName, outcome: StepRecord['outcome'], finding: unknown): void {
    const nowUs = Math.round((performance.now() - this.#startedAt) * 1000);
    this.steps.push({ stage, startUs: this.#stepStartUs, durationUs: nowUs - this.#stepStartUs, outcome, finding });
    this.#stepStartUs = nowUs;
  }

  /** A string is latin1. Chunks follow each other. */
  requestBody(body: string | Buffer): void {
    if (this.level === 2) this.#requestBody.add(body);
  }

  response(headers: HeaderBlock, body: string | Buffer): void {
    this.#responseHeaders = pairsOfBlock(headers);
    this.responseChunk(body);
  }

  responseChunk(chunk: string | Buffer): void {
    if (this.level === 2) this.#responseBody.add(chunk);
  }

  /** What was sent to the integration: header lines (undefined for a function) and the body or event. */
  integrationRequest(headers: HeaderBlock | undefined, body: string | Buffer): void {
    this.#integrationRequestHeaders = headers === undefined ? [] : pairsOfBlock(headers);
    if (this.level === 2) this.#integrationRequestBody.add(body);
  }

  integrationResponse(rawHeaders: readonly string[], body: string | Buffer): void {
    this.#integrationResponseHeaders = pairsOf(rawHeaders);
    if (this.level === 2) this.#integrationResponseBody.add(body);
  }

  get requestMessage(): CapturedMessage {
    return this.#requestBody.message(this.#requestHeaders);
  }

  get responseMessage(): CapturedMessage {
    return this.#responseBody.message(this.#responseHeaders);
  }

  get integrationRequestMessage(): CapturedMessage | undefined {
    return this.#integrationRequestHeaders && this.#integrationRequestBody.message(this.#integrationRequestHeaders);
  }

  get integrationResponseMessage(): CapturedMessage | undefined {
    return this.#integrationResponseHeaders && this.#integrationResponseBody.message(this.#integrationResponseHeaders);
  }
}

/** The first bytes of a body, whatever pieces it comes in, and its whole length. */
class BodyHead {
  readonly #pieces: Buffer[] = [];
  #kept = 0;
  #bytes = 0;

  add(piece: string | Buffer): void {
    this.#bytes += piece.length;
    const room = CAPTURED_BODY_BYTES - this.#kept;
    if (room <= 0 || piece.length === 0) return;
    // Copied: chunks live in shared read buffers.
    const head = typeof piece === 'string' ? Buffer.from(piece.slice(0, room), 'latin1') : Buffer.from(piece.subarray(0, room));
    this.#pieces.push(head);
    this.#kept += head.length;
  }

  message(headers: HeaderPairs): CapturedMessage {
    if (this.#bytes === 0) return { headers, bodyBytes: 0 };
    const bytes = Buffer.concat(this.#pieces);
    const truncated = this.#bytes > bytes.length;
    const text = toText(bytes, truncated);
    return {
      headers,
      body: text ?? bytes.toString('base64'),
      bodyEncoding: text === undefined ? 'base64' : 'utf8',
      bodyBytes: this.#bytes,
      ...(truncated ? { truncated } : {}),
    };
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes as text, or undefined when they are none. A cut may have gone through a character. */
function toText(bytes: Buffer, truncated: boolean): string | undefined {
  for (let cut = 0; cut <= (truncated ? 3 : 0); cut++) {
    try {
      return strictUtf8.decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // One byte less may end at a character.
    }
  }
  return undefined;
}

function pairsOf(raw: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([copy(raw[i] as string), copy(raw[i + 1] as string)]);
  return pairs;
}

function pairsOfBlock(block: HeaderBlock): HeaderPairs {
  const pairs: [string, string][] = [];
  for (const line of block.text.split('\r\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) pairs.push([copy(line.slice(0, colon)), copy(line.slice(colon + 2))]);
  }
  return pairs;
}

/** Slices of a received head would keep the whole head in memory as long as the record lives. */
function copy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
