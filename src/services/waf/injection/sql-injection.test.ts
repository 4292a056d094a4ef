import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CountedText } from './counted-text.ts';
import { HIGH, LOW } from './sql-grammar.ts';
import { inspect, sqlInjection } from './sql-injection.ts';
import { HTML_ORDINARY } from './testing/html-ordinary-examples.ts';
import { randomTexts } from './testing/random-text-examples.ts';
import { SQL_ATTACKS, SQL_ATTACKS_MISSED, SQL_ATTACKS_OF_HIGH } from './testing/sql-attack-examples.ts';
import { SQL_ORDINARY, SQL_ORDINARY_TAKEN } from './testing/sql-ordinary-examples.ts';

/** One character for each byte, as requests are looked at. */
function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describe('attacks that LOW finds, and HIGH with it', () => {
  for (const [family, attacks] of Object.entries(SQL_ATTACKS)) {
    test(family, () => {
      for (const attack of attacks) {
        assert.ok(sqlInjection(attack, 'LOW'), `LOW: ${attack}`);
        assert.ok(sqlInjection(attack, 'HIGH'), `HIGH: ${attack}`);
      }
    });
  }

  test('are many', () => {
    assert.ok(Object.values(SQL_ATTACKS).flat().length >= 350);
  });
});

test('attacks that HIGH finds and LOW does not', () => {
  for (const attack of SQL_ATTACKS_OF_HIGH) {
    assert.equal(sqlInjection(attack, 'LOW'), undefined, `LOW: ${attack}`);
    assert.ok(sqlInjection(attack, 'HIGH'), `HIGH: ${attack}`);
  }
});

test('attacks known to be missed: whoever makes one of them found moves it', () => {
  for (const attack of SQL_ATTACKS_MISSED) assert.equal(sqlInjection(attack, 'HIGH'), undefined, attack);
});

describe('ordinary text', () => {
  test('LOW leaves all of it alone', () => {
    assert.ok(SQL_ORDINARY.length >= 250);
    for (const text of SQL_ORDINARY) assert.equal(sqlInjection(bytes(text), 'LOW'), undefined, text);
  });

  test('known to be taken: whoever makes one of them pass moves it', () => {
    for (const text of SQL_ORDINARY_TAKEN) assert.ok(sqlInjection(bytes(text), 'LOW'), text);
  });

  test('LOW leaves ordinary markup alone', () => {
    for (const text of HTML_ORDINARY) assert.equal(sqlInjection(bytes(text), 'LOW'), undefined, text);
  });

  test('HIGH takes an eighth of a list that is full of difficult text', () => {
    const taken = SQL_ORDINARY.filter((text) => sqlInjection(bytes(text), 'HIGH') !== undefined);
    assert.ok(taken.length <= SQL_ORDINARY.length / 8, `${taken.length} of ${SQL_ORDINARY.length}: ${taken.join(' | ')}`);
  });
});

describe('what gave it away', () => {
  for (const [text, expected] of [
    ['10 AND 1=1', ['10', 'AND', '1']],
    ["' or '1'='1", ['', 'or', '1']],
    ['-1 union all select 1,2', ['1', 'union all', 'select']],
    ['1; drop table users', [';', 'drop table', 'users']],
    ["admin'--", ['admin', '--']],
    ["1;waitfor delay '0:0:5'", ['waitfor delay 0:0:5']],
  ] as const) {
    test(text, () => assert.deepEqual(sqlInjection(text, 'LOW'), expected));
  }

  test('values are cut for the log', () => {
    const found = sqlInjection(`' or '${'a'.repeat(1000)}'='a`, 'LOW');
    assert.deepEqual(
      found?.map((value) => value.length),
      [0, 2, 64],
    );
  });
});

describe('shapes', () => {
  for (const [text, open, shape] of [
    ['1 + 2 * (3 - -4) or (((1)))=(1)', '', '1&t'],
    ["x' or a.b = 5 and 'c' like 'd", "'", 'h&b&t'],
    ['1 union/**/all/*x*/select 1,2,3 from users -- x', '', '1UELrnd'],
    ['sleep(5)', '', 'F'],
    ['concat(0x7e,(select 1))', '', 'g(1,(E1))'],
    ['order by, group by', '', 'B,B'],
    ['1st 2nd 3.5 0x1F 1e5 1or', '', 'nn1111&'],
    ['`a` [b] a.b c.* @d @@e.f', '', 'nnnnvv'],
    ["N'a' $$b$$ $t$c$$d$t$", '', 's'],
  ] as const) {
    test(text, () => assert.equal(inspect(new CountedText(text), 'ansi', open, 'LOW').shape, shape));
  }
});

describe('the work is proportional to the length, whatever is sent', () => {
  const LENGTH = 65_536;
  for (const piece of [
    'a',
    ' ',
    '1',
    "'",
    '"',
    "\\'",
    '`',
    '(',
    ')',
    '((1)',
    '(1 and 1=1 and ',
    ')&',
    '/*',
    '/*!',
    '/**/',
    '*/',
    '--',
    '--\n',
    '#',
    '#\n',
    '$a',
    '$a$',
    '$$',
    '[a',
    '@',
    '@a.',
    'a.',
    '1.a',
    '1e',
    '1e+',
    '0x',
    "x'",
    "_a'",
    'union ',
    'union select ',
    'select(',
    'sleep(',
    'a(',
    'a(a,',
    'a,',
    'a and ',
    '1 or ',
    "' or ",
    'not ',
    '- ',
    ';',
    'drop table ',
    '; drop table a a ',
    'case when ',
    'in ',
    'as a ',
    '::a',
    '=',
    '<=>',
    '{',
    '\\',
    '\0',
    '\u00e9',
    '\u00a0',
  ]) {
    test(JSON.stringify(piece), () => {
      const text = piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
      for (const open of ['', "'", '"'] as const) {
        for (const dialect of ['ansi', 'mysql'] as const) {
          const { steps } = inspect(new CountedText(text), dialect, open, 'HIGH');
          assert.ok(steps <= 12 * LENGTH, `${steps} steps for ${LENGTH} characters`);
        }
      }
    });
  }

  test('no pattern of a shape looks further than a few tokens', () => {
    for (const { name, pattern } of [...LOW, ...HIGH]) assert.doesNotMatch(pattern.source, /[*+]|\{\d+,\}/, name);
  });

  test('any bytes', () => {
    for (const text of randomTexts(4000, 120, [
      ...'\'"`()[]{};,.:=<>!|&-+*/#@$\\%~^ \n\0',
      ...'aenx01',
      ' or ',
      'union select ',
      '/*',
      '*/',
      '\u00a0',
      '\u00e9',
    ])) {
      for (const open of ['', "'", '"'] as const) {
        for (const dialect of ['ansi', 'mysql'] as const) {
          const { steps } = inspect(new CountedText(text), dialect, open, 'HIGH');
          assert.ok(steps <= 12 * text.length + 12, `${steps} steps: ${JSON.stringify(text)}`);
        }
      }
    }
  });
});
