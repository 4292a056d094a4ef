// `$context.requestOverride` and `$context.responseOverride`: what a mapping template changes besides the body. Applied when the whole
// template was rendered; an override wins over a mapped parameter of the same name.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html

export interface RequestOverride {
  readonly header: ReadonlyMap<string, string>;
  readonly path: ReadonlyMap<string, string>;
  readonly querystring: ReadonlyMap<string, string>;
}

export interface ResponseOverride {
  readonly header: ReadonlyMap<string, string>;
  /** Ignored unless it is a status code. AWS: an integer from 100 to 599. */
  readonly status: number | undefined;
}

/** A later override wins where both say something. */
export function joinedOverride(
  first: ResponseOverride | undefined,
  later: ResponseOverride | undefined,
): ResponseOverride | undefined {
  if (first === undefined || later === undefined) return later ?? first;
  return { header: new Map([...first.header, ...later.header]), status: later.status ?? first.status };
}
