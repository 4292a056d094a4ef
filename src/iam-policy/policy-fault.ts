// What is wrong with a policy document, and where. A value: a bad document is ordinary input.

/** One fault of a policy document. */
export interface PolicyFault {
  /** Where, as a path into the document (`Statement[0].Condition.ArnLike`); '' is the document itself. */
  readonly path: string;
  /** Character offset in the text, for text that is not JSON. */
  readonly offset?: number;
  readonly message: string;
}

/** Builds a fault. */
export function fault(path: string, message: string, offset?: number): PolicyFault {
  return offset === undefined ? { path, message } : { path, message, offset };
}

/** Whether a value is a fault and not the thing that was asked for. */
export function isFault(value: object): value is PolicyFault {
  return 'message' in value && 'path' in value;
}
