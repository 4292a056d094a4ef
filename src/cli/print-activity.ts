// What a running system prints while it works: requests and function lines, as text or as JSON.

import type { ExchangeRecord } from '../model/exchange-record.ts';
import type { RunningStagegate } from '../stagegate.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import type { CommandContext } from './command.ts';
import { type BuildProblem, describeBuildProblem } from './handler-build.ts';
import { isErrorLine, isRoutineLine, logLine } from './log-lines.ts';
import { createRequestPrinter } from './request-lines.ts';
import { functionsByMethod, functionsByRoute, functionsByWebSocketRoute, nearestRoute } from './route-table.ts';

/** `everything`, or only what functions report as an error: then nobody listens to requests, and they cost no printing. */
export type ActivityShown = 'everything' | 'errors';

/** Begins printing; `close` stops it. `current` is the state of `dev`, when there is one. */
export function printActivity(
  context: CommandContext,
  running: RunningStagegate,
  shown: ActivityShown,
  current: () => DesiredState | undefined = () => undefined,
  buildFailureOf: (functionKey: string) => BuildProblem | undefined = () => undefined,
): { close(): void } {
  const { out, values } = context;
  const json = values.logFormat === 'json';
  const names = namesOf(current);
  const printer = createRequestPrinter(
    out,
    (record) => nameOf(record, names()),
    (record) => {
      const failure = buildFailureOf(nameOf(record, names()) ?? '');
      return failure && `an older build answers: ${describeBuildProblem(failure, context.workingDirectory)}`;
    },
    (record) => {
      const state = current();
      if (state === undefined || record.refusedAt !== 'route') return undefined;
      if (record.apiKind === 'function-url') return undefined;
      if (record.apiKind === 'websocket-api') return webSocketRoutes(state);
      const path = record.apiKind === 'rest-api' ? record.path.replace(`/${record.stage}`, '') : record.path;
      return nearestRoute(state, record.method, path, record.apiKind);
    },
  );
  const printRequest = (record: ExchangeRecord) => {
    if (json) out.line(JSON.stringify({ type: 'request', ...facts(record) }));
    else printer.print(record);
  };
  const offExchange = shown === 'everything' ? running.onExchange(printRequest) : undefined;
  const offLog = running.onFunctionLog((line) => {
    if (shown === 'errors' && !isErrorLine(line)) return;
    if (json) out.line(JSON.stringify({ type: 'log', ...line }));
    else if (values.verbose || !isRoutineLine(line)) {
      out.line(logLine(line, names().byFunction.get(line.functionName) ?? line.functionName, out));
    }
  });
  return {
    close() {
      offExchange?.();
      offLog();
      printer.close();
    },
  };
}

/** What a message could have selected. */
function webSocketRoutes({ webSocketApi }: DesiredState): string | undefined {
  if (webSocketApi === undefined) return undefined;
  const keys = webSocketApi.routes.map(({ routeKey }) => routeKey).filter((key) => key !== '$connect' && key !== '$disconnect');
  if (keys.length === 0 || keys.length > 8) return undefined;
  return `${webSocketApi.routeSelectionExpression} can be ${keys.join(', ')}`;
}

interface FunctionNames {
  readonly byRoute: ReadonlyMap<string, string>;
  readonly byMethod: ReadonlyMap<string, string>;
  readonly byWebSocketRoute: ReadonlyMap<string, string>;
  readonly byFunction: ReadonlyMap<string, string>;
}

/** The service file's key of the function that a request is for. */
function nameOf({ routeKey, functionName, apiKind }: ExchangeRecord, names: FunctionNames): string | undefined {
  if (functionName !== undefined) return names.byFunction.get(functionName) ?? functionName;
  if (apiKind === 'websocket-api') return names.byWebSocketRoute.get(routeKey);
  return (apiKind === 'rest-api' ? names.byMethod : names.byRoute).get(routeKey);
}

/** Without what was captured of the messages: that is for `stagegate requests ID`. */
function facts(record: ExchangeRecord): Partial<ExchangeRecord> {
  const { steps: _1, request: _2, response: _3, integrationRequest: _4, integrationResponse: _5, ...rest } = record;
  return rest;
}

/** Recomputed only when the state is another one. */
function namesOf(current: () => DesiredState | undefined) {
  let state: DesiredState | undefined;
  let names: FunctionNames = {
    byRoute: new Map(),
    byMethod: new Map(),
    byWebSocketRoute: new Map(),
    byFunction: new Map(),
  };
  return () => {
    const now = current();
    if (now !== state && now !== undefined) {
      names = {
        byRoute: functionsByRoute(now),
        byMethod: functionsByMethod(now),
        byWebSocketRoute: functionsByWebSocketRoute(now),
        byFunction: new Map(now.functions.map((one) => [one.functionName, one.key])),
      };
    }
    state = now;
    return names;
  };
}
