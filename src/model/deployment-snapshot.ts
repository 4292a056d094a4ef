// What a deployment freezes. Stage settings stay outside: AWS applies them without a redeploy.

import type { Authorizer, CorsConfiguration, Integration, Route } from './http-api.ts';
import type { Scope } from './scope.ts';

/** An immutable copy of one HTTP API's definition, taken by CreateDeployment or by auto-deploy. */
export interface HttpApiSnapshot {
  readonly scope: Scope;
  readonly apiId: string;
  readonly deploymentId: string;
  readonly apiName: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly corsConfiguration?: CorsConfiguration;
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  /** Absent in deployments that were made before there were authorizers. */
  readonly authorizers?: readonly Authorizer[];
}
