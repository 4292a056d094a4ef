// What the HTTP API of a desired state is as input of API Gateway v2 operations, and whether what is there is that.

import type { CorsConfiguration } from '../model/http-api.ts';
import type { ApplySession } from './apply-desired-state.ts';
import { ensureLogGroup } from './apply-log-groups.ts';
import {
  API_SUBJECT,
  type DesiredHttpApi,
  type DesiredIntegration,
  type DesiredRoute,
  type DesiredState,
} from './desired-state.ts';

type Answer = Record<string, unknown>;

export function integrationInput(integration: DesiredIntegration, desired: DesiredState): Answer {
  return {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: `arn:aws:lambda:${desired.region}:${desired.account}:function:${integration.functionName}`,
    PayloadFormatVersion: integration.payloadFormatVersion,
    TimeoutInMillis: integration.timeoutInMillis,
  };
}

export function hasAuthorization(
  item: Answer,
  { authorization }: DesiredRoute,
  authorizers: ReadonlyMap<string, string>,
): boolean {
  const type = item['AuthorizationType'] ?? 'NONE';
  if (authorization === undefined) return type === 'NONE';
  const id = authorization.authorizer === undefined ? undefined : authorizers.get(authorization.authorizer);
  const scopes = (item['AuthorizationScopes'] ?? []) as readonly string[];
  return type === authorization.type && item['AuthorizerId'] === id && sameTextLists(scopes, authorization.scopes ?? []);
}

function sameTextLists(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text) => b.includes(text));
}

export function authorizationInput({ authorization }: DesiredRoute, authorizers: ReadonlyMap<string, string>): Answer {
  if (authorization === undefined) return {};
  const { type, authorizer, scopes } = authorization;
  return {
    AuthorizationType: type,
    ...(authorizer === undefined ? {} : { AuthorizerId: authorizers.get(authorizer) }),
    ...(scopes === undefined ? {} : { AuthorizationScopes: scopes }),
  };
}

/** The group that the access log is written to; one that is there is taken. */
export async function createLogGroup(session: ApplySession, { accessLog }: DesiredHttpApi): Promise<void> {
  if (accessLog === undefined) return;
  await ensureLogGroup(session, accessLog.logGroup, API_SUBJECT);
}

export function accessLogInput({ accessLog }: Pick<DesiredHttpApi, 'accessLog'>, { region, account }: DesiredState) {
  if (accessLog === undefined) return undefined;
  return { DestinationArn: `arn:aws:logs:${region}:${account}:log-group:${accessLog.logGroup}`, Format: accessLog.format };
}

/** AWS: the ARN of a group may end in `:*`. */
export function withoutStar(arn: string | undefined): string | undefined {
  return arn?.replace(/:\*$/, '');
}

export function stageInput(apiId: string, desired: DesiredState, api: DesiredHttpApi): Answer {
  const logs = accessLogInput(api, desired);
  return {
    ApiId: apiId,
    StageName: api.stageName,
    AutoDeploy: true,
    DefaultRouteSettings: { DetailedMetricsEnabled: api.detailedMetricsEnabled },
    ...(logs === undefined ? {} : { AccessLogSettings: logs }),
    ...(Object.keys(api.tags).length === 0 ? {} : { Tags: api.tags }),
  };
}

export function corsInput(cors: CorsConfiguration): Answer {
  return {
    ...(cors.allowCredentials === undefined ? {} : { AllowCredentials: cors.allowCredentials }),
    ...(cors.allowHeaders === undefined ? {} : { AllowHeaders: cors.allowHeaders }),
    ...(cors.allowMethods === undefined ? {} : { AllowMethods: cors.allowMethods }),
    ...(cors.allowOrigins === undefined ? {} : { AllowOrigins: cors.allowOrigins }),
    ...(cors.exposeHeaders === undefined ? {} : { ExposeHeaders: cors.exposeHeaders }),
    ...(cors.maxAge === undefined ? {} : { MaxAge: cors.maxAge }),
  };
}

/** Header names may come back in another case. */
export function sameCors(wanted: Answer, found: Answer | undefined): boolean {
  if (found === undefined) return false;
  const normal = (cors: Answer) =>
    ['AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge'].map((name) => {
      const value = cors[name];
      if (Array.isArray(value)) return value.length === 0 ? null : value.map((text) => String(text).toLowerCase());
      return value === false ? null : (value ?? null);
    });
  return JSON.stringify(normal(wanted)) === JSON.stringify(normal(found));
}
