// `tracing`: whether functions and the stage of the REST API tell X-Ray about their requests.
// Source: Serverless Framework, "AWS X-Ray Tracing".

import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';
import { tracingProperties } from './property-tables.ts';

export interface ProviderTracing {
  readonly apiGateway: boolean;
  readonly lambda: boolean;
}

/** `provider.tracing`. */
export function readProviderTracing(node: TemplateNode | undefined, reader: PropertyReader): ProviderTracing {
  const where = 'provider.tracing';
  const map = reader.map(node, where, '{ apiGateway: true, lambda: true }');
  if (map === undefined) return { apiGateway: false, lambda: false };
  const properties = reader.properties(map, tracingProperties, where);
  return {
    apiGateway: reader.boolean(properties.get('apiGateway'), `${where}.apiGateway`) ?? false,
    lambda: readMode(properties.get('lambda'), `${where}.lambda`, reader) ?? false,
  };
}

/** Of a function, or of all: true and `Active` are one; `PassThrough` leaves the decision to the caller. */
export function readMode(node: TemplateNode | undefined, path: string, reader: PropertyReader): boolean | undefined {
  if (node === undefined) return undefined;
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (value === true || value === 'true' || value === 'Active') return true;
  if (value === false || value === 'false' || value === 'PassThrough') return false;
  return reader.wrong(node, path, 'true, Active or PassThrough', 'For example: Active');
}
