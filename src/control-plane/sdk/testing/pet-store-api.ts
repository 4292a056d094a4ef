// An API with what clients on AWS's library for iOS treat in ways of their own: models inside of models, lists, names of families of
// methods, greedy paths, and bodies that are no objects.

import type { RestApiSnapshot, RestMethod, RestModel } from '../../../model/rest-api.ts';
import { hostileApi, jsonModel, modelRef } from './hostile-api.ts';

const answers = (name: string) => ({ 200: { statusCode: '200', responseModels: { 'application/json': name } } });

const given: Readonly<Record<string, Partial<RestMethod>>> = {
  'GET /pets/{petId}': {
    methodResponses: answers('Pet'),
    requestParameters: { 'method.request.querystring.page': true, 'method.request.header.X-Kind': false },
  },
  'GET /pets': { methodResponses: answers('Pets') },
  'PUT /pets': { requestModels: { 'application/json': 'Pet' } },
  'POST /pets': { requestModels: { 'application/json': 'Pets' } },
  'GET /new': {},
  'PUT /files/{kind}/{proxy+}': {},
};

const models: readonly RestModel[] = [
  jsonModel('Pet', {
    type: 'object',
    properties: {
      'display-name': { type: 'string' },
      age: { type: 'integer' },
      friends: { type: 'array', items: modelRef('Pet') },
      owner: { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
      visits: { type: 'array', items: { type: 'object', properties: { on: { type: 'string' } } } },
      matrix: { type: 'array', items: { type: 'array', items: modelRef('Pet') } },
      newOwner: {},
      description: { type: 'string' },
      in: { type: 'boolean' },
      func: { type: 'number' },
      'a.b': { type: 'string' },
    },
  }),
  jsonModel('Pets', { type: 'array', items: modelRef('Pet') }),
  jsonModel('Empty', { type: 'object' }),
];

export function petStoreApi(): RestApiSnapshot {
  const methods = Object.entries(given).map(([key, more]): RestMethod => {
    const [httpMethod = '', resourceId = ''] = key.split(' ');
    return { resourceId, httpMethod, authorizationType: 'NONE', apiKeyRequired: false, methodResponses: {}, ...more };
  });
  const resources = [...new Set(methods.map(({ resourceId }) => resourceId))].map((path) => ({ id: path, path }));
  const base = hostileApi();
  return { ...base, restApi: { ...base.restApi, name: 'Pet store' }, resources, methods, models };
}
