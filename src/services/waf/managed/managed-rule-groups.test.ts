// Managed rule groups as callers see them, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { managedRuleGroupOperations } from './managed-rule-groups.ts';

const operations = managedRuleGroupOperations();
const Scope = 'REGIONAL';
const common = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', Scope } as const;

const nonexistent = (message: RegExp) => ({ code: 'WAFNonexistentItemException', message });

/** AWS: Seen: documentation of the groups, "WCU". */
const CAPACITIES = [
  ['AWSManagedRulesCommonRuleSet', 700],
  ['AWSManagedRulesAdminProtectionRuleSet', 100],
  ['AWSManagedRulesKnownBadInputsRuleSet', 200],
  ['AWSManagedRulesSQLiRuleSet', 200],
  ['AWSManagedRulesLinuxRuleSet', 200],
  ['AWSManagedRulesUnixRuleSet', 100],
  ['AWSManagedRulesWindowsRuleSet', 200],
  ['AWSManagedRulesPHPRuleSet', 100],
  ['AWSManagedRulesWordPressRuleSet', 100],
] as const;

describe('200', () => {
  test('the groups that can run are listed, with a version each', async () => {
    const { ManagedRuleGroups: groups } = await operations.ListAvailableManagedRuleGroups({ Scope });
    assert.deepEqual(
      groups.map(({ Name }) => Name),
      CAPACITIES.map(([name]) => name),
    );
    for (const { VendorName, Name, VersioningSupported, Description } of groups) {
      assert.equal(VendorName, 'AWS');
      assert.equal(VersioningSupported, true);
      assert.ok(Description.length > 40, Name);
      const listed = await operations.ListAvailableManagedRuleGroupVersions({ VendorName, Name, Scope });
      assert.equal(listed.CurrentDefaultVersion, 'Version_1.0');
      assert.deepEqual(
        listed.Versions.map((version) => version.Name),
        ['Version_1.0'],
      );
      assert.ok(listed.Versions.every((version) => version.LastUpdateTimestamp instanceof Date));
    }
  });

  test('a page ends where the limit says and the marker goes on from there', async () => {
    const names: string[] = [];
    let NextMarker: string | undefined;
    let pages = 0;
    do {
      const page = await operations.ListAvailableManagedRuleGroups({ Scope, Limit: 4, NextMarker });
      names.push(...page.ManagedRuleGroups.map(({ Name }) => Name));
      NextMarker = page.NextMarker;
      pages++;
    } while (NextMarker !== undefined);
    assert.equal(pages, 3);
    assert.deepEqual(
      names,
      CAPACITIES.map(([name]) => name),
    );
    const whole = await operations.ListAvailableManagedRuleGroups({ Scope, Limit: CAPACITIES.length });
    assert.equal(whole.NextMarker, undefined);
  });

  for (const [Name, capacity] of CAPACITIES) {
    test(`${Name} is described: ${capacity} units, rules that block, a label for each`, async () => {
      const described = await operations.DescribeManagedRuleGroup({ VendorName: 'AWS', Name, Scope });
      assert.equal(described.Capacity, capacity);
      assert.equal(described.VersionName, 'Version_1.0');
      assert.deepEqual(described.ConsumedLabels, []);
      assert.equal(described.AvailableLabels.length, described.Rules.length);
      for (const { Action } of described.Rules) assert.deepEqual(Action, { Block: {} });
    });
  }

  test('a version may be named', async () => {
    const described = await operations.DescribeManagedRuleGroup({ ...common, VersionName: 'Version_1.0' });
    assert.equal(described.LabelNamespace, 'awswaf:managed:aws:core-rule-set:');
    assert.equal(described.Rules.length, 22);
    assert.deepEqual(described.Rules[1], { Name: 'UserAgent_BadBots_HEADER', Action: { Block: {} } });
    assert.deepEqual(described.AvailableLabels[1], { Name: 'awswaf:managed:aws:core-rule-set:BadBots_Header' });
  });
});

describe('WAFNonexistentItemException', () => {
  const unknown = [
    [
      'a name nobody has',
      { ...common, Name: 'AWSManagedRulesTeapotRuleSet' },
      /no managed rule group AWSManagedRulesTeapotRuleSet/,
    ],
    ['another vendor', { ...common, VendorName: 'F5' }, /of the vendor F5/],
    ['lists of addresses', { ...common, Name: 'AWSManagedRulesAmazonIpReputationList' }, /not available here\. It needs .*lists/],
    ['anonymous addresses', { ...common, Name: 'AWSManagedRulesAnonymousIpList' }, /not available here\. It needs .*lists/],
    ['bots', { ...common, Name: 'AWSManagedRulesBotControlRuleSet' }, /not available here\. It needs .*JavaScript/],
    ['account takeover', { ...common, Name: 'AWSManagedRulesATPRuleSet' }, /not available here\. It needs .*credentials/],
    ['account creation', { ...common, Name: 'AWSManagedRulesACFPRuleSet' }, /not available here\. It needs .*credentials/],
    ['denial of service', { ...common, Name: 'AWSManagedRulesAntiDDoSRuleSet' }, /not available here\. It needs .*traffic/],
  ] as const;
  for (const [desc, input, message] of unknown) {
    test(desc, async () => {
      await assert.rejects(operations.DescribeManagedRuleGroup(input), nonexistent(message));
      await assert.rejects(operations.ListAvailableManagedRuleGroupVersions(input), nonexistent(message));
    });
  }

  test('a version of AWS that is not ours', async () => {
    const pinned = { ...common, VersionName: 'Version_1.19' };
    await assert.rejects(operations.DescribeManagedRuleGroup(pinned), nonexistent(/no version Version_1\.19; .*Version_1\.0/));
  });
});

test('WAFInvalidParameterException: a marker of nothing, or of another list', async () => {
  const invalid = { code: 'WAFInvalidParameterException', message: /parameter: NextMarker/ };
  await assert.rejects(operations.ListAvailableManagedRuleGroups({ Scope, NextMarker: 'x' }), invalid);
  const { NextMarker } = await operations.ListAvailableManagedRuleGroups({ Scope, Limit: 1 });
  await assert.rejects(operations.ListAvailableManagedRuleGroupVersions({ ...common, NextMarker }), invalid);
});
