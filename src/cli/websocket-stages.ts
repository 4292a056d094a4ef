// The stages of WebSocket APIs of a running Stagegate, and which of them a word means.

import { UserError } from '../config/user-error.ts';
import { type ControlTarget, getJson } from './control-client.ts';
import { plainText } from './terminal.ts';

/** A stage as `/_stagegate/connections` tells it. */
export interface WebSocketStage {
  readonly apiId: string;
  readonly apiName: string;
  readonly stage: string;
  readonly url: string;
  readonly connections: number;
}

const SHOWN = 8;

export async function webSocketStages(target: ControlTarget): Promise<readonly WebSocketStage[]> {
  const answer = (await getJson(target, '/_stagegate/connections?limit=1')) as { readonly stages: readonly WebSocketStage[] };
  return answer.stages;
}

/** `API`, `STAGE`, `API/STAGE`, or nothing when there is one only. Throws UserError when it is none or several. */
export function stageNamed(named: string | undefined, stages: readonly WebSocketStage[]): WebSocketStage {
  const found = stages.filter((one) => named === undefined || namesOf(one).includes(named));
  if (found.length === 1) return found[0]!;
  const listed = (some: readonly WebSocketStage[]) =>
    some
      .slice(0, SHOWN)
      .map(({ apiId, apiName, stage }) => `${plainText(apiName)} (${apiId}/${stage})`)
      .join(', ');
  if (stages.length === 0) {
    throw new UserError('SG_NOT_FOUND', 'No WebSocket API is deployed.', {
      fix: 'A websocket event or CreateApi with the protocol type WEBSOCKET makes one, or give a ws:// URL.',
    });
  }
  const what = named === undefined ? 'There are several stages of WebSocket APIs.' : `${named} is several of them.`;
  if (found.length > 1) throw new UserError('SG_BAD_ARGUMENT', what, { fix: `Name one as API/STAGE: ${listed(found)}.` });
  throw new UserError('SG_NOT_FOUND', `No WebSocket API or stage is called ${named}.`, { fix: `There are: ${listed(stages)}.` });
}

function namesOf({ apiId, apiName, stage }: WebSocketStage): readonly string[] {
  return [apiId, apiName, stage, `${apiId}/${stage}`, `${apiName}/${stage}`];
}

/** Where the stage is reached from here: its own URL, or by path when the Stagegate is on another machine. */
export function urlOf({ url, apiId, stage }: WebSocketStage, target: ControlTarget): string {
  const own = new URL(url);
  const control = new URL(target.url);
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/.test(control.hostname);
  return isHere ? url : `ws://${control.hostname}:${own.port}/_aws/execute-api/${apiId}/${stage}`;
}
