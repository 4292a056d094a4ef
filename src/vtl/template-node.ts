// A template as a tree: what the parser makes and the compiler turns into functions.

export type Statement =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly offset: number }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression; readonly offset: number }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: Block | undefined; readonly offset: number }
  | {
      readonly kind: 'foreach';
      readonly name: string;
      readonly source: Expression | undefined;
      readonly body: Block;
      readonly offset: number;
    }
  | { readonly kind: 'macro'; readonly macro: Macro; readonly offset: number }
  | { readonly kind: 'define'; readonly name: string; readonly body: Block; readonly offset: number }
  | { readonly kind: 'evaluate'; readonly source: Expression; readonly offset: number }
  | { readonly kind: 'break'; readonly scope: Expression | undefined; readonly offset: number }
  | { readonly kind: 'stop'; readonly offset: number }
  | { readonly kind: 'call'; readonly call: MacroCall; readonly offset: number };

export type Block = readonly Statement[];

export interface Branch {
  readonly condition: Expression;
  readonly body: Block;
}

export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Block;
}

export interface MacroCall {
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** A word among them, which a macro does not take; what is no macro prints it. */
  readonly word: string | undefined;
  /** Of `#@name(…) … #end`. */
  readonly body: Block | undefined;
  /** What is printed when there is no such macro. */
  readonly source: string;
}

export interface Reference {
  readonly root: string;
  readonly links: readonly Link[];
  readonly quiet: boolean;
  /** `\$x`: prints its own text when it has a value. */
  readonly escaped: boolean;
  /** Backslashes in front that are left, one for two. */
  readonly escapes: string;
  /** What stood directly in front, such as the first `$` of `$$x`. */
  readonly prefix: string;
  /** As written, without those. */
  readonly source: string;
  /** A bare name among the arguments of a method; it has no value. */
  readonly runt: boolean;
  readonly offset: number;
}

export type Link =
  | { readonly kind: 'property'; readonly name: string; readonly offset: number }
  | { readonly kind: 'method'; readonly name: string; readonly arguments: readonly Expression[]; readonly offset: number }
  | { readonly kind: 'index'; readonly index: Expression; readonly offset: number };

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean | object; readonly source: string }
  /** A text in double quotes that holds `$` or `#`. */
  | { readonly kind: 'interpolated'; readonly block: Block; readonly source: string }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly source: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly source: string }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[]; readonly source: string }
  | {
      readonly kind: 'range';
      readonly from: Expression;
      readonly to: Expression;
      readonly source: string;
      readonly offset: number;
    }
  | { readonly kind: 'not'; readonly operand: Expression; readonly source: string }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly source: string;
    };

export type BinaryOperator = 'and' | 'or' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';
