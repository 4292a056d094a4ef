// TestInvokeMethod: a method as it is defined now, run without a deployment.
// https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApiSnapshot, RestMethod } from '../../model/rest-api.ts';
import { findSealedCertificate, loadClientCertificate, type SealedClientCertificate } from './client-certificates.ts';
import { findMethod, loadMethod, loadResource, loadRestApi } from './documents.ts';
import { snapshotOf } from './freeze-deployment.ts';
import { badRequest } from './refusals.ts';
import { type Input, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { testHeaders, testTarget } from './test-request.ts';

/** Runs a method; the data plane's side of it. */
export type MethodTester = (tested: {
  readonly snapshot: RestApiSnapshot;
  readonly method: RestMethod;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Who tests, and so signs. */
  readonly tester: Caller;
  readonly clientCertificate: SealedClientCertificate | undefined;
  readonly invocation: {
    readonly httpMethod: string;
    readonly target: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: string;
  };
}) => Promise<{
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly log: string;
  readonly latencyMs: number;
}>;

export function testInvokeOperations({ store }: ServiceContext, runMethod: MethodTester) {
  return {
    async TestInvokeMethod(input: Input<'TestInvokeMethod'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { restApiId, httpMethod = '' } = input;
      const resource = await loadResource(store, scope, restApiId, input.resourceId);
      // AWS: a method ANY is tested with a verb. Seen: recorded answer, test_failed_invoke_test_method.
      const method = (await findMethod(store, scope, input)) ?? (await loadMethod(store, scope, anyUnless(httpMethod, input)));
      if (method.methodIntegration === undefined) throw badRequest('No integration defined for method');
      const clientCertificateId = input.clientCertificateId || undefined;
      if (clientCertificateId !== undefined) await loadClientCertificate(store, scope, clientCertificateId);
      const restApi = await loadRestApi(store, scope, restApiId);
      const answer = await runMethod({
        snapshot: await snapshotOf(store, scope, restApi, ''),
        method,
        stageVariables: input.stageVariables ?? {},
        tester: caller,
        clientCertificate: await findSealedCertificate(store, scope, clientCertificateId),
        invocation: {
          httpMethod,
          target: testTarget(input.pathWithQueryString || resource.path),
          headers: testHeaders(input),
          body: input.body ?? '',
        },
      });
      const multiValueHeaders: Record<string, string[]> = {};
      for (const [name, value] of answer.headers) multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
      return {
        status: answer.status,
        body: answer.body,
        headers: Object.fromEntries(answer.headers),
        multiValueHeaders,
        log: answer.log,
        latency: answer.latencyMs,
      };
    },
  } satisfies V1Operations;
}

/** The names of the method ANY, for verbs that ANY stands for. */
function anyUnless(httpMethod: string, input: Input<'TestInvokeMethod'>): Input<'TestInvokeMethod'> {
  const isVerb = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].includes(httpMethod);
  return isVerb ? { ...input, httpMethod: 'ANY' } : input;
}
