// A web ACL that looks at requests: it runs its rules, answers in its own name where they say so, and tells CloudWatch, its log and its
// samples what it found.

import type { InspectedRequest, WebAclAnswer, WebAclVerdict } from '../../../data-plane/web-acls.ts';
import { evaluate, type HasSolved, type Outcome, type RuleSet } from '../inspection/evaluation.ts';
import type { Inspection } from '../inspection/matcher.ts';
import type { RuleAction } from '../inspection/rule.ts';
import { captchaPage, challengePage } from './challenge-page.ts';
import { type ChallengeTokens, TOKEN_COOKIE } from './challenge-tokens.ts';
import { type RequestSamples, sampleOf } from './request-samples.ts';
import type { WebAclCounts } from './web-acl-counts.ts';
import type { WebAclLog } from './web-acl-log.ts';

export interface RunningWebAclOptions {
  readonly arn: string;
  readonly ruleSet: RuleSet;
  /** How much of a body its rules look at; 0 when none does. */
  readonly bodyBytes: number;
  /** SampledRequestsEnabled of the web ACL: samples of what no rule decided. */
  readonly isSampled: boolean;
  readonly tokens: ChallengeTokens;
  readonly counts: WebAclCounts;
  readonly samples: RequestSamples;
  /** Undefined: nothing is logged. */
  readonly log: WebAclLog | undefined;
}

export class RunningWebAcl {
  readonly arn: string;
  readonly bodyBytes: number;
  readonly ruleSet: RuleSet;
  readonly #options: RunningWebAclOptions;
  readonly #hasSolved: HasSolved;

  constructor(options: RunningWebAclOptions) {
    this.arn = options.arn;
    this.bodyBytes = options.bodyBytes;
    this.ruleSet = options.ruleSet;
    this.#options = options;
    this.#hasSolved = (inspection, action) => hasSolved(options.tokens, inspection, action);
  }

  /** `source`: where the request was going, for the log: `123456789012:a1b2c3d4e5:prod`. */
  inspect(request: InspectedRequest, source: string): WebAclVerdict {
    const { ruleSet, counts, samples, log, isSampled, tokens } = this.#options;
    const labels = new Set<string>();
    const inspection = { request, labels, now: request.at, details: [], worked: new Map<string, unknown>() };
    const outcome = evaluate(ruleSet, inspection, this.#hasSolved);
    const answer = answerOf(outcome, request, tokens);
    const status = outcome.action === 'ALLOW' ? undefined : answer?.status;
    counts.add(outcome, labels);
    const sample = sampleOf(request, outcome, labels, { isSampled, status });
    if (sample !== undefined) samples.add(sample);
    log?.write(source, request, outcome, { labels, status });
    return { action: outcome.action, reason: reasonOf(outcome), insertedHeaders: outcome.insertedHeaders, answer };
  }
}

function reasonOf({ action, terminating, groups, isOverBudget }: Outcome): string {
  if (isOverBudget) return 'The rules of the web ACL would take too long to look at the request.';
  if (terminating === undefined) return `The web ACL's default action is ${action}.`;
  const inGroup = groups.find(({ group }) => group === terminating)?.terminating?.rule.name;
  return `The rule "${terminating.name}"${inGroup === undefined ? '' : ` (its rule "${inGroup}")`} of the web ACL says ${action}.`;
}

/**
 * AWS: a challenge is 202, a CAPTCHA 405, with a page for who accepts one. Seen: WAF developer guide, "How CAPTCHA and Challenge
 * actions work".
 */
function answerOf({ action, by }: Outcome, request: InspectedRequest, tokens: ChallengeTokens): WebAclAnswer | undefined {
  if (action === 'ALLOW') return undefined;
  if (action === 'BLOCK') return by.answer;
  const isCaptcha = action === 'CAPTCHA';
  const wantsPage = headerOf(request.headers, 'accept').includes('text/html');
  const page = isCaptcha ? captchaPage : challengePage;
  return {
    status: isCaptcha ? 405 : 202,
    contentType: wantsPage ? 'text/html; charset=UTF-8' : undefined,
    body: wantsPage ? page(tokens.issue(action, request.at), by.immunitySeconds) : '',
    headers: ['x-amzn-waf-action', isCaptcha ? 'captcha' : 'challenge', 'Cache-Control', 'no-store, max-age=0'],
  };
}

function hasSolved(tokens: ChallengeTokens, { request, now }: Inspection, { name, immunitySeconds }: RuleAction): boolean {
  const token = tokenOf(request.headers);
  return token !== undefined && tokens.isSolved(token, name === 'CAPTCHA' ? 'CAPTCHA' : 'CHALLENGE', immunitySeconds, now);
}

/** AWS: in the cookie, or in a header of applications that have no cookies. Seen: WAF developer guide, "Tokens". */
function tokenOf(headers: readonly string[]): string | undefined {
  for (const cookie of headerOf(headers, 'cookie').split(';')) {
    const text = cookie.trim();
    if (text.startsWith(`${TOKEN_COOKIE}=`)) return text.slice(TOKEN_COOKIE.length + 1);
  }
  return headerOf(headers, 'x-aws-waf-token') || undefined;
}

/** Several are joined as cookies are. */
function headerOf(headers: readonly string[], lowerName: string): string {
  let found = '';
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() === lowerName)
      found = found === '' ? (headers[i + 1] as string) : `${found}; ${headers[i + 1]}`;
  }
  return found;
}
