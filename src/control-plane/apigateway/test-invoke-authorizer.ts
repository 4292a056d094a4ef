// TestInvokeAuthorizer: an authorizer as it is defined now, asked about a request that nobody sent.
// https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApiSnapshot, RestAuthorizer } from '../../model/rest-api.ts';
import { loadAuthorizer, loadRestApi } from './documents.ts';
import { snapshotOf } from './freeze-deployment.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { invalidPath, testHeaders, testTarget } from './test-request.ts';

/** Asks an authorizer; the data plane's side of it. */
export type AuthorizerTester = (tested: {
  readonly snapshot: RestApiSnapshot;
  readonly authorizer: RestAuthorizer;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly additionalContext: Readonly<Record<string, string>>;
  readonly invocation: {
    readonly target: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: string;
  };
}) => Promise<
  | {
      readonly clientStatus: number;
      readonly log: string;
      readonly latencyMs: number;
      readonly principalId?: string;
      readonly policy?: string;
      readonly claims?: Readonly<Record<string, string>>;
    }
  | 'invalidPath'
>;

export function testInvokeAuthorizerOperations({ store }: ServiceContext, askAuthorizer: AuthorizerTester) {
  return {
    async TestInvokeAuthorizer(input: Input<'TestInvokeAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      const authorizer = await loadAuthorizer(store, scope, input.restApiId, input.authorizerId);
      const restApi = await loadRestApi(store, scope, input.restApiId);
      const answer = await askAuthorizer({
        snapshot: await snapshotOf(store, scope, restApi, ''),
        authorizer,
        stageVariables: input.stageVariables ?? {},
        additionalContext: input.additionalContext ?? {},
        invocation: {
          target: testTarget(input.pathWithQueryString || '/'),
          headers: testHeaders(input),
          body: input.body ?? '',
        },
      });
      if (answer === 'invalidPath') throw invalidPath();
      const { latencyMs, claims, ...members } = answer;
      return present({ ...members, latency: latencyMs, claims: claims && { ...claims } });
    },
  } satisfies V1Operations;
}
