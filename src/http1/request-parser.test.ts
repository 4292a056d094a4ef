// Every known way to make two HTTP programs disagree about a request, with our verdict. Each row is sent whole and byte
// by byte through a complete connection; both must give the same answer, and a refusal must be the last thing said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BytesTransport } from './bytes-transport.ts';
import { HeaderBlock } from './header-block.ts';
import type { ServerRequest } from './message.ts';
import { createHttp1Server, type Http1ServerOptions } from './server.ts';

interface Outcome {
  /** Final statuses in order, `closed` when the connection was ended. */
  readonly verdict: string;
  readonly requests: readonly { method: string; target: string; path: string; query: string; host: string; body: string }[];
  readonly sent: string;
}

async function run(wire: string, bytewise: boolean, options: Partial<Http1ServerOptions> = {}): Promise<Outcome> {
  const requests: Outcome['requests'][number][] = [];
  const server = createHttp1Server({
    ...options,
    onRequest(request: ServerRequest): void {
      request.body.readAll(1_000_000, {
        onBody(body): void {
          const { method, target, path, query, host } = request;
          requests.push({ method, target, path, query, host, body: body.toString('latin1') });
          request.respond(200, new HeaderBlock(), 'ok');
        },
        onBodyFailure(failure): void {
          request.respond(failure === 'tooLarge' ? 413 : 400, new HeaderBlock(), '');
        },
      });
    },
  });
  const transport = new BytesTransport();
  server.accept(transport);
  if (bytewise) transport.feedBytewise(wire);
  else transport.feed(wire);
  await new Promise((resolve) => setImmediate(resolve));
  const statuses = [...transport.sent.matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map((match) => match[1]);
  const { sent } = transport;
  const closed = transport.ended || transport.destroyed;
  await server.close();
  return { verdict: [...statuses, ...(closed ? ['closed'] : [])].join(' '), requests, sent };
}

const host = 'Host: api.example\r\n';
const get = (fields: string, line = 'GET / HTTP/1.1'): string => `${line}\r\n${host}${fields}\r\n`;
const post = (fields: string, body: string): string => `POST /x HTTP/1.1\r\n${host}${fields}\r\n${body}`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);
const next = 'GET /smuggled HTTP/1.1\r\nHost: api.example\r\n\r\n';

