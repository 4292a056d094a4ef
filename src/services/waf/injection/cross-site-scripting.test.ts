import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CountedText } from './counted-text.ts';
import { crossSiteScripting, inspectHtml } from './cross-site-scripting.ts';
import type { HtmlContext } from './html-tokens.ts';
import { isScriptUrlAlone } from './script-url.ts';
import { HTML_ATTACKS, HTML_ATTACKS_MISSED } from './testing/html-attack-examples.ts';
import { HTML_ORDINARY } from './testing/html-ordinary-examples.ts';
import { randomTexts } from './testing/random-text-examples.ts';
import { SQL_ORDINARY } from './testing/sql-ordinary-examples.ts';

const CONTEXTS: readonly HtmlContext[] = ['data', 'attributes', "'", '"', '`'];

/** One character for each byte, as requests are looked at. */
function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describe('attacks that are found', () => {
  for (const [family, attacks] of Object.entries(HTML_ATTACKS)) {
    test(family, () => {
      for (const attack of attacks) assert.ok(crossSiteScripting(attack), attack);
    });
  }

  test('are many', () => {
    assert.ok(Object.values(HTML_ATTACKS).flat().length >= 200);
  });
});

test('attacks known to be missed: whoever makes one of them found moves it', () => {
  for (const attack of HTML_ATTACKS_MISSED) assert.equal(crossSiteScripting(attack), undefined, attack);
});

test('ordinary text is left alone', () => {
  assert.ok(HTML_ORDINARY.length >= 150);
  for (const text of [...HTML_ORDINARY, ...SQL_ORDINARY]) assert.equal(crossSiteScripting(bytes(text)), undefined, text);
});

describe('what gave it away', () => {
  for (const [text, expected] of [
    ['x<SCRIPT>alert(1)</SCRIPT>', ['<', 'script']],
    ['<img src=x onerror=alert(1)>', ['onerror', '=', 'alert(1)']],
    ['<a href="java&#9;script:x()">', ['href', '=', 'java&#9;script:x()']],
    ['<base href="//x.example">', ['<', 'base', 'href']],
    ['" onclick=alert(1) "', ['onclick', '=', 'alert(1)']],
    ['<!DOCTYPE html>', ['<!', 'DOCTYPE html']],
    ['javascript:alert(1)', ['javascript:alert(1)']],
  ] as const) {
    test(text, () => assert.deepEqual(crossSiteScripting(text), expected));
  }

  test('values are cut for the log', () => {
    assert.equal(crossSiteScripting(`<b onclick=${'a'.repeat(1000)}>`)?.[2]?.length, 64);
  });
});

describe('the work is proportional to the length, whatever is sent', () => {
  const LENGTH = 65_536;

  function assertLinear(text: string): void {
    for (const context of CONTEXTS) {
      const counted = new CountedText(text);
      inspectHtml(counted, context);
      assert.ok(counted.reads <= 12 * text.length + 12, `${counted.reads} reads of ${text.length} characters, ${context}`);
    }
    const counted = new CountedText(text);
    isScriptUrlAlone(counted);
    assert.ok(counted.reads <= 12 * text.length + 12, `${counted.reads} reads of ${text.length} characters, alone`);
  }

  for (const [begin, piece] of [
    ['', '<'],
    ['', '<a'],
    ['', '<a '],
    ['', '<a b="'],
    ['', "<a b='"],
    ['', `<a b="<a b='`],
    ['"', "<a b='x "],
    ['', '<a b=`'],
    ['', '<a b='],
    ['', '<a b'],
    ['', '</a'],
    ['', '<!'],
    ['', '<!--'],
    ['', '<!-->'],
    ['', '<!-- -'],
    ['', '<?'],
    ['', '='],
    ['', 'a='],
    ['', 'a ='],
    ['a', ' '],
    ['a=', ' '],
    ['', "a='"],
    ['', '/'],
    ['', '"'],
    ['<a href=', '&'],
    ['<a href="', '&#'],
    ['<a href="', '&#9;'],
    ['<a href="&#', '0'],
    ['<a href="&#x', 'f'],
    ['<a href="', 'j&Tab;'],
    ['<a style=', 'x'],
    ['x style=', 'x'],
    ['<!-- ', 'x'],
    ['', '\t'],
    ['', 'javascript:'],
    ['javascript:', 'a'],
    ['', '&#106;'],
  ] as const) {
    test(JSON.stringify(`${begin}${piece}…`), () => {
      assertLinear(`${begin}${piece.repeat(Math.ceil(LENGTH / piece.length))}`.slice(0, LENGTH));
    });
  }

  test('any bytes', () => {
    const pieces = [
      ...'<>/="\'`!-?&#;: \n\t\0ax0',
      '<a ',
      '<!--',
      '-->',
      ' href=',
      'java',
      'script:',
      '&Tab;',
      '&#x6',
      '\u00a0',
      '\u00e9',
    ];
    for (const text of randomTexts(4000, 120, pieces)) assertLinear(text);
  });
});
