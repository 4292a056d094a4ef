// `stagegate env`: the variables that point the AWS CLI, SDKs, Terraform and boto3 at the running Stagegate.

import { UserError } from '../config/user-error.ts';
import type { Command } from './command.ts';
import { type ControlTarget, findControl } from './control-client.ts';

export const env: Command = async (context) => {
  const { values, out, given } = context;
  const target = findControl(context);
  const region = (given.has('region') ? values.region : undefined) ?? target.running?.region ?? 'us-east-1';
  const variables = awsEnvironment(target, region);
  if (values.json) out.line(JSON.stringify(variables, undefined, 2));
  else for (const [name, value] of Object.entries(variables)) out.line(assignment(values.shell, name, value));
  return 0;
};

function awsEnvironment(target: ControlTarget, region: string): Record<string, string> {
  if (target.running?.auth === 'required' && target.credentials === undefined) {
    throw new UserError('SG_NOT_ALLOWED', 'This Stagegate takes signed requests only, and its access key was not found.', {
      fix: 'Name its data folder with --data; it holds credentials.json.',
    });
  }
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
