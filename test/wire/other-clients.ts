// Finds the AWS clients of other languages on this machine. Under CI they must be there; elsewhere a test says loudly what it skips.

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python that can `import boto3`, or undefined. */
export function pythonWithBoto3(): string | undefined {
  return [process.env['STAGEGATE_TEST_PYTHON'], 'python3', '/usr/bin/python3']
    .filter((python) => python !== undefined)
    .find((python) => spawnSync(python, ['-c', 'import boto3'], { stdio: 'ignore', timeout: 60_000 }).status === 0);
}

/** The `aws` command and its major version, or undefined. */
export function awsCommand(): { readonly command: string; readonly version: string } | undefined {
  const asked = spawnSync('aws', ['--version'], { encoding: 'utf8', timeout: 60_000 });
  if (asked.status !== 0) return undefined;
  return { command: 'aws', version: `${asked.stdout}${asked.stderr}`.trim() };
}

/**
 * The `skip` option of a test that needs something this machine may lack: false when it is there, the reason when not.
 * Under CI nothing is skipped: the test runs and fails.
 */
export function skipWithout(found: unknown, what: string, how: string): false | string {
  if (found !== undefined || process.env['CI'] === 'true') return false;
  const reason = `${what} is not on this machine; ${how}`;
  console.error(`SKIPPED: ${reason}`);
  return reason;
}

/** Runs a program without the tester's AWS settings. Rejects with its output when it fails. */
export async function runClient(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    ...environment,
  };
  try {
    const { stdout } = await run(command, [...args], { env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}
