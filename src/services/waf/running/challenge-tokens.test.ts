import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import vm from 'node:vm';
import { captchaPage, challengePage } from './challenge-page.ts';
import { ChallengeTokens, PROOF_BITS, type Puzzle } from './challenge-tokens.ts';

const NOW = Date.UTC(2026, 10, 1);
const IMMUNITY = 300;

/** What a browser does with the page; the value of the cookie. */
function solveInBrowser(page: string): string {
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
  let cookie = '';
  const sandbox = {
    document: {
      get cookie() {
        return cookie;
      },
      set cookie(value: string) {
        cookie = value;
      },
      getElementById: () => ({}),
    },
    location: { reload() {} },
    setTimeout: (run: () => void) => queued.push(run),
  };
  const queued: (() => void)[] = [];
  vm.runInNewContext(script, sandbox);
  for (let run = queued.shift(); run !== undefined && cookie === ''; run = queued.shift()) run();
  return /^aws-waf-token=([^;]*); path=\/; max-age=300; SameSite=Lax$/.exec(cookie)?.[1] ?? '';
}

test('the page of a challenge works out a token that is taken', () => {
  const tokens = new ChallengeTokens();
  const token = solveInBrowser(challengePage(tokens.issue('CHALLENGE', NOW), IMMUNITY));
  const zeros = createHash('sha256').update(token).digest().readUInt32BE(0) >>> (32 - PROOF_BITS);
  assert.equal(zeros, 0, 'the hash in the page is SHA-256');
  assert.equal(tokens.isSolved(token, 'CHALLENGE', IMMUNITY, NOW + 1000), true);
});

test('the digits of a CAPTCHA solve it, and are not in the text of its page', () => {
  const tokens = new ChallengeTokens();
  const puzzle = tokens.issue('CAPTCHA', NOW);
  assert.match(puzzle.digits, /^\d{6}$/);
  assert.equal(captchaPage(puzzle, IMMUNITY).includes(puzzle.digits), false);
  const solved = `${puzzle.token}.${puzzle.digits}`;
  assert.equal(tokens.isSolved(solved, 'CAPTCHA', IMMUNITY, NOW), true);
  assert.equal(tokens.isSolved(solved, 'CHALLENGE', IMMUNITY, NOW), true, 'a challenge asks for no more');
});

test('tokens that prove nothing', () => {
  const tokens = new ChallengeTokens();
  const solved = solveInBrowser(challengePage(tokens.issue('CHALLENGE', NOW), IMMUNITY));
  const captcha = tokens.issue('CAPTCHA', NOW);
  const wrong = captcha.digits === '000000' ? '111111' : '000000';
  const rows: readonly (readonly [string, string, Puzzle, number])[] = [
    ['nothing', '', 'CHALLENGE', NOW],
    ['an issued one that nobody solved', `${tokens.issue('CHALLENGE', NOW).token}.`, 'CHALLENGE', NOW],
    ['a solved one, too late', solved, 'CHALLENGE', NOW + IMMUNITY * 1000],
    ['a solved one, before it was issued', solved, 'CHALLENGE', NOW - 60_000],
    ['a solved challenge for a CAPTCHA', solved, 'CAPTCHA', NOW],
    ['wrong digits', `${captcha.token}.${wrong}`, 'CAPTCHA', NOW],
    ['a later time of issue', solved.replace(/^p\.[^.]+/, `p.${(NOW + 9).toString(36)}`), 'CHALLENGE', NOW],
    ['too many parts', `${solved}.x`, 'CHALLENGE', NOW],
    ['an endless one', `${solved}${'0'.repeat(10_000)}`, 'CHALLENGE', NOW],
  ];
  for (const [what, token, puzzle, now] of rows) assert.equal(tokens.isSolved(token, puzzle, IMMUNITY, now), false, what);
  assert.equal(new ChallengeTokens().isSolved(solved, 'CHALLENGE', IMMUNITY, NOW), false, 'another secret');
});
