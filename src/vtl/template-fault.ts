// What can be wrong with a template, as values: found when it is compiled, or while it is rendered.

export interface TemplateFault {
  /**
   * `parse`: the text is not a template. `budget`: a limit was exceeded. `call`: a method failed, which ends the request on
   * AWS, too. `override`: a header, parameter or status was overridden twice.
   */
  readonly kind: 'parse' | 'budget' | 'call' | 'override';
  readonly message: string;
  /** From 1; where the statement or expression begins. */
  readonly line: number;
  readonly column: number;
  /** Which limit, for kind `budget`. */
  readonly budget?: BudgetName;
}

export type BudgetName = 'steps' | 'iterations' | 'output' | 'depth' | 'time' | 'size';

/** Carries a fault to the boundary of the engine, which returns it. */
export class TemplateStop extends Error {
  readonly kind: TemplateFault['kind'];
  readonly budget: BudgetName | undefined;
  /** Index in the template, where it is known. */
  offset: number;

  constructor(kind: TemplateFault['kind'], message: string, offset = -1, budget?: BudgetName) {
    super(message);
    this.kind = kind;
    this.budget = budget;
    this.offset = offset;
  }
}

/** Line and column, from 1, of an index. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: Math.max(0, Math.min(offset, text.length) - start) + 1 };
}

export function faultOf(stop: TemplateStop, text: string): TemplateFault {
  const fault = { kind: stop.kind, message: stop.message, ...placeOf(text, Math.max(0, stop.offset)) };
  return stop.budget === undefined ? fault : { ...fault, budget: stop.budget };
}
