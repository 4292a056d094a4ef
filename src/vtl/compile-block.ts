// Statements as functions that write into a run.

import { compileAssignment, compileCondition, compileExpression, compileRange, compileReference } from './compile-expression.ts';
import { COUNT_SLOT, FOREACH_SLOT, HAS_NEXT_SLOT, Scope, type Tracer } from './compile-scope.ts';
import { failed } from './methods/method-table.ts';
import { parseTemplate, TEMPLATE_SIZE_MAX } from './parser.ts';
import { textOf } from './print-value.ts';
import { BREAK, COMPILE_STEPS, type Emit, type Eval, GO_ON, type MacroFrame, type Run, StopSignal } from './run.ts';
import { TemplateStop } from './template-fault.ts';
import type { Block, Expression, MacroCall, Reference, Statement } from './template-node.ts';
import { ForeachScope, JavaIterator, MapView, type Value, VtlObject } from './vtl-value.ts';

/** Velocity's own limit of macros in one another. */
const MACRO_DEPTH_MAX = 20;
/** And of a #define in itself. */
const DEFINE_DEPTH_MAX = 2;

/** What `#define` keeps: its block, rendered where it is printed. */
export class DefinedBlock extends VtlObject {
  readonly emit: Emit;
  readonly className = 'org.apache.velocity.runtime.directive.Block$Reference';
  depth = 0;
  readonly #run: Run;

  constructor(emit: Emit, run: Run) {
    super();
    this.emit = emit;
    this.#run = run;
  }

  /** Where it is used as a value. */
  override toString(): string {
    const run = this.#run;
    if (this.depth >= DEFINE_DEPTH_MAX) return '';
    const before = run.out;
    run.out = '';
    try {
      printDefined(this, run);
      return run.made(run.out);
    } finally {
      run.out = before;
    }
  }

  property(): Value {
    return undefined;
  }
}

export function compileBlock(block: Block, scope: Scope): Emit {
  const emits = scope.tracer === undefined ? compileFused(block, scope) : compileTraced(block, scope, scope.tracer);
  const [first] = emits;
  if (first === undefined) return () => GO_ON;
  if (emits.length === 1) return first;
  return (run) => {
    for (let index = 0; index < emits.length; index++) if ((emits[index] as Emit)(run) === BREAK) return BREAK;
    return GO_ON;
  };
}

function compileTraced(block: Block, scope: Scope, tracer: Tracer): Emit[] {
  return block.map((statement) => tracer(statement, compileStatement(statement, scope)));
}

/** A text and the reference behind it are written as one: half the calls, half the parts of the output. */
function compileFused(block: Block, scope: Scope): Emit[] {
  const emits: Emit[] = [];
  for (let index = 0; index < block.length; index++) {
    const statement = block[index] as Statement;
    const next = block[index + 1];
    if (statement.kind === 'text' && next?.kind === 'reference' && !next.reference.escaped && !next.reference.runt) {
      emits.push(compilePrinted(next.reference, scope, statement.text));
      index++;
    } else emits.push(compileStatement(statement, scope));
  }
  return emits;
}

function compileStatement(statement: Statement, scope: Scope): Emit {
  const offset = scope.fixedOffset ?? statement.offset;
  switch (statement.kind) {
    case 'text': {
      const { text } = statement;
      return (run) => {
        run.write(text);
        run.step();
        return GO_ON;
      };
    }
    case 'reference':
      return compilePrinted(statement.reference, scope);
    case 'set': {
      const value = compileExpression(statement.value, scope);
      const assign = compileAssignment(statement.target, scope);
      return (run) => {
        run.at = offset;
        run.step();
        assign(run, value(run));
        return GO_ON;
      };
    }
    case 'if':
      return compileIf(statement, scope, offset);
    case 'foreach':
      return compileForeach(statement, scope, offset);
    case 'macro':
      return () => GO_ON;
    case 'define': {
      const slot = scope.slotOf(statement.name);
      const emit = compileBlock(statement.body, scope);
      return (run) => {
        run.set(slot, new DefinedBlock(emit, run));
        return GO_ON;
      };
    }
    case 'evaluate':
      return compileEvaluate(compileExpression(statement.source, scope), scope, offset);
    case 'break':
      return compileBreak(statement.scope, scope, offset);
    case 'stop':
      return () => {
        throw new StopSignal();
      };
    case 'call':
      return compileCall(statement.call, scope, offset);
  }
}

