// The routing rules of a domain name as a request is asked about them: in the order of their priorities, their globs taken apart.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html

import type { HeaderView } from '../http1/message.ts';
import type { HeaderMatch, RoutingRule, RoutingTarget } from '../model/custom-domain.ts';

/** The rule that a request met. */
export interface MatchedRule {
  readonly routingRuleId: string;
  readonly target: RoutingTarget;
  /** Where the path goes on behind the rule's base path; 0 without one. */
  readonly end: number;
}

export class RoutingRules {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly RoutingRule[]) {
    this.#rules = rules.toSorted((left, right) => left.priority - right.priority).map((rule) => new CompiledRule(rule));
  }

  /** The first rule whose conditions the request meets. `hostName` is the host without its port, in lower case. */
  select(path: string, headers: HeaderView, hostName: string): MatchedRule | undefined {
    for (const rule of this.#rules) if (rule.isMet(path, headers, hostName)) return rule;
    return undefined;
  }
}

class CompiledRule implements MatchedRule {
  readonly routingRuleId: string;
  readonly target: RoutingTarget;
  readonly end: number;
  /** With the slash in front; '' when any path will do. */
  readonly #basePath: string;
  readonly #headers: readonly HeaderCondition[];

  constructor({ routingRuleId, target, conditions }: RoutingRule) {
    this.routingRuleId = routingRuleId;
    this.target = target;
    const basePath = conditions.find(({ matchBasePath }) => matchBasePath !== undefined)?.matchBasePath;
    this.#basePath = basePath === undefined ? '' : `/${basePath}`;
    this.end = this.#basePath.length;
    this.#headers = conditions.flatMap(({ matchHeaders }) =>
      matchHeaders === undefined ? [] : [new HeaderCondition(matchHeaders)],
    );
  }

  isMet(path: string, headers: HeaderView, hostName: string): boolean {
    if (!this.#beginsPath(path)) return false;
    for (const condition of this.#headers) if (!condition.isMet(headers, hostName)) return false;
    return true;
  }

  /** Segment by segment and as the path came, like a mapping key. AWS: "the path you specified" is compared with case. */
  #beginsPath(path: string): boolean {
    if (this.end === 0) return true;
    return path.startsWith(this.#basePath) && (path.length === this.end || path.charCodeAt(this.end) === 0x2f);
  }
}

class HeaderCondition {
  /** In lower case. */
  readonly #name: string;
  readonly #text: string;
  readonly #open: 'nowhere' | 'before' | 'after' | 'around';

  constructor({ header, valueGlob }: HeaderMatch) {
    this.#name = header.toLowerCase();
    const glob = this.#name === 'host' ? valueGlob.toLowerCase() : valueGlob;
    const before = glob.startsWith('*');
    const after = glob.endsWith('*') && glob.length > 1;
    this.#open = before ? (after || glob === '*' ? 'around' : 'before') : after ? 'after' : 'nowhere';
    this.#text = glob.slice(before ? 1 : 0, after ? -1 : undefined);
  }

  /**
   * AWS: fields are compared one by one and literally, so that `*json` is met by the fields `application/json` and `text/xml`, and not by
   * `application/json,text/xml` in one. Seen: developer guide, match headers conditions.
   */
  isMet(headers: HeaderView, hostName: string): boolean {
    // The port is ours: AWS has none in its Host fields.
    if (this.#name === 'host') return this.#fits(hostName);
    const value = headers.get(this.#name);
    if (value === undefined) return false;
    if (!value.includes(',')) return this.#fits(value);
    const { raw } = headers;
    for (let i = 0; i < raw.length; i += 2) {
      if (raw[i]?.toLowerCase() === this.#name && this.#fits(raw[i + 1] ?? '')) return true;
    }
    return false;
  }

  #fits(value: string): boolean {
    switch (this.#open) {
      case 'nowhere':
        return value === this.#text;
      case 'before':
        return value.endsWith(this.#text);
      case 'after':
        return value.startsWith(this.#text);
      case 'around':
        return value.includes(this.#text);
    }
  }
}
