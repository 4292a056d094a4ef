// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for variables, not templates
// Fuzzing of parameter mapping: hostile text through every source into every destination. Whatever comes, the message that leaves
// has the fields, parameters and path segments that the mapping names and no other; what cannot be sent so is refused.

import { FakeBody, type FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { mulberry32, pick } from '../../http1/fuzz-mutation.fuzz.ts';
import type { UpstreamCall } from '../../http1/message.ts';
import type { Disagreement, FuzzReport } from '../../http1/request-parser.fuzz.ts';
import { httpApi, httpProxy } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';

const sources = [
  '$request.header.x-source',
  '$request.querystring.q',
  '$request.path.p',
  '$request.path',
  '$request.body',
  '$request.body.v',
  '$request.body.list[*]',
  '$context.identity.userAgent',
  'a ${request.querystring.q} b ${request.body.v}',
];
const responseSources = ['$response.header.x-source', '$response.body', '$response.body.v', '${response.body.v};${context.path}'];

const parts = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\r\nX-Injected: 1',
    '\n\nX-Injected: 1',
    '\r\n\r\nGET /injected HTTP/1.1\r\n',
    '\u0085',
    '\u2028',
  ],
  ...[
    '\u010d\u010a',
    'é',
    '\u{1f600}',
    '\ud800',
    '\x7f',
    '\t',
    ' ',
    ':',
    ';',
    ',',
    '%0d%0a',
    '%',
    '%zz',
    '&injected=1',
    '=',
    '#',
    '?',
  ],
  ...['/../', '..', '..%2f', '%2e%2e/', '\\..\\', '//', 'plain', '"', "'", '{}', '[', '200', '999', '$request.path', '\ufeff'],
];

/** Runs `cases` mapped requests made from `seed`; the same numbers make the same cases. */
export async function fuzzParameterMapping(cases: number, seed: number): Promise<FuzzReport> {
  const random = mulberry32(seed);
  const served = sources.map((source) => serve(source, pick(responseSources, random)));
  const disagreements: Disagreement[] = [];
  let accepted = 0;
  for (let i = 0; i < cases && disagreements.length < 20; i++) {
    const hostile = hostileText(random);
    const api = served[Math.floor(random() * served.length)] as ServedApi;
    const before = api.upstreams.calls.length;
    api.upstreams.answer = () => backendAnswer(hostile, random);
    const response = api.call(hostileRequest(hostile, random));
    const call = api.upstreams.calls[before];
    api.upstreams.calls.length = 0;
    if (call !== undefined && response.status !== 500) accepted++;
    const wrong = (call === undefined ? undefined : wrongInCall(call)) ?? wrongInResponse(response);
    if (wrong !== undefined) disagreements.push({ case: i, wire: hostile, what: wrong });
  }
  return { cases, accepted, requests: accepted, disagreements };
}

function serve(source: string, responseSource: string): ServedApi {
  const integration = httpProxy('http://h/base', {
    requestParameters: {
      'append:header.x-appended': source,
      'overwrite:header.x-mapped': source,
      'remove:header.x-removed': "''",
      'append:querystring.appended': source,
      'overwrite:querystring.mapped': source,
      'overwrite:path':
        `/before/${source.startsWith('$') && !source.startsWith('${') ? `\${${source.slice(1)}}` : source}`.replaceAll(' ', ''),
    },
    responseParameters: {
      '200': { 'append:header.x-mapped': responseSource, 'overwrite:header.x-source': responseSource },
      '201': { 'overwrite:statuscode': responseSource },
    },
  });
  return new ServedApi(httpApi({ 'ANY /r/{p+}': integration }));
}

function hostileText(random: () => number): string {
  let text = '';
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    text += random() < 0.1 ? String.fromCharCode(Math.floor(random() * 0x10000)) : pick(parts, random);
  }
  return text;
}

function hostileRequest(hostile: string, random: () => number) {
  const encoded = encodeURIComponent(hostile.toWellFormed());
  const body = random() < 0.8 ? JSON.stringify({ v: hostile, list: [hostile, 1] }) : hostile;
  return {
    method: 'POST',
    target: `/r/${random() < 0.7 ? encoded : 'plain/path'}?q=${encoded}&mapped=${encoded}&other=1`,
    // A parser lets no control character through to a field's value.
    headers: [
      ['x-source', receivable(hostile)],
      ['User-Agent', receivable(hostile)],
      ['x-removed', '1'],
      ['x-mapped', 'own'],
    ] as const,
    body: new FakeBody(body, { chunked: random() < 0.2 }),
  };
}

function backendAnswer(hostile: string, random: () => number) {
  const body = random() < 0.8 ? JSON.stringify({ v: hostile }) : hostile;
  return fakeResponse(
    random() < 0.7 ? 200 : 201,
    [['X-Source', receivable(hostile)]],
    new FakeBody(body, { chunked: random() < 0.2 }),
  );
}

function receivable(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[\x00-\x1f\x7f]/g, '')
    .trim();
}

const requestFields = new Set([
  'host',
  'x-source',
  'user-agent',
  'x-mapped',
  'x-appended',
  'forwarded',
  'via',
  'x-amzn-trace-id',
  'content-type',
]);
const responseFields = new Set(['date', 'x-source', 'x-mapped', 'apigw-requestid', 'content-type']);

function wrongInCall(call: UpstreamCall): string | undefined {
  if (!/^\/[\x21-\x7e]*$/.test(call.target)) return `a target that cannot be sent: ${call.target}`;
  const [path = '', query = ''] = call.target.split('?', 2);
  if (call.target.split('?').length > 2 || path.includes('#')) return `a target with two readings: ${call.target}`;
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return `a path that encodes no text: ${path}`;
  }
  if (/(?:^|[/\\])\.\.?(?:[;/\\]|$)/.test(decoded)) return `a path that climbs: ${path}`;
  const names = query.split('&').map((pair) => pair.split('=', 1)[0] as string);
  if (names.some((name) => !['q', 'other', 'mapped', 'appended'].includes(name))) return `another parameter: ${query}`;
  if (names.filter((name) => name === 'mapped').length > 1) return `an overwritten parameter twice: ${query}`;
  return wrongInFields(call.headers.text, requestFields, ['x-mapped', 'x-appended', 'host']);
}

function wrongInResponse(response: FakeRequest): string | undefined {
  if (response.answers !== 1) return `${response.answers} answers`;
  if (response.status < 200 || response.status > 599) return `status ${response.status}`;
  return wrongInFields(response.headerText, responseFields, ['x-mapped', 'x-source']);
}

/** Lines are cut wherever any reader could end one. */
function wrongInFields(text: string, known: ReadonlySet<string>, single: readonly string[]): string | undefined {
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\x00-\xff]/.test(text)) return `a byte that no header has: ${JSON.stringify(text)}`;
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.pop() !== '') return 'a last line without an end';
  const names = lines.map((line) => /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): /.exec(line)?.[1]?.toLowerCase());
  const odd = names.findIndex((name) => name === undefined || !known.has(name));
  if (odd >= 0) return `a field that nobody mapped: ${JSON.stringify(lines[odd])}`;
  const twice = single.find((name) => names.filter((each) => each === name).length > 1);
  return twice === undefined ? undefined : `${twice} twice`;
}
