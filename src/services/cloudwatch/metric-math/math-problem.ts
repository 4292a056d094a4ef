// Why an expression is refused. Refusals are values: the caller puts the message into the words of its operation.

export interface MathProblem {
  readonly kind: 'problem';
  /** One sentence without the id of the query. */
  readonly message: string;
  /** Where in the text, characters counted from 0. */
  readonly at: number;
}

export function mathProblem(message: string, at: number): MathProblem {
  return { kind: 'problem', message, at };
}
