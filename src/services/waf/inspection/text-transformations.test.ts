import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TextTransformationType } from '@aws-sdk/client-wafv2';
import { DIGEST_LENGTH_MAX, inOrder, TEXT_GROWTH_MAX, TEXT_TRANSFORMATIONS } from './text-transformations.ts';

interface Row {
  readonly desc: string;
  readonly type: TextTransformationType;
  readonly text: string;
  readonly expected: string;
}

const rows: readonly Row[] = [
  { desc: 'nothing', type: 'NONE', text: 'A%41', expected: 'A%41' },
  { desc: 'small letters of ASCII', type: 'LOWERCASE', text: 'ABCz[', expected: 'abcz[' },
  { desc: 'small letters leave other bytes', type: 'LOWERCASE', text: 'A\xc0\xc3\x89', expected: 'a\xc0\xc3\x89' },
  { desc: 'capitals of ASCII', type: 'UPPERCASE', text: 'abcZ{', expected: 'ABCZ{' },
  { desc: 'capitals leave other bytes', type: 'UPPERCASE', text: 'a\xe0\xff\xb5', expected: 'A\xe0\xff\xb5' },

  { desc: 'escapes and plus signs', type: 'URL_DECODE', text: 'a%20b+c%3D%3d', expected: 'a b c==' },
  { desc: 'a byte above ASCII', type: 'URL_DECODE', text: '%e9%00', expected: '\xe9\0' },
  { desc: 'what is no escape stays', type: 'URL_DECODE', text: '%zz%4%', expected: '%zz%4%' },
  { desc: 'an escape after half of one', type: 'URL_DECODE', text: '%%41%4%42', expected: '%A%4B' },
  { desc: 'only one pass', type: 'URL_DECODE', text: '%2541', expected: '%41' },
  { desc: '%u is nothing here', type: 'URL_DECODE', text: '%u0041', expected: '%u0041' },
  { desc: '%u is a byte', type: 'URL_DECODE_UNI', text: '%u003c%U003E%41+', expected: '<>A ' },
  { desc: 'a full-width form', type: 'URL_DECODE_UNI', text: '%uff1c%uFF5e%uff21', expected: '<~A' },
  { desc: 'other codes lose their high byte', type: 'URL_DECODE_UNI', text: '%u0141%uff5f%uff00', expected: 'A\x5f\0' },
  { desc: 'an unfinished %u stays', type: 'URL_DECODE_UNI', text: '%u00%u00g1', expected: '%u00%u00g1' },

  { desc: 'names', type: 'HTML_ENTITY_DECODE', text: '&lt;a&GT;&QuOt;&amp;&nbsp;', expected: '<a>"&\xa0' },
  {
    desc: 'names only AWS and browsers know',
    type: 'HTML_ENTITY_DECODE',
    text: '&lpar;&Tab;&NewLine;&apos;',
    expected: "(\t\n'",
  },
  { desc: 'the longest names', type: 'HTML_ENTITY_DECODE', text: '&NonBreakingSpace;&DiacriticalGrave;', expected: '\xa0`' },
  { desc: 'numbers', type: 'HTML_ENTITY_DECODE', text: '&#60;&#x3C;&#X3e;', expected: '<<>' },
  { desc: 'numbers without an end', type: 'HTML_ENTITY_DECODE', text: '&#60a&#x3cg&#0000060', expected: '<a<g<' },
  { desc: 'old names without an end', type: 'HTML_ENTITY_DECODE', text: '&ltscript&gt', expected: '<script>' },
  { desc: 'other names need their end', type: 'HTML_ENTITY_DECODE', text: '&lpar a', expected: '&lpar a' },
  { desc: 'more than a byte', type: 'HTML_ENTITY_DECODE', text: '&#8364;', expected: '\xe2\x82\xac' },
  {
    desc: 'what is none stays',
    type: 'HTML_ENTITY_DECODE',
    text: '&#;&#x;&nope;&;&#1114112;&',
    expected: '&#;&#x;&nope;&;&#1114112;&',
  },
  { desc: 'only one pass of names', type: 'HTML_ENTITY_DECODE', text: '&amp;lt;', expected: '&lt;' },

  { desc: 'numbers and controls', type: 'JS_DECODE', text: '\\x41\\u0042\\103\\n\\b', expected: 'ABC\n\b' },
  { desc: 'a full-width form', type: 'JS_DECODE', text: '\\uff1c\\u0141', expected: '<A' },
  { desc: 'other escapes lose their backslash', type: 'JS_DECODE', text: '\\s\\"\\x4\\u00', expected: 's"x4u00' },
  { desc: 'three octal digits are a byte at most', type: 'JS_DECODE', text: '\\377\\400\\1018', expected: '\xff\x200A8' },
  { desc: 'a last backslash stays', type: 'JS_DECODE', text: 'a\\', expected: 'a\\' },
  { desc: 'paths stay', type: 'JS_DECODE_EXT', text: 'c:\\windows\\new', expected: 'c:\\windows\\new' },
  { desc: 'numbers', type: 'JS_DECODE_EXT', text: '\\x41\\u0042\\u{43}\\u{0044}\\105', expected: 'ABCDE' },
  { desc: 'quotes, slashes, backslashes', type: 'JS_DECODE_EXT', text: '\\"\\\'\\/\\\\', expected: '"\'/\\' },
  { desc: 'unfinished braces stay', type: 'JS_DECODE_EXT', text: '\\u{}\\u{41\\u{1234567}', expected: '\\u{}\\u{41\\u{1234567}' },

  { desc: 'a backslash before a letter', type: 'CSS_DECODE', text: 'ja\\vascript', expected: 'javascript' },
  { desc: 'digits and the space that ends them', type: 'CSS_DECODE', text: '\\41 b\\000042c\\43', expected: 'AbBcC' },
  { desc: 'the last two digits', type: 'CSS_DECODE', text: '\\1241 \\012341 ', expected: 'AA' },
  { desc: 'a full-width form', type: 'CSS_DECODE', text: '\\ff1c \\00ff1e ', expected: '<>' },
  { desc: 'six digits at most', type: 'CSS_DECODE', text: '\\0000411', expected: 'A1' },
  { desc: 'a line that goes on', type: 'CSS_DECODE', text: 'ja\\\nva', expected: 'java' },
  { desc: 'a last backslash goes', type: 'CSS_DECODE', text: 'a\\', expected: 'a' },

  {
    desc: 'letters and marks',
    type: 'ESCAPE_SEQ_DECODE',
    text: '\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\'\\"',
    expected: '\x07\b\f\n\r\t\v\\?\'"',
  },
  { desc: 'numbers', type: 'ESCAPE_SEQ_DECODE', text: '\\x41\\0102\\103', expected: 'ABC' },
  { desc: 'what is not valid stays', type: 'ESCAPE_SEQ_DECODE', text: '\\q\\x4\\9\\', expected: '\\q\\x4\\9\\' },

  { desc: 'pairs of digits', type: 'HEX_DECODE', text: '414a4A', expected: 'AJJ' },
  { desc: 'the first other character ends it', type: 'HEX_DECODE', text: '41zz42', expected: 'A' },
  { desc: 'half a pair is nothing', type: 'HEX_DECODE', text: '414', expected: 'A' },
  { desc: 'numbers anywhere', type: 'SQL_HEX_DECODE', text: 'select 0x414243, 0X44', expected: 'select ABC, D' },
  { desc: 'half a pair stays', type: 'SQL_HEX_DECODE', text: '0x414', expected: 'A4' },
  { desc: 'no digits', type: 'SQL_HEX_DECODE', text: '0x0xzz', expected: '0x0xzz' },

  { desc: 'with and without its end', type: 'BASE64_DECODE', text: 'QUJD', expected: 'ABC' },
  { desc: 'padding ends it', type: 'BASE64_DECODE', text: 'QUI=QUI=', expected: 'AB' },
  { desc: 'the first other character ends it', type: 'BASE64_DECODE', text: 'QUJD!QUJD', expected: 'ABC' },
  { desc: 'bytes', type: 'BASE64_DECODE', text: '//79', expected: '\xff\xfe\xfd' },
  { desc: 'other characters are left out', type: 'BASE64_DECODE_EXT', text: 'Q U.J-D', expected: 'ABC' },

  { desc: 'hiding characters go', type: 'CMD_LINE', text: 'C^a"t\' \\/EtC', expected: 'cat/etc' },
  { desc: 'several spaces are one', type: 'CMD_LINE', text: 'a  \t,;b', expected: 'a b' },
  { desc: 'spaces before slashes and brackets go', type: 'CMD_LINE', text: 'a  /b  (c', expected: 'a/b(c' },
  { desc: 'carets stay, ends are trimmed', type: 'CMD_LINE_UNIX', text: ' C\\at^  /e"tc" ; ls\n', expected: 'cat^ /etc ; ls' },
  { desc: 'backslashes stay', type: 'CMD_LINE_WIN', text: ' c:\\\\\\Win^dows  "X"', expected: 'c:\\windows x' },
  { desc: 'lines that go on, back-ticks', type: 'CMD_LINE_WIN', text: 'po^\r\nwer^\nsh`ell', expected: 'powershell' },

  { desc: 'every white space', type: 'COMPRESS_WHITE_SPACE', text: 'a \t\n\v\f\r\xa0b c', expected: 'a b c' },
  { desc: 'at the ends, too', type: 'COMPRESS_WHITE_SPACE', text: '\ta\t', expected: ' a ' },
  { desc: 'every white space goes', type: 'REMOVE_WHITESPACE', text: ' a\tb\xa0c ', expected: 'abc' },
  { desc: 'both ends', type: 'TRIM', text: ' \ta b\n', expected: 'a b' },
  { desc: 'nothing but white space', type: 'TRIM', text: ' \t', expected: '' },
  { desc: 'a part of a character is no white space', type: 'TRIM', text: '\xc3\xa0', expected: '\xc3\xa0' },
  { desc: 'the beginning', type: 'TRIM_LEFT', text: ' a ', expected: 'a ' },
  { desc: 'the end', type: 'TRIM_RIGHT', text: ' a ', expected: ' a' },

  { desc: 'each comment is a space', type: 'REPLACE_COMMENTS', text: 'un/**/ion/* x *//*y*/s', expected: 'un ion  s' },
  { desc: 'a comment without its end', type: 'REPLACE_COMMENTS', text: 'a/*b', expected: 'a ' },
  { desc: 'an end alone', type: 'REPLACE_COMMENTS', text: 'a*/b/*/', expected: 'a*/b ' },
  { desc: 'marks of comments', type: 'REMOVE_COMMENTS_CHAR', text: 'a/*b*/c--d#e', expected: 'abcde' },
  { desc: 'a single dash stays', type: 'REMOVE_COMMENTS_CHAR', text: 'a-b---c', expected: 'a-b-c' },

  { desc: 'slashes and dots', type: 'NORMALIZE_PATH', text: '/a//b/./c/../d', expected: '/a/b/d' },
  { desc: 'no way above the root', type: 'NORMALIZE_PATH', text: '/../../etc/passwd', expected: '/etc/passwd' },
  { desc: 'back at the beginning stays', type: 'NORMALIZE_PATH', text: '../a/../../b', expected: '../../b' },
  { desc: 'a last slash stays', type: 'NORMALIZE_PATH', text: '/a/b/', expected: '/a/b/' },
  { desc: 'the root', type: 'NORMALIZE_PATH', text: '//./', expected: '/' },
  { desc: 'names of dots', type: 'NORMALIZE_PATH', text: '/.../.a/b..', expected: '/.../.a/b..' },
  { desc: 'backslashes stay', type: 'NORMALIZE_PATH', text: '/a\\..\\b', expected: '/a\\..\\b' },
  { desc: 'backslashes are slashes', type: 'NORMALIZE_PATH_WIN', text: '\\a\\\\..\\b/c', expected: '/b/c' },

  { desc: 'every NUL goes', type: 'REMOVE_NULLS', text: '\0a\0\0b', expected: 'ab' },
  { desc: 'every NUL is a space', type: 'REPLACE_NULLS', text: '\0a\0\0b', expected: ' a  b' },

  {
    desc: 'two, three and four bytes',
    type: 'UTF8_TO_UNICODE',
    text: '\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80',
    expected: '%u00e9%u20ac%u1f600',
  },
  { desc: 'an overlong form', type: 'UTF8_TO_UNICODE', text: '..\xc0\xaf', expected: '..%u002f' },
  {
    desc: 'what is no UTF-8 stays',
    type: 'UTF8_TO_UNICODE',
    text: 'a\xe9\x80\xc3(\xff\xf0\x9f',
    expected: 'a\xe9\x80\xc3(\xff\xf0\x9f',
  },

  { desc: 'of nothing', type: 'MD5', text: '', expected: Buffer.from('1B2M2Y8AsgTpgAmY7PhCfg==', 'base64').toString('latin1') },
  { desc: 'of bytes', type: 'MD5', text: 'abc', expected: Buffer.from('kAFQmDzST7DWlj99KOF/cg==', 'base64').toString('latin1') },
  {
    ...{ desc: 'of bytes', type: 'SHA256', text: 'abc' },
    expected: Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('latin1'),
  },
];

