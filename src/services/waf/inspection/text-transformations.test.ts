import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformationNamed, transformationNames } from './text-transformations.ts';

const rows: readonly (readonly [name: string, text: string, expected: string, why?: string])[] = [
  ['NONE', ' aB%20 ', ' aB%20 '],
  ['LOWERCASE', 'ÀBC-z', 'Àbc-z', 'ASCII alone'],
  ['UPPERCASE', 'àbc-Z', 'àBC-Z'],
  ['URL_DECODE', 'a+b%20c%zz%4', 'a b c%zz%4', 'what is no escape stays'],
  ['URL_DECODE', '%u0041%41', '%u0041A', 'no %u'],
  ['URL_DECODE_UNI', '%u0041%uFF1Cscript%uff1e', 'A<script>', 'full-width forms'],
  ['URL_DECODE_UNI', '%u1234%3C', '4<', 'the low byte of others'],
  ['HTML_ENTITY_DECODE', '&lt;a&GT;&quot;&#x3c;&#60&nbsp;&amp;lt;', '<a>"<<\xa0&lt;', 'once'],
  ['HTML_ENTITY_DECODE', 'a & b &unknown;', 'a & b &unknown;'],
  ['JS_DECODE', '\\x41\\u0042\\103\\n\\q\\"\\uff1c', 'ABC\nq"<'],
  ['JS_DECODE', 'end\\', 'end\\'],
  ['JS_DECODE', '\\u{41}', 'u{41}', 'not of ES6'],
  ['JS_DECODE_EXT', '\\u{41}\\u{0003c}', 'A<'],
  ['CSS_DECODE', 'ja\\vascript', 'javascript'],
  ['CSS_DECODE', '\\6a avascript \\00003C\\\n', 'javascript <'],
  ['ESCAPE_SEQ_DECODE', '\\x41\\101\\n\\q\\\\\\"', 'AA\n\\q\\"', 'invalid ones stay'],
  ['HEX_DECODE', '414243', 'ABC'],
  ['HEX_DECODE', '41424', 'AB', 'half a byte is none'],
  ['SQL_HEX_DECODE', 'SELECT 0x414243, 0X61', 'SELECT ABC, a'],
  ['BASE64_DECODE', 'PHNjcmlwdD4=', '<script>'],
  ['BASE64_DECODE', 'PHNj!cmlwdD4=', '<sc', 'up to what is none'],
  ['BASE64_DECODE_EXT', 'PHNj cm!lwdD4=', '<script>'],
  ['CMD_LINE', 'C^md /c "net  user", \'x\' \\/etc (a)', 'cmd/c net user x/etc(a)'],
  ['CMD_LINE_UNIX', "/bin/c\\a't' $@/etc;x", '/bin/cat @/etc x'],
  ['CMD_LINE_WIN', 'c^m"d".exe', 'cmd.exe'],
  ['COMPRESS_WHITE_SPACE', 'a \t\n\xa0b', 'a b'],
  ['REMOVE_WHITESPACE', 'a \t\n\xa0b', 'ab'],
  ['TRIM', ' \ta b\r\n', 'a b'],
  ['TRIM_LEFT', ' a ', 'a '],
  ['TRIM_RIGHT', ' a ', ' a'],
  ['REPLACE_COMMENTS', 'a/*x*/b/**/c*/d/*e', 'a b c*/d '],
  ['REMOVE_COMMENTS_CHAR', '/*a*/ -- b # c', 'a  b  c'],
  ['NORMALIZE_PATH', '/a//b/./c/../d/', '/a/b/d/'],
  ['NORMALIZE_PATH', '../../etc/./passwd', '../../etc/passwd', 'not at the beginning'],
  ['NORMALIZE_PATH_WIN', 'a\\..\\b\\c', 'b/c'],
  ['REMOVE_NULLS', 'a\0b', 'ab'],
  ['REPLACE_NULLS', 'a\0b', 'a b'],
  ['UTF8_TO_UNICODE', 'a\xc3\xa4\xe2\x82\xac\xff', 'a%u00e4%u20ac\xff'],
  ['MD5', '', Buffer.from('d41d8cd98f00b204e9800998ecf8427e', 'hex').toString('latin1')],
  ['SHA256', '', Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex').toString('latin1')],
];

for (const [name, text, expected, why] of rows) {
  test(`${name} of ${JSON.stringify(text)}${why === undefined ? '' : `: ${why}`}`, () =>
    assert.equal(transformationNamed(name)(text), expected));
}

test('transformations run in the order of their priorities; NONE is nothing', () => {
  const documents = [
    { Priority: 2, Type: 'LOWERCASE' },
    { Priority: 0, Type: 'URL_DECODE' },
    { Priority: 1, Type: 'NONE' },
  ] as const;
  assert.deepEqual(transformationNames(documents), ['URL_DECODE', 'LOWERCASE']);
});

test('no transformation makes a text longer than three times, or fails, whatever it is given', () => {
  const nasty = ['%', '\\', '&#', '/*', '../', '0x', '"^', ' \t', '\0', '\xe2\x82', '%u', '&', 'A=', '$', '\\u{', '//'];
  for (const piece of nasty) {
    const text = piece.repeat(Math.ceil(16_384 / piece.length));
    for (const name of new Set(rows.map(([one]) => one))) {
      const made = transformationNamed(name)(text);
      assert.ok(made.length <= 3 * text.length, `${name} of ${JSON.stringify(piece)}`);
      assert.ok(/^[\0-\xff]*$/.test(made), `${name} of ${JSON.stringify(piece)} is latin1`);
    }
  }
});
