// API Gateway v1 over a store in memory, for the tests of this folder.

import assert from 'node:assert/strict';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, OperationName } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { type ApiGatewayOptions, apiGatewayOperations } from './operations.ts';
import type { Input, Output, V1 } from './service.ts';

export const caller: Caller = { account: '000000000000', region: 'eu-west-1', requestId: 'test' };

/** What the clock of a gateway under test shows first. */
export const startOfTime = Date.UTC(2026, 10, 23, 2, 15, 30, 987);

export interface GatewayUnderTest {
  readonly store: Store;
  /** Runs an operation with the SDK's types, or of another caller. */
  call<Op extends OperationName<V1>>(operation: Op, input: Input<Op>, by?: Caller): Promise<Required<Output<Op>>>;
  /** Moves the clock. */
  later(seconds: number): void;
  /** A new API; its id and its root resource's. */
  api(): Promise<{ readonly restApiId: string; readonly resourceId: string }>;
  /** A new API whose root has GET with a MOCK integration, so that it can be deployed. */
  mockApi(): Promise<{ readonly restApiId: string; readonly resourceId: string; readonly httpMethod: string }>;
}

export function gatewayUnderTest(options: Partial<ApiGatewayOptions> = {}): GatewayUnderTest {
  const store = options.store ?? createMemoryStore();
  let now = startOfTime;
  const operations = apiGatewayOperations({ now: () => new Date(now), ...options, store });
  const call: GatewayUnderTest['call'] = async (operation, input, by = caller) => {
    // The table's entry for the name; its type follows from the name, which TypeScript does not see through the index.
    const run = operations[operation] as ((input: unknown, caller: Caller) => Promise<unknown>) | undefined;
    assert.ok(run !== undefined, `${operation} is not in the table`);
    return (await run(input, by)) as Required<Output<typeof operation>>;
  };
  const api: GatewayUnderTest['api'] = async () => {
    const { id, rootResourceId } = await call('CreateRestApi', { name: 'pets' });
    return { restApiId: id as string, resourceId: rootResourceId as string };
  };
  return {
    store,
    call,
    later(seconds) {
      now += seconds * 1000;
    },
    api,
    async mockApi() {
      const method = { ...(await api()), httpMethod: 'GET' };
      await call('PutMethod', { ...method, authorizationType: 'NONE' });
      await call('PutIntegration', { ...method, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } });
      await call('PutMethodResponse', { ...method, statusCode: '200' });
      await call('PutIntegrationResponse', { ...method, statusCode: '200', selectionPattern: '' });
      return method;
    },
  };
}

/** For assert.rejects: the error AWS would answer. */
export function awsError(code: string, message: string | RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof AwsError, `an AwsError and not ${String(error)}`);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}
