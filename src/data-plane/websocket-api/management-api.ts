// What a stage's management API is made of: AWS's `/@connections/{id}` and our own `/@channels`.

import type { ServerRequest } from '../../http1/message.ts';
import { ChannelCall } from './channels/channel-api.ts';
import { ConnectionCall } from './connection-api.ts';
import type { ManagementApi } from './management-call.ts';

/** SDKs write `%40connections`. */
const CONNECTION = /^\/(?:@|%40)connections\/([^/]*)$/;
const CHANNELS = /^\/(?:@|%40)channels(\/.*)?$/;

/** Serves the request when its path, behind the stage, is one of the management API's; false when it is not. */
export function serveManagementApi(api: ManagementApi, request: ServerRequest, path: string): boolean {
  const connection = CONNECTION.exec(path)?.[1];
  if (connection !== undefined) {
    new ConnectionCall(api, request, connection).start();
    return true;
  }
  const channels = CHANNELS.exec(path);
  if (channels === null) return false;
  new ChannelCall(api, request, channels[1] ?? '').start();
  return true;
}
