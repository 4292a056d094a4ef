// Every operation of every service, both ways: the SDK's own client serialises a random input, our endpoint dispatches and
// reads it, answers with a random output, and the SDK's own deserialiser reads that. Nothing may be lost or changed.
// Constraints are taken off for this test (random strings would break most of them); constraints.test.ts has them.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { AwsError } from './aws-error.ts';
import { serviceContract } from './contract.ts';
import { createAwsEndpoint } from './endpoint.ts';
import type { OperationTable } from './operations.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from './services.ts';
import type { ErrorShape, Member, OperationShape, Shape, StructureShape } from './shapes.ts';
import type { WireRequest } from './wire-message.ts';

/** A small generator with a seed, so that a failure can be run again. */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
    return (this.#state >>> 8) % limit;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

const TEXTS = [
  'a',
  'Zz',
  '0',
  'é',
  '日本',
  '😀',
  ' ',
  '+',
  '%',
  '%41',
  '/',
  '?',
  '&',
  '=',
  '<',
  '>',
  '"',
  "'",
  '\\',
  '{',
  '$',
  '#',
  '\n',
  '\t',
  ':',
  ';',
  ',',
  '*',
  '~',
  '[',
  ']',
  'arn:aws:',
  '__proto__',
];

function text(random: Random): string {
  let result = `s${random.below(1000)}`;
  for (let i = random.below(6); i > 0; i--) result += random.pick(TEXTS);
  return `${result}e`;
}

interface Kind {
  /** Values that a protocol cannot carry are left out. */
  readonly query: boolean;
  readonly output: boolean;
}

function value(random: Random, shape: Shape, kind: Kind, depth: number): unknown {
  switch (shape.type) {
    case 'string':
      return text(random);
    case 'number':
      return random.pick([0, 1, -1, 42, 1.5, 123_456_789, 2 ** 31, -0.25]);
    case 'boolean':
      return random.below(2) === 1;
    case 'timestamp':
      return new Date(1_600_000_000_000 + random.below(100_000_000) * 1000);
    case 'blob':
      return Uint8Array.from({ length: 1 + random.below(20) }, () => random.below(256));
    case 'document':
      return { a: [1, 'x', null, { b: true }], n: random.below(100) };
    case 'list': {
      const length = depth > 4 ? 0 : random.below(4);
      return Array.from({ length }, () => value(random, shape.element, kind, depth + 1));
    }
    case 'map': {
      const result: Record<string, unknown> = {};
      for (let i = 1 + random.below(2); i > 0; i--) result[`${text(random)}${i}`] = value(random, shape.value, kind, depth + 1);
      return result;
    }
    default:
      return structure(random, shape, kind, depth + 1);
  }
}

/** Deep enough structures are left to their scalar members. */
function isDeep(member: Member, depth: number): boolean {
  return depth > 4 && !member.required && ['structure', 'union', 'list', 'map'].includes(member.shape.type);
}

const FILLED_HEADERS = new Set(['accept', 'content-type']);

function structure(random: Random, shape: StructureShape, kind: Kind, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (shape.type === 'union') {
    const member = shape.members.find((candidate) => !isDeep(candidate, depth)) ?? (shape.members[0] as Member);
    result[member.name] = value(random, member.shape, kind, depth);
    return result;
  }
  shape.members.forEach((member, i) => {
    if (isDeep(member, depth)) return;
    // Members that one side fills in when they are left out.
    const isFilled = ['label', 'status', 'payload'].includes(member.location) || FILLED_HEADERS.has(member.locationName);
    const isLast = i === shape.members.length - 1 && Object.keys(result).length === 0;
    if (!member.required && !member.idempotencyToken && !isFilled && !isLast && random.below(3) === 0) return;
    const isEventStream = member.shape.type === 'union' && member.shape.eventStream;
    if (isEventStream) return;
    result[member.name] = bound(random, member, kind, depth);
  });
  return result;
}

function bound(random: Random, member: Member, kind: Kind, depth: number): unknown {
  if (member.location === 'status') return 200 + random.below(5);
  // Header values are visible ASCII.
  if (member.location === 'header' && member.shape.type === 'string') return `v${random.below(1000)}`;
  const made = value(random, member.shape, kind, depth);
  const isQuery = member.location === 'query' && !kind.output;
  // An empty list leaves no trace in a query string.
  if (isQuery && Array.isArray(made) && made.length === 0) return [text(random)];
  return made;
}

/** The shapes are ours to edit: this process tests nothing else. */
function removeLimits(shape: Shape | undefined, seen: Set<Shape>): void {
  if (shape === undefined || seen.has(shape)) return;
  seen.add(shape);
  if (shape.type === 'list') removeLimits(shape.element, seen);
  else if (shape.type === 'map') removeLimits(shape.value, seen);
  else if ('members' in shape) {
    for (const member of shape.members) {
      (member as { limits: undefined }).limits = undefined;
      removeLimits(member.shape, seen);
    }
  }
}

/** Plain data for comparison: bytes as hexadecimal, no prototypes, no undefined. */
function plain(raw: unknown): unknown {
  if (raw instanceof Uint8Array) return `bytes:${Buffer.from(raw).toString('hex')}`;
  if (raw instanceof Date) return `date:${raw.toISOString()}`;
  if (Array.isArray(raw)) return raw.map(plain);
  if (typeof raw === 'object' && raw !== null) {
    const entries = Object.entries(raw).filter(([name, item]) => item !== undefined && name !== '$metadata');
    return Object.fromEntries(entries.map(([name, item]) => [`.${name}`, plain(item)]));
  }
  return raw;
}

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

function toWireRequest(request: SdkRequest): WireRequest {
  const encode = (part: string): string =>
    encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs: string[] = [];
  for (const [name, raw] of Object.entries(request.query)) {
    for (const item of Array.isArray(raw) ? raw : [raw])
      pairs.push(item === null ? encode(name) : `${encode(name)}=${encode(item)}`);
  }
  const body =
    request.body === undefined
      ? Buffer.alloc(0)
      : typeof request.body === 'string'
        ? Buffer.from(request.body)
        : Buffer.from(request.body as Uint8Array);
  return {
    method: request.method,
    path: request.path,
    query: pairs.join('&'),
    rawHeaders: Object.entries(request.headers).flat(),
    body,
  };
}

/** Errors whose wire code two shapes share cannot be told apart by any client. */
async function errorRoundTrip(service: ServiceName, protocol?: string): Promise<number> {
  const contract = serviceContract(service);
  const operation = contract.operationNames[0] as string;
  let thrown: AwsError | undefined;
  const { client, module } = await connect(service, { [operation]: async () => Promise.reject(thrown) }, protocol);
  let done = 0;
  const input = structure(new Random(1), contract.operation(operation)?.input ?? NOTHING, { query: true, output: false }, 0);
  removeLimits(contract.operation(operation)?.input, new Set());
  for (const name of contract.errorNames) {
    const error = contract.error(name) as ErrorShape;
    const fields = structure(new Random(done + 1), error.structure, { query: false, output: true }, 0);
    const messageMember = Object.keys(fields).find((key) => key.toLowerCase() === 'message');
    if (messageMember !== undefined) delete fields[messageMember];
    thrown = new AwsError(name, `what happened ${done}`, { fields });
    const where = `${service} ${name} (${protocol ?? 'default protocol'})`;
    const command = new (module[`${operation}Command`] as SdkModule[string])(input);
    await assert.rejects(client.send(command), (caught: Error & Record<string, unknown>) => {
      // Clients that go by the query code see one of the shapes that share it.
      const sharing = contract.errorNames.filter((other) => contract.error(other)?.queryCode === error.queryCode);
      assert.ok(sharing.includes(caught.name), `${where}: ${caught.name}`);
      assert.equal((caught['$metadata'] as { httpStatusCode: number }).httpStatusCode, error.status, where);
      assert.match((caught['$metadata'] as { requestId: string }).requestId, /^[0-9a-f-]{36}$/, where);
      if (messageMember !== undefined || error.structure.members.length === 0)
        assert.equal(caught.message, `what happened ${done}`, where);
      for (const [key, item] of Object.entries(fields)) {
        // The query decoder of this client reads an error's members as text.
        if (contract.facts.protocols[0] === 'awsQuery' || protocol === 'awsQuery') continue;
        assert.deepEqual(plain(caught[key]), plain(item), `${where}: ${key}`);
      }
      return true;
    });
    done++;
  }
  client.destroy();
  return done;
}

const NOTHING: StructureShape = { type: 'structure', name: '', members: [], eventStream: false };

type Client = { send(command: object): Promise<Record<string, unknown>>; destroy(): void };
type SdkModule = Record<string, new (options: object) => object>;

interface Connection {
  readonly client: Client;
  readonly module: SdkModule;
  readonly failures: unknown[];
  isStream: boolean;
}

/** The SDK's client of a service, talking to an endpoint with these operations without a network. */
async function connect(service: ServiceName, table: OperationTable, protocol?: string): Promise<Connection> {
  const module = (await import(SERVICES[service].clientPackage)) as SdkModule;
  const clientName = Object.keys(module).find((name) => name.endsWith('Client') && !name.startsWith('_')) as string;
  const failures: unknown[] = [];
  const endpoint = createAwsEndpoint({
    services: { [service]: table },
    authentication: { mode: 'open' },
    accountId: '000000000000',
    defaultRegion: 'us-east-1',
    onError: (error) => failures.push(error),
  });
  const client = new (module[clientName] as SdkModule[string])({
    region: 'eu-west-1',
    endpoint: 'http://localhost:4566',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    disableHostPrefix: true,
    ...(protocol === undefined ? {} : { protocol: await protocolClass(protocol) }),
    requestHandler: {
      async handle(request: SdkRequest) {
        const response = await endpoint.handle(toWireRequest(request));
        const body = connection.isStream ? Readable.from([response.body]) : new Uint8Array(response.body);
        const headers = Object.fromEntries(response.headers.map(([name, item]) => [name.toLowerCase(), item]));
        return { response: { statusCode: response.status, headers, body } };
      },
      metadata: { handlerProtocol: 'http/1.1' },
      destroy() {},
    },
  }) as Client;
  const connection: Connection = { client, module, failures, isStream: false };
  return connection;
}

async function roundTrip(service: ServiceName, rounds: number, protocol?: string): Promise<number> {
  const contract = serviceContract(service);
  let received: { operation: string; input: unknown } | undefined;
  let answer: Record<string, unknown> = {};
  const table: Record<string, OperationTable[string]> = {};
  for (const operation of contract.operationNames) {
    table[operation] = async (input) => {
      received = { operation, input };
      return answer;
    };
  }
  const connection = await connect(service, table, protocol);
  const { client, module, failures } = connection;
  let done = 0;
  for (const name of contract.operationNames) {
    const operation = contract.operation(name) as OperationShape;
    removeLimits(operation.input, new Set());
    const kind = { query: contract.facts.protocols[0] === 'awsQuery', output: false };
    const isStream = operation.output?.members.some((member) => 'members' in member.shape && member.shape.eventStream) === true;
    connection.isStream = isStream;
    for (let round = 0; round < rounds; round++) {
      const random = new Random(done * 7919 + round + 1);
      const input = operation.input === undefined ? {} : structure(random, operation.input, kind, 0);
      answer = operation.output === undefined ? {} : structure(random, operation.output, { ...kind, output: true }, 0);
      received = undefined;
      const command = new (module[`${name}Command`] as SdkModule[string])(input);
      const where = `${service} ${name} (${protocol ?? 'default protocol'}, round ${round})`;
      let output: Record<string, unknown>;
      try {
        output = await client.send(command);
      } catch (error) {
        throw new Error(`${where}: ${(error as Error).message}; input ${JSON.stringify(plain(input))}`, { cause: error });
      }
      assert.deepEqual(failures, [], where);
      assert.equal((received as { operation: string } | undefined)?.operation, name, where);
      assert.deepEqual(plain((received as { input: unknown } | undefined)?.input), plain(input), `${where}: input`);
      if (!isStream) assert.deepEqual(plain(output), plain(answer), `${where}: output`);
      done++;
    }
  }
  client.destroy();
  return done;
}

async function protocolClass(name: string): Promise<unknown> {
  if (name === 'rpcv2Cbor') return ((await import('@smithy/core/cbor')) as Record<string, unknown>)['SmithyRpcV2CborProtocol'];
  const protocols = (await import('@aws-sdk/core/protocols')) as Record<string, unknown>;
  return protocols[name === 'awsQuery' ? 'AwsQueryProtocol' : 'AwsJson1_0Protocol'];
}

for (const service of SERVICE_NAMES) {
  test(`${service}: every operation survives the round trip through the SDK's client`, async () => {
    const rounds = 3;
    assert.equal(await roundTrip(service, rounds), serviceContract(service).operationNames.length * rounds);
  });
}

for (const service of SERVICE_NAMES) {
  test(`${service}: every modelled error reaches the SDK's client as its class, with status and members`, async () => {
    assert.equal(await errorRoundTrip(service), serviceContract(service).errorNames.length);
  });
}

for (const protocol of SERVICES.cloudwatch.protocols) {
  test(`cloudwatch over ${protocol}: every modelled error reaches the client`, async () => {
    assert.ok((await errorRoundTrip('cloudwatch', protocol)) > 0);
  });

  test(`cloudwatch over ${protocol}: every operation survives the round trip`, async () => {
    assert.ok((await roundTrip('cloudwatch', 1, protocol)) > 0);
  });
}

test('the contract has every operation the clients have', () => {
  const total = SERVICE_NAMES.reduce((sum, service) => sum + serviceContract(service).operationNames.length, 0);
  assert.equal(total, 1011);
});
