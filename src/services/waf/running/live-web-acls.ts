// The web ACLs in front of stages, compiled from the store and kept equal to it. What did not change is not compiled again; what
// changed goes on counting where its rates did not change.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { LineSink } from '../../../data-plane/ports.ts';
import type { MetricsCollector } from '../../../data-plane/telemetry/metrics-collector.ts';
import type { StageWebAcl, WebAcl, WebAcls } from '../../../data-plane/web-acls.ts';
import type { Scope } from '../../../model/scope.ts';
import type { Change, Store } from '../../../store/store.ts';
import type { RuleSet } from '../inspection/evaluation.ts';
import { RateLimiter } from '../inspection/rate-limiter.ts';
import { findManagedRuleGroup } from '../managed/catalogue.ts';
import { statementsOf } from '../references.ts';
import type { Document, RuleDocument } from '../rule-document.ts';
import {
  type AssociationDocument,
  associationKind,
  type EntityDocument,
  type IpSetDocument,
  ipSetKind,
  type LoggingDocument,
  loggingKind,
  type RegexPatternSetDocument,
  type RuleGroupDocument,
  regexPatternSetKind,
  ruleGroupKind,
  type WebAclDocument,
  webAclKind,
} from '../waf-documents.ts';
import { ChallengeTokens } from './challenge-tokens.ts';
import { type Compiler, compileRuleSet, type WebAclReferences } from './compile-web-acl.ts';
import { RequestSamples } from './request-samples.ts';
import { RunningWebAcl } from './running-web-acl.ts';
import { WebAclCounts } from './web-acl-counts.ts';
import { WebAclLog } from './web-acl-log.ts';

export interface LiveWebAclsOptions {
  readonly store: Store;
  readonly compiler: Omit<Compiler, 'limiter'>;
  /** Whether any statement of the rules looks at bodies. */
  readonly wantsBody: (rule: RuleDocument) => boolean;
  readonly metrics: Pick<MetricsCollector, 'counts'>;
  /** Where the lines of a log stream go. */
  readonly openLog: (scope: Scope, logGroupName: string, logStreamName: string) => LineSink;
  readonly onError: (error: unknown) => void;
}

interface Live {
  readonly signature: string;
  readonly running: RunningWebAcl;
  readonly samples: RequestSamples;
  readonly counts: WebAclCounts;
  readonly limiters: ReadonlyMap<string, NamedLimiter>;
}

interface NamedLimiter {
  readonly statement: string;
  readonly limiter: RateLimiter;
}

interface Documents {
  readonly webAcls: ReadonlyMap<string, { readonly scope: Scope; readonly document: WebAclDocument }>;
  readonly ipSets: ReadonlyMap<string, IpSetDocument>;
  readonly patternSets: ReadonlyMap<string, RegexPatternSetDocument>;
  readonly ruleGroups: ReadonlyMap<string, RuleGroupDocument>;
  readonly logs: ReadonlyMap<string, LoggingDocument>;
  readonly associations: readonly { readonly scope: Scope; readonly document: AssociationDocument }[];
}

const kinds: ReadonlySet<string> = new Set([
  ...[associationKind, ipSetKind, loggingKind, regexPatternSetKind, ruleGroupKind, webAclKind],
]);

/** AWS: Seen: WAF developer guide, body inspection limits. */
const bodyKilobytes: Readonly<Record<Wire.SizeInspectionLimit, number>> = { KB_16: 16, KB_32: 32, KB_48: 48, KB_64: 64 };

export class LiveWebAcls implements WebAcls {
  readonly #options: LiveWebAclsOptions;
  readonly #tokens = new ChallengeTokens();
  /** By ARN. */
  #live: ReadonlyMap<string, Live> = new Map();
  /** By account, region and stage. */
  #stages: ReadonlyMap<string, WebAcl> = new Map();
  /** Grows with every change: a stage looks its web ACL up when it has grown. */
  #version = 0;

