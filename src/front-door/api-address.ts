// Which API a request is for, by its host or by its path. Its forms, on every listener, and two more of private APIs:
//
//   Host: {apiId}.execute-api.<anything>        /{stage}/path     or /path for the $default stage
//   Host: {apiId}-{vpceId}.execute-api.<anything>                        /{stage}/path
//   Host: {vpceId}[-suffix].execute-api.<anything> and x-apigw-api-id    /{stage}/path
//   any host                                    /_aws/execute-api/{apiId}/{stage}/path     or /path for the $default stage
//   any host                                    /execute-api/{apiId}/{stage}/path          the same
//   any host                                    /restapis/{apiId}/{stage}/_user_request_/path

import { TextTable } from '../data-plane/text-table.ts';

/** What host and path say, before anybody knows whether such an API exists. */
export interface ApiAddress {
  /** In the form with a VPC endpoint's own host it is '', and a header names the API. */
  readonly apiId: string;
  /** Of the hosts of private APIs. `apiId` is then what stands before it; the whole label might be an API's id all the same. */
  readonly vpce?: { readonly vpceId: string; readonly label: string } | undefined;
  /** From `{apiId}.execute-api.{region}.…`, when it is there. */
  readonly region: string | undefined;
  /** The host without its port, in the host form; undefined in the path forms. */
  readonly hostName: string | undefined;
  /** Path forms name the stage (`$default` too); in the host form the path decides. */
  readonly stageName: string | undefined;
  /** The path may name no stage: of an HTTP API, what names none is the $default stage's. */
  readonly isStageOptional?: true;
  /** In the host form the whole path, in the path forms what follows the stage. Undecoded; may be ''. */
  readonly path: string;
}

/** Undefined when the request is for no API at all. */
export function parseApiAddress(host: string, path: string): ApiAddress | undefined {
  const named = namedBy(host);
  if (named === NO_API_HOST) return fromPath(path);
  const { apiId, region, hostName, vpce } = named;
  return { apiId, region, hostName, stageName: undefined, path, vpce };
}

/** Most requests name the same host as the one before. */
let lastHost = '';
let lastNamed: NamedApi | undefined;

function namedBy(host: string): NamedApi {
  if (host === lastHost && lastNamed !== undefined) return lastNamed;
  let named = knownHosts.get(host);
  if (named === undefined) {
    // Copied: the Host field is a slice of the request's head and would keep all of it in memory.
    const kept = Buffer.from(host, 'latin1').toString('latin1');
    named = fromHost(kept);
    if (knownHosts.size === KNOWN_HOSTS_MAX) knownHosts = new TextTable();
    knownHosts.set(kept, named);
  }
  lastHost = host;
  lastNamed = named;
  return named;
}

/** What hosts mean, by Host field: clients send the same few again and again. Forgotten as a whole when somebody sends too many. */
let knownHosts = new TextTable<NamedApi>();
const KNOWN_HOSTS_MAX = 1_000;

/** The part of an ApiAddress that the host alone decides. */
interface NamedApi {
  readonly apiId: string;
  readonly region: string | undefined;
  readonly hostName: string | undefined;
  readonly vpce?: { readonly vpceId: string; readonly label: string };
}

const NO_API_HOST: NamedApi = { apiId: '', region: undefined, hostName: undefined };

const MARK = '.execute-api.';
const API_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** `{apiId}-{vpceId}`, or the endpoint's own `{vpceId}[-suffix]`. */
const VPCE_LABEL = /^(?:([a-z0-9_-]+)-)?(vpce-[0-9a-z]+)(?:-[0-9a-z-]+)?$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;

function fromHost(host: string): NamedApi {
  const at = host.indexOf('.');
  if (at <= 0 || host.slice(at, at + MARK.length).toLowerCase() !== MARK) return NO_API_HOST;
  const name = host.slice(0, at).toLowerCase();
  if (!API_ID.test(name)) return NO_API_HOST;
  const hostName = withoutPort(host).toLowerCase();
  const suffix = hostName.slice(at + MARK.length);
  const dot = suffix.indexOf('.');
  const label = dot < 0 ? suffix : suffix.slice(0, dot);
  const region = REGION.test(label) ? label : undefined;
  const endpoint = VPCE_LABEL.exec(name);
  if (endpoint === null) return { apiId: name, region, hostName };
  return { apiId: endpoint[1] ?? '', region, hostName, vpce: { vpceId: endpoint[2] as string, label: name } };
}

/** The second is for tools that were made for emulators which know it alone. */
const EXECUTE_PREFIXES = ['/_aws/execute-api/', '/execute-api/'];

function fromPath(path: string): ApiAddress | undefined {
  const prefix = EXECUTE_PREFIXES.find((each) => path.startsWith(each));
  if (prefix !== undefined) {
    const [apiId, stage, rest] = cut(path.slice(prefix.length), 2);
    const address = atPath(apiId, stage, rest);
    return address && { ...address, isStageOptional: true };
  }
  if (!path.startsWith('/restapis/')) return undefined;
  const [apiId, stage, tail] = cut(path.slice('/restapis/'.length), 2);
  // Without this mark it is the control plane's own path.
  if (tail !== '/_user_request_' && tail?.startsWith('/_user_request_/') !== true) return undefined;
  return atPath(apiId, stage, tail.slice('/_user_request_'.length));
}

function atPath(apiId: string | undefined, stage: string | undefined, path: string | undefined): ApiAddress | undefined {
  if (apiId === undefined || !API_ID.test(apiId)) return undefined;
  const stageName = stage === '%24default' ? '$default' : (stage ?? '');
  return { apiId, region: undefined, hostName: undefined, stageName, path: path ?? '' };
}

/** `a/b/c/d` cut after two segments: ['a', 'b', '/c/d']. */
function cut(text: string, segments: 2): [string | undefined, string | undefined, string | undefined] {
  const parts: (string | undefined)[] = [];
  let start = 0;
  for (let i = 0; i < segments; i++) {
    if (start > text.length) return [parts[0], parts[1], undefined];
    const slash = text.indexOf('/', start);
    const end = slash < 0 ? text.length : slash;
    parts.push(text.slice(start, end));
    start = end + 1;
  }
  return [parts[0], parts[1], start <= text.length ? text.slice(start - 1) : ''];
}

function withoutPort(host: string): string {
  const colon = host.indexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}