/** `lead` is printed in front, whatever the reference is. */
function compilePrinted(reference: Reference, scope: Scope, lead = ''): Emit {
  const { escapes, prefix, source, offset } = reference;
  if (reference.runt) {
    return (run) => {
      run.write(source);
      return GO_ON;
    };
  }
  const value = compileReference(reference, scope);
  if (reference.escaped) {
    return (run) => {
      const found = value(run);
      run.write(found === null || found === undefined ? `${escapes}\\${source}` : escapes + source);
      return GO_ON;
    };
  }
  // The backslashes in front of what is not there are text, all of them.
  const absent = lead + escapes + escapes + prefix + (reference.quiet ? '' : scope.unresolved(source));
  const before = lead + escapes + prefix;
  return (run) => {
    run.at = offset;
    run.step();
    const found = value(run);
    if (typeof found === 'string') {
      if (before === '') run.write(found);
      else run.write(before + found);
    } else if (found === null || found === undefined) run.write(absent);
    else if (found instanceof DefinedBlock) {
      if (found.depth >= DEFINE_DEPTH_MAX) run.write(absent);
      else {
        // Velocity leaves out what stood directly in front of it.
        run.write(lead);
        printDefined(found, run);
      }
    } else run.write(before + run.made(textOf(found, run)));
    return GO_ON;
  };
}

function printDefined(block: DefinedBlock, run: Run): void {
  block.depth++;
  run.enter();
  try {
    // A #break in the block ends the block.
    block.emit(run);
  } finally {
    block.depth--;
    run.leave();
  }
}

function compileIf(statement: Statement & { kind: 'if' }, scope: Scope, offset: number): Emit {
  const branches = statement.branches.map((branch) => ({
    holds: compileCondition(branch.condition, scope),
    emit: compileBlock(branch.body, scope),
  }));
  const otherwise = statement.otherwise === undefined ? undefined : compileBlock(statement.otherwise, scope);
  const [only] = branches;
  if (only !== undefined && branches.length === 1 && otherwise === undefined) {
    return (run) => {
      run.at = offset;
      run.step();
      return only.holds(run) ? only.emit(run) : GO_ON;
    };
  }
  return (run) => {
    run.at = offset;
    run.step();
    for (const branch of branches) if (branch.holds(run)) return branch.emit(run);
    return otherwise === undefined ? GO_ON : otherwise(run);
  };
}

function compileForeach(statement: Statement & { kind: 'foreach' }, scope: Scope, offset: number): Emit {
  const slot = scope.slotOf(statement.name);
  const source = compileSource(statement.source, scope);
  const emit = compileBlock(statement.body, scope);
  return (run) => {
    run.at = offset;
    run.step();
    const over = source(run);
    const items = itemsOf(over);
    if (items === undefined || items.length === 0) return GO_ON;
    const map = over instanceof Map ? over : over instanceof MapView ? over.owner : undefined;
    const keys = map?.size;
    const { iterationsMax } = run.limits;
    const before = run.get(slot);
    const countBefore = run.get(COUNT_SLOT);
    const hasNextBefore = run.get(HAS_NEXT_SLOT);
    const outer = run.get(FOREACH_SLOT);
    const loop = new ForeachScope(outer instanceof ForeachScope ? outer : undefined);
    run.set(FOREACH_SLOT, loop);
    run.enter();
    let signal = GO_ON as 0 | 1;
    const { length } = items;
    for (let index = 0; index !== items.length; index++) {
      // Java's iterators notice; one whose end is where it stands has ended.
      if (items.length !== length || map?.size !== keys) throw failed('What #foreach goes over was changed meanwhile.');
      if (index >= iterationsMax) {
        throw new TemplateStop('budget', `More than ${iterationsMax} iterations of a #foreach.`, offset, 'iterations');
      }
      run.step();
      loop.index = index;
      loop.hasNext = index + 1 < length;
      run.set(slot, items[index]);
      run.set(COUNT_SLOT, index + 1);
      run.set(HAS_NEXT_SLOT, loop.hasNext);
      if (emit(run) === BREAK) {
        if (run.breakTarget !== undefined && run.breakTarget !== loop) signal = BREAK;
        else run.breakTarget = undefined;
        break;
      }
    }
    run.leave();
    run.set(slot, before);
    run.set(COUNT_SLOT, countBefore);
    run.set(HAS_NEXT_SLOT, hasNextBefore);
    run.set(FOREACH_SLOT, outer);
    return signal;
  };
}