  constructor(options: LiveWebAclsOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { store } = this.#options;
    const all = async <T>(kind: string) => store.scan<T>(kind);
    const byArn = <T extends EntityDocument>(found: readonly { readonly document: T }[]) =>
      new Map(found.map(({ document }) => [document.arn, document]));
    const documents: Documents = {
      webAcls: new Map(
        (await all<WebAclDocument>(webAclKind)).map(({ key, document }) => [document.arn, { scope: key.scope, document }]),
      ),
      ipSets: byArn(await all<IpSetDocument>(ipSetKind)),
      patternSets: byArn(await all<RegexPatternSetDocument>(regexPatternSetKind)),
      ruleGroups: byArn(await all<RuleGroupDocument>(ruleGroupKind)),
      logs: new Map((await all<LoggingDocument>(loggingKind)).map(({ document }) => [document.webAclArn, document])),
      associations: (await all<AssociationDocument>(associationKind)).map(({ key, document }) => ({
        scope: key.scope,
        document,
      })),
    };
    this.#replace(documents);
  }

  /** What is acknowledged holds for the next request. */
  async apply(changes: readonly Change[]): Promise<void> {
    if (changes.some(({ key }) => kinds.has(key.kind))) await this.load();
  }

  bind({ scope, apiId, stageName }: Parameters<WebAcls['bind']>[0]): StageWebAcl {
    const key = stageKey(scope, apiId, stageName);
    const live = this;
    let seen = -1;
    let current: WebAcl | undefined;
    return {
      get current() {
        if (seen !== live.#version) {
          seen = live.#version;
          current = live.#stages.get(key);
        }
        return current;
      },
    };
  }

  /** The ARN of the web ACL of a stage. */
  ofStage(scope: Scope, restApiId: string, stageName: string): string | undefined {
    return this.#stages.get(stageKey(scope, restApiId, stageName))?.arn;
  }

  samplesOf(arn: string): RequestSamples | undefined {
    return this.#live.get(arn)?.samples;
  }

  /** The limiter of a rate-based rule: `name`, or `group/name` of one in a group. */
  limiterOf(arn: string, rule: string): RateLimiter | undefined {
    return this.#live.get(arn)?.limiters.get(rule)?.limiter;
  }

  /** Forgets what was sampled and counted; the definitions follow the store. */
  clear(): void {
    this.#live = new Map();
    this.#stages = new Map();
    this.#version++;
  }

  #replace(documents: Documents): void {
    const live = new Map<string, Live>();
    const stages = new Map<string, WebAcl>();
    for (const { scope, document } of documents.associations) {
      const { webAclArn, restApiId, stageName } = document;
      const webAcl = documents.webAcls.get(webAclArn);
      if (webAcl === undefined) continue;
      const one = live.get(webAclArn) ?? this.#liveOf(webAcl, documents);
      live.set(webAclArn, one);
      const source = `${scope.account}:${restApiId}:${stageName}`;
      stages.set(stageKey(scope, restApiId, stageName), inFrontOf(one.running, source));
    }
    this.#live = live;
    this.#stages = stages;
    this.#version++;
  }

  #liveOf({ scope, document }: { readonly scope: Scope; readonly document: WebAclDocument }, documents: Documents): Live {
    const { arn, name, rules, visibilityConfig, associationConfig } = document;
    const before = this.#live.get(arn);
    const logging = documents.logs.get(arn);
    const signature = JSON.stringify([document.lockToken, referencedTokens(rules, documents), logging ?? null]);
    if (before?.signature === signature) return before;
    const { compiler, wantsBody, metrics, openLog } = this.#options;
    const limiters = new Map<string, NamedLimiter>();
    const limiter: Compiler['limiter'] = (rule, statement, options) => {
      const former = before?.limiters.get(rule);
      // AWS: a rule whose statement changes begins to count anew. Seen: WAF developer guide, rate-based rule caveats.
      const made = new RateLimiter({ ...options, before: former?.statement === statement ? former.limiter : undefined });
      limiters.set(rule, { statement, limiter: made });
      return made;
    };
    const references: WebAclReferences = {
      ipSet: (of) => documents.ipSets.get(of)?.addresses,
      regexPatternSet: (of) => documents.patternSets.get(of)?.patterns,
      ruleGroup: (of) => documents.ruleGroups.get(of),
      managedRuleGroup: runnableGroup,
    };
    const samples = before?.samples ?? new RequestSamples();
    const measured = {
      metricName: visibilityConfig.MetricName ?? name,
      isMeasured: visibilityConfig.CloudWatchMetricsEnabled === true,
    };
    const counts = new WebAclCounts(metrics, { scope, ...measured });
    const running = new RunningWebAcl({
      ...{ arn, tokens: this.#tokens, counts, samples },
      ruleSet: this.#ruleSetOf(document, references, { ...compiler, limiter }),
      bodyBytes: everyRule(rules, documents).some(wantsBody) ? bodyLimit(associationConfig) : 0,
      isSampled: visibilityConfig.SampledRequestsEnabled === true,
      log: logging && openWebAclLog(arn, logging, openLog(scope, logging.logGroupName, `${scope.region}_${name}_0`)),
    });
    return { signature, running, samples, counts, limiters };
  }

  /** Rules are checked when they are written: ones that do not compile are a bug, and then nobody gets past them. */
  #ruleSetOf(document: WebAclDocument, references: WebAclReferences, compiler: Compiler): RuleSet {
    try {
      return compileRuleSet(document, references, compiler);
    } catch (error) {
      this.#options.onError(
        new Error(`The web ACL ${document.name} refuses every request: its rules do not compile.`, { cause: error }),
      );
      return refuseAll;
    }
  }
}

