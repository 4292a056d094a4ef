import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { duplicateNames } from './duplicate-names.ts';

describe('duplicateNames', () => {
  const rows: [desc: string, text: string, expected: string[]][] = [
    ['none', '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}', []],
    ['at the root', '{"a":1,"b":2,"a":3}', ['/a']],
    ['deep, through a list', '{"x":[0,{"y":{"a/b~":1,"a/b~":2}}]}', ['/x/1/y/a~1b~0']],
    ['told once', '{"a":1,"a":2,"a":3}', ['/a']],
    ['however it is written', '{"a":1,"\\u0061":2}', ['/a']],
    ['texts are no names', '{"a":"b","b":"a","c":["a","a"]}', []],
    ['what looks like structure in a text', '{"a":"{\\"a\\":1,\\"a\\":2}\\\\","b":"}"}', []],
    ['after an inner object the outer goes on', '{"a":{"b":1},"b":{},"a":[]}', ['/a']],
    ['members of the prototype', '{"constructor":1,"__proto__":2}', []],
    ['no object', '[1,"a",null]', []],
  ];
  for (const [desc, text, expected] of rows) {
    test(desc, () => {
      JSON.parse(text);
      assert.deepEqual(duplicateNames(text), expected);
    });
  }

  test('twenty are enough', () => {
    const text = `[${Array.from({ length: 50 }, () => '{"a":1,"a":2}').join(',')}]`;
    assert.equal(duplicateNames(text).length, 20);
  });
});
