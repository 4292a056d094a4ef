// The sources of a Ruby SDK's client: its methods with what they take and answer, and the table of what each sends.

import { inComment } from './identifiers.ts';
import { rubyText } from './ruby-names.ts';
import type { RubyApi, RubyOperation } from './ruby-operations.ts';
import { rubyDocType, rubyType } from './ruby-types.ts';

export interface RubyRoot extends RubyApi {
  /** The module of the SDK. */
  readonly module: string;
  readonly gem: string;
  readonly version: string;
  /** Where the stage is called. */
  readonly invokeUrl: string;
  readonly region: string;
  /** What the API is called, safe in a comment. */
  readonly title: string;
}

export function rubyClientSource({ module, operations, title }: RubyRoot): string {
  return `# frozen_string_literal: true

# Client of the REST API ${title}

module ${module}
  class Client < BaseClient
${operations.map(methodSource).join('\n')}  end
end
`;
}

function methodSource({ name, method, parameters, body, response, answer }: RubyOperation): string {
  const options = parameters.map((one) => {
    const required = one.required ? 'required, ' : '';
    return `@option params [${required}String] :${one.name} in the ${one.location}: ${inComment(one.text)}`;
  });
  if (body !== undefined) options.push(`@option params [${rubyDocType(body.type)}] :${body.name} the body`);
  const member = answer === undefined ? '' : ` whose #${answer.name} is ${rubyDocType(answer.type)}`;
  const lines = [
    `${method.verb} ${inComment(method.path)}`,
    ...options,
    '@option options [Hash] :headers more headers of the request',
    '@option options [Hash] :query more query parameters of the request',
    `@return [${answer === undefined ? 'Response' : `Types::${response}`}]${member}`,
  ];
  return `${lines.map((line) => `    # ${line}\n`).join('')}    def ${name}(params = {}, options = {})
      @transport.call(:${name}, params, options)
    end
`;
}

export function rubyClientApiSource({ module, gem, version, invokeUrl, region, operations }: RubyRoot): string {
  return `# frozen_string_literal: true

# Where the API is, and what each method of the client sends there.

module ${module}
  # @api private
  module ClientApi
    ENDPOINT = ${rubyText(invokeUrl)}
    REGION = ${rubyText(region)}
    GEM = ${rubyText(`${gem}/${version}`)}

    OPERATIONS = {
${operations.map(operationSource).join(',\n')}
    }.freeze
  end
end
`;
}

function operationSource({ name, method, parameters, body, response, answer, errors, tokenHeader }: RubyOperation): string {
  const sent = parameters.map((one) => `          ${one.name}: [:${one.location}, ${rubyText(one.text)}, ${one.required}]`);
  const models = errors.map(({ status, type }) => `          ${status} => ${rubyType(type, 'Types::')}`);
  const entries = [
    `verb: ${rubyText(method.verb)}`,
    `path: ${rubyText(method.path)}`,
    `parameters: ${hash(sent)}`,
    ...(body === undefined ? [] : [`body: [:${body.name}, ${rubyType(body.type, 'Types::')}]`]),
    ...(answer === undefined ? [] : [`answer: -> { Types::${response} }`]),
    `errors: ${hash(models)}`,
    `signed: ${method.signed}`,
    `api_key: ${method.method.apiKeyRequired}`,
    ...(tokenHeader === undefined ? [] : [`authorizer: ${rubyText(tokenHeader)}`]),
  ];
  return `      ${name}: {\n${entries.map((entry) => `        ${entry}`).join(',\n')}\n      }`;
}

function hash(entries: readonly string[]): string {
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n        }`;
}