describe('text transformations', () => {
  for (const { desc, type, text, expected } of rows) {
    test(`${type}: ${desc}`, () => assert.equal(TEXT_TRANSFORMATIONS[type](text), expected));
  }

  test('every one of them is tried', () => {
    assert.deepEqual(new Set(rows.map(({ type }) => type)), new Set(Object.keys(TEXT_TRANSFORMATIONS)));
  });

  test('the lowest priority is first, and NONE is nothing', () => {
    const transformations = [
      { Priority: 20, Type: 'LOWERCASE' },
      { Priority: 3, Type: 'URL_DECODE' },
      { Priority: 0, Type: 'NONE' },
    ] as const;
    assert.deepEqual(inOrder<TextTransformationType>(transformations), ['URL_DECODE', 'LOWERCASE']);
    assert.deepEqual(inOrder(undefined), []);
  });
});

describe('no text is expensive', () => {
  const SIZE = 64 * 1024;
  const pieces = [
    ...[
      '%',
      '%u',
      '%41',
      '%u0041',
      '+',
      '&',
      '&#',
      '&#x',
      '&#x41;',
      '&#0',
      '&lt',
      '&nbsp;',
      '&;',
      '\\',
      '\\\\',
      '\\u',
      '\\u{',
      '\\x4',
    ],
    ...[
      '\\777',
      '\\000041 ',
      '/*',
      '*/',
      '/*/',
      '--',
      '#',
      '/',
      '//',
      '/.',
      '/..',
      '../',
      'a/',
      '\\..',
      '0x',
      '0x4',
      '0x41',
      '41',
      'QUJD',
    ],
    ...[
      '=',
      ' ',
      '\t',
      '\xa0',
      ' /',
      '^',
      '^\r\n',
      '"',
      ',',
      '\0',
      '\xc3',
      '\xc3\xa9',
      '\xc0\xaf',
      '\xf0\x9f\x98\x80',
      '\x80',
      'aA',
    ],
  ];
  const texts = pieces.flatMap((piece) => {
    const repeated = piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE);
    return [repeated, `x${repeated}`, `${repeated}x`, repeated.slice(0, -1)];
  });
  const random = mixtures(pieces, 40, SIZE);

  for (const [type, transform] of Object.entries(TEXT_TRANSFORMATIONS)) {
    test(`${type} keeps to its room, to bytes, and to what parts of a text become`, () => {
      for (const text of ['', ...texts, ...random]) {
        const out = transform(text);
        assert.ok(
          out.length <= Math.max(TEXT_GROWTH_MAX * text.length, DIGEST_LENGTH_MAX),
          `${text.slice(0, 20)}: ${out.length}`,
        );
        assert.ok(!/[^\0-\xff]/.test(out), text.slice(0, 20));
      }
    });
  }

  // Characters looked at are counted, so that a slow machine does not fail and a quadratic loop does.
  test('each character is looked at a bounded number of times', () => {
    for (const [type, transform] of Object.entries(TEXT_TRANSFORMATIONS)) {
      for (const piece of pieces) {
        const [small, large] = [reads(transform, piece, 1000), reads(transform, piece, 4000)];
        assert.ok(large <= small * 4 + 400, `${type} of ${piece}: ${small} and then ${large} reads`);
      }
    }
  });
});

/** How often a transformation reads a character of `times` pieces. */
function reads(transform: (text: string) => string, piece: string, times: number): number {
  const { charCodeAt, charAt } = String.prototype;
  let count = 0;
  String.prototype.charCodeAt = function (at) {
    count++;
    return charCodeAt.call(this, at);
  };
  String.prototype.charAt = function (at) {
    count++;
    return charAt.call(this, at);
  };
  try {
    transform(piece.repeat(times));
  } finally {
    Object.assign(String.prototype, { charCodeAt, charAt });
  }
  return count;
}

/** Pieces in an order that is the same each time. */
function mixtures(pieces: readonly string[], count: number, size: number): string[] {
  let state = 88172645;
  return Array.from({ length: count }, () => {
    const parts: string[] = [];
    for (let length = 0; length < size; length += parts.at(-1)?.length ?? 0) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      parts.push(pieces[(state >>> 0) % pieces.length] as string);
    }
    return parts.join('').slice(0, size);
  });
}
