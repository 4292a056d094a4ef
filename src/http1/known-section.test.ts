import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSED } from './field-section.ts';
import { HeaderBlock } from './header-block.ts';
import { KnownSection } from './known-section.ts';
import { defaultLimits, defaultUpstreamLimits } from './limits.ts';
import { type KnownRequestSection, RequestParser } from './request-parser.ts';
import { type KnownResponseSection, ResponseParser } from './response-parser.ts';

// Guarantee: a head is read the same whether its connection sent the section before or not.

const requestLines = [
  'GET / HTTP/1.1',
  'GET /a?b=1 HTTP/1.1',
  'POST /a HTTP/1.1',
  'GET /a HTTP/1.0',
  'GET //a HTTP/1.1',
  'BREW / HTTP/1.1',
];
const statusLines = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 404 Not Found',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 204 No Content',
];
const fields = [
  'Host: api.example',
  'Host: other.example',
  'Content-Length: 5',
  'Content-Length: 6',
  'Transfer-Encoding: chunked',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: X-Drop',
  'Expect: 100-continue',
  'X-Drop: 1',
  'X-Spaced:   1 \t',
  'x-lower: 2',
  'Bad Name: 1',
  'Date: Fri, 27 Nov 2026 04:23:46 GMT',
];

/** A generator with a seed, so that a failure can be run again. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function heads(lines: readonly string[], random: (below: number) => number): string {
  const chosen = ['Host: api.example'];
  for (let count = random(4); count > 0; count--) chosen.push(fields[random(fields.length)] as string);
  return `${lines[random(lines.length)]}\r\n${chosen.join('\r\n')}\r\n\r\n${['', 'hello', 'hello!'][random(3)]}`;
}

function forwarded(headers: { forwardTo(block: HeaderBlock, drop: ReadonlySet<string>, titleCase: boolean): number }): unknown[] {
  return [true, false, false].map((titleCase) => {
    const block = new HeaderBlock();
    return [headers.forwardTo(block, titleCase ? dropped : nothing, titleCase), block.text];
  });
}
const dropped = new Set(['host', 'date']);
const nothing = new Set<string>();

test('requests of one connection are read as if each came alone', () => {
  const random = randomness(1);
  const [parser, alone] = [new RequestParser(defaultLimits), new RequestParser(defaultLimits)];
  let recalled = 0;
  for (let connection = 0; connection < 2000; connection++) {
    const known: KnownRequestSection = new KnownSection();
    const few = [heads(requestLines, random), heads(requestLines, random)];
    for (let request = 0; request < 8; request++) {
      // The read buffer of a thread, of which the messages are a part.
      const text = `${'x'.repeat(random(3))}${few[random(2)]}`;
      const bytes = Buffer.alloc(65_536);
      bytes.write(text, 0, 'latin1');
      const start = text.search(/[A-Z]/);
      const cut = random(5) === 0 ? random(text.length) : text.length;
      const before = known.length > 0 && known.matches(bytes, text.indexOf('\r\n') + 2, text.length);
      if (before) recalled++;
      assert.equal(parser.parse(bytes, start, cut, known), alone.parse(bytes, start, cut), text);
      if (alone.parse(bytes, start, cut) <= 0) {
        if (alone.parse(bytes, start, cut) === REFUSED) assert.deepEqual(parser.refusal, alone.refusal);
        continue;
      }
      const [read, expected] = [parser, alone].map((one) => ({
        facts: [
          one.method,
          one.host,
          one.httpMinor,
          one.bodyLength,
          one.bodyText,
          one.keepAlive,
          one.expectContinue,
          one.nominates,
        ],
        target: [one.text.substring(one.pathStart, one.targetEnd), one.queryAt - one.pathStart, one.emptyPath],
        raw: one.takeHeaders().raw,
        connection: one.takeHeaders().get('connection'),
        forwarded: forwarded(one.takeHeaders()),
      }));
      assert.deepEqual(read, expected, text);
    }
  }
  assert.ok(recalled > 1000, `${recalled} sections were known`);
});

test('responses of one connection are read as if each came alone', () => {
  const random = randomness(2);
  const [parser, alone] = [new ResponseParser(defaultUpstreamLimits), new ResponseParser(defaultUpstreamLimits)];
  let recalled = 0;
  for (let connection = 0; connection < 2000; connection++) {
    const known: KnownResponseSection = new KnownSection();
    const few = [heads(statusLines, random), heads(statusLines, random)];
    for (let response = 0; response < 8; response++) {
      const text = few[random(2)] as string;
      const bytes = Buffer.from(text, 'latin1');
      const cut = random(5) === 0 ? random(text.length) : text.length;
      if (known.matches(bytes, text.indexOf('\r\n') + 2, text.length)) recalled++;
      const length = alone.parse(bytes, 0, cut);
      assert.equal(parser.parse(bytes, 0, cut, known), length, text);
      if (length <= 0) {
        if (length === REFUSED) assert.equal(parser.refusal, alone.refusal);
        continue;
      }
      const [read, expected] = [parser, alone].map((one) => ({
        facts: [one.status, one.httpMinor, one.declaredLength, one.bodyText, one.keepAlive, one.nominates, one.isValidInterim],
        framing: [one.framing('GET'), one.framing('HEAD')],
        raw: one.takeHeaders().raw,
        forwarded: forwarded(one.takeHeaders()),
      }));
      assert.deepEqual(read, expected, text);
    }
  }
  assert.ok(recalled > 1000, `${recalled} sections were known`);
});

test('a section that would make the head too large is refused although it is known', () => {
  const parser = new RequestParser({ ...defaultLimits, headBytes: 80 });
  const known: KnownRequestSection = new KnownSection();
  const request = (path: string) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: api.example\r\nX-Filler: 1234567890\r\n\r\n`);
  const short = request('/');
  assert.equal(parser.parse(short, 0, short.length, known), short.length);
  assert.equal(known.length > 0, true);
  const long = request(`/${'a'.repeat(40)}`);
  assert.equal(parser.parse(long, 0, long.length, known), REFUSED);
  assert.equal(parser.refusal.status, 431);
});

test('what differs all the time is not remembered each time', () => {
  const parser = new RequestParser(defaultLimits);
  const known: KnownRequestSection = new KnownSection();
  let learned = 0;
  const { learn } = KnownSection.prototype;
  known.learn = function (...args) {
    learned++;
    learn.apply(this, args);
  };
  for (let i = 0; i < 320; i++) {
    const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: api.example\r\nX-Number: ${i}\r\n\r\n`);
    assert.equal(parser.parse(bytes, 0, bytes.length, known), bytes.length);
  }
  assert.ok(learned <= 4 + 10, `${learned} times`);
});

test('a section is known only byte for byte, wherever it differs and whatever is there instead', () => {
  const stored = Buffer.from('X-Text: 0123456789 \u00e9\u00fc abcdefghijklmnop\r\nX: y\r\n\r\n', 'latin1');
  const known = new KnownSection<object>();
  known.learn(stored, 0, stored.length, [], false, {});
  assert.equal(known.matches(stored, 0, stored.length), true);
  for (let at = 0; at < stored.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const other = Buffer.from(stored);
      other[at] = byte;
      assert.equal(known.matches(other, 0, other.length), byte === stored[at], `byte ${byte} at ${at}`);
    }
    // Eight zero bytes, and the other zero.
    const zeros = Buffer.from(stored).fill(0, at, Math.min(at + 8, stored.length));
    assert.equal(known.matches(zeros, 0, zeros.length), false);
    if (at + 7 < zeros.length) zeros[at + 7] = 0x80;
    assert.equal(known.matches(zeros, 0, zeros.length), false);
  }
});
