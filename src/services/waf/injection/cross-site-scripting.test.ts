import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossSiteScripting } from './cross-site-scripting.ts';

const attacks: readonly string[] = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg/onload=alert(1)>',
  '<body onload=alert(1)>',
  '" onmouseover=alert(1) x="',
  "' onfocus='alert(1)",
  'x onerror=alert(1)',
  '<a href=javascript:alert(1)>x',
  '<a href="java\tscript:alert(1)">',
  '<a href=&#106;avascript:alert(1)>',
  'javascript:alert(1)',
  '<iframe src=//evil></iframe>',
  '<object data=x>',
  '<embed src=x>',
  '<link rel=stylesheet href=x>',
  '<meta http-equiv=refresh content=0>',
  '<style>@import x</style>',
  '<div style="width:expression(alert(1))">',
  '<input autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<math href=javascript:x>',
  '<form action=javascript:alert(1)>',
  '<button formaction=javascript:alert(1)>x',
  '<!--[if gte IE 4]><script>',
  '<?xml version=1?>',
  '<!DOCTYPE x>',
  '<x onclick=alert(1)>',
  '</script><script>alert(1)</script>',
  '<img src="data:image/svg+xml,<svg onload=1>">',
  '<a href="vbscript:msgbox(1)">',
  '` onclick=alert(1)',
  '<scr\0ipt>alert(1)</script>',
  '<isindex action=javascript:alert(1)>',
  '<base href=//evil>',
  '<img src=x onerror =alert(1)>',
  '<a xlink:href=javascript:alert(1)>',
  '<xml:namespace xmlns=x>',
  "'><script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  '<img src=x:x onerror\n=alert(1)>',
  '<a onclick\t=x>',
];

const harmless: readonly string[] = [
  'hello',
  '<img/src=x/onerror=alert(1)>',
  'a < b',
  'a<b and c>d',
  '1 <2',
  '<3',
  'I <3 you',
  'x<y',
  '<b>bold</b>',
  '<p>text</p>',
  '<a href="https://example.com">x</a>',
  '<img src="/a.png" alt="x">',
  'javascript is fun',
  'JavaScript: The Good Parts',
  'on=1',
  'online=true',
  'once=1',
  'conditions=yes',
  'a "quoted" word',
  "it's on",
  'https://example.com/?a=b',
  'data: 5',
  '{"a":"b"}',
  'email@example.com',
  '<john@example.com>',
  '<https://example.com>',
  'if (a < b && c > d) {}',
  'Array<String>',
  'List<int> x',
  'x -> y',
  '<- back',
  'the onset=early',
  'function() { return 1; }',
  'key=value',
  'style guide',
  'src=foo',
  '<div class="x">hi</div>',
  '100% <br> ok',
  '"one" onward=yes',
  'Phone: +1 (555)',
];

test('attacks', () => {
  for (const text of attacks) assert.notEqual(crossSiteScripting(text), undefined, text);
});

test('what people write, code and plain markup among it', () => {
  for (const text of harmless) assert.equal(crossSiteScripting(text), undefined, text);
});

test('the words that gave it away', () => {
  assert.deepEqual(crossSiteScripting('<script>alert(1)</script>'), ['<', 'script']);
  assert.deepEqual(crossSiteScripting('" onclick=go() x="'), ['"', 'onclick', '=', 'go()']);
  assert.deepEqual(crossSiteScripting('<a href=javascript:go()>'), ['<', 'a', 'href', '=', 'javascript:']);
});

test('tags that begin within tags without end are an attack, and do not take for ever', () => {
  for (const piece of ['<a', '<a ', '<!--', '<a b=']) {
    assert.notEqual(crossSiteScripting(piece.repeat(65_536 / piece.length)), undefined, piece);
  }
  assert.equal(crossSiteScripting('<p class=a>text</p>\n'.repeat(3000)), undefined, 'a long page');
  for (const piece of ['<', '>', '"', "'", '`', ' =', '/', '&#', 'a=b ']) crossSiteScripting(piece.repeat(65_536 / piece.length));
});
