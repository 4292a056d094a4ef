// A parameter mapping once it is parsed: plain data, part of plans.

/** One step of a JSON path: a member, an index (negative from the end), every child, or a slice that ends before `to`. */
export type JsonPathStep =
  | string
  | number
  | { readonly every: true }
  | { readonly from: number | undefined; readonly to: number | undefined };

/** Where a value is read from when a request is served. */
export type ValueSource =
  | {
      readonly source: 'requestHeader' | 'requestQuery' | 'pathVariable' | 'context' | 'stageVariable' | 'responseHeader';
      readonly name: string;
    }
  | { readonly source: 'requestPath' }
  /** Without a path the whole body. */
  | { readonly source: 'requestBody' | 'responseBody'; readonly path?: readonly JsonPathStep[] };

/** Text and sources, one after the other. */
export type ParameterValue = readonly (string | ValueSource)[];

/** `append:header.x = $context.requestId` as data. */
export interface ParameterChange {
  readonly action: 'append' | 'overwrite' | 'remove';
  readonly location: 'header' | 'querystring' | 'path' | 'statuscode';
  /** As written; '' for the path and the status code, which have no names. */
  readonly name: string;
  readonly value: ParameterValue;
}
