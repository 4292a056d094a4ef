// LabelMatchStatement: whether rules before gave the request a label, or one of a namespace.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match.html

import type { StatementDocument } from '../rule-document.ts';
import type { Matcher } from './matcher.ts';

type LabelMatch = NonNullable<StatementDocument['LabelMatchStatement']>;

/** `labelPrefix`: of the web ACL or rule group that the rule is in; it may not name its labels this way itself. */
export function labelMatch({ Scope, Key }: LabelMatch, labelPrefix: string): Matcher {
  const isNamespace = Scope === 'NAMESPACE';
  const key = isNamespace && Key?.endsWith(':') === false ? `${Key}:` : (Key ?? '');
  // AWS: with its prefix, which may be another's, a key names the whole label. Seen: the developer guide, "Label match examples".
  if (key.startsWith('awswaf:')) {
    if (!isNamespace) return ({ labels }) => labels.has(key);
    return ({ labels }) => some(labels, (label) => label.startsWith(key));
  }
  // Without it, there may be more namespaces between the rule's own prefix and the key.
  const inside = `:${key}`;
  const last = labelPrefix.length - 1;
  return ({ labels }) =>
    some(labels, (label) => {
      if (!label.startsWith(labelPrefix)) return false;
      return isNamespace ? label.indexOf(inside, last) !== -1 : label.length - inside.length >= last && label.endsWith(inside);
    });
}

function some(labels: ReadonlySet<string>, fits: (label: string) => boolean): boolean {
  for (const label of labels) if (fits(label)) return true;
  return false;
}
