// `response` of http events: headers, templates, statusCodes with their patterns.
// Source: Serverless Framework, guide "REST API", "Request and response", "Status codes".

import type { DesiredIntegrationResponse, DesiredMethodResponse } from '../desired-rest-api.ts';
import type { MapNode, TemplateNode } from '../template-node.ts';
import { httpResponseProperties } from './api-property-tables.ts';
import { answeredOrigin, type RestCors } from './rest-cors.ts';
import { defaultStatusCodes } from './rest-default-templates.ts';
import type { RestReading } from './rest-reading.ts';
import { CONTENT_HANDLING, oneOf, readTemplates } from './rest-request.ts';

export interface RestResponses {
  readonly methodResponses: readonly DesiredMethodResponse[];
  readonly integrationResponses: readonly DesiredIntegrationResponse[];
}

interface StatusCode {
  readonly pattern: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

export function readRestResponses(
  node: TemplateNode | undefined,
  where: string,
  cors: RestCors | undefined,
  reading: RestReading,
): RestResponses {
  const { reader } = reading;
  const map = reader.map(node, where, '{ headers: { Content-Type: "\'text/html\'" } }');
  const properties = map && reader.properties(map, httpResponseProperties, where, 'functions.*.events.http.response');
  const headers = {
    ...(cors === undefined ? {} : { 'Access-Control-Allow-Origin': `'${answeredOrigin(cors)}'` }),
    ...(cors?.allowCredentials === true ? { 'Access-Control-Allow-Credentials': "'true'" } : {}),
    ...readHeaders(properties?.get('headers'), `${where}.headers`, reading),
  };
  const template = readTemplate(properties?.get('template'), `${where}.template`, reading);
  const contentHandling = properties && oneOf(properties, 'contentHandling', CONTENT_HANDLING, where, reading);
  const methodResponses: DesiredMethodResponse[] = [];
  const integrationResponses: DesiredIntegrationResponse[] = [];
  for (const [statusCode, status] of readStatusCodes(properties?.get('statusCodes'), `${where}.statusCodes`, reading)) {
    const all = Object.entries({ ...headers, ...status.headers });
    const parameter = (name: string) => `method.response.header.${name}`;
    methodResponses.push({ statusCode, responseParameters: Object.fromEntries(all.map(([name]) => [parameter(name), true])) });
    integrationResponses.push({
      statusCode,
      selectionPattern: status.pattern,
      responseParameters: Object.fromEntries(all.map(([name, value]) => [parameter(name), value])),
      responseTemplates: { ...template, ...status.templates },
      ...(contentHandling === undefined || !statusCode.startsWith('2') ? {} : { contentHandling }),
    });
  }
  return { methodResponses, integrationResponses };
}

/** Those of the file with a default response, or all that errors of functions can name. */
function readStatusCodes(node: TemplateNode | undefined, where: string, reading: RestReading): ReadonlyMap<string, StatusCode> {
  const { reader } = reading;
  const codes = new Map<string, StatusCode>();
  const map = reader.map(node, where, "{ 404: { pattern: '.*not found.*' } }");
  const plain = (pattern: string): StatusCode => ({ pattern, headers: {}, templates: {} });
  if (map === undefined) return new Map(Object.entries(defaultStatusCodes).map(([code, pattern]) => [code, plain(pattern)]));
  for (const { key, keyPlace, node: raw } of map.entries.values()) {
    if (!/^[1-5]\d\d$/.test(key)) {
      reader.problems.error('SG_BAD_VALUE', keyPlace, `${where}: ${key} is no HTTP status.`, 'Use 100 to 599.');
      continue;
    }
    const value = reader.variables.resolve(raw);
    const status =
      value?.kind === 'scalar' && value.value === null ? undefined : reader.map(value, `${where}.${key}`, "{ pattern: '' }");
    codes.set(key, status === undefined ? plain('') : readStatus(status, `${where}.${key}`, reading));
  }
  if (![...codes.values()].some(({ pattern }) => pattern === '')) codes.set('200', plain(''));
  return codes;
}

function readStatus(map: MapNode, where: string, reading: RestReading): StatusCode {
  const { reader } = reading;
  const kept = { kind: 'enforced' } as const;
  const properties = reader.properties(map, { pattern: kept, headers: kept, template: kept }, where, 'functions.*.events.http');
  return {
    pattern: reader.text(properties.get('pattern'), `${where}.pattern`, '.*not found.*') ?? '',
    headers: readHeaders(properties.get('headers'), `${where}.headers`, reading),
    templates: readTemplate(properties.get('template'), `${where}.template`, reading),
  };
}

function readHeaders(node: TemplateNode | undefined, where: string, { reader, known }: RestReading): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of reader.textMap(node, where, known, () => {})) {
    if (value !== null) headers[name] = value;
  }
  return headers;
}

/** One text is that of JSON. */
function readTemplate(node: TemplateNode | undefined, where: string, reading: RestReading): Record<string, string> {
  if (node?.kind === 'scalar') return { 'application/json': String(node.value) };
  return readTemplates(node, where, reading, (text) => text ?? '') ?? {};
}
