// What a Ruby SDK has around its sources: a gem, and how it is used.

import { inCell, inMarkdown } from './identifiers.ts';
import type { RubyRoot } from './ruby-client.ts';
import { rubyText } from './ruby-names.ts';

/** RubyGems builds nothing whose summary says that something is still to be done: the API's name is not in it. */
export function gemspecSource({ gem, version }: RubyRoot): string {
  return `# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = ${rubyText(gem)}
  spec.version = ${rubyText(version)}
  spec.summary = 'Client of a REST API'
  spec.authors = ['The owner of the REST API']
  spec.files = Dir['lib/**/*.rb'] + ['README.md']
  spec.require_paths = ['lib']
  spec.required_ruby_version = '>= 2.7'
end
`;
}

/** Each may use what is before it. */
const FILES = [
  'client_api',
  'configuration',
  'shapes',
  'structure',
  'response',
  'types',
  'service_error',
  'errors',
  'request',
  'signer',
  'connections',
  'transport',
  'base_client',
  'client',
];

export function rubyMainSource({ module, gem, version, title }: RubyRoot): string {
  return `# frozen_string_literal: true

# Client of the REST API ${title}

module ${module}
  GEM_VERSION = ${rubyText(version)}
end

${FILES.map((file) => `require_relative ${rubyText(`${gem}/${file}`)}\n`).join('')}`;
}

export function rubyReadme({ module, gem, version, operations, invokeUrl, title }: RubyRoot): string {
  const first = operations[0];
  const params = first?.parameters.filter(({ required }) => required).map(({ name }) => `${name}: '…'`) ?? [];
  const call = first === undefined ? '' : `resp = client.${first.name}(${params.join(', ')})\n`;
  const read =
    first?.answer === undefined
      ? '# resp.body, resp.status_code, resp.headers'
      : `# resp.${first.answer.name}, and resp.status_code, resp.headers, resp.body`;
  const rows = operations.map((one) => {
    const named = [...one.parameters.map(({ name, required }) => (required ? name : `${name} (optional)`))];
    if (one.body !== undefined) named.push(`${one.body.name} (body)`);
    return `| \`${one.name}\` | ${one.method.verb} ${inCell(one.method.path)} | ${named.join(', ')} |`;
  });
  return `# Client of the REST API ${inMarkdown(title)}

\`gem build ${gem}.gemspec && gem install ${gem}-${version}.gem\` installs it. It needs Ruby 2.7 or later, and no other gem.

\`\`\`ruby
require '${gem}'

client = ${module}::Client.new(
  # api_key: '…', where methods ask for one
  # access_key_id: '…', secret_access_key: '…', session_token: '…', for methods with AWS_IAM
  # authorizer_token: '…', for methods with an authorizer
)
${call}${read}
\`\`\`

The API was at ${invokeUrl} when the client was made; \`endpoint: '…'\` says another place. Other options: \`credentials\` (anything that has
\`access_key_id\`, \`secret_access_key\` and \`session_token\`, or answers it to \`credentials\`), \`region\`, \`retry_limit\`, \`http_open_timeout\`,
\`http_read_timeout\`, \`http_idle_timeout\`, \`http_wire_trace\`, \`logger\`, \`ssl_verify_peer\`, \`ssl_ca_bundle\`. Without an access key the one of
\`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\` and \`AWS_SESSION_TOKEN\` is used.

Models are taken as hashes and answered as structures: \`structure.name\`, \`structure[:name]\`, \`structure.to_h\`. A list as the value of a
query parameter sends it several times. What the API does not name is sent with \`headers: {}\` and \`query: {}\` in a second hash.

An answer that is no success raises \`${module}::Errors::ServiceError\` or what extends it for the status (\`NotFoundException\`); it has
\`message\`, \`code\`, \`data\`, \`status_code\`, \`headers\` and \`body\`. What is answered with 429, and what found no connection, is sent up to
\`retry_limit\` times more; then there is a \`${module}::Errors::NetworkingError\`.

| method | calls | params |
|---|---|---|
${rows.join('\n')}
`;
}
