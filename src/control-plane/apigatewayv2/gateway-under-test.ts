// API Gateway v2 over a store in memory, for the tests of this folder.

import assert from 'node:assert/strict';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, OperationName } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { type ApiGatewayV2Options, apiGatewayV2Operations } from './operations.ts';
import type { Input, Output, V2 } from './service.ts';

export const caller: Caller = { account: '000000000000', region: 'eu-west-1', requestId: 'test' };

/** What the clock of a gateway under test shows first. */
export const startOfTime = Date.UTC(2026, 10, 23, 2, 15, 30, 987);

export interface GatewayUnderTest {
  readonly store: Store;
  /** Runs an operation with the SDK's types, or of another caller. */
  call<Op extends OperationName<V2>>(operation: Op, input: Input<Op>, by?: Caller): Promise<Required<Output<Op>>>;
  /** Moves the clock. */
  later(seconds: number): void;
  /** A new API with the routes of these keys; no stage. */
  apiWithRoutes(...routeKeys: string[]): Promise<string>;
}

export function gatewayUnderTest(options: Partial<ApiGatewayV2Options> = {}): GatewayUnderTest {
  const store = options.store ?? createMemoryStore();
  let now = startOfTime;
  const operations = apiGatewayV2Operations({ now: () => new Date(now), ...options, store });
  const call: GatewayUnderTest['call'] = async (operation, input, by = caller) => {
    // The table's entry for the name; its type follows from the name, which TypeScript does not see through the index.
    const run = operations[operation] as ((input: unknown, caller: Caller) => Promise<unknown>) | undefined;
    assert.ok(run !== undefined, `${operation} is not in the table`);
    return (await run(input, by)) as Required<Output<typeof operation>>;
  };
  return {
    store,
    call,
    later(seconds) {
      now += seconds * 1000;
    },
    async apiWithRoutes(...routeKeys) {
      const { ApiId } = await call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP' });
      for (const RouteKey of routeKeys) await call('CreateRoute', { ApiId, RouteKey });
      return ApiId as string;
    },
  };
}

/** The members of an output as they stand on the wire: lower camel case, times as ISO-8601. */
export function onTheWire(output: object): Record<string, unknown> {
  const names = ['CorsConfiguration', 'DefaultRouteSettings'];
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => {
      const wireName = name[0]?.toLowerCase() + name.slice(1);
      if (value instanceof Date) return [wireName, value.toISOString().replace('.000Z', '+00:00')];
      if (names.includes(name)) return [wireName, onTheWire(value)];
      if (name !== 'RouteSettings') return [wireName, value];
      const settings = Object.entries(value as Record<string, object>);
      return [wireName, Object.fromEntries(settings.map(([key, each]) => [key, onTheWire(each)]))];
    }),
  );
}

/** For assert.rejects: the error AWS would answer. */
export function awsError(code: string, message: string | RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof AwsError, `an AwsError and not ${String(error)}`);
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

export const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';
