// `stagegate vtl render TEMPLATE --event FILE [--trace]`: what API Gateway would make of a mapping template, without a gateway.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../config/user-error.ts';
import type { JsonObject, JsonValue } from '../json-path/json-value.ts';
import { parseJson } from '../json-path/parse-json.ts';
import { printJson } from '../json-path/print-json.ts';
import { compileTemplate, type TracedRendering } from '../vtl/template.ts';
import type { TemplateFault } from '../vtl/template-fault.ts';
import { type TemplateInput, templateContext } from '../vtl/template-input.ts';
import type { TraceLine } from '../vtl/template-trace.ts';
import type { Command } from './command.ts';
import { alignColumns } from './table.ts';
import { plainText, type Terminal } from './terminal.ts';

/** What is read of an event; a whole event of a REST API has more. */
const MEMBERS = [
  ...['body', 'headers', 'queryStringParameters', 'pathParameters', 'stageVariables', 'requestContext', 'context'],
];
/** Of both files; a request has at most 10 MB. */
const FILE_BYTES_MAX = 11 * 1024 * 1024;

export const vtl: Command = async ({ positionals, values, workingDirectory, out, err }) => {
  const [action, file = ''] = positionals;
  if (action !== 'render') {
    throw new UserError('SG_BAD_ARGUMENT', `There is no "vtl ${action}".`, { fix: 'Write stagegate vtl render TEMPLATE.' });
  }
  const full = path.resolve(workingDirectory, file);
  const source = readText(full, 'SG_TEMPLATE', 'The template');
  const { template, fault } = compileTemplate(source);
  if (template === undefined) throw refusal(fault, full);
  const input = readEvent(values.templateEvent, workingDirectory);
  const rendered: TracedRendering = values.trace ? template.trace(input) : { ...template.render(input), trace: [] };
  if (values.trace) for (const line of traceLines(source, rendered.trace, err)) err.line(line);
  if (rendered.output === undefined) throw refusal(rendered.fault, full);
  out.line(rendered.output);
  return 0;
};

function refusal(fault: TemplateFault, file: string): UserError {
  return new UserError('SG_TEMPLATE', fault.message, {
    place: { file, line: fault.line, column: fault.column },
    fix: fault.budget === undefined ? 'Correct the template there.' : 'AWS has limits for templates, too; do less in it.',
  });
}

/** A line per line of the template: its number, how often it ran, what it did. */
function traceLines(source: string, trace: readonly TraceLine[], terminal: Terminal): string[] {
  const found = new Map(trace.map(([line, text, hits]) => [line, { text, hits }]));
  const rows = source.split('\n').map((text, index) => {
    const one = found.get(index + 1);
    return [String(index + 1), one === undefined ? '' : `x${one.hits}`, plainText(text), plainText(one?.text ?? '')];
  });
  return alignColumns(rows).map((row, index) => (found.has(index + 1) ? row : terminal.paint('dim', row)));
}

function readText(file: string, code: 'SG_TEMPLATE' | 'SG_EVENT', what: string): string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) {
      throw new UserError(code, `${what} ${file} is larger than 11 MB.`, {
        fix: 'AWS takes 300 KB for a template, 10 MB for a body.',
      });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(code, `${what} cannot be read: ${(error as Error).message}`, {
      fix: 'Check the path; it begins in the working directory.',
      cause: error,
    });
  }
}

/** The form of a REST API's event: what `$input`, `$context` and `$stageVariables` know of a request. */
function readEvent(named: string | undefined, workingDirectory: string): TemplateInput {
  const text = named === undefined ? '{}' : readText(path.resolve(workingDirectory, named), 'SG_EVENT', 'The event');
  const parsed = parseJson(text);
  if (parsed.fault !== undefined || !(parsed.value instanceof Map)) {
    throw new UserError(
      'SG_EVENT',
      `The event ${named} is not a JSON object${parsed.fault ? `: ${parsed.fault.message}` : '.'}`,
      {
        fix: `Write JSON such as {"body": {"a": 1}, "headers": {"Accept": "application/json"}}.`,
      },
    );
  }
  const event = parsed.value;
  if (event.size > 0 && !MEMBERS.some((name) => event.has(name))) {
    throw new UserError(
      'SG_EVENT',
      `The event ${named} has nothing that a template sees: ${[...event.keys()].slice(0, 5).join(', ')}.`,
      {
        fix: `It may have ${MEMBERS.join(', ')}.`,
      },
    );
  }
  const body = event.get('body') ?? null;
  return {
    body: body === null ? '' : typeof body === 'string' ? body : printJson(body).replaceAll('\\/', '/'),
    parameters: {
      path: member(event, 'pathParameters'),
      querystring: member(event, 'queryStringParameters'),
      header: member(event, 'headers'),
    },
    context: templateContext(member(event, event.has('context') ? 'context' : 'requestContext')),
    stageVariables: member(event, 'stageVariables'),
  };
}

function member(event: JsonObject, name: string): JsonObject {
  const value = event.get(name);
  return value instanceof Map ? value : new Map<unknown, JsonValue>();
}
