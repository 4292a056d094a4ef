// Makes the control-plane calls of a recorded REST API test against our server, with the AWS SDK, and collects what differs from what
// AWS answered. Calls to anything else (requests to an API, other services) are left out, and so are the records they made.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as apiGatewayModule from '@aws-sdk/client-api-gateway';
import type { AwsClients } from '../wire/aws-clients.ts';
import { account, role } from '../wire/deployed-api.ts';
import { type Bindings, compare, type Difference } from './compare.ts';
import { type RecordedCall, type RecordedTest, shared } from './recordings.ts';

type Answer = Readonly<Record<string, unknown>>;
type Answers = ReadonlyMap<string, Answer>;

/** What a recorded test does not say itself. */
export interface RestHint {
  /** Values of expressions (`${…}`), by expression. Functions see what was answered so far. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Calls before the first one, for what the recorded test got ready for it. */
  readonly before?: readonly RecordedCall[];
  /** All calls, when those of the recording are not in the order they were made. */
  readonly calls?: readonly RecordedCall[];
  /** Calls after the last one, for a loop that was not written out. */
  readonly after?: readonly RecordedCall[];
  /** Where nobody else makes anything, for lists of an account. */
  readonly region?: string;
}

export interface RestOutcome {
  readonly differences: readonly Difference[];
  /** Records that were compared. */
  readonly compared: readonly string[];
  /** Record to the operation that is not built. */
  readonly notBuilt: ReadonlyMap<string, string>;
  /** Records that no control-plane call makes. */
  readonly elsewhere: readonly string[];
}

/** Members that AWS's answers have gained over the years; older recordings lack them. */
const later: readonly { readonly since: number; readonly members: readonly string[] }[] = [
  { since: 2025, members: ['ipAddressType'] },
];

/** Operations of OpenAPI documents, test invocations and so on take inputs that are not worth resolving while they are not built. */
export async function replayRest(
  clients: AwsClients,
  test: RecordedTest,
  calls: readonly RecordedCall[],
  hint: RestHint,
  isBuilt: (operation: string) => boolean,
): Promise<RestOutcome> {
  return new RestReplay(clients, test, hint, isBuilt).run([
    ...(hint.before ?? []),
    ...(hint.calls ?? calls),
    ...(hint.after ?? []),
  ]);
}

class RestReplay {
  readonly #clients: AwsClients;
  readonly #test: RecordedTest;
  readonly #hint: RestHint;
  readonly #isBuilt: (operation: string) => boolean;
  readonly #uid = randomBytes(4).toString('hex');
  readonly #answers = new Map<string, Answer>();
  readonly #bindings: Bindings = new Map();
  readonly #differences: Difference[] = [];
  readonly #compared: string[] = [];
  readonly #notBuilt = new Map<string, string>();
  readonly #known = new Map<string, unknown>();
  /** What was made, by operation, oldest first. */
  readonly #made = new Map<string, Answer[]>();
  readonly #laterMembers: ReadonlySet<string>;
  /** The import that was left out because it is not built. */
  #after: string | undefined;

  constructor(clients: AwsClients, test: RecordedTest, hint: RestHint, isBuilt: (operation: string) => boolean) {
    this.#clients = clients;
    this.#test = test;
    this.#hint = hint;
    this.#isBuilt = isBuilt;
    this.#laterMembers = new Set(later.filter((entry) => test.year < entry.since).flatMap((entry) => entry.members));
  }

