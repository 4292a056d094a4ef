// `stagegate explain METHOD PATH`: which route answers, which others were looked at, and why; the same of events of WebSocket APIs.

import { UserError } from '../config/user-error.ts';
import type { IntegrationPlan } from '../model/http-api-plan.ts';
import type { Command, CommandContext } from './command.ts';
import { findControl, getJson } from './control-client.ts';
import { type RestMatch, restMatchRows } from './explain-rest.ts';
import { type EventMatch, eventMatchRows, eventVerbs } from './explain-websocket.ts';
import { alignColumns } from './table.ts';
import { plainText, type Terminal } from './terminal.ts';

interface HttpMatch {
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorizationType: string;
  readonly integration: IntegrationPlan;
}

/** What the running system says about one stage of an API. */
interface RouteExplanation {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly method: string;
  readonly path: string;
  readonly considered?: readonly { readonly routeKey: string; readonly outcome: string; readonly why: string }[];
  readonly match?: HttpMatch | RestMatch | EventMatch;
  readonly refusal?: { readonly refused: string; readonly reason: string };
}

/** Up to so many routes, each is told with its reason. */
const ROUTES_IN_FULL = 12;

export const explain: Command = async (context) => {
  const { positionals } = context;
  const [first = '/', second] = positionals;
  if (second === undefined && eventVerbs.has(first.toUpperCase())) return explainOne(context, first.toUpperCase(), '');
  if (second === undefined && /^[A-Za-z]+$/.test(first)) {
    throw new UserError('SG_BAD_ARGUMENT', `${first} is no path, which begins with a slash.`, {
      fix: `For example: stagegate explain ${first} /orders/17`,
    });
  }
  const method = (second === undefined ? 'GET' : first).toUpperCase();
  const path = second ?? first;
  // Of a WebSocket API the second word is a message.
  return explainOne(context, method, eventVerbs.has(method) ? path : pathOf(path));
};

/** What was copied from a browser or a log is a URL, or has a query, which chooses no route. */
function pathOf(given: string): string {
  const path = given.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  return path.startsWith('/') ? path : `/${path}`;
}

async function explainOne(context: CommandContext, method: string, path: string): Promise<number> {
  const { out, err, values } = context;
  const query = new URLSearchParams({ method, path });
  if (values.api !== undefined) query.set('api', values.api);
  const answer = await getJson(findControl(context), `/_stagegate/explain?${query}`);
  if (values.json) {
    out.line(JSON.stringify(answer, undefined, 2));
    return 0;
  }
  const explanations = (Array.isArray(answer) ? answer : [answer]) as readonly RouteExplanation[];
  if (explanations.length === 0) {
    err.line(values.api === undefined ? 'No API is deployed.' : `No API ${values.api} is deployed.`);
    return 1;
  }
  for (const [index, one] of explanations.entries()) {
    if (index > 0) out.line();
    for (const line of explanationLines(one, out)) out.line(line);
  }
  return explanations.some((one) => one.match !== undefined) ? 0 : 1;
}

function explanationLines(one: RouteExplanation, out: Terminal): string[] {
  const head = `${out.paint('bold', `${one.method} ${plainText(one.path)}`.trimEnd())}  on ${one.apiName} (${one.apiId}), stage ${one.stageName}`;
  const lines = [head, ''];
  if (one.match === undefined) {
    lines.push(`  ${out.paint('yellow', 'no route')}  ${one.refusal?.reason ?? 'No route matches.'}`);
    // What was copied from a URL has the stage in front.
    const [, stage = '', rest = ''] = /^\/([^/]+)(.*)$/s.exec(one.path) ?? [];
    if (stage === one.stageName) {
      lines.push(
        `  ${out.paint('dim', `without the stage: stagegate explain ${one.method} ${plainText(rest === '' ? '/' : rest)}`)}`,
      );
    }
  } else {
    const { match } = one;
    lines.push(
      ...alignColumns([
        ['  route', out.paint('green', match.routeKey)],
        ...('pathParameters' in match ? [['  path parameters', describePairs(match.pathParameters)]] : []),
        ...matchRows(match).map(([name, value]) => [`  ${name}`, value]),
      ]),
    );
  }
  const considered = one.considered ?? [];
  if (considered.length > 0) {
    lines.push('', '  routes, in the order they are asked');
    // Many routes that have nothing to do with the path would hide the few that have.
    const far = considered.length > ROUTES_IN_FULL ? considered.filter((route) => route.outcome === 'other path') : [];
    const near = considered.filter((route) => !far.includes(route));
    lines.push(...alignColumns(near.map((route) => [`    ${route.routeKey}`, route.outcome, route.why])));
    if (far.length > 0)
      lines.push(out.paint('dim', `    ${near.length > 0 ? 'and ' : ''}${far.length} of another path (all: --json)`));
  }
  return lines;
}

function matchRows(match: HttpMatch | RestMatch | EventMatch): readonly (readonly [string, string])[] {
  if ('returnsResponse' in match) return eventMatchRows(match);
  if ('resourceId' in match) return restMatchRows(match);
  return [
    ['authorization', match.authorizationType],
    ['integration', describeIntegration(match.integration)],
  ];
}

function describePairs(pairs: Readonly<Record<string, string>>): string {
  const entries = Object.entries(pairs);
  return entries.length === 0 ? 'none' : entries.map(([name, value]) => `${name}=${plainText(value)}`).join('  ');
}

function describeIntegration(plan: IntegrationPlan): string {
  if (plan.type === 'AWS_PROXY') {
    return `${plan.functionArn}, payload ${plan.payloadFormatVersion}, waits ${plan.timeoutInMillis} ms`;
  }
  if (plan.type === 'UNSERVABLE') return `cannot be called: ${plan.reason}`;
  if (plan.type === 'AWS_SERVICE') return `${plan.subtype} at ${plan.endpoint}, waits ${plan.timeoutInMillis} ms`;
  const piece = (part: string | { readonly pathVariable: string }) =>
    typeof part === 'string' ? part : `{${part.pathVariable}}`;
  return `${plan.protocol}://${plan.host.map(piece).join('')}:${plan.port}${plan.private === undefined ? plan.path.map(piece).join('') : '{path}'}, waits ${plan.timeoutInMillis} ms`;
}
