// Under which dimensions the requests of a stage are counted.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html

import type { Dimension } from '../../model/metric.ts';

/** Of a stage: the API as a whole, and the stage. */
export function stageDimensions(api: Dimension, stage: string): readonly (readonly Dimension[])[] {
  return [[api], [api, { name: 'Stage', value: stage }]];
}

/** Of a method or route of a stage, which has metrics of its own where detailed metrics are on. */
export function methodDimensions(api: Dimension, stage: string, resource: string, method: string): readonly Dimension[] {
  return [api, { name: 'Resource', value: resource }, { name: 'Stage', value: stage }, { name: 'Method', value: method }];
}

/** REST APIs are counted by name. AWS: only its ASCII characters; the id when there are none. Seen: developer guide. */
export function apiNameDimension(apiName: string, apiId: string): Dimension {
  const ascii = [...apiName].filter((character) => character <= '\x7f').join('');
  return { name: 'ApiName', value: ascii.trim() === '' ? apiId : ascii };
}

export function apiIdDimension(apiId: string): Dimension {
  return { name: 'ApiId', value: apiId };
}
