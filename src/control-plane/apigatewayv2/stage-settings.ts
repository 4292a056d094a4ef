// Route settings and stage variables: what may stand in them and how an update changes them.

import type { Stage } from '../../model/http-api.ts';
import type { LoggingLevel, WebSocketRouteSettings } from '../../model/websocket-api.ts';
import type { AnyApi, AnyRoute, AnyStage } from './documents.ts';
import { oneOf } from './member-rules.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, present, type Quotas } from './service.ts';

type SentRouteSettings = NonNullable<Input<'CreateStage'>['DefaultRouteSettings']>;

const levels: readonly LoggingLevel[] = ['OFF', 'ERROR', 'INFO'];

/** What a stage begins with. AWS: these members. Seen: Terraform's read-backs. */
export function firstRouteSettings(protocolType: AnyApi['protocolType']): WebSocketRouteSettings {
  if (protocolType === 'HTTP') return { detailedMetricsEnabled: false };
  return { dataTraceEnabled: false, detailedMetricsEnabled: false, loggingLevel: 'OFF' };
}

/** `sent` over `former`, member by member: PATCH cannot take a member away. */
export function updatedRouteSettings(
  sent: SentRouteSettings | undefined,
  former: WebSocketRouteSettings,
  protocolType: AnyApi['protocolType'],
): WebSocketRouteSettings {
  if (sent === undefined) return former;
  const { DataTraceEnabled, LoggingLevel, DetailedMetricsEnabled, ThrottlingBurstLimit, ThrottlingRateLimit } = sent;
  // AWS: these words. Seen: hashicorp/terraform-provider-aws#13801. What asks for no logs is let through.
  if (protocolType === 'HTTP' && (DataTraceEnabled === true || (LoggingLevel !== undefined && LoggingLevel !== 'OFF'))) {
    throw badRequest('Execution logs are not supported on protocolType HTTP');
  }
  const logs =
    protocolType === 'HTTP'
      ? {}
      : {
          dataTraceEnabled: DataTraceEnabled ?? former.dataTraceEnabled,
          loggingLevel: oneOf('LoggingLevel', LoggingLevel, levels) ?? former.loggingLevel,
        };
  assertLimit('ThrottlingBurstLimit', ThrottlingBurstLimit);
  assertLimit('ThrottlingRateLimit', ThrottlingRateLimit);
  // An integer of the API is one of 32 bits; clients in typed languages cannot read back a larger one.
  if (ThrottlingBurstLimit !== undefined && (!Number.isInteger(ThrottlingBurstLimit) || ThrottlingBurstLimit > 2_147_483_647)) {
    throw badRequest('Invalid ThrottlingBurstLimit: it must be a whole number of at most 2147483647');
  }
  return present({
    ...logs,
    detailedMetricsEnabled: DetailedMetricsEnabled ?? former.detailedMetricsEnabled,
    throttlingBurstLimit: ThrottlingBurstLimit ?? former.throttlingBurstLimit,
    throttlingRateLimit: ThrottlingRateLimit ?? former.throttlingRateLimit,
  });
}

/** Settings by route key; each key must be a route of the API. */
export function updatedSettingsByRoute(
  sent: Readonly<Record<string, SentRouteSettings>> | undefined,
  former: AnyStage['routeSettings'],
  routes: readonly AnyRoute[],
  protocolType: AnyApi['protocolType'],
): Readonly<Record<string, WebSocketRouteSettings>> {
  const settings = new Map<string, WebSocketRouteSettings>(Object.entries(former));
  for (const [routeKey, wanted] of Object.entries(sent ?? {})) {
    if (!routes.some((route) => route.routeKey === routeKey)) throw unknownRouteSettings(routeKey);
    settings.set(routeKey, updatedRouteSettings(wanted, settings.get(routeKey) ?? {}, protocolType));
  }
  return Object.fromEntries(settings);
}

/** AWS: these words. Seen: terraform-aws-apigateway-v2#80. */
export function unknownRouteSettings(routeKey: string | undefined): Error {
  return notFound('RouteSettings', `Unable to find Route by key ${routeKey} within the provided RouteSettings`);
}

/** `sent` over `former`. AWS: a variable is removed by sending it with the value "". Seen: Terraform's aws_apigatewayv2_stage. */
export function updatedStageVariables(
  sent: Readonly<Record<string, string>> | undefined,
  former: Stage['stageVariables'],
  quotas: Quotas,
): Stage['stageVariables'] {
  const variables = new Map(Object.entries(former));
  for (const [name, value] of Object.entries(sent ?? {})) {
    if (value === '') {
      variables.delete(name);
      continue;
    }
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
      throw badRequest(`Invalid stage variable name "${name}": use 1 to 64 letters, digits and underscores`);
    }
    if (!/^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/.test(value)) {
      throw badRequest(
        `Invalid value of stage variable ${name}: use at most 512 of the characters A-Z a-z 0-9 - . _ ~ : / ? # & = ,`,
      );
    }
    variables.set(name, value);
  }
  if (variables.size > quotas.stageVariablesPerStage) {
    throw badRequest(
      `Too many stage variables: a stage can have ${quotas.stageVariablesPerStage} and this one would have ${variables.size}`,
    );
  }
  return Object.fromEntries(variables);
}

export function toRouteSettingsOutput(settings: WebSocketRouteSettings): SentRouteSettings {
  return present({
    DataTraceEnabled: settings.dataTraceEnabled,
    LoggingLevel: settings.loggingLevel,
    DetailedMetricsEnabled: settings.detailedMetricsEnabled,
    ThrottlingBurstLimit: settings.throttlingBurstLimit,
    ThrottlingRateLimit: settings.throttlingRateLimit,
  });
}

function assertLimit(member: string, value: number | undefined): void {
  if (value === undefined) return;
  if (!Number.isFinite(value) || value < 0) throw badRequest(`Invalid ${member}: it must not be negative`);
}
