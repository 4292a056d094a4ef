// The sources of a Ruby SDK's structures and errors.

import type { RubyRoot } from './ruby-client.ts';
import { RubyMethodNames, rubyText } from './ruby-names.ts';
import { exceptionName } from './sdk-answers.ts';
import type { SdkClass, SdkType } from './sdk-models.ts';

/** A type as the SDK's module Shapes takes it. `before`: what stands before the names of classes. */
export function rubyType(type: SdkType, before = ''): string {
  if (type.kind === 'list') return `[${rubyType(type.item, before)}]`;
  // Classes refer to one another in circles: they are looked up when there is a value.
  return type.kind === 'class' ? `-> { ${before}${type.name} }` : `:${type.kind}`;
}

/** A type as comments say it. */
export function rubyDocType(type: SdkType): string {
  switch (type.kind) {
    case 'list':
      return `Array<${rubyDocType(type.item)}>`;
    case 'class':
      return `Types::${type.name}`;
    case 'any':
      return 'Object';
    default:
      return { string: 'String', integer: 'Integer', number: 'Numeric', boolean: 'Boolean' }[type.kind];
  }
}

export function rubyTypesSource({ module, classes, operations }: RubyRoot): string {
  const responses = operations.flatMap(({ response, answer }) =>
    answer === undefined ? [] : [classSource(response, 'Response', [`:${answer.name}, nil, ${rubyType(answer.type)}`])],
  );
  return `# frozen_string_literal: true

# What the models of the API are, and what the methods of the client answer.

module ${module}
  module Types
${[...classes.map(modelSource), ...responses].join('\n')}  end
end
`;
}

function modelSource({ name, properties }: SdkClass): string {
  const names = new RubyMethodNames();
  return classSource(
    name,
    'Structure',
    properties.map((one) => `:${names.take(one.name)}, ${rubyText(one.name)}, ${rubyType(one.type)}`),
  );
}

function classSource(name: string, base: string, members: readonly string[]): string {
  return `    class ${name} < ${base}\n${members.map((member) => `      member ${member}\n`).join('')}    end\n`;
}

export function rubyErrorsSource({ module, statuses }: RubyRoot): string {
  const classes = statuses.map(
    (status) => `    # The answer had status ${status}.\n    class ${exceptionName(status)} < ServiceError; end\n`,
  );
  const entries = statuses.map((status) => `      ${status} => ${exceptionName(status)}`);
  return `# frozen_string_literal: true

# What the API may answer that is no success, by status.

module ${module}
  module Errors
${classes.join('\n')}
    BY_STATUS = {
${entries.join(',\n')}
    }.freeze
  end
end
`;
}
