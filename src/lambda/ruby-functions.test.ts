// Ruby functions: what a handler is given, what it may return, and what is said when it fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const skip = spawnSync('ruby', ['-v']).status === 0 ? false : 'ruby is not on the PATH: Ruby functions are not tested';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

const rows: readonly {
  readonly desc: string;
  readonly source: string;
  readonly handler?: string;
  readonly event?: unknown;
  readonly payload?: unknown;
  readonly error?: RegExp;
}[] = [
  { desc: 'the event', source: 'def handler(event:, context:) = event', event: { a: ['ü', null] }, payload: { a: ['ü', null] } },
  {
    desc: 'a class',
    source: 'module M; class H; def self.run(event:, context:) = 7; end; end; H = M::H',
    handler: 'index.H.run',
    payload: 7,
  },
  {
    desc: 'its context',
    source:
      'def handler(event:, context:) = [context.function_name, context.get_remaining_time_in_millis > 2000, context.aws_request_id.length, context.memory_limit_in_mb]',
    payload: ['ruby-2', true, 36, '128'],
  },
  {
    desc: 'the standard library',
    source: "require 'set'\nrequire 'digest'\ndef handler(event:, context:) = Digest::MD5.hexdigest('')",
    payload: 'd41d8cd98f00b204e9800998ecf8427e',
  },
  {
    desc: 'raises',
    source: 'def handler(event:, context:)\n  raise ArgumentError, "no"\nend',
    error: /^\{"errorMessage":"no","errorType":"Function<ArgumentError>","stackTrace":\["[^"]*index\.rb:2:in [^"]*handler/,
  },
  {
    desc: 'returns NaN',
    source: 'def handler(event:, context:) = Float::NAN',
    error: /"errorType":"Function<Runtime::MarshalError>"/,
  },
  { desc: 'has no such file', source: '', handler: 'other.handler', error: /"errorType":"Init<LoadError>"/ },
  { desc: 'is no Ruby', source: 'def handler(', error: /"errorType":"Init<SyntaxError>"/ },
  { desc: 'has no such method', source: 'X = 1', error: /"errorType":"Function<NoMethodError>"/ },
  { desc: 'exits', source: 'def handler(event:, context:) = exit(4)', error: /exit status 4/ },
  {
    desc: 'returns too much',
    source: 'def handler(event:, context:) = "x" * 7_000_000',
    error: /Function\.ResponseSizeTooLarge/,
  },
];

describe('a Ruby function', { skip }, () => {
  for (const [index, row] of rows.entries()) {
    test(row.desc, async () => {
      const name = `ruby-${index}`;
      await lambda.define(
        name,
        { 'index.rb': row.source },
        { Runtime: 'ruby3.4', Handler: row.handler ?? 'index.handler', MemorySize: 128 },
      );
      const { payload, error } = await lambda.invoke(name, row.event);
      if (row.error === undefined) assert.deepEqual([error, payload], [undefined, row.payload]);
      else {
        assert.equal(error, 'Unhandled');
        assert.match(JSON.stringify(payload), row.error);
      }
    });
  }

  test('prints to the log of its invocation', async () => {
    await lambda.define('ruby-log', { 'index.rb': 'def handler(event:, context:) = puts("printed")' }, { Runtime: 'ruby3.4' });
    const { log } = await lambda.invoke('ruby-log', {}, { LogType: 'Tail' });
    assert.match(log ?? '', /START.*\nprinted\nEND/);
  });
});
