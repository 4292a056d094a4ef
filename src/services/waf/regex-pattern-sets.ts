// Regex pattern sets: patterns that rules refer to.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateRegexPatternSet.html

import type { Caller } from '../../aws/operations.ts';
import { assertPatternRuns } from './checks/regex-pattern.ts';
import {
  entityKey,
  entityPage,
  lockedEntity,
  namedEntity,
  newEntity,
  nextEntity,
  placeOf,
  putNewEntity,
  summaryOf,
  tellWafScope,
} from './entities.ts';
import { assertNotReferenced } from './references.ts';
import { invalidParameter, limitsExceeded } from './refusals.ts';
import type { Input, WafContext, WafOperations } from './waf-context.ts';
import { type RegexPatternSetDocument, regexPatternSetKind } from './waf-documents.ts';

/** AWS: Seen: WAF quotas. */
const PATTERNS_MAX = 10;

type WirePatterns = Input<'CreateRegexPatternSet'>['RegularExpressionList'];

export function regexPatternSetOperations(context: WafContext) {
  const { store } = context;

  return {
    async CreateRegexPatternSet(input: Input<'CreateRegexPatternSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      const patterns = checkedPatterns(input.RegularExpressionList);
      const set: RegexPatternSetDocument = { ...newEntity(place, regexPatternSetKind, input), patterns };
      await store.transact((transaction) => putNewEntity(transaction, place, regexPatternSetKind, set));
      tellWafScope(context, place);
      return { Summary: summaryOf(set) };
    },

    async GetRegexPatternSet(input: Input<'GetRegexPatternSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      const set = await namedEntity<RegexPatternSetDocument>(store, place, regexPatternSetKind, input);
      return { RegexPatternSet: toRegexPatternSet(set), LockToken: set.lockToken };
    },

    async UpdateRegexPatternSet(input: Input<'UpdateRegexPatternSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      const patterns = checkedPatterns(input.RegularExpressionList);
      return store.transact(async (transaction) => {
        const former = await lockedEntity(transaction, place, regexPatternSetKind, input);
        const set: RegexPatternSetDocument = { ...nextEntity(former, input), patterns };
        await transaction.put(entityKey(place, regexPatternSetKind, set.id), set);
        return { NextLockToken: set.lockToken };
      });
    },

    async DeleteRegexPatternSet(input: Input<'DeleteRegexPatternSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      await store.transact(async (transaction) => {
        const { id, arn } = await lockedEntity(transaction, place, regexPatternSetKind, input);
        await assertNotReferenced(transaction, place, arn);
        await transaction.delete(entityKey(place, regexPatternSetKind, id));
      });
      return {};
    },

    async ListRegexPatternSets(input: Input<'ListRegexPatternSets'>, caller: Caller) {
      const { summaries, next } = await entityPage(context, regexPatternSetKind, input, caller);
      return { RegexPatternSets: summaries, ...next };
    },
  } satisfies WafOperations;
}

function checkedPatterns(list: WirePatterns): readonly string[] {
  const patterns = (list ?? []).map(({ RegexString }) => {
    if (RegexString === undefined) throw invalidParameter('A pattern is missing.', 'REGEX_PATTERN_SET', 'RegexString');
    assertPatternRuns(RegexString, 'REGEX_PATTERN_SET');
    return RegexString;
  });
  if (patterns.length > PATTERNS_MAX) throw limitsExceeded(`A regex pattern set can have at most ${PATTERNS_MAX} patterns.`);
  return patterns;
}

function toRegexPatternSet({ name, id, arn, description, patterns }: RegexPatternSetDocument) {
  const RegularExpressionList = patterns.map((RegexString) => ({ RegexString }));
  return { Name: name, Id: id, ARN: arn, Description: description, RegularExpressionList };
}
