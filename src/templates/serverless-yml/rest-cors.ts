// `cors` of http events: the OPTIONS method of a path, which answers preflights by itself.
// Source: Serverless Framework, guide "REST API", "Enabling CORS".

import type { DesiredRestMethod } from '../desired-rest-api.ts';
import type { TemplateNode } from '../template-node.ts';
import { httpCorsProperties } from './api-property-tables.ts';
import type { RestReading } from './rest-reading.ts';

const DEFAULT_HEADERS = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
];
const EVERY_METHOD = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];

export interface RestCors {
  /** One; several with commas between them. */
  readonly origin?: string;
  /** Written as a list: it decides, and the one that asks is answered. */
  readonly origins?: readonly string[];
  readonly headers: readonly string[];
  readonly methods: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAge?: number;
  readonly cacheControl?: string;
}

/** Undefined for none. */
export function readRestCors(
  node: TemplateNode | undefined,
  httpMethod: string,
  where: string,
  { reader }: RestReading,
): RestCors | undefined {
  if (node === undefined || (node.kind === 'scalar' && (node.value === false || node.value === 'false'))) return undefined;
  const methods = ['OPTIONS', httpMethod];
  const byDefault = { origin: '*', headers: DEFAULT_HEADERS, methods, allowCredentials: false };
  if (node.kind === 'scalar' && (node.value === true || node.value === 'true')) return byDefault;
  if (node.kind !== 'map') return reader.wrong(node, where, 'true or a map', 'For example: cors: true');
  const properties = reader.properties(node, httpCorsProperties, where, 'functions.*.events.http.cors');
  const texts = (name: string, example: string) => {
    const list = reader.texts(properties.get(name), `${where}.${name}`, example);
    // One text may hold several, with commas.
    return list?.flatMap((text) => text.split(',').map((part) => part.trim())).filter((text) => text !== '');
  };
  const maxAge = reader.integer(properties.get('maxAge'), `${where}.maxAge`, 1, 86_400);
  const cacheControl = reader.text(properties.get('cacheControl'), `${where}.cacheControl`, 'max-age=600');
  const origins = texts('origins', '[https://example.com]');
  const origin = texts('origin', 'https://example.com')?.join(',') ?? '*';
  const asked = texts('methods', '[GET, POST]')?.map((method) => method.toUpperCase()) ?? [];
  return {
    ...(origins === undefined ? { origin } : { origins }),
    headers: texts('headers', '[Content-Type]') ?? DEFAULT_HEADERS,
    methods: both(asked, methods),
    allowCredentials: reader.boolean(properties.get('allowCredentials'), `${where}.allowCredentials`) ?? false,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
  };
}

/**
 * What the events of one path ask for together, `other` standing later in the file: lists are joined, of all else the last counts.
 * Source: what Serverless Framework deploys for two events of one path.
 */
export function mergedCors(one: RestCors, other: RestCors): RestCors {
  const maxAge = other.maxAge ?? one.maxAge;
  const cacheControl = other.cacheControl ?? one.cacheControl;
  const origins = both(other.origins ?? [], one.origins ?? []);
  return {
    ...(other.origin === undefined ? {} : { origin: other.origin }),
    ...(origins.length === 0 ? {} : { origins }),
    headers: both(other.headers, one.headers),
    methods: both(other.methods, one.methods),
    allowCredentials: one.allowCredentials || other.allowCredentials,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
  };
}

export function preflightMethod(path: string, cors: RestCors): DesiredRestMethod {
  const { maxAge, cacheControl } = cors;
  const origins = listedOrigins(cors);
  const methods = cors.methods.includes('ANY')
    ? both(
        cors.methods.filter((method) => method !== 'ANY'),
        EVERY_METHOD,
      )
    : cors.methods;
  const headers = new Map([
    ['Access-Control-Allow-Origin', origins?.[0] ?? cors.origin ?? '*'],
    ['Access-Control-Allow-Headers', cors.headers.join(',')],
    ['Access-Control-Allow-Methods', methods.join(',')],
  ]);
  if (cors.allowCredentials) headers.set('Access-Control-Allow-Credentials', 'true');
  if (maxAge !== undefined) headers.set('Access-Control-Max-Age', String(maxAge));
  if (cacheControl !== undefined) headers.set('Cache-Control', cacheControl);
  const template = origins && originTemplate(origins);
  return {
    path,
    httpMethod: 'OPTIONS',
    authorizationType: 'NONE',
    apiKeyRequired: false,
    methodResponses: [{ statusCode: '200', responseParameters: parameters(headers, () => true) }],
    integration: {
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      contentHandling: 'CONVERT_TO_TEXT',
      integrationResponses: [
        {
          statusCode: '200',
          selectionPattern: '',
          responseParameters: parameters(headers, (value) => `'${value}'`),
          responseTemplates: template === undefined ? {} : { 'application/json': template },
        },
      ],
    },
  };
}

function both(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

function parameters<T>(headers: ReadonlyMap<string, string>, value: (text: string) => T): Record<string, T> {
  return Object.fromEntries([...headers].map(([name, text]) => [`method.response.header.${name}`, value(text)]));
}

/** Undefined for one that is answered to everybody. */
function listedOrigins({ origin, origins }: RestCors): readonly string[] | undefined {
  if (origin?.includes(',') === true) return origin.split(',');
  return origins;
}

/** What answers of functions with `integration: lambda` say: all origins in one header, which browsers take of one only. */
export function answeredOrigin({ origin, origins }: RestCors): string {
  return origins?.join(',') ?? origin ?? '*';
}

/** Answers the origin that asked, when it is one of the list; a `*` in an origin stands for anything. */
function originTemplate(origins: readonly string[]): string {
  const patterns = origins.map((origin) => origin.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.+'));
  return [
    '#set($origin = $input.params("Origin"))',
    '#if($origin == "")#set($origin = $input.params("origin"))#end',
    `#if($origin.matches("^(${patterns.join('|')})$"))`,
    '#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)',
    '#end',
    '',
  ].join('\n');
}
