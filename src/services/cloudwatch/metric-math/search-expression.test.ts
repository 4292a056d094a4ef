import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchesSearch, parseSearchExpression, type SearchedMetric } from './search-expression.ts';
import { findsWords, searchWords } from './search-words.ts';

/** `Namespace|Metric|Dim=value|…` */
function metric(text: string): SearchedMetric {
  const [namespace = '', metricName = '', ...dimensions] = text.split('|');
  return {
    namespace,
    metricName,
    dimensions: dimensions.map((dimension) => {
      const [name = '', value = ''] = dimension.split('=');
      return { name, value };
    }),
  };
}

const cases: readonly { desc: string; search: string; finds: readonly string[]; misses: readonly string[] }[] = [
  {
    desc: 'a schema is the exact set of dimensions',
    search: '{AWS/EC2,InstanceId} MetricName="CPUUtilization"',
    finds: ['AWS/EC2|CPUUtilization|InstanceId=i-1'],
    misses: [
      'AWS/EC2|CPUUtilization',
      'AWS/EC2|CPUUtilization|InstanceId=i-1|ImageId=a',
      'AWS/EC2|CPUUtilization|ImageId=a',
      'AWS/ECS|CPUUtilization|InstanceId=i-1',
      'AWS/EC2|CPUUtilization2|InstanceId=i-1',
    ],
  },
  {
    desc: 'the order of dimensions says nothing',
    search: '{ AWS/ApiGateway, ApiName, Stage }',
    finds: ['AWS/ApiGateway|Count|Stage=dev|ApiName=pets'],
    misses: ['AWS/ApiGateway|Count|ApiName=pets', 'AWS/ApiGateway|Count|Stage=a|Method=b'],
  },
  {
    desc: 'a namespace alone',
    search: '{AWS/EC2}, CPU',
    finds: ['AWS/EC2|CPUUtilization'],
    misses: ['AWS/EC2|CPUUtilization|A=b'],
  },
  {
    desc: 'quoted names in a schema',
    search: '{"Custom-Namespace", "Dimension Name With Spaces"}, ErrorCount',
    finds: ['Custom-Namespace|ErrorCount|Dimension Name With Spaces=x'],
    misses: ['Custom|ErrorCount|Dimension Name With Spaces=x'],
  },
  {
    desc: 'exact terms are names or values as a whole',
    search: '"Errors"',
    finds: ['N|Errors', 'Errors|x', 'N|x|Errors=1', 'N|x|a=Errors'],
    misses: ['N|ConnectionErrors', 'N|errors'],
  },
  {
    desc: 'one token is found in any case',
    search: 'count',
    finds: ['N|CustomCount1', 'N|COUNT', 'N|x|Count=1', 'my-count|x'],
    misses: ['N|Counter', 'N|account'],
  },
  {
    desc: 'a value of a dimension',
    search: 'InstanceType=micro',
    finds: ['N|x|InstanceType=t2.micro'],
    misses: ['N|micro', 'N|x|Type=micro'],
  },
  {
    desc: 'an exact value of a dimension',
    search: 'InstanceType="t2.micro" Namespace="AWS/EC2"',
    finds: ['AWS/EC2|x|InstanceType=t2.micro'],
    misses: ['AWS/EC2|x|InstanceType=t2.microx', 'AWS|x|InstanceType=t2.micro'],
  },
  {
    desc: 'OR is weaker than AND, brackets',
    search: 'MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB))',
    finds: ['N|Errors', 'N|Invocations|F=ProjectA', 'N|Invocations|F=my-ProjectB'],
    misses: ['N|Invocations', 'N|Invocations|F=ProjectC'],
  },
  { desc: 'side by side is AND', search: 'a OR b c', finds: ['N|a', 'N|b-c'], misses: ['N|b', 'N|c'] },
  { desc: 'NOT alone', search: 'NOT Namespace=AWS', finds: ['shop|x', 'AWSome|x'], misses: ['AWS/EC2|x'] },
  {
    desc: 'several NOTs',
    search: 'MetricName="C" NOT "ProjectA" NOT i-1234567890123456',
    finds: ['N|C|P=ProjectB'],
    misses: ['N|C|P=ProjectA', 'N|C|I=i-1234567890123456', 'N|D'],
  },
  {
    desc: 'a property for a group',
    search: '{"AWS/EC2","InstanceId"} "InstanceId"=("i-1" OR "i-2")',
    finds: ['AWS/EC2|x|InstanceId=i-1', 'AWS/EC2|i-9|InstanceId=i-2'],
    misses: ['AWS/EC2|i-1|InstanceId=i-3'],
  },
  { desc: 'operators are upper case', search: 'this and that', finds: ['N|this-and-that'], misses: ['N|this-that'] },
  { desc: 'an operator inside a word is none', search: 'ORDER ANDROID', finds: ['order|android'], misses: ['der|roid'] },
  {
    desc: 'escapes in an exact term',
    search: String.raw`"Europe\\France Traffic\(Network\)"`,
    finds: [String.raw`N|Europe\France Traffic(Network)`],
    misses: ['N|Europe'],
  },
];

