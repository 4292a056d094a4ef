// The managed rule groups there are, by vendor and name.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html

import { adminProtection } from './admin-protection.ts';
import { commonRuleSet } from './common-rule-set.ts';
import { knownBadInputs } from './known-bad-inputs.ts';
import { linuxRuleSet } from './linux-rule-set.ts';
import { type ManagedRuleGroup, type UnavailableRuleGroup, unavailableRuleGroup } from './managed-rule-group.ts';
import { phpRuleSet } from './php-rule-set.ts';
import { sqliRuleSet } from './sqli-rule-set.ts';
import { unixRuleSet } from './unix-rule-set.ts';
import { windowsRuleSet } from './windows-rule-set.ts';
import { wordPressRuleSet } from './wordpress-rule-set.ts';

export interface ManagedRuleGroupVersion {
  readonly name: string;
  /** Milliseconds since the epoch: when the rules of the version were last changed. */
  readonly updatedAt: number;
}

/**
 * The one static version of every group, which is also its default. These are versions of Stagegate's rules: AWS counts its own
 * (`Version_1.19`), and a web ACL that pins one of those asks for rules that are not here.
 */
export const STATIC_VERSION: ManagedRuleGroupVersion = { name: 'Version_1.0', updatedAt: Date.UTC(2026, 10, 28) };

/** The groups that can run, in the order AWS documents them. */
export const managedRuleGroups: readonly ManagedRuleGroup[] = [
  commonRuleSet,
  adminProtection,
  knownBadInputs,
  sqliRuleSet,
  linuxRuleSet,
  unixRuleSet,
  windowsRuleSet,
  phpRuleSet,
  wordPressRuleSet,
];

/** What they would need, AWS does not publish. */
const unavailableRuleGroups: readonly UnavailableRuleGroup[] = [
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesAmazonIpReputationList',
      description: "Addresses that Amazon's threat intelligence associates with bots and other threats.",
      ...{ capacity: 25, namespace: 'amazon-ip-list' },
    },
    "It needs Amazon's lists of addresses, which are not published; an IP set of one's own does the same with other lists.",
  ),
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesAnonymousIpList',
      description: 'Addresses of services that hide who asks: proxies, Tor nodes, hosting providers.',
      ...{ capacity: 50, namespace: 'anonymous-ip-list' },
    },
    "It needs Amazon's lists of anonymizing services, which are not published; an IP set of one's own does the same with other lists.",
  ),
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesBotControlRuleSet',
      description: 'Bots by category, verified bots, and signals of automation.',
      ...{ capacity: 50, namespace: 'bot-control' },
    },
    "It needs Amazon's data about bots and the tokens of its JavaScript in browsers, neither of which can be had.",
  ),
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesATPRuleSet',
      description: 'Attempts to take over accounts at a login page.',
      ...{ capacity: 50, namespace: 'atp' },
    },
    "It needs Amazon's list of stolen credentials and the tokens of its JavaScript in browsers, neither of which can be had.",
  ),
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesACFPRuleSet',
      description: 'Fraud at a sign-up page.',
      ...{ capacity: 50, namespace: 'acfp' },
    },
    "It needs Amazon's list of stolen credentials and the tokens of its JavaScript in browsers, neither of which can be had.",
  ),
  unavailableRuleGroup(
    {
      name: 'AWSManagedRulesAntiDDoSRuleSet',
      description: 'Requests that take part in a distributed denial of service.',
      ...{ capacity: 50, namespace: 'anti-ddos' },
    },
    "It needs Amazon's models of traffic and the tokens of its JavaScript in browsers, neither of which can be had.",
  ),
];

const byName: ReadonlyMap<string, ManagedRuleGroup | UnavailableRuleGroup> = new Map(
  [...managedRuleGroups, ...unavailableRuleGroups].map((group) => [group.name, group]),
);

/** Undefined when no vendor here has such a group; one that AWS has and that cannot run says why in `unavailable`. */
export function findManagedRuleGroup(vendorName: string, name: string): ManagedRuleGroup | UnavailableRuleGroup | undefined {
  const group = byName.get(name);
  return group?.vendorName === vendorName ? group : undefined;
}
