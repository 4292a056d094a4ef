import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Alternative, type Piece, parseVariables, VariableSyntaxError } from './variable-syntax.ts';

/** A compact form of what was understood. */
function show(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : `<${piece.alternatives.map(showOne).join(' | ')}>`)).join('');
}

function showOne(alternative: Alternative): string {
  if (alternative.kind === 'literal') return JSON.stringify(alternative.value);
  if (alternative.kind === 'nested') return show([alternative.variable]);
  const parameters = alternative.parameters === undefined ? '' : `(${show(alternative.parameters)})`;
  return `${alternative.source}${parameters}${alternative.address === undefined ? '' : `=${show(alternative.address)}`}`;
}

const rows: readonly { desc: string; text: string; shown: string }[] = [
  { desc: 'no variable', text: 'plain $ { } text', shown: 'plain $ { } text' },
  { desc: 'one', text: `\${self:a.b}`, shown: '<self=a.b>' },
  { desc: 'in a text', text: `x-\${env:A}-y`, shown: 'x-<env=A>-y' },
  { desc: 'an empty address', text: `\${opt:}`, shown: '<opt=>' },
  {
    desc: 'fallbacks',
    text: `\${env:A, opt:b , 'c d', "e", 1, -2.5, true, null}`,
    shown: '<env=A | opt=b | "c d" | "e" | 1 | -2.5 | true | null>',
  },
  { desc: 'a fallback with a comma and a brace', text: `\${env:A, 'x, } y'}`, shown: '<env=A | "x, } y">' },
  { desc: 'nested in an address', text: `\${env:\${opt:s}_ARN}`, shown: '<env=<opt=s>_ARN>' },
  { desc: 'nested as a fallback', text: `\${env:A, \${env:B, \${opt:c}}}`, shown: '<env=A | <env=B | <opt=c>>>' },
  {
    desc: 'a file with a variable in its name',
    text: `\${file(./c.\${opt:s, 'dev'}.yml):a.b}`,
    shown: '<file(./c.<opt=s | "dev">.yml)=a.b>',
  },
  { desc: 'a function', text: `\${strToBool(\${env:A})}`, shown: '<strToBool(<env=A>)>' },
  { desc: 'parameters and an address', text: `\${cf(us-west-2):stack.out}`, shown: '<cf(us-west-2)=stack.out>' },
  {
    desc: 'a region as versions 1 and 2 wrote it',
    text: `\${cf.us-west-2:stack.out} \${ssm.eu-west-1:/a} \${input.params:x}`,
    shown: `<cf(us-west-2)=stack.out> <ssm(eu-west-1)=/a> \${input.params:x}`,
  },
  {
    desc: 'pseudo parameters are not ours',
    text: `arn:\${AWS::Region}:\${Table.Arn}:\${lower}`,
    shown: `arn:\${AWS::Region}:\${Table.Arn}:\${lower}`,
  },
  { desc: 'an escape', text: `\\\${self:a} \${self:a}`, shown: `\${self:a} <self=a>` },
];

const refused: readonly { desc: string; text: string }[] = [
  { desc: 'not closed', text: `\${self:a` },
  { desc: 'a parenthesis not closed', text: `\${file(a.yml` },
  { desc: 'a fallback that is a bare word', text: `\${env:A, word}` },
  { desc: 'an empty fallback', text: `\${env:A, }` },
  { desc: 'nested too deeply', text: `${`\${env:`.repeat(30)}A${'}'.repeat(30)}` },
];

describe('parseVariables', () => {
  for (const { desc, text, shown } of rows) test(desc, () => assert.equal(show(parseVariables(text)), shown));
  for (const { desc, text } of refused) test(desc, () => assert.throws(() => parseVariables(text), VariableSyntaxError));

  test('no text takes longer than its length deserves', () => {
    const started = performance.now();
    for (const text of [
      `\${`.repeat(50_000),
      `\${a:`.repeat(20_000),
      `\${a:${'x'.repeat(200_000)}`,
      `\${a:b, '${'x'.repeat(100_000)}`,
    ]) {
      try {
        parseVariables(text);
      } catch (error) {
        assert.ok(error instanceof VariableSyntaxError);
      }
    }
    assert.ok(performance.now() - started < 2000);
  });
});
