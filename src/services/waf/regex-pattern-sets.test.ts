import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caller, ruleOf, wafExample } from './testing/waf-examples.ts';

function under() {
  const { operations, ...others } = wafExample();
  const create = async (Name: string, ...patterns: string[]) => {
    const RegularExpressionList = patterns.map((RegexString) => ({ RegexString }));
    const { Summary = {} } = await operations.CreateRegexPatternSet({ Name, Scope: 'REGIONAL', RegularExpressionList }, caller);
    const { Id = '', LockToken = '', ARN = '' } = Summary;
    return { ref: { Name, Scope: 'REGIONAL' as const, Id, LockToken }, arn: ARN };
  };
  return { operations, create, ...others };
}

test('a set is created, read, changed, listed and deleted', async () => {
  const { operations, create } = under();
  const { ref, arn } = await create('bots', 'B[a@]dB[o0]t', '^curl/');
  assert.match(arn, /^arn:aws:wafv2:eu-west-1:111111111111:regional\/regexpatternset\/bots\//);
  const { RegexPatternSet } = await operations.GetRegexPatternSet(ref, caller);
  const RegularExpressionList = [{ RegexString: 'B[a@]dB[o0]t' }, { RegexString: '^curl/' }];
  assert.deepEqual(RegexPatternSet, { Name: 'bots', Id: ref.Id, ARN: arn, Description: '', RegularExpressionList });
  const next = { ...ref, RegularExpressionList: [{ RegexString: 'x' }], Description: 'two' };
  const { NextLockToken = '' } = await operations.UpdateRegexPatternSet(next, caller);
  const { RegexPatternSets } = await operations.ListRegexPatternSets({ Scope: 'REGIONAL' }, caller);
  assert.deepEqual(RegexPatternSets, [{ Name: 'bots', Id: ref.Id, ARN: arn, Description: 'two', LockToken: NextLockToken }]);
  await operations.DeleteRegexPatternSet({ ...ref, LockToken: NextLockToken }, caller);
  await assert.rejects(operations.GetRegexPatternSet(ref, caller), { code: 'WAFNonexistentItemException' });
});

test('WAFInvalidParameterException: patterns that cannot run, with their place', async () => {
  const { operations, create } = under();
  for (const pattern of ['(a)\\1', 'a(?=b)', '(unclosed', 'x*+', '(?>a)']) {
    await assert.rejects(create('set', 'fine', pattern), (error: { code: string; fields: Record<string, string> }) => {
      assert.equal(error.code, 'WAFInvalidParameterException');
      assert.equal(error.fields['Field'], 'REGEX_PATTERN_SET');
      assert.equal(error.fields['Parameter'], pattern);
      assert.match(error.fields['Reason'] ?? '', /\(at position \d+\)$/);
      return true;
    });
  }
  assert.deepEqual(await operations.ListRegexPatternSets({ Scope: 'REGIONAL' }, caller), { RegexPatternSets: [] });
});

test('WAFAssociatedItemException: a rule refers to it', async () => {
  const { operations, create, createWebAcl } = under();
  const { ref, arn } = await create('set', 'x');
  const TextTransformations = [{ Priority: 0, Type: 'NONE' as const }];
  const patterns = { ARN: arn, FieldToMatch: { QueryString: {} }, TextTransformations };
  await createWebAcl('acl', [ruleOf({ RegexPatternSetReferenceStatement: patterns })]);
  await assert.rejects(operations.DeleteRegexPatternSet(ref, caller), { code: 'WAFAssociatedItemException' });
});

test('WAFLimitsExceededException: the eleventh pattern, and the eleventh set', async () => {
  const { create } = under();
  await assert.rejects(create('set', ...Array<string>(11).fill('x')), { code: 'WAFLimitsExceededException' });
  for (let i = 0; i < 10; i++) await create(`set-${i}`, 'x');
  await assert.rejects(create('more', 'x'), { code: 'WAFLimitsExceededException' });
});
