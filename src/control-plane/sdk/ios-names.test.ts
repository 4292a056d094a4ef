// Names and strings of Objective-C and Swift, and the prefix that classes have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIosParameter } from './ios-api.ts';
import { iosParameterName, iosPropertyName, isOfMethodFamily, objectiveCText, swiftName, swiftText } from './ios-names.ts';

for (const [text, parameter, property = parameter] of [
  ['X-Kind', 'xKind'],
  ['display_name', 'displayName'],
  ['9lives', '_9lives'],
  ['é', '__'],
  ['int', '_int'],
  ['Self', '_self'],
  ['func', 'func'],
  ['description', 'description', '_description'],
  ['accessibilityLabel', 'accessibilityLabel', '_accessibilityLabel'],
  ['newOwner', 'newOwner', 'theNewOwner'],
  ['copy', 'copy', 'theCopy'],
  ['init_value', 'initValue', 'theInitValue'],
  ['copyright', 'copyright'],
  ['news', 'news'],
] as const) {
  test(`${text} is the parameter ${parameter} and the property ${property}`, () => {
    assert.equal(iosParameterName(text), parameter);
    assert.equal(iosPropertyName(text), property);
  });
}

test('methods of a family are those that Objective-C counts differently', () => {
  assert.deepEqual(['newGet', 'new', '_initPost', 'mutableCopyPut'].filter(isOfMethodFamily).length, 4);
  assert.deepEqual(['newsGet', 'initialGet', 'petsNewGet'].filter(isOfMethodFamily), []);
});

test('keywords of Swift are quoted', () => {
  assert.deepEqual(['func', 'in', 'default', 'pets'].map(swiftName), ['`func`', '`in`', '`default`', 'pets']);
});

test('strings stay strings', () => {
  const text = 'a"\\(b)??/*\n\u0000é\u2028😀\ud800';
  assert.equal(
    objectiveCText(text),
    '@"a\\"\\\\(b)\\?\\?/*\\012\\000\\303\\251\\342\\200\\250\\360\\237\\230\\200\\357\\277\\275"',
  );
  assert.equal(swiftText(text), '"a\\"\\\\(b)??/*\\u{a}\\u{0}\\u{e9}\\u{2028}\\u{1f600}\\u{fffd}"');
});

for (const [prefix, is] of [
  ['SIMPLE_CALC', true],
  ['Ab1', true],
  ['1A', false],
  ['_A', false],
  ['A-B', false],
  ['../A', false],
  ['Ä', false],
  ['A\n', false],
  ['A'.repeat(51), false],
] as const) {
  test(`the prefix ${JSON.stringify(prefix)} is ${is ? 'taken' : 'refused'}`, () => {
    assert.equal(isIosParameter('classPrefix', prefix), is);
  });
}
