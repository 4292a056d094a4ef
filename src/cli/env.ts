// `stagegate env`: the variables that point the AWS CLI, SDKs, Terraform and boto3 at the running Stagegate.

import { UserError } from '../config/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { type ControlTarget, findControl, getJson } from './control-client.ts';

export const env: Command = async (context) => {
  const { values, out, given } = context;
  const target = findControl(context);
  await checkReachable(context, target);
  const region = (given.has('region') ? values.region : undefined) ?? target.running?.region ?? 'us-east-1';
  const variables = awsEnvironment(target, region);
  if (values.json) out.line(JSON.stringify(variables, undefined, 2));
  else {
    for (const name of inTheWay(context.environment)) out.line(removal(values.shell, name));
    for (const [name, value] of Object.entries(variables)) out.line(assignment(values.shell, name, value));
  }
  return 0;
};

/** The variables are good for a system that starts later, so its absence is only noted; a key that will be refused is an error. */
async function checkReachable({ err }: CommandContext, target: ControlTarget): Promise<void> {
  let health: { auth?: unknown };
  try {
    health = (await getJson(target, '/_stagegate/health', 2000)) as { auth?: unknown };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err.line(`${err.paint('yellow', 'note')} ${error.message}`);
    return;
  }
  if (health.auth === 'required' && target.credentials === undefined) throw noKey();
}

function noKey(): UserError {
  return new UserError('SG_NOT_ALLOWED', 'This Stagegate takes signed requests only, and its access key was not found.', {
    fix: 'Name its data folder with --data; it holds credentials.json.',
  });
}

/** Variables of this shell that would win over the ones that are set: another session, profile or endpoint. */
function inTheWay(environment: CommandContext['environment']): string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] !== undefined && OTHER_TARGETS.test(name))
    .sort();
}

const OTHER_TARGETS =
  /^AWS_(?:SESSION_TOKEN|SECURITY_TOKEN|PROFILE|DEFAULT_PROFILE|IGNORE_CONFIGURED_ENDPOINT_URLS|ENDPOINT_URL_[A-Z0-9_]+)$/;

function removal(shell: 'bash' | 'fish' | 'powershell', name: string): string {
  if (shell === 'fish') return `set -e ${name}`;
  return shell === 'powershell' ? `Remove-Item Env:${name}` : `unset ${name}`;
}

function awsEnvironment(target: ControlTarget, region: string): Record<string, string> {
  if (target.running?.auth === 'required' && target.credentials === undefined) throw noKey();
  return {
    // The address as a number: SDKs then put bucket names into the path and not into the host name.
    AWS_ENDPOINT_URL: target.url,
    AWS_ACCESS_KEY_ID: target.credentials?.accessKeyId ?? 'test',
    AWS_SECRET_ACCESS_KEY: target.credentials?.secretAccessKey ?? 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

function assignment(shell: 'bash' | 'fish' | 'powershell', name: string, value: string): string {
  if (shell === 'fish') return `set -gx ${name} '${value.replace(/['\\]/g, '\\$&')}'`;
  if (shell === 'powershell') return `$Env:${name} = '${value.replaceAll("'", "''")}'`;
  return /^[\w./:@+=-]*$/.test(value) ? `export ${name}=${value}` : `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}
