// `cors` of http events: the OPTIONS method of a path, which answers preflights by itself.
// Source: Serverless Framework, guide "REST API", "Enabling CORS".

import type { DesiredRestMethod } from '../desired-rest-api.ts';
import type { TemplateNode } from '../template-node.ts';
import { httpCorsProperties } from './property-tables.ts';
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
  readonly origins: readonly string[];
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
  const byDefault = { origins: ['*'], headers: DEFAULT_HEADERS, methods, allowCredentials: false };
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
  return {
    origins: texts('origins', '[https://example.com]') ?? texts('origin', 'https://example.com') ?? ['*'],
    headers: texts('headers', '[Content-Type]') ?? DEFAULT_HEADERS,
    methods: texts('methods', '[GET, POST]')?.map((method) => method.toUpperCase()) ?? methods,
    allowCredentials: reader.boolean(properties.get('allowCredentials'), `${where}.allowCredentials`) ?? false,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
  };
}

/** What the events of one path ask for together. */
export function mergedCors(one: RestCors, other: RestCors): RestCors {
  const both = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
  const maxAge = Math.max(one.maxAge ?? 0, other.maxAge ?? 0);
  const cacheControl = other.cacheControl ?? one.cacheControl;
  return {
    origins: both(one.origins, other.origins),
    headers: both(one.headers, other.headers),
    methods: both(one.methods, other.methods),
    allowCredentials: one.allowCredentials || other.allowCredentials,
    ...(maxAge === 0 ? {} : { maxAge }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
  };
}

export function preflightMethod(path: string, cors: RestCors): DesiredRestMethod {
  const { origins, maxAge, cacheControl } = cors;
  const methods = cors.methods.includes('ANY')
    ? both(
        cors.methods.filter((method) => method !== 'ANY'),
        EVERY_METHOD,
      )
    : cors.methods;
  const headers = new Map([
    ['Access-Control-Allow-Origin', origins[0] ?? '*'],
    ['Access-Control-Allow-Headers', cors.headers.join(',')],
    ['Access-Control-Allow-Methods', methods.join(',')],
  ]);
  if (cors.allowCredentials) headers.set('Access-Control-Allow-Credentials', 'true');
  if (maxAge !== undefined) headers.set('Access-Control-Max-Age', String(maxAge));
  if (cacheControl !== undefined) headers.set('Cache-Control', cacheControl);
  const template = originTemplate(origins);
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

/** Answers the origin that asked, when it is one of several; a `*` in an origin stands for anything. */
function originTemplate(origins: readonly string[]): string | undefined {
  const isOne = origins.length === 1 && (origins[0] === '*' || !origins[0]!.includes('*'));
  if (isOne) return undefined;
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
