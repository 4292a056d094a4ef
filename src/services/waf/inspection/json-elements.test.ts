import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pointerTree, readJsonElements, WHOLE_DOCUMENT } from './json-elements.ts';

interface Row {
  readonly desc: string;
  readonly text: string;
  readonly pointers?: readonly string[];
  /** Keys have a colon after them. */
  readonly elements: readonly string[];
  readonly fault?: true;
}

const example = '{"a":{"c":"d","b":{"e":{"f":"g"}}}}';

const rows: readonly Row[] = [
  { desc: 'an object', text: ' { "a" : "b" , "c" : { } } ', elements: ['a:', 'b', 'c:'] },
  { desc: 'an array', text: '[[1,-2.5e+3],true,false,null,[],""]', elements: ['1', '-2.5e+3', 'true', 'false', 'null', ''] },
  { desc: 'escapes', text: '["\\"\\\\\\/\\b\\f\\n\\r\\t","\\u003cs\\u00e9"]', elements: ['"\\/\b\f\n\r\t', '<s\xc3\xa9'] },
  { desc: 'an escaped key', text: '{"\\u0061":1}', elements: ['a:', '1'] },
  { desc: 'a character of two escapes', text: '["\\ud83d\\ude00"]', elements: ['\xf0\x9f\x98\x80'] },
  { desc: 'half of one', text: '["\\ud83dx\\ude00"]', elements: ['\xef\xbf\xbdx\xef\xbf\xbd'] },
  { desc: 'bytes as they are', text: '["\xc3\xa9\xff"]', elements: ['\xc3\xa9\xff'] },
  { desc: 'keys that objects have', text: '{"__proto__":1,"constructor":2}', elements: ['__proto__:', '1', 'constructor:', '2'] },
  { desc: 'the same key in two objects', text: '[{"a":1},{"a":2}]', elements: ['a:', '1', 'a:', '2'] },

  { desc: 'a missing comma', text: '{"key1":"value1""key2":"value2"}', elements: ['key1:', 'value1', 'key2:', 'value2'] },
  { desc: 'a missing colon', text: '{"key1":"value1","key2""value2"}', elements: ['key1:', 'value1', 'key2:', 'value2'] },
  { desc: 'more colons', text: '{"key1"::"value1","key2": : "value2"}', elements: ['key1:', 'value1', 'key2:', 'value2'] },

  { desc: 'nothing', text: '', elements: [], fault: true },
  { desc: 'a text at the root', text: '"a"', elements: [], fault: true },
  { desc: 'a number at the root', text: '1', elements: [], fault: true },
  { desc: 'no JSON', text: 'a=1&b=2', elements: [], fault: true },
  { desc: 'the end within an object', text: '{"a":"b"', elements: ['a:', 'b'], fault: true },
  { desc: 'the end within a text', text: '{"a":"b', elements: ['a:', 'b'], fault: true },
  { desc: 'the end within a key', text: '{"a":1,"bc', elements: ['a:', '1', 'bc:'], fault: true },
  { desc: 'the end within an escape', text: '["a\\u00', elements: ['a'], fault: true },
  { desc: 'the end within a number', text: '[12', elements: ['12'], fault: true },
  { desc: 'a key that comes again', text: '{"a":1,"b":2,"a":3,"c":4}', elements: ['a:', '1', 'b:', '2'], fault: true },
  { desc: 'a key that comes again in disguise', text: '{"a":1,"\\u0061":3}', elements: ['a:', '1'], fault: true },
  { desc: 'a comma too many', text: '{"a":1,,"b":2}', elements: ['a:', '1'], fault: true },
  { desc: 'a last comma', text: '[1,]', elements: ['1'], fault: true },
  { desc: 'a first comma', text: '[,1]', elements: [], fault: true },
  { desc: 'what follows the end', text: '{"a":1} x', elements: ['a:', '1'], fault: true },
  { desc: 'the wrong bracket', text: '{"a":[1}', elements: ['a:', '1'], fault: true },
  { desc: 'a control character', text: '["a\nb","c"]', elements: ['a'], fault: true },
  { desc: 'an escape that is none', text: '["a\\xb","c"]', elements: ['a'], fault: true },
  { desc: 'a word that is no value', text: '[nul,1]', elements: ['nul'], fault: true },
  { desc: 'a number that is none', text: '[1.2.3,"a"]', elements: ['1.2.3'], fault: true },
  { desc: 'single quotes', text: "{'a':1}", elements: [], fault: true },

  { desc: 'all below a place, without its own key', text: example, pointers: ['/a/b'], elements: ['e:', 'f:', 'g'] },
  { desc: 'a value at a place', text: example, pointers: ['/a/c'], elements: ['d'] },
  { desc: 'several places', text: example, pointers: ['/a/b/e/f', '/a/c', '/x'], elements: ['d', 'g'] },
  { desc: 'a place within another', text: example, pointers: ['/a/b/e', '/a/b'], elements: ['e:', 'f:', 'g'] },
  {
    desc: 'members of arrays',
    text: '{"dogs":[{"name":"A"},{"name":"B"},{"name":"C"}]}',
    pointers: ['/dogs/0/name', '/dogs/2'],
    elements: ['A', 'name:', 'C'],
  },
  { desc: 'the whole document', text: '[1]', pointers: [''], elements: ['1'] },
  { desc: 'an empty key', text: '{"":{"a":1},"a":2}', pointers: ['/'], elements: ['a:', '1'] },
  {
    desc: 'escapes in pointers',
    text: '{"a/b":1,"m~n":2,"~1":3}',
    pointers: ['/a~1b', '/m~0n', '/~01'],
    elements: ['1', '2', '3'],
  },
  { desc: 'more than ASCII in pointers', text: '{"\xc3\xa9":1,"e":2}', pointers: ['/é'], elements: ['1'] },
  { desc: 'faults elsewhere', text: '{"a":1,"b":[?]}', pointers: ['/a'], elements: ['1'], fault: true },
];

describe('keys and values of JSON', () => {
  for (const { desc, text, pointers, elements, fault } of rows) {
    test(desc, () => {
      const read = readJsonElements(text, pointers === undefined ? WHOLE_DOCUMENT : pointerTree(pointers));
      assert.deepEqual(
        read.elements.map((element) => (element.kind === 'KEY' ? `${element.text}:` : element.text)),
        elements,
      );
      assert.equal(read.complete, fault !== true);
    });
  }

  test('depth is no recursion', () => {
    const depth = 100_000;
    assert.equal(readJsonElements('['.repeat(depth) + ']'.repeat(depth), WHOLE_DOCUMENT).complete, true);
    assert.equal(readJsonElements('{"a":'.repeat(depth), WHOLE_DOCUMENT).elements.length, depth);
  });

  test('what JSON.parse reads is read, and means the same', () => {
    const value = { 'a b': [1.5, -0.1e-7, 'x"\\\n\u2028é😀', { deep: [[[null]]] }], '': true, '1': '' };
    const { elements, complete } = readJsonElements(Buffer.from(JSON.stringify(value)).toString('latin1'), WHOLE_DOCUMENT);
    assert.equal(complete, true);
    const texts = elements.map(({ text }) => Buffer.from(text, 'latin1').toString());
    assert.deepEqual(texts, ['1', '', 'a b', '1.5', '-1e-8', 'x"\\\n\u2028é😀', 'deep', 'null', '', 'true']);
  });
});
