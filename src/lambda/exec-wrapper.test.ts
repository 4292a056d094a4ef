// Wrapper scripts: who starts the runtime, with what, and what a script that is not there comes to.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, REGION, ROLE, type StartedLambda, startLambda } from './testing/started-lambda.ts';
import { writeZip } from './testing/zip-writer.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
/** As the Lambda guide has it: further arguments go before the last one. */
const WRAPPER = `#!/bin/bash
args=("$@")
export WRAPPED="yes: \${args[@]: -1}"
exec "\${args[@]:0:$#-1}" $EXTRA "\${args[@]: -1}"
`;

interface Language {
  readonly runtime: 'nodejs22.x' | 'python3.12' | 'ruby3.3';
  readonly program: string;
  readonly file: string;
  readonly source: string;
  /** An option of its interpreter, and what it changes. */
  readonly extra: string;
  readonly changed: unknown;
}

const languages: readonly Language[] = [
  {
    runtime: 'nodejs22.x',
    program: process.execPath,
    file: 'index.js',
    source: `exports.handler = async (event, context) => ({ wrapped: process.env.WRAPPED, changed: process.title,
      arn: context.invokedFunctionArn, told: process.env.STAGEGATE_BOOTSTRAP_ARGUMENTS ?? null });`,
    extra: '--title=other',
    changed: 'other',
  },
  {
    runtime: 'python3.12',
    program: 'python3',
    file: 'index.py',
    source: `import os, sys
def handler(event, context):
    return {"wrapped": os.environ["WRAPPED"], "changed": sys._xoptions.get("own"), "arn": context.invoked_function_arn,
      "told": os.environ.get("STAGEGATE_BOOTSTRAP_ARGUMENTS")}
`,
    extra: '-X own=other',
    changed: 'other',
  },
  {
    runtime: 'ruby3.3',
    program: 'ruby',
    file: 'index.rb',
    source: `def handler(event:, context:)
  { wrapped: ENV['WRAPPED'], changed: $VERBOSE, arn: context.invoked_function_arn, told: ENV['STAGEGATE_BOOTSTRAP_ARGUMENTS'] }
end
`,
    extra: '-w',
    changed: true,
  },
];

for (const { runtime, program, file, source, extra, changed } of languages) {
  describe(runtime, { skip: has(program) ? false : `${program} is not on the PATH` }, () => {
    const own = [
      { name: file, data: source, mode: 0o100644 },
      { name: 'wrap.sh', data: WRAPPER, mode: 0o100755 },
    ];
    const make = async (name: string, wrapper: string, layers: string[] = []): Promise<void> => {
      await lambda.call('CreateFunction', {
        FunctionName: name,
        Role: ROLE,
        Runtime: runtime,
        Handler: 'index.handler',
        Timeout: 10,
        Layers: layers,
        Code: { ZipFile: writeZip(layers.length === 0 ? own : own.slice(0, 1)) },
        Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: wrapper, EXTRA: extra } },
      });
    };
    const language = runtime.slice(0, 4);

    test('a script of the package starts it, with an option of its own', async () => {
      await make(`own-${language}`, '/var/task/wrap.sh');
      const { payload, error } = await lambda.invoke(`own-${language}`);
      assert.equal(error, undefined, JSON.stringify(payload));
      const answer = payload as Record<string, unknown>;
      assert.match(String(answer['wrapped']), /^yes: .*\/bootstrap\.(cjs|py|rb)$/);
      assert.equal(answer['changed'], changed);
      assert.equal(answer['arn'], `arn:aws:lambda:${REGION}:${ACCOUNT}:function:own-${language}`);
      assert.equal(answer['told'] ?? undefined, undefined);
    });

    test('a script of a layer starts it', async () => {
      const { LayerVersionArn = '' } = await lambda.call('PublishLayerVersion', {
        LayerName: `wrapper-${language}`,
        Content: { ZipFile: writeZip([{ name: 'wrap.sh', data: WRAPPER, mode: 0o100755 }]) },
      });
      await make(`layer-${language}`, '/opt/wrap.sh', [LayerVersionArn]);
      const { payload } = await lambda.invoke(`layer-${language}`);
      assert.match(String((payload as Record<string, unknown>)['wrapped']), /^yes: /);
    });

    test('a script that is not there, or is no program', async () => {
      await make(`missing-${language}`, '/idontexist.sh');
      const missing = await lambda.invoke(`missing-${language}`, {}, { LogType: 'Tail' });
      assert.match(JSON.stringify(missing.payload), /"Runtime\.ExitError".*exit status 127/);
      assert.ok(
        lambda.service.logs(`missing-${language}`).some(({ text }) => text === '/idontexist.sh: does not exist'),
        'nobody says why',
      );
      await make(`plain-${language}`, `/var/task/${file}`);
      assert.match(JSON.stringify((await lambda.invoke(`plain-${language}`)).payload), /"Runtime\.ExitError".*exit status 126/);
    });
  });
}

test('a program of one’s own gets the variable and no wrapper', async () => {
  await lambda.call('CreateFunction', {
    FunctionName: 'provided',
    Role: ROLE,
    Runtime: 'provided.al2023',
    Handler: 'x',
    Code: {
      ZipFile: writeZip([
        { name: 'bootstrap', data: '#!/bin/sh\necho "its own: $AWS_LAMBDA_EXEC_WRAPPER"\nexit 7\n', mode: 0o100755 },
      ]),
    },
    Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap.sh' } },
  });
  assert.match(JSON.stringify((await lambda.invoke('provided')).payload), /exit status 7/);
  assert.ok(lambda.service.logs('provided').some(({ text }) => text === 'its own: /opt/wrap.sh'));
});