/** A range is made no longer than the loop may be. */
function compileSource(source: Expression | undefined, scope: Scope): Eval {
  if (source === undefined) return () => null;
  return source.kind === 'range' ? compileRange(source, scope, 1000) : compileExpression(source, scope);
}

/** What a loop goes over: a list, or the values of a map. Anything else has no items. */
function itemsOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof JavaIterator) return value.rest();
  return value instanceof Map ? [...value.values()] : undefined;
}

function compileBreak(scopeOf: Expression | undefined, scope: Scope, offset: number): Emit {
  if (scopeOf === undefined) return () => BREAK;
  const target = compileExpression(scopeOf, scope);
  return (run) => {
    run.at = offset;
    const loop = target(run);
    if (!(loop instanceof ForeachScope)) throw failed('The argument of #break is not a scope such as $foreach.');
    run.breakTarget = loop;
    return BREAK;
  };
}

/** A block that ends at a #break without an argument; one with an argument goes on to its loop. */
function absorbBreak(signal: 0 | 1, run: Run): 0 | 1 {
  return signal === BREAK && run.breakTarget !== undefined ? BREAK : GO_ON;
}

function compileCall(call: MacroCall, scope: Scope, offset: number): Emit {
  const { name, source, word } = call;
  const given = call.arguments.map((argument) =>
    argument.kind === 'literal' ? { value: argument.value as Value } : compileExpression(argument, scope),
  );
  const body = call.body === undefined ? undefined : compileBlock(call.body, scope);
  const bodySlot = scope.slotOf('bodyContent');
  return (run) => {
    run.at = offset;
    run.step();
    const macro = scope.macros.get(name);
    if (macro === undefined) {
      run.write(source);
      return GO_ON;
    }
    if (word !== undefined) throw failed(`'${word}' is no argument of a macro: #${name}.`);
    const args = new Map<number, Eval | { readonly value: Value }>();
    for (let index = 0; index < macro.slots.length && index < given.length; index++) {
      args.set(macro.slots[index] as number, given[index] as Eval);
    }
    const outer = run.frame;
    if (body !== undefined) args.set(bodySlot, { value: new DefinedBlock((inner) => inCallersFrame(body, inner, outer), run) });
    if (++run.macroDepth > MACRO_DEPTH_MAX) {
      throw new TemplateStop('budget', `More than ${MACRO_DEPTH_MAX} macros in one another, at #${name}.`, offset, 'depth');
    }
    run.enter();
    run.frame = { arguments: args, local: new Map(), outer };
    const signal = macro.emit(run);
    run.frame = outer;
    run.leave();
    run.macroDepth--;
    return absorbBreak(signal, run);
  };
}

function inCallersFrame(emit: Emit, run: Run, frame: MacroFrame | undefined): 0 | 1 {
  const inner = run.frame;
  run.frame = frame;
  const signal = emit(run);
  run.frame = inner;
  return signal;
}

/** #evaluate: a text of the request becomes a template, with what is left of this one's budgets. */
function compileEvaluate(source: Eval, scope: Scope, offset: number): Emit {
  scope.readsAnything();
  return (run) => {
    run.at = offset;
    const value = source(run);
    if (value === null || value === undefined) return GO_ON;
    const text = textOf(value, run);
    if (text.length > TEMPLATE_SIZE_MAX) throw new TemplateStop('budget', 'The text of #evaluate is too long.', offset, 'size');
    // To compile costs far more than to run; the clock is looked at each time.
    run.step(COMPILE_STEPS + text.length);
    run.enter();
    const inner = new Scope({ dialect: scope.dialect, compileBlock, outer: scope, fixedOffset: offset });
    const emit = compileEvaluated(text, inner, offset);
    run.leave();
    run.enter();
    const signal = emit(run);
    run.leave();
    return absorbBreak(signal, run);
  };
}

function compileEvaluated(text: string, scope: Scope, offset: number): Emit {
  try {
    const parsed = parseTemplate(text);
    scope.define(parsed.macros);
    return compileBlock(parsed.block, scope);
  } catch (error) {
    if (!(error instanceof TemplateStop)) throw error;
    throw new TemplateStop('call', `#evaluate, at ${error.offset}: ${error.message}`, offset);
  }
}
