// An API whose names are reserved words, each other's names, and attempts to leave strings and comments of generated code.

import type { RestApiSnapshot, RestMethod, RestModel } from '../../../model/rest-api.ts';

export function jsonModel(name: string, schema: object): RestModel {
  return { id: name, name, contentType: 'application/json', schema: JSON.stringify(schema) };
}

export function modelRef(name: string): object {
  return { $ref: `https://apigateway.amazonaws.com/restapis/abc/models/${name}` };
}

/** Where one of these gets out of its string or comment, the code says `Escaped`. */
export const escapes: readonly string[] = [
  '*/ class Escaped {} /*',
  '"; class Escaped {} //',
  '\\"; class Escaped {} //',
  '\n class Escaped {} //',
  '\r class Escaped {} //',
  '\u2028 class Escaped {} //',
  '\\u002a/ class Escaped {} /*',
  '\\u000a class Escaped {} //',
  "'; class Escaped; end #",
  '#{class Escaped; end}',
  '#{(Object.const_set(:Escaped, 1))}',
  '\n=end\nclass Escaped; end\n=begin\n',
  '\\(Escaped())',
  '" + Escaped() + "',
  '%@ %n @"; Escaped(); //',
  '--><Escaped/>',
  ']]></x><Escaped/>',
  `$${'{Escaped}'}`,
  '\u0000é😀\ud800',
];

const reserved = (
  'class int if end nil self module def super init default true null func protocol extension id id2 java com hash description toString ' +
  'fromJson toJson equals getClass setName Name name body request response json value members item0 wait notify object_id send ' +
  'method new alloc copy isProxy superclass retain release error SdkJson String _ 9lives x x- X client config Self Type'
).split(' ');

const properties = Object.fromEntries([...reserved, ...escapes].map((name, i) => [name, i % 2 === 0 ? { type: 'string' } : {}]));
const names =
  'String Object List Map Error Override Integer SdkJson Client Errors Java Com Kernel Result GetApiRootRequest GetApiRootResult ' +
  'NSString Any AWSTask Hash Array Struct BadRequestException Message pet Pet 9lives';

export const hostileModels: readonly RestModel[] = [
  jsonModel('Hostile', {
    type: 'object',
    properties: {
      ...properties,
      list: { type: 'array', items: { type: 'array', items: modelRef('String') } },
      nested: { type: 'object', properties: { class: { type: 'object', properties: { class: { type: 'integer' } } } } },
    },
  }),
  ...names
    .split(' ')
    .map((name) => jsonModel(name, { type: 'object', properties: { self: modelRef(name), n: { type: 'number' } } })),
  jsonModel('Pets', { type: 'array', items: modelRef('Hostile') }),
  jsonModel('Forever', { type: 'array', items: modelRef('Forever') }),
  jsonModel('Text', { type: 'string' }),
  { ...jsonModel('Broken', {}), schema: '{' },
];

export function hostileApi(): RestApiSnapshot {
  const parameters = Object.fromEntries(
    [...reserved, ...escapes].flatMap((name, i) => [
      [`method.request.querystring.${name}`, i === 0],
      [`method.request.header.${name}`, false],
    ]),
  );
  const given: Readonly<Record<string, Partial<RestMethod>>> = {
    'GET /': { requestParameters: parameters },
    'POST /': { requestModels: { 'application/json': 'Hostile' }, requestParameters: parameters },
    'PUT /': { requestModels: { 'application/json': 'Pets' }, operationName: 'class' },
    'GET /class/{class}': { operationName: escapes[0] as string },
    'GET /class-/{self}': { operationName: 'Class' },
    'GET /a/b': {},
    'GET /a-b': {},
    'GET /A/b': {},
    'DELETE /a/b': { operationName: 'initialize' },
    'PATCH /a/b': { operationName: 'getClass' },
    'POST /a/b': { operationName: 'shutdown', requestModels: { 'application/json': 'Text' } },
    'PUT /a/b': { operationName: 'builder', requestModels: { 'application/json': 'Broken' } },
    'ANY /files/{proxy+}': { authorizationType: 'AWS_IAM', operationName: 'any' },
  };
  const methods = Object.entries(given).map(([key, more], i): RestMethod => {
    const [httpMethod = '', resourceId = ''] = key.split(' ');
    return {
      ...{ resourceId, httpMethod, authorizationType: 'NONE', apiKeyRequired: false },
      ...more,
      methodResponses: {
        200: { statusCode: '200', responseModels: { 'application/json': hostileModels[i % hostileModels.length]?.name ?? '' } },
        400: { statusCode: '400', responseModels: { 'application/json': i % 2 === 0 ? 'Error' : 'Message' } },
        418: { statusCode: '418' },
        599: { statusCode: '599', responseModels: { 'application/json': 'Pets' } },
      },
    };
  });
  const paths = [...new Set(methods.map(({ resourceId }) => resourceId))];
  return {
    scope: { account: '000000000000', region: 'us-east-1' },
    deploymentId: 'd1e2f3',
    restApi: {
      id: 'a1b2c3',
      name: escapes.join(' '),
      createdDate: '2026-11-23T00:00:00.000Z',
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: false,
      rootResourceId: '/',
    },
    resources: paths.map((path) => ({ id: path, path })),
    methods,
    models: hostileModels,
    requestValidators: [],
    authorizers: [],
    gatewayResponses: [],
  };
}

export const invokeUrl = 'https://abc.execute-api.us-east-1.amazonaws.com/prod';
