// `stagegate dev`: a serverless.yml, running. Reads it, starts the system in this process, applies it, prints what is there,
// and keeps it up to date until Ctrl-C.

import path from 'node:path';
import { accessLogTarget } from '../config/access-log-target.ts';
import { accountThrottle } from '../config/account-throttle.ts';
import { administratorKeyFile } from '../config/administrator-key.ts';
import { integrationTargets } from '../config/integration-targets.ts';
import { checkOpenAuth } from '../config/open-auth-rule.ts';
import { runtimeCommands } from '../config/runtime-commands.ts';
import { formatPlace } from '../config/user-error.ts';
import { vpcEndpoints } from '../config/vpc-endpoints.ts';
import { webSocketLimits, webSocketOrigins } from '../config/websocket-options.ts';
import type { HomeApis, RunningStagegate } from '../stagegate.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import type { IgnoredProperty } from '../templates/serverless-yml/property-reader.ts';
import type { Command, CommandContext } from './command.ts';
import { commandName } from './command-name.ts';
import { DevSession } from './dev-session.ts';
import { codeFrame, relativeTo } from './error-text.ts';
import { findServiceFile } from './find-service-file.ts';
import { inspectedFunctions } from './inspected-functions.ts';
import { ownOutput } from './own-output.ts';
import { printActivity } from './print-activity.ts';
import { restRouteTable, routeTable, webSocketRouteTable } from './route-table.ts';
import { removeRunningFile, writeRunningFile } from './running-file.ts';
import { reporting, startSystem } from './start-system.ts';
import { giveBackStartupMemory } from './startup-memory.ts';
import { whenStopped } from './stop-signal.ts';
import { findSyntaxMistake, isSyntaxErrorLine } from './syntax-error.ts';
import { alignColumns } from './table.ts';
import { plainText } from './terminal.ts';
import { watchService } from './watch-service.ts';

/** Names of unused properties in the banner; `--verbose` tells them all. */
const IGNORED_SHOWN = 8;
const SECTIONS = /^(?:resources|plugins): |^build$/;
/** Milliseconds that requests in flight get to finish. */
const GRACE_MS = 10_000;

export const dev: Command = async (context) => {
  const { values, given, out, err, stop } = context;
  const file = findServiceFile(context.positionals[0], context.workingDirectory);
  const folder = path.dirname(file);
  checkOpenAuth(values.auth, [
    { flag: '--host', host: values.host },
    { flag: '--control-host', host: values.controlHost },
  ]);
  const throttle = accountThrottle(context);
  const targets = integrationTargets(context);
  const session = new DevSession(context, file);
  const reading = session.read();
  if (reading === undefined) return 1;
  const data =
    given.has('data') && values.data !== undefined
      ? path.resolve(context.workingDirectory, values.data)
      : path.join(folder, '.stagegate');
  const inspect = inspectedFunctions(values.inspect, reading.desired.functions);
  const running = await startSystem(
    {
      host: values.host,
      port: values.port,
      controlHost: values.controlHost,
      controlPort: values.controlPort,
      dataDirectory: values.memory ? undefined : data,
      accountId: values.accountId,
      defaultRegion: reading.desired.region,
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
      ...(values.accessLog === undefined ? {} : { accessLog: accessLogTarget(values.accessLog, context.workingDirectory) }),
      accessLogFormat: values.accessLogFormat,
      dev: true,
      inspect,
      onReset: () => session.reapply(),
      home: () => session.applied && homeApis(session.applied),
      ...reporting(context),
    },
    context.startStagegate,
  );
  const printing = printActivity(
    context,
    running,
    'everything',
    () => session.applied,
    (key) => session.buildFailureOf(key),
  );
  const stopLocating = locateSyntaxErrors(session, running, context);
  try {
    await session.apply(running, reading);
    const publish = () => writeRunningFile(folder, runningFile(context, running, file, session.applied ?? reading.desired, data));
    publish();
    const watching = values.watch ? watch(session, folder, context, publish) : undefined;
    const urls = await functionUrls(running, reading.desired);
    const keys = await apiKeys(running, reading.desired);
    printBanner(context, running, file, reading.desired, reading.ignored, values.memory ? undefined : data, inspect, urls, keys);
    giveBackStartupMemory();
    out.line('Ready.');
    out.flush();
    await whenStopped(stop);
    watching?.close();
    out.line('Stopping: requests in flight finish first. Ctrl-C again ends at once.');
    out.flush();
  } finally {
    removeRunningFile(folder);
    await running.close(GRACE_MS);
    await session.close();
    printing.close();
    stopLocating();
    err.flush();
  }
  return 0;
};

