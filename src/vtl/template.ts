// Mapping templates: compiled once, when an API is deployed, and rendered per request by plain functions.
//
// A template that is wrong is a fault of compileTemplate, never of the first request. Rendering never throws: a fault says
// what, where, and which budget.

import { compileBlock } from './compile-block.ts';
import { CONTEXT_SLOT, type Dialect, INPUT_SLOT, Scope, STAGE_VARIABLES_SLOT } from './compile-scope.ts';
import { InputObject } from './input-object.ts';
import { parseTemplate, TEMPLATE_SIZE_MAX } from './parser.ts';
import type { RequestContext } from './request-context.ts';
import { defaultRenderLimits, type Emit, type RenderLimits, Run, StopSignal } from './run.ts';
import { faultOf, type TemplateFault, TemplateStop } from './template-fault.ts';
import type { TemplateInput } from './template-input.ts';
import { type TraceLine, TraceRecorder } from './template-trace.ts';
import { utilObject } from './util-object.ts';
import type { Value } from './vtl-value.ts';

export type CompiledTemplate =
  | { readonly template: Template; readonly fault?: undefined }
  | { readonly template?: undefined; readonly fault: TemplateFault };

export type Rendered =
  | { readonly output: string; readonly fault?: undefined }
  | { readonly output?: undefined; readonly fault: TemplateFault };

export type TracedRendering = Rendered & { readonly trace: readonly TraceLine[] };

export interface Template {
  readonly source: string;
  render(input: TemplateInput, limits?: RenderLimits): Rendered;
  /** As render, with what each line did. The functions for it are made at the first call. */
  trace(input: TemplateInput, limits?: RenderLimits): TracedRendering;
}

export interface TemplateOptions {
  /** Plain Velocity is for comparing with it. */
  readonly dialect?: Dialect;
}

export function compileTemplate(source: string, options: TemplateOptions = {}): CompiledTemplate {
  const dialect = options.dialect ?? 'api-gateway';
  if (Buffer.byteLength(source) > TEMPLATE_SIZE_MAX) {
    const message = `A template has at most ${TEMPLATE_SIZE_MAX} bytes.`;
    return { fault: { kind: 'parse', message, line: 1, column: 1, budget: 'size' } };
  }
  // AWS: blanks around a template are not part of it. Seen: recorded answers and LocalStack's account of the service. They are left
  // off in place, so that lines stay.
  const lead = dialect === 'api-gateway' ? source.length - source.trimStart().length : 0;
  const text = dialect === 'api-gateway' ? source.trim() : source;
  try {
    const parsed = parseTemplate(text, lead);
    const scope = new Scope({ dialect, compileBlock });
    scope.define(parsed.macros);
    const emit = compileBlock(parsed.block, scope);
    let recorder: TraceRecorder | undefined;
    return {
      template: {
        source,
        render: (input, limits = defaultRenderLimits) => render(source, emit, scope, input, limits),
        trace(input, limits = defaultRenderLimits) {
          // Parsed again: the parts of a template that nobody traces take more memory than its functions.
          recorder ??= new TraceRecorder(source, parseTemplate(text, lead), dialect, compileBlock);
          const { emit: traced, scope: tracedScope } = recorder.begin();
          return { ...render(source, traced, tracedScope, input, limits), trace: recorder.lines() };
        },
      },
    };
  } catch (error) {
    if (error instanceof TemplateStop) return { fault: faultOf(error, source) };
    throw error;
  }
}

function render(source: string, emit: Emit, scope: Scope, input: TemplateInput, limits: RenderLimits): Rendered {
  const context = scope.reads(CONTEXT_SLOT) ? input.context : undefined;
  const slots: Value[] = [
    scope.reads(INPUT_SLOT) ? new InputObject(input.body, input.parameters) : undefined,
    utilObject,
    context,
    scope.reads(STAGE_VARIABLES_SLOT) ? input.stageVariables : undefined,
  ];
  for (let slot = slots.length; slot < scope.slotCount; slot++) slots.push(undefined);
  const run = new Run(slots, limits);
  if (context !== undefined) for (const override of context.overrides) override.beginTemplate();
  try {
    try {
      emit(run);
    } catch (error) {
      if (!(error instanceof StopSignal)) throw error;
    }
    run.checkOutput();
    if (run.out.length * 3 > limits.outputBytesMax && Buffer.byteLength(run.out) > limits.outputBytesMax) run.tooLong();
    if (context !== undefined) checkOverrides(context, run);
    return { output: run.out };
  } catch (error) {
    if (!(error instanceof TemplateStop)) throw error;
    if (error.offset < 0) error.offset = run.at;
    return { fault: faultOf(error, source) };
  }
}

function checkOverrides({ overrides }: RequestContext, run: Run): void {
  for (const { twice } of overrides) {
    if (twice !== undefined) throw new TemplateStop('override', `${twice} is overridden twice.`, run.at);
  }
}
