// Where a web ACL's log goes, and which requests are in it.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-management.html

import type * as Wire from '@aws-sdk/client-wafv2';
import type { LineSink } from '../../../data-plane/ports.ts';
import type { InspectedRequest } from '../../../data-plane/web-acls.ts';
import type { Outcome } from '../inspection/evaluation.ts';
import type { Document } from '../rule-document.ts';
import { logRecord, type RedactedFields } from './log-record.ts';

type LoggingDocument = Pick<Document<Wire.LoggingConfiguration>, 'RedactedFields' | 'LoggingFilter'>;

/** Whether a request is kept. */
type Keeps = (actions: ReadonlySet<string>, labels: ReadonlySet<string>) => boolean;

export class WebAclLog {
  readonly #arn: string;
  readonly #sink: LineSink;
  readonly #redacted: RedactedFields;
  readonly #keeps: Keeps | undefined;

  constructor(arn: string, sink: LineSink, { RedactedFields: fields = [], LoggingFilter: filter }: LoggingDocument) {
    this.#arn = arn;
    this.#sink = sink;
    this.#redacted = {
      headers: new Set(fields.flatMap(({ SingleHeader }) => SingleHeader?.Name?.toLowerCase() ?? [])),
      uri: fields.some(({ UriPath }) => UriPath !== undefined),
      query: fields.some(({ QueryString }) => QueryString !== undefined),
      method: fields.some(({ Method }) => Method !== undefined),
    };
    this.#keeps = filter && compileFilter(filter);
  }

  write(
    source: string,
    request: InspectedRequest,
    outcome: Outcome,
    found: { readonly labels: ReadonlySet<string>; readonly status: number | undefined },
  ): void {
    if (this.#keeps?.(actionsOf(outcome), found.labels) === false) return;
    const webAcl = { arn: this.#arn, redacted: this.#redacted };
    this.#sink.write(logRecord(webAcl, { id: source }, request, outcome, found), request.at);
  }
}

/** AWS: the first filter that fits says whether the request is kept. Seen: API reference, LoggingFilter. */
function compileFilter({ DefaultBehavior, Filters = [] }: NonNullable<LoggingDocument['LoggingFilter']>): Keeps {
  return (actions, labels) => {
    for (const { Behavior, Requirement, Conditions = [] } of Filters) {
      const fits = Conditions.map(({ ActionCondition: byAction, LabelNameCondition: byLabel }) =>
        byAction === undefined ? labels.has(byLabel?.LabelName ?? '') : actions.has(byAction.Action ?? ''),
      );
      if (Requirement === 'MEETS_ALL' ? fits.every(Boolean) : fits.some(Boolean)) return Behavior === 'KEEP';
    }
    return DefaultBehavior === 'KEEP';
  };
}

/**
 * What was done to the request, and what rules did on the way.
 * AWS: EXCLUDED_AS_COUNT is a rule of a group whose action became Count. Seen: API reference, ActionCondition.
 */
function actionsOf({ action, counted, groups }: Outcome): ReadonlySet<string> {
  const actions = new Set<string>([action]);
  for (const { rule } of counted) actions.add(rule.action.name);
  for (const { group, terminating, counted: inGroup } of groups) {
    if (group.countsOnly && terminating !== undefined) actions.add('COUNT');
    for (const { rule } of inGroup) {
      actions.add(rule.action.name);
      if (rule.overridden !== undefined && rule.action.name === 'COUNT') actions.add('EXCLUDED_AS_COUNT');
    }
  }
  return actions;
}
