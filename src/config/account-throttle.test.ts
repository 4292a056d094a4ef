import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ACCOUNT_LIMITS } from '../compile/http-api/plan.ts';
import { accountThrottle } from './account-throttle.ts';
import { resolveOptions } from './resolve-options.ts';
import { UserError } from './user-error.ts';

const resolve = (args: readonly string[], file?: Record<string, unknown>, environment = {}) =>
  accountThrottle(
    resolveOptions({
      command: 'dev',
      args,
      environment,
      ...(file === undefined ? {} : { file: { path: '/x.json', values: file } }),
    }),
  );

describe('account throttle', () => {
  test("is AWS's when nothing is said", () => assert.deepEqual(resolve([]), ACCOUNT_LIMITS));

  const rows = [
    { desc: 'both', args: ['--throttle-rate-limit', '7', '--throttle-burst-limit=0'], is: { rateLimit: 7, burstLimit: 0 } },
    { desc: 'one of them', args: ['--throttle-rate-limit', '20000'], is: { rateLimit: 20_000, burstLimit: 5_000 } },
    { desc: 'rate lifted', args: ['--throttle-rate-limit', 'none'], is: 'none' },
    { desc: 'burst lifted', args: ['--throttle-burst-limit', 'none'], is: 'none' },
    { desc: 'both lifted', args: ['--throttle-burst-limit', 'none', '--throttle-rate-limit', 'none'], is: 'none' },
    { desc: 'a number in the file', file: { throttleRateLimit: 3 }, is: { rateLimit: 3, burstLimit: 5_000 } },
    { desc: 'none in the file', file: { throttleRateLimit: 'none' }, is: 'none' },
    { desc: 'the environment', environment: { STAGEGATE_THROTTLE_BURST_LIMIT: '9' }, is: { rateLimit: 10_000, burstLimit: 9 } },
  ];
  for (const { desc, args = [], file, environment = {}, is } of rows) {
    test(desc, () => assert.deepEqual(resolve(args, file, environment), is));
  }

  const refused = [
    { args: ['--throttle-rate-limit', 'off'], message: /--throttle-rate-limit is off, but .* from 0 to 1000000000, or none/ },
    { args: ['--throttle-rate-limit', '-1'], message: /is -1|needs a value/ },
    { args: ['--throttle-burst-limit', '1.5'], message: /is 1\.5/ },
    { args: [], file: { throttleRateLimit: '5' }, message: /a number or "none"/ },
    {
      args: ['--throttle-rate-limit', '5', '--throttle-burst-limit', 'none'],
      message: /--throttle-burst-limit none lifts the limit, so --throttle-rate-limit 5 would have no effect/,
    },
  ];
  for (const { args, file, message } of refused) {
    test(`refuses ${args.join(' ')}${file === undefined ? '' : JSON.stringify(file)}`, () => {
      assert.throws(
        () => resolve(args, file),
        (error: unknown) => error instanceof UserError && error.code === 'SG_BAD_OPTION' && message.test(error.message),
      );
    });
  }
});
