// What the expressions of each purpose may read. Source: developer guide, "WebSocket selection expression summary", which names the
// bodies, the status code and the response headers; headers, query string, context and stage variables are known wherever a request is.

import type { SelectionScope } from './parse-selection-expression.ts';

const request = ['requestBody', 'requestHeader', 'requestQuery', 'context', 'stageVariable'] as const;

/** Api.routeSelectionExpression, Route.modelSelectionExpression and Integration.templateSelectionExpression. */
export const requestSelection: SelectionScope = request;

/** IntegrationResponse.templateSelectionExpression. */
export const responseSelection: SelectionScope = [
  ...request,
  'responseBody',
  'responseHeader',
  'responseMultiValueHeader',
  'responseStatusCode',
];
