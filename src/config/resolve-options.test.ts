import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { CommandName } from './commands.ts';
import { commandNames, commands } from './commands.ts';
import { CONFIG_FILE_NAME, readConfigFile } from './config-file.ts';
import type { ErrorCode } from './error-codes.ts';
import { checkOpenAuth, isLoopbackHost } from './open-auth-rule.ts';
import { flagOf, type OptionEntry, optionKeys, options, optionsOf } from './options.ts';
import { type ResolvedOptions, resolveOptions } from './resolve-options.ts';
import { UserError } from './user-error.ts';

interface Given {
  readonly command?: CommandName;
  readonly args?: readonly string[];
  readonly environment?: Record<string, string>;
  readonly file?: Record<string, unknown>;
}

function resolve({ command = 'dev', args = [], environment = {}, file }: Given): ResolvedOptions {
  const sources = { command, args, environment };
  return resolveOptions(file === undefined ? sources : { ...sources, file: { path: '/p/stagegate.config.json', values: file } });
}

const precedence: readonly { desc: string; given: Given; port: number }[] = [
  { desc: 'the default', given: {}, port: 8080 },
  { desc: 'the file over the default', given: { file: { port: 1 } }, port: 1 },
  { desc: 'the environment over the file', given: { file: { port: 1 }, environment: { STAGEGATE_PORT: '2' } }, port: 2 },
  {
    desc: 'the flag over all',
    given: { file: { port: 1 }, environment: { STAGEGATE_PORT: '2' }, args: ['--port', '3'] },
    port: 3,
  },
  { desc: 'the last flag', given: { args: ['--port=3', '--port=4'] }, port: 4 },
  { desc: 'an empty variable is none', given: { environment: { STAGEGATE_PORT: '' } }, port: 8080 },
];

const refused: readonly { desc: string; given: Given; code: ErrorCode; message: string; fix: string }[] = [
  {
    desc: 'a misspelt flag',
    given: { args: ['--prot', '1'] },
    code: 'SG_UNKNOWN_OPTION',
    message: 'stagegate dev has no option --prot.',
    fix: 'Did you mean --port?',
  },
  {
    desc: 'a flag of another command',
    given: { args: ['--follow'] },
    code: 'SG_UNKNOWN_OPTION',
    message: 'stagegate dev has no option --follow.',
    fix: 'It belongs to: stagegate requests, stagegate logs.',
  },
  {
    desc: 'a negated option that is no switch',
    given: { args: ['--no-port'] },
    code: 'SG_UNKNOWN_OPTION',
    message: 'stagegate dev has no option --no-port.',
    fix: 'Did you mean --port?',
  },
  {
    desc: 'a number that is none',
    given: { args: ['--port', 'abc'] },
    code: 'SG_BAD_OPTION',
    message: '--port is abc, but it must be a whole number from 0 to 65535.',
    fix: 'For example: --port 3000',
  },
  {
    desc: 'a number out of range, in the environment',
    given: { environment: { STAGEGATE_PORT: '65536' } },
    code: 'SG_BAD_OPTION',
    message: 'STAGEGATE_PORT is 65536, but it must be a whole number from 0 to 65535.',
    fix: 'For example: --port 3000',
  },
  {
    desc: 'a number as a text, in the file',
    given: { file: { port: '1' } },
    code: 'SG_BAD_OPTION',
    message: '"port" in /p/stagegate.config.json is 1, but it must be a number.',
    fix: 'For example: --port 3000',
  },
  {
    desc: 'a missing value',
    given: { args: ['--port'] },
    code: 'SG_BAD_OPTION',
    message: '--port needs a value.',
    fix: 'For example: --port 3000',
  },
  {
    desc: 'a choice that is none',
    given: { args: ['--auth', 'opne'] },
    code: 'SG_BAD_OPTION',
    message: '--auth is opne, but it must be one of open, required.',
    fix: 'Did you mean open?',
  },
  {
    desc: 'a pattern that does not match',
    given: { args: ['--account-id', '12'] },
    code: 'SG_BAD_OPTION',
    message: '--account-id is 12, but it must be twelve digits.',
    fix: 'For example: --account-id 123456789012',
  },
  {
    desc: 'a parameter without a value',
    given: { args: ['--param', 'domain'] },
    code: 'SG_BAD_OPTION',
    message: '--param is domain, but it must be NAME=VALUE.',
    fix: 'For example: --param domain=example.com',
  },
  {
    desc: 'a misspelt variable',
    given: { environment: { STAGEGATE_PROT: '1' } },
    code: 'SG_UNKNOWN_OPTION',
    message: 'The environment variable STAGEGATE_PROT does not exist.',
    fix: 'Did you mean STAGEGATE_PORT? Otherwise unset it.',
  },
  {
    desc: 'a misspelt key',
    given: { file: { prot: 1 } },
    code: 'SG_UNKNOWN_OPTION',
    message: 'The key "prot" does not exist.',
    fix: 'Did you mean "port"?',
  },
  {
    desc: 'an option of one call, in the file',
    given: { file: { follow: true } },
    code: 'SG_UNKNOWN_OPTION',
    message: 'The key "follow" does not exist.',
    fix: 'Remove it.',
  },
  {
    desc: 'an argument too many',
    given: { args: ['a', 'b'] },
    code: 'SG_BAD_ARGUMENT',
    message: 'stagegate dev does not take the argument "b".',
    fix: 'Usage: stagegate dev [FILE or FOLDER]',
  },
  {
    desc: 'an argument too few',
    given: { command: 'invoke' },
    code: 'SG_BAD_ARGUMENT',
    message: 'stagegate invoke needs FUNCTION.',
    fix: `For example: stagegate invoke hello --data '{"a":1}'`,
  },
];