/** Says which file and line cannot be parsed, when a function did not start for that. */
function locateSyntaxErrors(session: DevSession, running: RunningStagegate, context: CommandContext): () => void {
  const { out, workingDirectory, values } = context;
  return running.onFunctionLog((line) => {
    const state = session.applied;
    if (values.logFormat === 'json' || state === undefined || !isSyntaxErrorLine(line.text)) return;
    findSyntaxMistake(state, line.functionName, session.changedCode).then(
      (mistake) => {
        if (mistake === undefined) return;
        out.line(`${formatPlace(relativeTo(mistake.place, workingDirectory))} ${out.paint('red', mistake.message)}`);
        const frame = codeFrame(mistake.place, out);
        if (frame !== '') out.line(frame);
        out.flush();
      },
      () => {},
    );
  });
}

function watch(session: DevSession, folder: string, context: CommandContext, publish: () => void): { close(): void } {
  const { err, values, workingDirectory } = context;
  const isOutput = ownOutput();
  const accessLog = values.accessLog === undefined ? undefined : accessLogTarget(values.accessLog, workingDirectory);
  const watching = watchService(
    folder,
    (all) => {
      const files = new Set([...all].filter((file) => file !== accessLog && !isOutput(file)));
      if (files.size === 0) return;
      session.reload(files).then(
        () => {
          watching.setFurtherFiles(session.watchedFiles);
          publish();
        },
        (error: unknown) =>
          err.line(`The reload failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      );
    },
    (error) => err.line(`Changes are no longer noticed (${error.message}); restart stagegate dev after a change.`),
  );
  watching.setFurtherFiles(session.watchedFiles);
  return watching;
}

function runningFile(context: CommandContext, running: RunningStagegate, file: string, desired: DesiredState, data: string) {
  return {
    pid: process.pid,
    controlUrl: running.controlUrl,
    apiUrl: running.apiUrl,
    region: desired.region,
    auth: context.values.auth,
    ...(context.values.memory ? {} : { dataDirectory: data }),
    serviceFile: file,
    functions: Object.fromEntries(desired.functions.map((one) => [one.key, one.functionName])),
  };
}

/** The URLs of functions that have one, by the functions' names in the service file. */
async function functionUrls(running: RunningStagegate, desired: DesiredState): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const { key, functionName, url } of desired.functions) {
    if (url === undefined) continue;
    const { FunctionUrl } = await running.call('lambda', 'GetFunctionUrlConfig', { FunctionName: functionName });
    // AWS's form names the URL's id; this is where it answers here.
    const [id] = new URL(String(FunctionUrl)).hostname.split('.');
    urls.set(key, `http://${id}.lambda-url.localhost:${running.port}/`);
  }
  return urls;
}

/** The API keys of the service with their values, as a deployment with Serverless Framework shows them. */
async function apiKeys(running: RunningStagegate, { restApi }: DesiredState): Promise<readonly (readonly [string, string])[]> {
  const wanted = (restApi?.usagePlans ?? []).flatMap((plan) => plan.apiKeys);
  if (wanted.length === 0) return [];
  const { items = [] } = (await running.call('apigateway', 'GetApiKeys', { includeValues: true, limit: 500 })) as {
    items?: readonly { readonly id: string; readonly name?: string; readonly value: string; readonly enabled?: boolean }[];
  };
  return items
    .filter((key) => wanted.some(({ name, value }) => (name === undefined ? value === key.value : name === key.name)))
    .map(({ id, name, value, enabled }) => [name ?? id, enabled === false ? `${value} (disabled)` : value] as const);
}

/** Where the access key of a system that asks for one is. */
function keyNote({ administrator }: RunningStagegate, data: string | undefined): string {
  if (data !== undefined) return `signed requests only; the access key is in ${administratorKeyFile(data)}`;
  return `signed requests only; ${administrator.accessKeyId}, secret ${administrator.secretAccessKey}, for this run only`;
}

function printBanner(
  context: CommandContext,
  running: RunningStagegate,
  file: string,
  desired: DesiredState,
  ignored: readonly IgnoredProperty[],
  data: string | undefined,
  inspect: ReadonlyMap<string, number>,
  urls: ReadonlyMap<string, string>,
  keys: readonly (readonly [name: string, value: string])[],
): void {
  const { out, values, workingDirectory } = context;
  const shownFile = path.relative(workingDirectory, file);
  out.line(
    `${out.paint('bold', desired.service)}  stage ${desired.stage}, ${desired.region}  ${shownFile.startsWith('..') ? file : shownFile}`,
  );
  out.line();
  printRoutes(context, running, desired, urls.size > 0);
  if (keys.length > 0) out.line();
  for (const line of alignColumns(
    keys.map(([name, value]) => ['  API key', plainText(name), `x-api-key: ${plainText(value)}`]),
  )) {
    out.line(line);
  }
  for (const line of alignColumns([...urls].map(([key, url]) => ['  URL', url, key]))) out.line(line);
  out.line();
  out.line(
    `  AWS APIs   ${running.controlUrl}   ${out.paint('dim', `eval "$(${commandName(context.environment)} env)" points the AWS CLI and SDKs here`)}`,
  );
  out.line(
    `  Keys       ${values.auth === 'open' ? 'any access key is accepted, from this machine only' : keyNote(running, data)}`,
  );
  out.line(`  Functions  ${runtimeNote(desired)}`);
  for (const [index, [name, port]] of [...inspect].entries()) {
    const key = desired.functions.find((one) => one.functionName === name)?.key ?? name;
    out.line(
      `  ${index === 0 ? 'Inspect ' : '        '}   ${key} on 127.0.0.1:${port}, once it is called; its timeouts are lifted`,
    );
  }
  if (values.memory) out.line('  State      none is kept (--memory)');
  if (ignored.length > 0) printIgnored(context, ignored);
  out.line();
}

/** The routes of the APIs, each with its URL. */
function printRoutes({ out }: CommandContext, running: RunningStagegate, desired: DesiredState, hasUrls: boolean): void {
  const { api, restApi, webSocketApi } = desired;
  if (api === undefined && restApi === undefined && webSocketApi === undefined) {
    if (hasUrls) return;
    const functions = desired.functions.map((one) => one.key).join(', ') || 'none';
    out.line(`  No routes: no function has an httpApi, http or websocket event. Functions: ${functions}.`);
    return;
  }
  const shown: {
    readonly apiId: string;
    readonly stageName: string;
    /** Of a private API: what stands in place of its id in its host. */
    readonly label?: string;
    readonly lines: (url: string) => readonly string[];
  }[] = [];
  if (api?.disableExecuteApiEndpoint) out.line('  No URLs: provider.httpApi.disableDefaultEndpoint is true.');
  else if (api !== undefined) {
    shown.push({ apiId: desired.apiId, stageName: api.stageName, lines: (url) => routeTable(desired, url) });
  }
  if (restApi?.disableExecuteApiEndpoint) {
    out.line('  No URLs of the REST API: provider.apiGateway.disableDefaultEndpoint is true.');
  } else if (restApi !== undefined) {
    const apiId = desired.restApiId;
    const [vpceId] = restApi.vpcEndpointIds ?? [];
    const label = restApi.endpointType !== 'PRIVATE' ? undefined : vpceId === undefined ? apiId : `${apiId}-${vpceId}`;
    const isPrivate = label === undefined ? {} : { label };
    shown.push({ apiId, stageName: restApi.stageName, ...isPrivate, lines: (url) => restRouteTable(desired, url) });
  }
  if (webSocketApi !== undefined) {
    const { stageName } = webSocketApi;
    const lines = (url: string) => webSocketRouteTable(desired, url.replace(/^http/, 'ws'));
    shown.push({ apiId: desired.webSocketApiId, stageName, lines });
  }
  for (const [index, { apiId, stageName, label, lines }] of shown.entries()) {
    const url = running.invokeUrl(label ?? apiId, stageName);
    if (index > 0) out.line();
    if (label !== undefined) out.line('  The REST API is private: its clients come through a VPC endpoint (--vpc-endpoint).');
    for (const line of lines(url)) out.line(line);
  }
  const plain = plainUrls(running, desired);
  if (plain.length === 0) return;
  out.line();
  out.line(`  curl and browsers resolve *.localhost. Also at ${plain.join(', ')}`);
}

/** Where the listener's plain address serves the APIs (front-door/home-door.ts). */
function plainUrls({ apiUrl }: RunningStagegate, desired: DesiredState): readonly string[] {
  const { httpApi, restApi, webSocketApi } = homeApis(desired);
  return [
    ...(httpApi === undefined ? [] : [`${apiUrl}/`]),
    ...(restApi === undefined ? [] : [`${apiUrl}/${restApi.stageName}/`]),
    ...(webSocketApi === undefined ? [] : [`${apiUrl.replace(/^http/, 'ws')}/${webSocketApi.stageName}`]),
  ];
}

/** Those that have an endpoint of their own that anybody may call. */
function homeApis({ api, apiId, restApi, restApiId, webSocketApi, webSocketApiId }: DesiredState): HomeApis {
  const isOpenRest = restApi !== undefined && !restApi.disableExecuteApiEndpoint && restApi.endpointType !== 'PRIVATE';
  return {
    ...(api === undefined || api.disableExecuteApiEndpoint ? {} : { httpApi: { apiId, stageName: api.stageName } }),
    ...(isOpenRest ? { restApi: { apiId: restApiId, stageName: restApi.stageName } } : {}),
    ...(webSocketApi === undefined ? {} : { webSocketApi: { apiId: webSocketApiId, stageName: webSocketApi.stageName } }),
  };
}

function printIgnored(context: CommandContext, ignored: readonly IgnoredProperty[]): void {
  const { out, values } = context;
  if (values.verbose) {
    for (const [index, one] of ignored.entries())
      out.line(`  ${index === 0 ? 'Not used' : '        '}   ${one.path}: ${one.why}`);
    return;
  }
  // What stands for more than a setting comes first.
  const sections = ignored.filter(({ path }) => SECTIONS.test(path));
  const others = ignored.filter(({ path }) => !SECTIONS.test(path));
  const names = [...sections, ...others].slice(0, IGNORED_SHOWN).map((one) => one.path);
  const more = ignored.length - names.length;
  out.line(
    `  Not used   ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}${out.paint('dim', `  (${more > 0 ? 'all, and ' : ''}why: --verbose)`)}`,
  );
}

/** `nodejs18.x runs on Node.js 26.10.0`, and what other runtimes there are. */
function runtimeNote(desired: DesiredState): string {
  const runtimes = [...new Set(desired.functions.map((one) => one.runtime))];
  if (runtimes.length === 0) return 'none';
  const version = process.versions.node;
  const onNode = runtimes.filter((name) => name.startsWith('nodejs'));
  const others = runtimes.filter((name) => !onNode.includes(name));
  const isOwn = onNode.length === 1 && onNode[0] === `nodejs${version.split('.')[0]}.x`;
  const node = isOwn ? `Node.js ${version}` : `${onNode.join(', ')} ${onNode.length > 1 ? 'run' : 'runs'} on Node.js ${version}`;
  const other = `${others.join(', ')} as found on this machine`;
  return [...(onNode.length === 0 ? [] : [node]), ...(others.length === 0 ? [] : [other])].join('; ');
}
