// `stagegate start`: the gateway with a data folder and signed requests only, for deployments over the AWS APIs.

import path from 'node:path';
import { accessLogTarget } from '../config/access-log-target.ts';
import { accountThrottle } from '../config/account-throttle.ts';
import { administratorKeyFile } from '../config/administrator-key.ts';
import { integrationTargets } from '../config/integration-targets.ts';
import { checkOpenAuth, isLoopbackHost } from '../config/open-auth-rule.ts';
import { runtimeCommands } from '../config/runtime-commands.ts';
import { vpcEndpoints } from '../config/vpc-endpoints.ts';
import { webSocketLimits, webSocketOrigins } from '../config/websocket-options.ts';
import type { Command } from './command.ts';
import { commandName } from './command-name.ts';
import { printActivity } from './print-activity.ts';
import { removeRunningFile, writeRunningFile } from './running-file.ts';
import { reporting, startSystem } from './start-system.ts';
import { giveBackStartupMemory } from './startup-memory.ts';
import { whenStopped } from './stop-signal.ts';

/** Milliseconds that requests in flight get to finish: AWS's longest integration timeout. */
const GRACE_MS = 30_000;

export const start: Command = async (context) => {
  const { values, out, err, stop, workingDirectory } = context;
  checkOpenAuth(values.auth, [
    { flag: '--host', host: values.host },
    { flag: '--control-host', host: values.controlHost },
  ]);
  const throttle = accountThrottle(context);
  const targets = integrationTargets(context);
  const data = path.resolve(workingDirectory, values.data ?? 'stagegate-data');
  const region = values.region ?? 'us-east-1';
  const running = await startSystem(
    {
      host: values.host,
      port: values.port,
      controlHost: values.controlHost,
      controlPort: values.controlPort,
      dataDirectory: values.memory ? undefined : data,
      accountId: values.accountId,
      defaultRegion: region,
      auth: values.auth,
      apiEndpoint: values.apiEndpoint,
      accountThrottle: throttle,
      integrationTargets: targets,
      vpcEndpoints: vpcEndpoints(values.vpcEndpoint),
      webSocketLimits: webSocketLimits(values.webSocketLimit),
      webSocketOrigins: webSocketOrigins(values.webSocketOrigin),
      isolation: values.isolation,
      runtimes: runtimeCommands(values.runtimes),
      logStorageMb: values.logStorageMb,
      ...(values.accessLog === undefined ? {} : { accessLog: accessLogTarget(values.accessLog, workingDirectory) }),
      accessLogFormat: values.accessLogFormat,
      dev: false,
      ...reporting(context),
    },
    context.startStagegate,
  );
  const printing = printActivity(context, running, values.verbose ? 'everything' : 'errors');
  try {
    writeRunningFile(workingDirectory, {
      pid: process.pid,
      controlUrl: running.controlUrl,
      apiUrl: running.apiUrl,
      region,
      auth: values.auth,
      ...(values.memory ? {} : { dataDirectory: data }),
    });
    out.line(`${out.paint('bold', 'Stagegate')}  account ${values.accountId}, default region ${region}`);
    out.line();
    out.line(`  API traffic  ${running.apiUrl}`);
    out.line(`  AWS APIs     ${running.controlUrl}`);
    out.line(`  State        ${values.memory ? 'none is kept (--memory)' : data}`);
    if (values.auth === 'required' && !values.memory) {
      out.line(
        `  Access key   ${administratorKeyFile(data)}   ${out.paint('dim', `eval "$(${commandName(context.environment)} env)" uses it`)}`,
      );
    }
    if (values.auth === 'required' && values.memory) {
      const { accessKeyId, secretAccessKey } = running.administrator;
      out.line(`  Access key   ${accessKeyId}, secret ${secretAccessKey}, for this run only`);
    }
    if (values.auth === 'open') out.line('  Keys         any access key is accepted, from this machine only');
    if (!values.verbose) {
      out.line('  Activity     errors only; stagegate requests and stagegate logs tell the rest, --verbose prints it here');
    }
    if (!isLoopbackHost(values.controlHost))
      out.line('  Note         the AWS APIs can be reached from other machines; put TLS in front of them');
    out.line();
    giveBackStartupMemory();
    out.line('Ready.');
    out.flush();
    await whenStopped(stop);
    out.line('Stopping: requests in flight finish first. Ctrl-C again ends at once.');
    out.flush();
  } finally {
    removeRunningFile(workingDirectory);
    await running.close(GRACE_MS);
    printing.close();
    err.flush();
  }
  return 0;
};