describe('searches', () => {
  for (const { desc, search, finds, misses } of cases) {
    test(`${desc}: ${search}`, () => {
      const parsed = parseSearchExpression(search);
      assert.ok(parsed.kind === 'search', JSON.stringify(parsed));
      for (const text of finds) assert.equal(matchesSearch(parsed, metric(text)), true, text);
      for (const text of misses) assert.equal(matchesSearch(parsed, metric(text)), false, text);
    });
  }

  for (const search of [
    '',
    '  ',
    '{AWS/EC2',
    '{}',
    '{a,}',
    '{a} b)',
    '(a',
    'a AND',
    'OR a',
    'NOT',
    '"open',
    '=a',
    'a=',
    'a=(b=c)',
    '---',
    '{a} {b}',
    ':aws.AccountId=123456789012',
    `${'('.repeat(100)}a${')'.repeat(100)}`,
    `${'NOT '.repeat(200)}a`,
    'a'.repeat(1_025),
  ]) {
    test(`refused: ${search.slice(0, 40)}`, () => {
      const parsed = parseSearchExpression(search);
      assert.ok(parsed.kind === 'problem', JSON.stringify(parsed));
      assert.ok(parsed.at >= 0 && parsed.at <= search.length);
    });
  }
});

describe('tokens', () => {
  // The rows of the user guide.
  for (const [text, whole, parts] of [
    ['CustomCount1', 'customcount1', ['custom', 'count', '1']],
    ['SDBFailure', 'sdbfailure', ['sdb', 'failure']],
    ['Project2-trial333', 'project2trial333', ['project', '2', 'trial', '333']],
    ['Network-Errors_2', 'networkerrors2', ['network', 'errors', '2']],
    ['couNT', 'count', ['cou', 'nt']],
    ['5XXError', '5xxerror', ['5', 'xx', 'error']],
    ['--', '', []],
  ] as const) {
    test(text, () => {
      const words = searchWords(text);
      assert.deepEqual([words.whole, words.parts.map(({ lower }) => lower)], [whole, parts]);
    });
  }

  const found: readonly (readonly [name: string, finds: readonly string[], misses: readonly string[]])[] = [
    [
      'CustomCount1',
      ['count', 'Count', 'COUNT', 'CustomCount', 'Count1', 'customcount1'],
      ['couNT', 'customcount', 'count1', 'oun'],
    ],
    ['Network-Errors-2', ['network/errors', 'network+errors', 'network-errors', 'Network_Errors'], ['errors/network']],
    ['NetworkErrors2', ['network/errors', 'network+errors', 'Network_Errors', 'NetworkErrors'], ['networkerrors']],
    ['DiskReadOps', ['ReadOps', 'disk', 'DiskRead'], ['DiskOps', 'readops']],
  ];
  for (const [name, finds, misses] of found) {
    test(`found in ${name}`, () => {
      for (const term of finds) assert.equal(findsWords(searchWords(term), name), true, term);
      for (const term of misses) assert.equal(findsWords(searchWords(term), name), false, term);
    });
  }
});

test('random searches are refused or match, and never throw', () => {
  const tokens = [
    '{',
    '}',
    'AWS/EC2',
    ',',
    'InstanceId',
    ' ',
    ' ',
    'AND',
    'OR',
    ' NOT ',
    '(',
    ')',
    '"',
    'Count1',
    '=',
    'MetricName=',
    '\\',
    ':',
    'ü',
    '5',
  ];
  const one = metric('AWS/EC2|Count1|InstanceId=i-1');
  let state = 11;
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  let accepted = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: below(9) }, () => tokens[below(tokens.length)]).join('');
    const parsed = parseSearchExpression(text);
    if (parsed.kind === 'problem') continue;
    accepted += 1;
    assert.equal(typeof matchesSearch(parsed, one), 'boolean');
  }
  assert.ok(accepted > 500, `${accepted} were accepted`);
});
