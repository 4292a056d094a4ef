// What names are made of: service, stage, region, account, and the ids of the APIs.

import type { FunctionSettings } from './read-functions.ts';

export interface Identity {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  readonly apiId: string;
  readonly restApiId: string;
  readonly webSocketApiId: string;
}

export function functionArn(name: string, { region, account }: Identity): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

export function functionName(settings: FunctionSettings, { service, stage }: Identity): string {
  return settings.name?.text ?? `${service}-${stage}-${settings.key}`;
}
