// `stagegate doctor`: what could be wrong with this machine or this project, each with its remedy.

import { lookup } from 'node:dns/promises';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { nearestName } from '../config/nearest-name.ts';
import { UserError } from '../config/user-error.ts';
import { readServerlessYml } from '../templates/serverless-yml/read-serverless-yml.ts';
import type { Command, CommandContext } from './command.ts';
import { getJson } from './control-client.ts';
import { findServiceFile } from './find-service-file.ts';
import { describePortOwner } from './port-owner.ts';
import { findRunningFile, isAlive, readRunningFile } from './running-file.ts';
import { alignColumns } from './table.ts';

export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'note' | 'problem';
  readonly what: string;
  readonly fix?: string;
}

/** The Node.js the project is made for. */
const NODE_MAJOR = 26;

export const doctor: Command = async (context) => {
  const { out, values, positionals, workingDirectory } = context;
  const folder = path.resolve(workingDirectory, positionals[0] ?? '.');
  const checks = [
    checkNode(),
    checkService(context, folder),
    checkFolder(context, folder),
    await checkRunning(folder),
    ...(await checkPorts(context, folder)),
    await checkNames(),
    ...checkTools(context),
  ];
  if (values.json) out.line(JSON.stringify(checks, undefined, 2));
  else {
    const colours = { ok: 'green', note: 'yellow', problem: 'red' } as const;
    const rows = checks.map((check) => [out.paint(colours[check.outcome], check.outcome), check.name, check.what]);
    for (const [index, line] of alignColumns(rows).entries()) {
      out.line(line);
      const fix = checks[index]?.fix;
      if (fix !== undefined) out.line(`         fix: ${fix}`);
    }
  }
  return checks.some((check) => check.outcome === 'problem') ? 1 : 0;
};

function checkNode(): Check {
  const version = process.versions.node;
  const what = `${version} on ${os.platform()} ${os.arch()}`;
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return { name: 'Node.js', outcome: 'ok', what };
  return {
    name: 'Node.js',
    outcome: 'problem',
    what,
    fix: `Run Stagegate through npm, which uses the Node.js ${NODE_MAJOR} of the project.`,
  };
}

function checkService(context: CommandContext, folder: string): Check {
  const name = 'service file';
  let file: string;
  try {
    file = findServiceFile(folder, folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, outcome: 'note', what: error.message, fix: error.fix };
  }
  const reading = readServerlessYml({
    file,
    environment: context.environment,
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'doctor',
    lenient: false,
    nearestName,
  });
  const shown = path.relative(folder, file);
  const errors = reading.problems.filter((problem) => problem.severity === 'error').length;
  if (errors > 0)
    return {
      name,
      outcome: 'problem',
      what: `${shown} has ${errors} problem${errors === 1 ? '' : 's'}`,
      fix: 'stagegate dev lists them.',
    };
  const { functions = [], api } = reading.desired ?? {};
  return { name, outcome: 'ok', what: `${shown}: ${functions.length} functions, ${api?.routes.length ?? 0} routes` };
}

function checkFolder(context: CommandContext, folder: string): Check {
  const named = context.given.has('data') ? context.values.data : undefined;
  const data =
    named === undefined
      ? (findRunningFile(folder)?.dataDirectory ?? path.join(folder, '.stagegate'))
      : path.resolve(context.workingDirectory, named);
  const target = [data, path.dirname(data)].find((one) => existsSync(one));
  const name = 'data folder';
  try {
    accessSync(target ?? folder, constants.R_OK | constants.W_OK);
  } catch {
    return {
      name,
      outcome: 'problem',
      what: `${data} cannot be written`,
      fix: 'Make it writable, name another with --data, or use --memory.',
    };
  }
  const credentials = path.join(data, 'credentials.json');
  if (existsSync(credentials) && !isJson(credentials)) {
    return {
      name,
      outcome: 'problem',
      what: `${credentials} is damaged`,
      fix: 'Move it away; a new key is made at the next start.',
    };
  }
  return { name, outcome: 'ok', what: `${data}${existsSync(data) ? '' : ' (not there yet)'}` };
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

async function checkRunning(folder: string): Promise<Check> {
  const name = 'running';
  const left = readRunningFile(folder);
  if (left !== undefined && !isAlive(left.pid)) {
    return { name, outcome: 'note', what: `a former run (pid ${left.pid}) did not end in order; its file is ignored` };
  }
  const running = findRunningFile(folder);
  if (running === undefined) return { name, outcome: 'ok', what: 'no Stagegate runs for this folder' };
  try {
    await getJson({ url: running.controlUrl }, '/_stagegate/health', 1000);
    return { name, outcome: 'ok', what: `pid ${running.pid}, API traffic ${running.apiUrl}, AWS APIs ${running.controlUrl}` };
  } catch {
    return {
      name,
      outcome: 'problem',
      what: `pid ${running.pid} does not answer at ${running.controlUrl}`,
      fix: `End it: kill ${running.pid}.`,
    };
  }
}

async function checkPorts(context: CommandContext, folder: string): Promise<Check[]> {
  const { port, controlPort } = context.values;
  const own = findRunningFile(folder);
  const checks: Check[] = [];
  for (const [flag, one] of [
    ['--port', port],
    ['--control-port', controlPort],
  ] as const) {
    if (one === 0) continue;
    const name = `port ${one}`;
    if (await isFree(one)) checks.push({ name, outcome: 'ok', what: 'free' });
    else if ([own?.apiUrl, own?.controlUrl].some((url) => url?.endsWith(`:${one}`)))
      checks.push({ name, outcome: 'ok', what: 'used by the running Stagegate' });
    else {
      const owner = await describePortOwner(one);
      checks.push({ name, outcome: 'problem', what: `taken by ${owner.what}`, fix: `${owner.fix} Or use ${flag} 0.` });
    }
  }
  return checks;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function checkNames(): Promise<Check> {
  const name = '*.localhost';
  try {
    const { address } = await lookup('stagegate-doctor.execute-api.localhost');
    return { name, outcome: 'ok', what: `resolves to ${address}` };
  } catch {
    return {
      name,
      outcome: 'note',
      what: 'does not resolve through the system (curl and browsers resolve it themselves)',
      fix: 'Other clients use the URL by path that stagegate dev prints: http://127.0.0.1:PORT/_aws/execute-api/...',
    };
  }
}

function checkTools(context: CommandContext): Check[] {
  const folders = (context.environment['PATH'] ?? '').split(path.delimiter);
  const found = (tool: string) =>
    folders.some((folder) => existsSync(path.join(folder, tool)) || existsSync(path.join(folder, `${tool}.exe`)));
  const known = ['curl', 'aws', 'terraform', 'tofu', 'sam', 'cdk', 'serverless', 'osls'].filter(found);
  return [
    {
      name: 'tools',
      outcome: 'ok',
      what: known.length === 0 ? 'none of curl, aws, terraform found on the PATH' : known.join(', '),
    },
  ];
}
