// The APIs of the service that is being developed, under the listener's plain address, where tools and pages that know no other host look
// for them (Serverless Framework's local servers have them there):
//
//   any host   /{stage}/path              its REST API
//   any host   /path                      its HTTP API
//   any host   /{stage} or /, Upgrade     its WebSocket API; /{stage}/@connections/… its management API
//
// Asked last: a request that names an API by its host or path never comes here. Hosts are those of this machine and its network: a name of the
// public DNS that somebody has lead to 127.0.0.1 would let their page read the service's answers (DNS rebinding).

import type { ServerRequest } from '../http1/message.ts';
import type { ApiAddress } from './api-address.ts';
import { type FrontDoor, type FrontDoorOptions, serveExecuteApi } from './front-door.ts';
import { hostName, isLocalName } from './loopback-guard.ts';

/** An API of the service and the stage it is deployed to. */
export interface HomeApi {
  readonly apiId: string;
  readonly stageName: string;
}

export interface HomeApis {
  readonly httpApi?: HomeApi | undefined;
  readonly restApi?: HomeApi | undefined;
  readonly webSocketApi?: HomeApi | undefined;
}

/** `home` is asked for every request: what a service has changes when its file does. */
export function createHomeDoor(options: FrontDoorOptions, home: () => HomeApis | undefined): FrontDoor {
  const protocol = options.protocol ?? 'http';
  return (request) => {
    const address = addressAtHome(request, home());
    return address !== undefined && serveExecuteApi(options, request, address, protocol);
  };
}

/** For a path that is none of the service's: where its APIs are. */
export function homeHint(home: HomeApis | undefined): string {
  const { httpApi, restApi, webSocketApi } = home ?? {};
  const places = [
    ...(httpApi === undefined ? [] : ['its HTTP API below /']),
    ...(restApi === undefined ? [] : [`its REST API below /${restApi.stageName}/`]),
    ...(webSocketApi === undefined ? [] : [`its WebSocket API at /${webSocketApi.stageName}`]),
  ];
  return places.length === 0 ? 'The service has no API.' : `The service has ${places.join(' and ')}, at localhost.`;
}

/** Addresses, and names that no public DNS has. */
function isOfThisNetwork(name: string): boolean {
  return (
    isLocalName(name) || !name.includes('.') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || /\.(?:local|internal|test)$/.test(name)
  );
}

function addressAtHome({ host, path, headers }: ServerRequest, home: HomeApis | undefined): ApiAddress | undefined {
  if (home === undefined || !path.startsWith('/') || !isOfThisNetwork(hostName(host))) return undefined;
  const { httpApi, restApi, webSocketApi } = home;
  const slash = path.indexOf('/', 1);
  const first = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const rest = slash < 0 ? '' : path.slice(slash);
  if (webSocketApi !== undefined && isForWebSockets(headers.get('upgrade'), rest)) {
    if (first === webSocketApi.stageName) return atPath(webSocketApi, rest);
    if (path === '/') return atPath(webSocketApi, '');
  }
  if (restApi !== undefined && first === restApi.stageName) return atPath(restApi, rest);
  return httpApi && atPath(httpApi, path);
}

function isForWebSockets(upgrade: string | undefined, rest: string): boolean {
  return upgrade?.toLowerCase() === 'websocket' || rest.startsWith('/@connections/') || rest.startsWith('/@channels/');
}

function atPath({ apiId, stageName }: HomeApi, path: string): ApiAddress {
  return { apiId, region: undefined, hostName: undefined, stageName, path };
}