const refused = '400 closed';
const rows: readonly { readonly desc: string; readonly wire: string; readonly verdict: string }[] = [
  // what must work
  { desc: 'plain GET', wire: get(''), verdict: '200' },
  { desc: 'no space after the colon', wire: 'GET / HTTP/1.1\r\nHost:api.example\r\n\r\n', verdict: '200' },
  { desc: 'white space around a value', wire: 'GET / HTTP/1.1\r\nHost: \t api.example \t\r\n\r\n', verdict: '200' },
  { desc: 'an empty value', wire: get('X-Empty:\r\n'), verdict: '200' },
  { desc: 'a value of white space only', wire: get('X-Empty:   \r\n'), verdict: '200' },
  { desc: 'bytes above 127 in a value', wire: get('X-Name: caf\xe9\r\n'), verdict: '200' },
  { desc: 'a tab inside a value', wire: get('X-Name: a\tb\r\n'), verdict: '200' },
  { desc: 'every token character in a name', wire: get("!#$%&'*+-.^`|~09azAZ: 1\r\n"), verdict: '200' },
  { desc: 'an underscore in an ordinary name', wire: get('my_own_header: 1\r\n'), verdict: '200' },
  { desc: 'two fields of one ordinary name', wire: get('Accept-Language: a\r\nAccept-Language: b\r\n'), verdict: '200' },
  { desc: 'a __proto__ field', wire: get('__proto__: 1\r\nconstructor: 2\r\n'), verdict: '200' },
  { desc: 'HTTP/1.0 ends the connection', wire: get('', 'GET / HTTP/1.0'), verdict: '200 closed' },
  { desc: 'HTTP/1.0 with keep-alive', wire: get('Connection: keep-alive\r\n', 'GET / HTTP/1.0'), verdict: '200' },
  { desc: 'Connection: close', wire: get('Connection: close\r\n'), verdict: '200 closed' },
  { desc: 'Connection: Close among others, any case', wire: get('Connection: foo, Close\r\n'), verdict: '200 closed' },
  { desc: 'two pipelined requests', wire: get('') + get(''), verdict: '200 200' },
  { desc: 'pipelined after a close', wire: get('Connection: close\r\n') + next, verdict: '200 closed' },
  { desc: 'POST with length', wire: post('Content-Length: 5\r\n', 'hello'), verdict: '200' },
  { desc: 'POST with length 0', wire: post('Content-Length: 0\r\n', ''), verdict: '200' },
  { desc: 'POST without any length', wire: post('', ''), verdict: '200' },
  { desc: 'POST then GET', wire: post('Content-Length: 5\r\n', 'hello') + get(''), verdict: '200 200' },
  { desc: 'GET with a body', wire: `${get('Content-Length: 3\r\n')}abc${get('')}`, verdict: '200 200' },
  {
    desc: 'GET with a chunked body',
    wire: `${get('Transfer-Encoding: chunked\r\n')}1\r\na\r\n0\r\n\r\n${get('')}`,
    verdict: '200 200',
  },
  { desc: 'chunked', wire: `${chunked('5\r\nhello\r\n0\r\n\r\n')}${get('')}`, verdict: '200 200' },
  { desc: 'chunked in several chunks', wire: chunked('3\r\nhel\r\n002\r\nlo\r\n0\r\n\r\n'), verdict: '200' },
  { desc: 'chunked, upper-case size', wire: chunked(`A\r\n${'a'.repeat(10)}\r\n0\r\n\r\n`), verdict: '200' },
  { desc: 'chunked, empty', wire: chunked('0\r\n\r\n'), verdict: '200' },
  {
    desc: 'chunked coding name in upper case (names are case-insensitive)',
    wire: post('Transfer-Encoding: CHUNKED\r\n', '0\r\n\r\n'),
    verdict: '200',
  },
  { desc: 'a tab before chunked is white space', wire: post('Transfer-Encoding:\tchunked\r\n', '0\r\n\r\n'), verdict: '200' },
  {
    desc: 'trailer fields are dropped',
    wire: `${chunked('1\r\na\r\n0\r\nX-Trailer: 1\r\nHost: evil\r\n\r\n')}${get('')}`,
    verdict: '200 200',
  },
  { desc: 'absolute form with the same authority', wire: get('', 'GET http://api.example/a?b HTTP/1.1'), verdict: '200' },
  { desc: 'absolute form, https and upper case', wire: get('', 'GET HTTPS://API.EXAMPLE/a HTTP/1.1'), verdict: '200' },
  { desc: 'absolute form without a path', wire: get('', 'GET http://api.example?x HTTP/1.1'), verdict: '200' },
  { desc: 'OPTIONS *', wire: get('', 'OPTIONS * HTTP/1.1'), verdict: '200' },
  { desc: 'Host with a port', wire: 'GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n', verdict: '200' },
  { desc: 'Host is an IPv6 address', wire: 'GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n', verdict: '200' },
  {
    desc: 'an offer of h2c is ignored',
    wire: get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n'),
    verdict: '200',
  },
  {
    desc: 'an offer of websocket is ignored by the core',
    wire: get('Connection: Upgrade\r\nUpgrade: websocket\r\n'),
    verdict: '200',
  },
  {
    desc: 'Expect with the body already sent',
    wire: post('Expect: 100-continue\r\nContent-Length: 2\r\n', 'ab'),
    verdict: '200',
  },
  { desc: 'percent-encoded NUL in the target is the router’s business', wire: get('', 'GET /%00 HTTP/1.1'), verdict: '200' },
  { desc: 'two slashes inside the path', wire: get('', 'GET /a//b HTTP/1.1'), verdict: '200' },

  // line ends
  { desc: 'bare LF line ends', wire: 'GET / HTTP/1.1\nHost: api.example\n\n', verdict: refused },
  { desc: 'bare LF after the request line', wire: 'GET / HTTP/1.1\nHost: api.example\r\n\r\n', verdict: refused },
  { desc: 'bare LF after a field', wire: `GET / HTTP/1.1\r\n${host}X-A: b\nX-C: d\r\n\r\n`, verdict: refused },
  { desc: 'bare LF ends the head', wire: `GET / HTTP/1.1\r\n${host}\n`, verdict: refused },
  { desc: 'bare CR in a value', wire: get('X-A: b\rc\r\n'), verdict: refused },
  { desc: 'bare CR before a field', wire: get('\rX-A: b\r\n'), verdict: refused },
  { desc: 'bare CR after the request line', wire: `GET / HTTP/1.1\rX\r\n${host}\r\n`, verdict: refused },
  { desc: 'CR CR LF', wire: get('X-A: b\r\r\n'), verdict: refused },
  { desc: 'head ended by CR LF CR X', wire: `GET / HTTP/1.1\r\n${host}\rX\r\n\r\n`, verdict: refused },
  { desc: 'leading CRLF', wire: `\r\n${get('')}`, verdict: refused },
  { desc: 'leading LF', wire: `\n${get('')}`, verdict: refused },
  { desc: 'leading space', wire: ` ${get('')}`, verdict: refused },
  { desc: 'CRLF between pipelined requests', wire: `${get('')}\r\n${get('')}`, verdict: '200 400 closed' },
  { desc: 'garbage after a request', wire: `${get('')}xyz\r\n\r\n`, verdict: '200 400 closed' },

  // request line
  { desc: 'two spaces after the method', wire: get('', 'GET  / HTTP/1.1'), verdict: refused },
  { desc: 'two spaces before the version', wire: get('', 'GET /  HTTP/1.1'), verdict: refused },
  { desc: 'tab after the method', wire: get('', 'GET\t/ HTTP/1.1'), verdict: refused },
  { desc: 'tab before the version', wire: get('', 'GET /\tHTTP/1.1'), verdict: refused },
  { desc: 'vertical tab before the version', wire: get('', 'GET /\x0bHTTP/1.1'), verdict: refused },
  { desc: 'trailing space on the request line', wire: get('', 'GET / HTTP/1.1 '), verdict: refused },
  { desc: 'lower-case method', wire: get('', 'get / HTTP/1.1'), verdict: refused },
  { desc: 'mixed-case method', wire: get('', 'Get / HTTP/1.1'), verdict: refused },
  { desc: 'method with a character that is no token', wire: get('', 'GE(T / HTTP/1.1'), verdict: refused },
  { desc: 'method with NUL', wire: get('', 'GE\x00T / HTTP/1.1'), verdict: refused },
  { desc: 'method with bytes above 127', wire: get('', 'G\xc9T / HTTP/1.1'), verdict: refused },
  { desc: 'endless method', wire: get('', `${'A'.repeat(100)} / HTTP/1.1`), verdict: refused },
  { desc: 'empty method', wire: get('', ' / HTTP/1.1'), verdict: refused },
  { desc: 'unknown method', wire: get('', 'BREW / HTTP/1.1'), verdict: '501 closed' },
  { desc: 'CONNECT', wire: get('', 'CONNECT api.example:443 HTTP/1.1'), verdict: '501 closed' },
  { desc: 'TRACE', wire: get('', 'TRACE / HTTP/1.1'), verdict: '501 closed' },
  { desc: 'HTTP/0.9', wire: 'GET /\r\n', verdict: refused },
  { desc: 'HTTP/0.9 named', wire: get('', 'GET / HTTP/0.9'), verdict: refused },
  { desc: 'HTTP/1.2', wire: get('', 'GET / HTTP/1.2'), verdict: refused },
  { desc: 'HTTP/2.0', wire: get('', 'GET / HTTP/2.0'), verdict: refused },
  { desc: 'HTTP/1.10', wire: get('', 'GET / HTTP/1.10'), verdict: refused },
  { desc: 'HTTP/01.1', wire: get('', 'GET / HTTP/01.1'), verdict: refused },
  { desc: 'http/1.1', wire: get('', 'GET / http/1.1'), verdict: refused },
  { desc: 'HTTP/1,1', wire: get('', 'GET / HTTP/1,1'), verdict: refused },
  { desc: 'HTTPS/1.1', wire: get('', 'GET / HTTPS/1.1'), verdict: refused },
  { desc: 'ICY', wire: get('', 'GET / ICY'), verdict: refused },
  { desc: 'the HTTP/2 preface', wire: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', verdict: refused },
  { desc: 'no version', wire: get('', 'GET /'), verdict: refused },
  { desc: 'no target', wire: get('', 'GET HTTP/1.1'), verdict: refused },
  { desc: 'a TLS hello', wire: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n', verdict: refused },
  { desc: 'a PROXY protocol line', wire: `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${get('')}`, verdict: refused },

  // target
  { desc: 'raw UTF-8 in the target', wire: get('', 'GET /caf\xc3\xa9 HTTP/1.1'), verdict: refused },
  { desc: 'NUL in the target', wire: get('', 'GET /\x00 HTTP/1.1'), verdict: refused },
  { desc: 'DEL in the target', wire: get('', 'GET /\x7f HTTP/1.1'), verdict: refused },
  { desc: 'fragment', wire: get('', 'GET /a#b HTTP/1.1'), verdict: refused },
  { desc: 'fragment in the query', wire: get('', 'GET /a?b#c HTTP/1.1'), verdict: refused },
  { desc: 'backslash', wire: get('', 'GET /a\\b HTTP/1.1'), verdict: refused },
  { desc: 'backslash first', wire: get('', 'GET \\evil HTTP/1.1'), verdict: refused },
  { desc: 'two slashes first', wire: get('', 'GET //evil HTTP/1.1'), verdict: refused },
  { desc: 'space in the target', wire: get('', 'GET /a b HTTP/1.1'), verdict: refused },
  { desc: 'no leading slash', wire: get('', 'GET a HTTP/1.1'), verdict: refused },
  { desc: 'query only', wire: get('', 'GET ?a HTTP/1.1'), verdict: refused },
  { desc: 'GET *', wire: get('', 'GET * HTTP/1.1'), verdict: refused },
  { desc: 'OPTIONS *x', wire: get('', 'OPTIONS *x HTTP/1.1'), verdict: refused },
  { desc: 'authority form', wire: get('', 'GET api.example:80 HTTP/1.1'), verdict: refused },
  { desc: 'absolute form of another authority', wire: get('', 'GET http://evil/ HTTP/1.1'), verdict: refused },
  { desc: 'absolute form with another port', wire: get('', 'GET http://api.example:81/ HTTP/1.1'), verdict: refused },
  { desc: 'absolute form with userinfo', wire: get('', 'GET http://u@api.example/ HTTP/1.1'), verdict: refused },
  { desc: 'absolute form, ftp', wire: get('', 'GET ftp://api.example/ HTTP/1.1'), verdict: refused },
  { desc: 'absolute form, file', wire: get('', 'GET file:///etc/passwd HTTP/1.1'), verdict: refused },
  { desc: 'absolute form without authority', wire: get('', 'GET http:///a HTTP/1.1'), verdict: refused },
  { desc: 'absolute form, path with two slashes', wire: get('', 'GET http://api.example//evil HTTP/1.1'), verdict: refused },
  { desc: 'request line of 9000 bytes', wire: get('', `GET /${'a'.repeat(9000)} HTTP/1.1`), verdict: '200' },
  { desc: 'request line of 10,300 bytes', wire: get('', `GET /${'a'.repeat(10_285)} HTTP/1.1`), verdict: '414 closed' },
  { desc: 'endless request line', wire: `GET /${'a'.repeat(20_000)}`, verdict: '414 closed' },

  // Host
  { desc: 'no Host', wire: 'GET / HTTP/1.1\r\nX-A: b\r\n\r\n', verdict: refused },
  { desc: 'no Host in HTTP/1.0', wire: 'GET / HTTP/1.0\r\n\r\n', verdict: refused },
  { desc: 'two Hosts', wire: get('Host: evil\r\n'), verdict: refused },
  { desc: 'two equal Hosts', wire: get(host), verdict: refused },
  { desc: 'empty Host', wire: 'GET / HTTP/1.1\r\nHost:\r\n\r\n', verdict: refused },
  { desc: 'Host with userinfo', wire: 'GET / HTTP/1.1\r\nHost: u:p@api.example\r\n\r\n', verdict: refused },
  { desc: 'Host list', wire: 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n', verdict: refused },
  { desc: 'Host with a space', wire: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', verdict: refused },
  { desc: 'Host with a path', wire: 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', verdict: refused },
  { desc: 'Host with a query', wire: 'GET / HTTP/1.1\r\nHost: a?b\r\n\r\n', verdict: refused },
  { desc: 'Host with a port that is no number', wire: 'GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n', verdict: refused },
  { desc: 'Host with an endless port', wire: 'GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n', verdict: refused },
  { desc: 'Host with bytes above 127', wire: 'GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n', verdict: refused },
  { desc: 'Host with a broken IPv6 address', wire: 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n', verdict: refused },
  { desc: 'endless Host', wire: `GET / HTTP/1.1\r\nHost: ${'a'.repeat(300)}\r\n\r\n`, verdict: refused },

  // fields
  { desc: 'space before the colon', wire: get('X-A : b\r\n'), verdict: refused },
  { desc: 'tab before the colon', wire: get('X-A\t: b\r\n'), verdict: refused },
  { desc: 'space before the colon of Content-Length', wire: post('Content-Length : 5\r\n', 'hello'), verdict: refused },
  {
    desc: 'space before the colon of Transfer-Encoding',
    wire: post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'folded line', wire: get('X-A: b\r\n c\r\n'), verdict: refused },
  { desc: 'folded line with a tab', wire: get('X-A: b\r\n\tc\r\n'), verdict: refused },
  { desc: 'folded Transfer-Encoding', wire: post('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'), verdict: refused },
  { desc: 'first field after white space', wire: `GET / HTTP/1.1\r\n ${host}\r\n`, verdict: refused },
  { desc: 'no name', wire: get(': b\r\n'), verdict: refused },
  { desc: 'no colon', wire: get('X-A\r\n'), verdict: refused },
  { desc: 'space in a name', wire: get('X A: b\r\n'), verdict: refused },
  { desc: 'bytes above 127 in a name', wire: get('X-\xe9: b\r\n'), verdict: refused },
  { desc: 'separator in a name', wire: get('X(A): b\r\n'), verdict: refused },
  { desc: 'slash in a name', wire: get('X/A: b\r\n'), verdict: refused },
  { desc: 'NUL in a name', wire: get('X\x00A: b\r\n'), verdict: refused },
  { desc: 'NUL in a value', wire: get('X-A: b\x00c\r\n'), verdict: refused },
  { desc: 'ESC in a value', wire: get('X-A: \x1b[31m\r\n'), verdict: refused },
  { desc: 'DEL in a value', wire: get('X-A: b\x7f\r\n'), verdict: refused },
  { desc: 'vertical tab in a value', wire: get('X-A: \x0bb\r\n'), verdict: refused },
  { desc: 'form feed in a value', wire: get('X-A: b\x0c\r\n'), verdict: refused },
  { desc: 'Transfer_Encoding', wire: post('Transfer_Encoding: chunked\r\n', ''), verdict: refused },
  { desc: 'Content_Length', wire: post('Content_Length: 5\r\n', ''), verdict: refused },
  { desc: 'X_Forwarded_For', wire: get('X_Forwarded_For: 1.2.3.4\r\n'), verdict: refused },
  {
    desc: 'authorization_ is ordinary, Author_ization too',
    wire: get('authorization_: 1\r\nAuthor_ization: 2\r\n'),
    verdict: '200',
  },
  { desc: 'x_api_key', wire: get('x_api_key: 1\r\n'), verdict: refused },
  { desc: 'x-amzn_trace-id', wire: get('x-amzn_trace-id: 1\r\n'), verdict: refused },
  { desc: '201 fields', wire: get('a: b\r\n'.repeat(200)), verdict: '431 closed' },
  { desc: '200 fields', wire: get('a: b\r\n'.repeat(199)), verdict: '200' },
  { desc: 'a field of 9000 bytes', wire: get(`X-A: ${'a'.repeat(9000)}\r\n`), verdict: '200' },
  { desc: 'head of 11,000 bytes', wire: get(`X-A: ${'a'.repeat(5500)}\r\nX-B: ${'b'.repeat(5500)}\r\n`), verdict: '431 closed' },
  { desc: 'endless field', wire: `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(30_000)}`, verdict: '431 closed' },
  { desc: 'endless name', wire: `GET / HTTP/1.1\r\n${host}${'a'.repeat(30_000)}`, verdict: '431 closed' },

  // lengths
  {
    desc: 'Content-Length and Transfer-Encoding',
    wire: post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  {
    desc: 'Transfer-Encoding and Content-Length',
    wire: post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  {
    desc: 'Content-Length 0 and Transfer-Encoding',
    wire: post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'two equal Content-Lengths', wire: post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), verdict: refused },
  { desc: 'two different Content-Lengths', wire: post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length list', wire: post('Content-Length: 5, 5\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length +5', wire: post('Content-Length: +5\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length -1', wire: post('Content-Length: -1\r\n', ''), verdict: refused },
  { desc: 'Content-Length 05', wire: post('Content-Length: 05\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length 00', wire: post('Content-Length: 00\r\n', ''), verdict: refused },
  { desc: 'Content-Length 0x5', wire: post('Content-Length: 0x5\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length 5.0', wire: post('Content-Length: 5.0\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length 5e0', wire: post('Content-Length: 5e0\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length "5"', wire: post('Content-Length: "5"\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length 5 5', wire: post('Content-Length: 5 5\r\n', 'hello'), verdict: refused },
  { desc: 'empty Content-Length', wire: post('Content-Length:\r\n', ''), verdict: refused },
  { desc: 'Content-Length of 16 digits', wire: post('Content-Length: 9007199254740993\r\n', ''), verdict: refused },
  { desc: 'Content-Length beyond 64 bits', wire: post('Content-Length: 18446744073709551621\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length after a vertical tab', wire: post('Content-Length: \x0b5\r\n', 'hello'), verdict: refused },
  { desc: 'Content-Length over the limit', wire: post('Content-Length: 10485761\r\n', ''), verdict: '413 closed' },
  { desc: 'Transfer-Encoding: xchunked', wire: post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), verdict: '501 closed' },
  { desc: 'Transfer-Encoding: gzip', wire: post('Transfer-Encoding: gzip\r\n', ''), verdict: '501 closed' },
  { desc: 'Transfer-Encoding: identity', wire: post('Transfer-Encoding: identity\r\n', ''), verdict: '501 closed' },
  {
    desc: 'Transfer-Encoding: identity, chunked',
    wire: post('Transfer-Encoding: identity, chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'Transfer-Encoding: gzip, chunked', wire: post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), verdict: refused },
  {
    desc: 'Transfer-Encoding: chunked, identity',
    wire: post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  {
    desc: 'Transfer-Encoding: chunked, chunked',
    wire: post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'Transfer-Encoding: ,chunked', wire: post('Transfer-Encoding: ,chunked\r\n', '0\r\n\r\n'), verdict: refused },
  { desc: 'Transfer-Encoding: chunked;q=1', wire: post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n'), verdict: refused },
  { desc: 'Transfer-Encoding: "chunked"', wire: post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'), verdict: refused },
  {
    desc: 'two Transfer-Encodings',
    wire: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  {
    desc: 'two different Transfer-Encodings',
    wire: post('Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n', '0\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'empty Transfer-Encoding', wire: post('Transfer-Encoding:\r\n', ''), verdict: refused },
  { desc: 'vertical tab before chunked', wire: post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), verdict: refused },
  { desc: 'byte above 127 before chunked', wire: post('Transfer-Encoding: \xa0chunked\r\n', '0\r\n\r\n'), verdict: refused },
  {
    desc: 'Transfer-Encoding in HTTP/1.0',
    wire: `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    verdict: refused,
  },
  { desc: 'Expect: something else', wire: post('Expect: 200-ok\r\nContent-Length: 1\r\n', 'a'), verdict: '417 closed' },
  {
    desc: 'Expect twice',
    wire: post('Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 1\r\n', 'a'),
    verdict: '417 closed',
  },

  // chunked coding
  { desc: 'chunk extension', wire: chunked('5;a=b\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk extension hiding a line end', wire: chunked('5;\n\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'extension on the last chunk', wire: chunked('1\r\na\r\n0;x\r\n\r\n'), verdict: refused },
  { desc: 'space after the chunk size', wire: chunked('5 \r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'space before the chunk size', wire: chunked(' 5\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'empty chunk size', wire: chunked('\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk size 0x5', wire: chunked('0x5\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk size +5', wire: chunked('+5\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk size -1', wire: chunked('-1\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk size g', wire: chunked('g\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk size with 20 leading zeros', wire: chunked(`${'0'.repeat(20)}5\r\nhello\r\n0\r\n\r\n`), verdict: refused },
  { desc: 'chunk size beyond 32 bits', wire: chunked('100000005\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'bare LF after the chunk size', wire: chunked('5\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'bare CR after the chunk size', wire: chunked('5\rhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'bare LF after the chunk', wire: chunked('5\r\nhello\n0\r\n\r\n'), verdict: refused },
  { desc: 'nothing after the chunk', wire: chunked('5\r\nhello0\r\n\r\n'), verdict: refused },
  { desc: 'chunk longer than its size', wire: chunked('4\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'chunk shorter than its size', wire: chunked('6\r\nhello\r\n0\r\n\r\n'), verdict: refused },
  { desc: 'last chunk ended by bare LF', wire: chunked('0\n\n'), verdict: refused },
  { desc: 'trailer section ended by CR X', wire: chunked('0\r\n\rX'), verdict: refused },
  { desc: 'folded trailer', wire: chunked('0\r\nX-A: b\r\n c\r\n\r\n'), verdict: refused },
  { desc: 'trailer with a bare LF', wire: chunked('0\r\nX-A: b\n\r\n'), verdict: refused },
  { desc: 'trailer with NUL', wire: chunked('0\r\nX-A: \x00\r\n\r\n'), verdict: refused },
  { desc: 'trailer without a name', wire: chunked('0\r\n: b\r\n\r\n'), verdict: refused },
  { desc: 'Content-Length in the trailer section', wire: chunked('0\r\nContent-Length: 5\r\n\r\n'), verdict: refused },
  {
    desc: 'Transfer-Encoding in the trailer section',
    wire: chunked('0\r\ntransfer-encoding: chunked\r\n\r\n'),
    verdict: refused,
  },
  { desc: 'endless trailers', wire: chunked(`0\r\n${'X-A: b\r\n'.repeat(600)}\r\n`), verdict: refused },
  { desc: 'a request in the place of a chunk', wire: chunked(next), verdict: refused },

  // smuggling: what follows a message must be exactly the next message
  {
    desc: 'CL.TE: the chunked body hides a request',
    wire: post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\nG${next}`),
    verdict: refused,
  },
  {
    desc: 'TE.CL: the length hides a request',
    wire: post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `5c\r\n${next}0\r\n\r\n`),
    verdict: refused,
  },
  {
    desc: 'TE.TE: one of two codings is obscured',
    wire: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n', `0\r\n\r\n${next}`),
    verdict: refused,
  },
  { desc: 'CL.0: a body that is a request stays a body', wire: post(`Content-Length: ${next.length}\r\n`, next), verdict: '200' },
  { desc: '0.CL: GET with a length', wire: `${get(`Content-Length: ${next.length}\r\n`)}${next}`, verdict: '200' },
  { desc: 'TE.0: an empty chunked body, then a request', wire: `${chunked('0\r\n\r\n')}${next}`, verdict: '200 200' },
  {
    desc: 'a length in a field named by Connection still counts',
    wire: post('Connection: Content-Length\r\nContent-Length: 5\r\n', 'hello'),
    verdict: '200',
  },
  { desc: 'a second request line in a field', wire: get('GET /smuggled HTTP/1.1\r\n'), verdict: refused },
  { desc: 'Content-Length in a folded line', wire: post('X-A: b\r\n Content-Length: 5\r\n', 'hello'), verdict: refused },
];

test('hostile requests: whole and byte by byte', async (t) => {
  assert.ok(rows.length >= 110);
  for (const { desc, wire, verdict } of rows) {
    await t.test(desc, async () => {
      const whole = await run(wire, false);
      const bytewise = await run(wire, true);
      assert.equal(whole.verdict, verdict, 'sent whole');
      assert.equal(bytewise.verdict, verdict, 'sent byte by byte');
      assert.deepEqual(bytewise.requests, whole.requests);
      assert.ok(!whole.requests.some((request) => request.path === '/smuggled') || verdict === '200 200', 'nothing was smuggled');
    });
  }
});

test('every description is used once', () => {
  assert.equal(new Set(rows.map((row) => row.desc)).size, rows.length);
});

const splitRequests = [
  get('Accept: */*\r\nX-Long: aaaaaaaaaaaaaaaa\r\n', 'GET /a/b%20c?x=1&y=2 HTTP/1.1'),
  post('Content-Length: 11\r\n', 'hello world'),
  chunked('3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n'),
  get('', 'GET http://api.example/x?y HTTP/1.1') + post('Content-Length: 2\r\n', 'ab') + get('Connection: close\r\n'),
];

test('requests cut in two at every offset are the same requests', async () => {
  for (const wire of splitRequests) {
    const whole = await run(wire, false);
    assert.ok(whole.requests.length > 0);
    for (let cut = 1; cut < wire.length; cut++) {
      const seen: string[] = [];
      const server = createHttp1Server({
        onRequest(request): void {
          request.body.readAll(1000, {
            onBody(body): void {
              seen.push(`${request.method} ${request.target} ${request.headers.raw.join('|')} ${body.toString('latin1')}`);
              request.respond(200, new HeaderBlock(), 'ok');
            },
            onBodyFailure(): void {},
          });
        },
      });
      const transport = new BytesTransport();
      server.accept(transport);
      transport.feed(wire.slice(0, cut));
      transport.feed(wire.slice(cut));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(transport.sent, whole.sent, `cut at ${cut}`);
      assert.equal(seen.length, whole.requests.length);
      await server.close();
    }
  }
});

test('targets are taken apart', async () => {
  const seen = async (line: string): Promise<string> => {
    const [request] = (await run(get('', line), false)).requests;
    assert.ok(request !== undefined);
    return `${request.target} ${request.path} ${request.query}`;
  };
  assert.equal(await seen('GET /a%20b?x=1 HTTP/1.1'), '/a%20b?x=1 /a%20b x=1');
  assert.equal(await seen('GET /a?b?c HTTP/1.1'), '/a?b?c /a b?c');
  assert.equal(await seen('GET /? HTTP/1.1'), '/? / ');
  assert.equal(await seen('GET http://api.example HTTP/1.1'), '/ / ');
  assert.equal(await seen('GET http://api.example?q HTTP/1.1'), '/?q / q');
  assert.equal(await seen('GET http://api.example/p?q HTTP/1.1'), '/p?q /p q');
  assert.equal(await seen('OPTIONS * HTTP/1.1'), '* * ');
});

test('limits can be lifted and lowered', async () => {
  const long = get(`X-A: ${'a'.repeat(9000)}\r\n`);
  const lifted = { limits: { headBytes: 32_768, lineBytes: 16_384 } };
  assert.equal((await run(long, false, lifted)).verdict, '200');
  assert.equal((await run(post('Content-Length: 6\r\n', ''), false, { limits: { bodyBytes: 5 } })).verdict, '413 closed');
  assert.equal((await run(get('A: b\r\n'), true, { limits: { fieldCount: 1 } })).verdict, '431 closed');
});

test('the core’s own answers can be worded by the server', async () => {
  const headers = new HeaderBlock();
  headers.add('X-Why', 'because');
  const outcome = await run('nonsense\r\n\r\n', false, {
    refusal: (status, reason) => ({ headers, body: `${status} ${reason}` }),
  });
  assert.match(
    outcome.sent,
    /^HTTP\/1\.1 400 Bad Request\r\nX-Why: because\r\nContent-Length: \d+\r\nConnection: close\r\n\r\n400 the method/,
  );
  const tooLong = await run(post('Content-Length: 6\r\n', ''), false, {
    limits: { bodyBytes: 5 },
    refusal: (status, _reason, address) => ({ headers, body: `${status} ${address?.host} ${address?.path}` }),
  });
  assert.match(tooLong.sent, /\r\n413 api\.example \/x$/);
});