describe('resolveOptions', () => {
  for (const { desc, given, port } of precedence) test(desc, () => assert.equal(resolve(given).values.port, port));

  for (const { desc, given, code, message, fix } of refused) {
    test(desc, () => {
      assert.throws(
        () => resolve(given),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.deepEqual({ code: error.code, message: error.message, fix: error.fix }, { code, message, fix });
          return true;
        },
      );
    });
  }

  test('defaults differ between commands', () => {
    const auth = (command: CommandName) => resolve({ command }).values.auth;
    assert.deepEqual([auth('dev'), auth('start')], ['open', 'required']);
    assert.deepEqual(
      [resolve({ command: 'dev' }).values.host, resolve({ command: 'start' }).values.host],
      ['127.0.0.1', '0.0.0.0'],
    );
  });

  test('switches are turned on and off, and have words', () => {
    assert.equal(resolve({ args: ['--no-watch'] }).values.watch, false);
    assert.equal(resolve({ args: ['--watch'] }).values.watch, true);
    assert.equal(resolve({ environment: { STAGEGATE_WATCH: 'off' } }).values.watch, false);
    assert.equal(resolve({ file: { watch: false } }).values.watch, false);
    assert.equal(resolve({ args: ['-v'] }).values.verbose, true);
  });

  test('parameters are gathered', () => {
    const given = { args: ['--param', 'a=1', '--param', 'b=x=y'] };
    assert.deepEqual(
      [...resolve(given).values.param],
      [
        ['a', '1'],
        ['b', 'x=y'],
      ],
    );
    assert.deepEqual(
      [...resolve({ environment: { STAGEGATE_PARAM: 'a=1,b=2' } }).values.param],
      [
        ['a', '1'],
        ['b', '2'],
      ],
    );
    assert.deepEqual([...resolve({ file: { param: { a: 1 } } }).values.param], [['a', '1']]);
  });

  test('tells what was given from what was defaulted', () => {
    const { given } = resolve({ args: ['--port', '8080'], environment: { STAGEGATE_HOST: 'localhost' } });
    assert.deepEqual([...given], ['port', 'host']);
  });

  test('invoke --data is the event, not the data folder', () => {
    const { values } = resolve({ command: 'invoke', args: ['f', '--data', '{}'], environment: { STAGEGATE_DATA: '/d' } });
    assert.deepEqual([values.eventData, values.data], ['{}', '/d']);
  });

  test('--help asks for nothing else', () => assert.equal(resolve({ command: 'invoke', args: ['--help'] }).help, true));
});

describe('the tables', () => {
  test('no command has two options of one flag or letter', () => {
    for (const command of commandNames) {
      const taken = optionsOf(command).flatMap((key) => {
        const { short }: OptionEntry = options[key];
        return short === undefined ? [flagOf(key)] : [flagOf(key), short];
      });
      assert.deepEqual([...new Set(taken)], taken, command);
    }
  });

  test('every example of an option is one that is taken', () => {
    for (const key of optionKeys) {
      const { example, commands: taking }: OptionEntry = options[key];
      const [command] = taking;
      assert.ok(command);
      // As a shell would cut it.
      const args = (example.match(/'[^']*'|[^ ']+/g) ?? []).map((word) => word.replaceAll("'", ''));
      const needed = Array.from({ length: commands[command].positionals[0] }, () => 'x');
      assert.ok(resolve({ command, args: [...needed, ...args] }).given.has(key), example);
    }
  });
});

describe('readConfigFile', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-config-'));
  test('reads an object, says where JSON breaks, and refuses anything else', () => {
    const file = path.join(folder, CONFIG_FILE_NAME);
    assert.equal(readConfigFile(folder), undefined);
    writeFileSync(file, '{ "port": 1 }');
    assert.deepEqual(readConfigFile(folder)?.values, { port: 1 });
    for (const [text, line] of [
      ['{\n  "port": 1,\n}', 3],
      ['[]', undefined],
      ['"x"', undefined],
    ] as const) {
      writeFileSync(file, text);
      assert.throws(
        () => readConfigFile(folder),
        (error: unknown) => error instanceof UserError && error.code === 'SG_CONFIG_FILE' && error.place?.line === line,
        text,
      );
    }
    rmSync(folder, { recursive: true });
  });
});

describe('open authentication', () => {
  test('is for loopback only', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]', 'a.localhost'])
      assert.ok(isLoopbackHost(host), host);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', ''])
      assert.ok(!isLoopbackHost(host), host);
    assert.throws(() => checkOpenAuth('open', [{ flag: '--host', host: '0.0.0.0' }]), /--host 0\.0\.0\.0 can be reached/);
    checkOpenAuth('required', [{ flag: '--host', host: '0.0.0.0' }]);
  });
});