/** Nothing passes. */
const refuseAll: RuleSet = {
  rules: [],
  defaultAction: { name: 'BLOCK', insertedHeaders: [], answer: undefined, immunitySeconds: 0 },
};

function stageKey({ account, region }: Scope, restApiId: string, stageName: string): string {
  return `${account}/${region}/${restApiId}/${stageName}`;
}

function inFrontOf(running: RunningWebAcl, source: string): WebAcl {
  return {
    ...{ arn: running.arn, bodyBytes: running.bodyBytes },
    inspect: (request) => running.inspect(request, source),
  };
}

function openWebAclLog(arn: string, { redactedFields, loggingFilter }: LoggingDocument, sink: LineSink): WebAclLog {
  return new WebAclLog(arn, sink, { RedactedFields: redactedFields, LoggingFilter: loggingFilter });
}

function runnableGroup(vendorName: string, name: string) {
  const group = findManagedRuleGroup(vendorName, name);
  return group?.unavailable === undefined ? group : undefined;
}

/** The rules of a web ACL, and those of its own and managed groups. */
function everyRule(rules: readonly RuleDocument[], { ruleGroups }: Documents): readonly RuleDocument[] {
  return rules.flatMap((rule) => {
    const { RuleGroupReferenceStatement: own, ManagedRuleGroupStatement: managed } = rule.Statement ?? {};
    if (own !== undefined) return ruleGroups.get(own.ARN ?? '')?.rules ?? [];
    if (managed === undefined) return [rule];
    const inGroup = runnableGroup(managed.VendorName ?? '', managed.Name ?? '')?.rules ?? [];
    return [rule, ...inGroup.map(({ statement }) => ({ Statement: statement }) as RuleDocument)];
  });
}

/** The lock tokens of what the rules refer to: another one after each change. */
function referencedTokens(rules: readonly RuleDocument[], documents: Documents): string[] {
  const tokens: string[] = [];
  for (const statement of statementsOf(rules)) {
    const {
      IPSetReferenceStatement: ips,
      RegexPatternSetReferenceStatement: patterns,
      RuleGroupReferenceStatement: group,
    } = statement;
    if (ips !== undefined) tokens.push(documents.ipSets.get(ips.ARN ?? '')?.lockToken ?? '');
    if (patterns !== undefined) tokens.push(documents.patternSets.get(patterns.ARN ?? '')?.lockToken ?? '');
    const referenced = group && documents.ruleGroups.get(group.ARN ?? '');
    if (referenced !== undefined) tokens.push(referenced.lockToken, ...referencedTokens(referenced.rules, documents));
  }
  return tokens;
}

function bodyLimit(config: Document<Wire.AssociationConfig> | undefined): number {
  const limit = config?.RequestBody?.API_GATEWAY?.DefaultSizeInspectionLimit ?? 'KB_16';
  return bodyKilobytes[limit] * 1024;
}