  async run(calls: readonly RecordedCall[]): Promise<RestOutcome> {
    for (const call of calls.flatMap(unrolled)) {
      if (/\$\{\w+\}/.test(call.record ?? '')) continue;
      const [service, operation = ''] = (call.op ?? '').split('.');
      if (service === 'apigateway') await this.#make(call, operation);
      if (operation === 'get_resources' && call.record !== undefined) await this.#makeOfMethods(call.record);
      if (call.helper === 'create_rest_api_with_integration') await this.#makeApi(call.args ?? {});
    }
    const done = new Set([...this.#compared, ...this.#notBuilt.keys()]);
    const elsewhere = Object.keys(this.#test.records).filter((record) => !done.has(record));
    // Where nothing is compared, it does not matter whether the calls that prepare a request to an API can be told.
    const differences = this.#compared.length === 0 ? [] : this.#differences;
    return { differences, compared: this.#compared, notBuilt: this.#notBuilt, elsewhere };
  }

  /** The recorded tests' own helper: an API with one resource, one method and one integration. */
  async #makeApi(args: Readonly<Record<string, unknown>>): Promise<void> {
    const restApi = { restApiId: from('api_id') };
    const method = { ...restApi, resourceId: from('child_resource_id'), httpMethod: 'POST' };
    const { integration_uri: uri, integration_type: type, req_templates: requestTemplates } = args;
    const mapped = (args['req_parameters'] ?? {}) as Readonly<Record<string, string>>;
    const requestParameters = Object.fromEntries(Object.values(mapped).map((source) => [source, false]));
    const pathPart = args['path_part'] ?? 'test';
    await this.#make({ args: {} }, 'create_rest_api');
    await this.#make({ args: { ...restApi, parentId: from('root_id'), pathPart } }, 'create_resource');
    await this.#make({ args: { ...method, authorizationType: 'NONE', requestParameters } }, 'put_method');
    // What the helper names is not recorded. AWS takes such an integration with a role only.
    const needsRole = type === 'AWS' && !String(uri).includes(':lambda:');
    const credentials = needsRole ? { credentials: `arn:aws:iam::${account}:role/of-the-helper` } : {};
    const integration = { uri, type, requestTemplates, requestParameters: mapped, integrationHttpMethod: 'POST', ...credentials };
    await this.#make({ args: { ...method, ...integration } }, 'put_integration');
    await this.#make({ args: { ...method, statusCode: '200' } }, 'put_method_response');
    await this.#make({ args: { ...method, statusCode: '200' } }, 'put_integration_response');
  }

  /** What the recorded tests of imports ask of every method: records named `integration-response-pets/{petId}-get`. */
  async #makeOfMethods(listed: string): Promise<void> {
    const items = (this.#answers.get(listed)?.['items'] ?? []) as { id: string; path: string; resourceMethods?: object }[];
    const prefix = /^get-resources-oas30-(srv-\w+)$/.exec(listed)?.[1];
    for (const { id: resourceId, path: place, resourceMethods = {} } of items) {
      for (const httpMethod of Object.keys(resourceMethods)) {
        for (const noun of ['method', 'method-response', 'integration', 'integration-response']) {
          const name = `${noun}-${place === '/' ? 'root' : place.slice(1)}-${httpMethod.toLowerCase()}`;
          const record = prefix === undefined ? name : `${prefix}-${name}`;
          if (!(record in this.#test.records)) continue;
          const status = noun.endsWith('-response') ? { statusCode: '200' } : {};
          const args = { restApiId: from('rest_api_id'), resourceId, httpMethod, ...status };
          await this.#make({ args, record }, `get_${noun.replace('-', '_')}`);
        }
      }
    }
  }

  async #make(call: RecordedCall, operation: string): Promise<void> {
    const { record } = call;
    // What comes after a document was imported is about what the document says.
    if (!this.#isBuilt(operation) && /^(import|put)_rest_api$/.test(operation)) this.#after ??= operation;
    const unbuilt = this.#after ?? (this.#isBuilt(operation) ? undefined : operation);
    if (unbuilt !== undefined) {
      if (record !== undefined && record in this.#test.records) this.#notBuilt.set(record, unbuilt);
      return;
    }
    let input: Record<string, unknown>;
    try {
      const { $spread: spread, ...args } = call.args ?? {};
      input = this.#value({ ...(spread as object | undefined), ...args }) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      if (record === undefined || !(record in this.#test.records)) return;
      this.#differences.push({ path: record, expected: 'replayed', actual: `nothing says what ${error.message} is` });
      return;
    }
    // The recorded tests' own helper gives every API a name.
    if (operation === 'create_rest_api' && !('name' in input)) input = { name: `api-${this.#uid}`, ...input };
    const answer = normalised(operation, await sendRest(this.#clients, operation, input));
    const failed = 'Error' in answer;
    if (!failed) this.#made.set(operation, [...(this.#made.get(operation) ?? []), answer]);
    const place = record ?? `${operation} ${JSON.stringify(input).slice(0, 120)}`;
    this.#answers.set(place, answer);
    if (record !== undefined && record in this.#test.records) {
      const expected = withoutMessage(this.#test.records[record]);
      this.#compared.push(record);
      const options = { account, laterMembers: this.#laterMembers };
      // Of a list, some recorded tests kept the items only.
      const compared = Array.isArray(expected) ? answer['items'] : answer;
      this.#differences.push(...compare(expected, compared, record, this.#bindings, options));
    } else if (failed !== (call.expect === 'error')) {
      this.#differences.push({ path: place, expected: call.expect ?? 'success', actual: answer['Error'] ?? 'success' });
    }
  }

  /** `value` with everything in `${…}` filled in. */
  #value(value: unknown): unknown {
    if (typeof value === 'string') {
      const whole = /^\$\{([^}]*)\}$/.exec(value);
      if (whole !== null) return this.#expression(whole[1] ?? '');
      // A stage variable is API Gateway's own notation, and so is a template's.
      return value.replaceAll(/\$\{(?!stageVariables\.)([^}]*)\}/g, (_, expression: string) =>
        String(this.#expression(expression)),
      );
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (typeof value !== 'object' || value === null) return value;
    const members = value as Record<string, unknown>;
    if (typeof members['$file'] === 'string') {
      return recordedFile(String(this.#value(members['$file'])));
    }
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [String(this.#value(name)), this.#value(member)]));
  }

  #expression(expression: string): unknown {
    if (expression.startsWith('stageVariables.')) return `\${${expression}}`;
    const values = this.#hint.values ?? {};
    if (expression in values) {
      const value = values[expression];
      return typeof value === 'function' ? (value as (answers: Answers) => unknown)(this.#answers) : value;
    }
    const upper = /^(\w+)\.upper\(\)$/.exec(expression);
    if (upper !== null) return String(this.#expression(upper[1] ?? '')).toUpperCase();
    if (this.#known.has(expression)) return this.#known.get(expression);
    const value = this.#guess(expression.replace(/\['id'\]$/, '_id'));
    if (value === undefined) throw new Unresolved(expression);
    this.#known.set(expression, value);
    return value;
  }

  /** What a variable of this name holds, going by what was made last when the name is first met. */
  #guess(name: string): unknown {
    const last = (operation: string, member = 'id') => this.#made.get(operation)?.at(-1)?.[member];
    const ofApi = (member: string) => last('create_rest_api', member) ?? last('import_rest_api', member);
    if (name === 'uid') return this.#uid;
    if (/region/.test(name)) return 'us-east-1';
    if (name === 'aws_account_id') return account;
    if (/^role_arn$/.test(name)) return role;
    if (/lambda_(arn|uri)/.test(name)) return `arn:aws:lambda:us-east-1:${account}:function:any`;
    if (name === 'target_uri') {
      return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:any/invocations`;
    }
    if (name === 'APPLICATION_JSON') return 'application/json';
    if (name === 'table_name') return 'table';
    if (name === 'endpoint_id') return 'vpce-0123456789abcdef0';
    if (name.startsWith('ContentHandlingStrategy.')) return name.split('.')[1];
    if (name === 'log_group_arn') return `arn:aws:logs:us-east-1:${account}:log-group:any`;
    if (/(_url|_server|_server_post|endpoint|_address)$|^echo_/.test(name)) return 'http://backend.example.com/';
    if (/root/.test(name)) return ofApi('rootResourceId');
    if (/api_id$/.test(name)) return ofApi('id');
    const deployments = this.#made.get('create_deployment') ?? [];
    if (/^deployment_(id_2|2_id)$|^deploy2_id$/.test(name)) return deployments[1]?.['id'];
    if (/^(deployment|deploy1|deploy)_id$/.test(name)) return deployments[0]?.['id'];
    if (/validator/.test(name)) return last('create_request_validator');
    if (/authorizer/.test(name)) return last('create_authorizer');
    if (/documentation_part/.test(name)) return last('create_documentation_part');
    if (/resource|sibling/.test(name)) return last('create_resource');
    return undefined;
  }
}

/** The text of a file that recorded calls use. */
export function recordedFile(name: string): string {
  return readFileSync(path.join(shared, 'aws/recorded/files', path.basename(name)), 'utf8');
}

/** A name whose value the replay finds. */
export function from(name: string): string {
  return `\${${name}}`;
}

class Unresolved extends Error {}

/** One call of our server. Failures are answers; what is no failure of AWS's is thrown. */
export async function sendRest(
  clients: AwsClients,
  operation: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const name = `${operation.split('_').map(capital).join('')}Command`;
  const command = (apiGatewayModule as unknown as Record<string, (new (input: unknown) => never) | undefined>)[name];
  if (command === undefined) throw new Error(`the SDK has no ${name}`);
  try {
    const { $metadata: metadata, ...members } = (await clients.restApis.send(new command(input))) as {
      $metadata: { httpStatusCode?: number };
    } & Record<string, unknown>;
    return { ...(plain(members) as Answer), ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode } };
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const failure = error as Error & { $metadata: { httpStatusCode?: number } };
    return {
      Error: { Code: failure.name, Message: failure.message },
      ResponseMetadata: { HTTPStatusCode: failure.$metadata.httpStatusCode },
    };
  }
}

/** Authorizers are listed by their ids, which are random; the recorded tests sorted them by name, and took logs apart. */
function normalised(operation: string, answer: Record<string, unknown>): Record<string, unknown> {
  const { items, log } = answer;
  if (operation === 'test_invoke_method' && typeof log === 'string') {
    const lines = log
      .split('\n')
      .map((line, index): [string, string] => [
        `line${String(index).padStart(2, '0')}`,
        line.replace(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} : /, 'DDD MMM dd hh:mm:ss UTC yyyy : '),
      ]);
    return { ...answer, log: Object.fromEntries(lines) };
  }
  if (operation !== 'get_authorizers' || !Array.isArray(items)) return answer;
  const nameOf = (item: unknown) => String((item as { name?: string }).name);
  return { ...answer, items: [...(items as unknown[])].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) };
}

/** A call in a loop over texts that were written out, once for each. */
function unrolled(call: RecordedCall): RecordedCall[] {
  const loop = /^\[for (\w+) in (\["[^\]]*"\])\]$/.exec(call.in ?? '');
  if (loop === null) return [call];
  const items = JSON.parse(loop[2] ?? '[]') as string[];
  return items.map((item) => JSON.parse(JSON.stringify(call).replaceAll(`\${${loop[1]}}`, item)) as RecordedCall);
}

/** Times as texts, and a resource policy as the JSON it is. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plainMember(name, member)]),
  );
}

function plainMember(name: string, member: unknown): unknown {
  if (typeof member !== 'string') return plain(member);
  if (name === 'policy') return JSON.parse(`"${member}"`);
  return name === 'contentDisposition' ? member.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/, 'date') : member;
}

/** The message stands in a failure twice; of the transport the status counts. */
function withoutMessage(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const { message: _, ResponseMetadata: metadata, ...members } = record as Record<string, unknown>;
  const { HTTPStatusCode } = (metadata ?? {}) as { HTTPStatusCode?: number };
  const kept = HTTPStatusCode === undefined ? members : { ...members, ResponseMetadata: { HTTPStatusCode } };
  return JSON.parse(JSON.stringify(kept).replaceAll('"datetime"', '"date"'));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
