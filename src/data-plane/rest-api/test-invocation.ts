// A request that nobody sent: TestInvokeMethod runs a method with one, TestInvokeAuthorizer an authorizer. It goes the way of any other
// request; who may call a method under test and how often is not asked.

import { performance } from 'node:perf_hooks';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type {
  AbortListener,
  BodyFailure,
  BodyReceiver,
  BodySink,
  HeaderView,
  MessageBody,
  ServerRequest,
} from '../../http1/message.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';
import { Capture } from '../telemetry/capture.ts';
import { type AuthDecision, iamDecision, identityOf } from './auth-decision.ts';
import { Exchange } from './exchange.ts';
import { answerCrash } from './gateway-response.ts';
import { BODY_LIMIT_BYTES } from './integrations/whole-answer.ts';
import { invokeAuthorized } from './invoke-authorized.ts';
import type { MethodPipeline, RestApiPipeline } from './pipeline.ts';
import { isRefusal, type Refusal } from './refusal.ts';

export interface TestInvocation {
  readonly httpMethod: string;
  /** `/pets/5?q=1` */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** AWS: what a test shows of a client. From memory of the service (console and CLI). */
const SOURCE_IP = 'test-invoke-source-ip';
const API_KEY = { id: 'test-invoke-api-key-id', value: 'test-invoke-api-key' };
const DOMAIN_NAME = 'testPrefix.testDomainName';

/** Starts the one method of the pipeline as if the tester had signed. The pipeline's exchange sink hears of its end. */
export function startTestInvocation(
  pipeline: RestApiPipeline,
  invocation: TestInvocation,
  tester: CallerCredentials,
): TestRequest {
  // AWS: the identity is the tester's, whoever else may call. From memory of the service (events of tests in the console).
  return start(pipeline, invocation, () => iamDecision(identityOf(tester), tester));
}

/** Asks the authorizer of the one method of the pipeline. The pipeline's exchange sink hears of its end. */
export function startTestAuthorization(pipeline: RestApiPipeline, invocation: TestInvocation): TestRequest {
  return start(pipeline, invocation, (exchange, method) => {
    if (method.authorizer === undefined) throw new Error('An authorizer is tested, and the method has none.');
    return method.authorizer.decide(exchange);
  });
}

/** `decide` says who may call; undefined: its answer comes later. */
function start(
  pipeline: RestApiPipeline,
  invocation: TestInvocation,
  decide: (exchange: Exchange, method: MethodPipeline) => AuthDecision | Refusal | undefined,
): TestRequest {
  const request = new TestRequest(invocation);
  const { path } = request;
  const address = {
    ...{ path, pathWithStage: path, pathWithMapping: path },
    ...{ domainName: DOMAIN_NAME, domainPrefix: 'testPrefix', protocol: 'https' as const, isTest: true as const },
  };
  const exchange = new Exchange(pipeline, request, address, new Capture(2, request));
  exchange.apiKey = API_KEY;
  try {
    const [plan] = pipeline.plan.methods;
    if (plan === undefined) throw new Error('A test was started for a pipeline without methods.');
    const verb = plan.httpMethod === 'ANY' ? 'GET' : plan.httpMethod;
    const itself = pipeline.resources.select(verb, plan.resourcePath);
    if (isRefusal(itself)) throw new Error(`The path of a resource does not lead to it: ${itself.reason}`);
    exchange.method = itself.method;
    // AWS: another path than the method's is no error; path parameters have no values then. Seen: recorded answers, bad-path.
    const match = pipeline.resources.select(verb, path);
    if (!isRefusal(match)) exchange.pathParameters = match.pathParameters;
    const found = decide(exchange, itself.method);
    if (found !== undefined) invokeAuthorized(exchange, found);
  } catch (error) {
    answerCrash(exchange, error);
  }
  return request;
}

export class TestRequest implements ServerRequest {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly host = DOMAIN_NAME;
  readonly httpMinor = 1;
  readonly headers: HeaderView;
  readonly body: MessageBody;
  readonly remoteAddress = SOURCE_IP;
  readonly remotePort = 0;
  readonly localPort = 443;
  readonly startedAt = performance.now();
  readonly headBytes = 0;
  onAbort: AbortListener | (() => void) | null = null;
  answered = false;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor({ httpMethod, target, headers, body }: TestInvocation) {
    const mark = target.indexOf('?');
    this.method = httpMethod;
    this.target = target;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
    this.headers = new HeldHeaders(headers);
    this.body = new HeldBody(Buffer.from(body, 'utf8'));
  }

  get bytesOut(): number {
    return this.#length;
  }

  /** The body of the answer, as far as it has come. */
  get answer(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  respond(_status: number, _headers: HeaderBlock, body: string | Buffer): boolean {
    this.answered = true;
    this.#keep(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
    return true;
  }

  /** A streamed answer is gathered; what is longer than an answer that is not streamed can be is left out. */
  startResponse(): BodySink {
    this.answered = true;
    return {
      write: (chunk) => {
        // Copied: chunks live in shared read buffers.
        if (this.#length + chunk.length <= BODY_LIMIT_BYTES) this.#keep(Buffer.from(chunk));
        return true;
      },
      end() {},
      abort() {},
      ...{ onDrain: null, onSinkClosed: null },
    };
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
}

class HeldHeaders implements HeaderView {
  readonly raw: readonly string[];

  constructor(fields: TestInvocation['headers']) {
    this.raw = fields.flat();
  }

  get(lowerCaseName: string): string | undefined {
    const values = this.raw.filter((_, i) => i % 2 === 1 && this.raw[i - 1]?.toLowerCase() === lowerCaseName);
    return values.length === 0 ? undefined : values.join(',');
  }

  forwardTo(block: HeaderBlock, drop: ReadonlySet<string>): number {
    let dropped = 0;
    for (let i = 0; i + 1 < this.raw.length; i += 2) {
      const name = this.raw[i] as string;
      if (drop.has(name.toLowerCase())) dropped += 1;
      else block.add(name, this.raw[i + 1] as string);
    }
    return dropped;
  }
}

class HeldBody implements MessageBody {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  takeText(): string {
    return this.#bytes.toString('latin1');
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    const failure: BodyFailure | undefined = this.#bytes.length > limitBytes ? 'tooLarge' : undefined;
    if (failure === undefined) receiver.onBody(this.#bytes);
    else receiver.onBodyFailure(failure);
  }

  pipeTo(sink: BodySink): void {
    sink.write(this.#bytes);
    sink.end();
  }

  discard(): void {}
}
