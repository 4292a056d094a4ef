// The Ruby SDK of an API: what is in it, and that Ruby takes it whatever the API calls things.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { mock, restApi } from '../../compile/testing/rest-api-builder.ts';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { rubyText } from './ruby-names.ts';
import { isRubyParameter, type RubyParameters, rubySdk } from './ruby-sdk.ts';
import { escapes, hostileApi, invokeUrl, jsonModel, modelRef } from './testing/hostile-api.ts';

const noRuby = spawnSync('ruby', ['--version']).status !== 0;
const skip = noRuby && process.env['CI'] !== 'true' ? 'ruby is not on the PATH: generated Ruby is not run' : false;

const parameters: RubyParameters = {
  'service.name': 'SimpleCalc',
  'ruby.gem-name': 'simplecalc-sdk',
  'ruby.gem-version': '1.0.0',
};
const lib = 'simplecalc-sdk/lib/simplecalc-sdk';

function simpleCalc(): RestApiSnapshot {
  const integration = mock();
  const methodResponses = { 200: { statusCode: '200', responseModels: { 'application/json': 'Result' } } };
  const { snapshot } = restApi(
    {
      'GET /': {
        integration,
        methodResponses,
        apiKeyRequired: true,
        requestParameters: {
          'method.request.querystring.a': true,
          'method.request.querystring.class': false,
          'method.request.header.X-Kind': false,
        },
      },
      'POST /': { integration, methodResponses, requestModels: { 'application/json': 'Input' } },
      'GET /{a}/{b}/{op}': {
        integration,
        methodResponses: { ...methodResponses, 400: { statusCode: '400', responseModels: { 'application/json': 'Input' } } },
      },
      'GET /pets': { integration, operationName: 'ListPets', authorizationType: 'CUSTOM', authorizerId: 'auth' },
    },
    {
      models: [
        jsonModel('Input', {
          type: 'object',
          properties: { a: { type: 'number' }, op: { type: 'string' }, class: { type: 'string' }, n: { type: 'integer' } },
        }),
        jsonModel('Output', {
          type: 'object',
          properties: { c: { type: 'number' }, all: { type: 'array', items: modelRef('Input') } },
        }),
        jsonModel('Result', { type: 'object', properties: { input: modelRef('Input'), output: modelRef('Output') } }),
        jsonModel('Empty', { type: 'object' }),
      ],
    },
  );
  const authorizer = { id: 'auth', name: 'auth', type: 'TOKEN', identitySource: 'method.request.header.X-Token' } as const;
  return { ...snapshot, authorizers: [authorizer] };
}

function filesOf(more: Partial<RubyParameters> = {}, snapshot = simpleCalc()): Readonly<Record<string, string>> {
  return rubySdk({ snapshot, invokeUrl, parameters: { ...parameters, ...more } });
}

function ruby(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync('ruby', args, { cwd, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.equal(stderr, '');
  return stdout;
}

/** What a script says that requires the gem. */
function run(files: Readonly<Record<string, string>>, script: string, checked = false): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ruby-sdk-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
      if (checked && /\.(?:rb|gemspec)$/.test(name)) ruby(['-wc', name], folder);
    }
    writeFileSync(path.join(folder, 'script.rb'), `require 'simplecalc-sdk'\n${script}`);
    return ruby(['-w', '-I', 'simplecalc-sdk/lib', 'script.rb'], folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the Ruby SDK', () => {
  test('its own files', () => {
    assert.deepEqual(
      Object.keys(filesOf()).filter((name) => !name.startsWith(`${lib}/`)),
      ['simplecalc-sdk/simplecalc-sdk.gemspec', 'simplecalc-sdk/README.md', 'simplecalc-sdk/lib/simplecalc-sdk.rb'],
    );
    for (const text of Object.values(filesOf())) assert.doesNotMatch(text, /\bService\b/);
  });

  test('a method sends its parameters where they belong', () => {
    const api = filesOf()[`${lib}/client_api.rb`] ?? '';
    assert.match(
      api,
      /get_api_root: \{\n\s+verb: 'GET',\n\s+path: '\/',\n\s+parameters: \{\n\s+a: \[:query, 'a', true\],\n\s+class: \[:query, 'class', false\],\n\s+x_kind: \[:header, 'X-Kind', false\]/,
    );
    assert.match(api, /post_api_root: \{[^}]*\},?[^}]*body: \[:input, -> \{ Types::Input \}\]/s);
    assert.match(api, /answer: -> \{ Types::GetABOpResponse \},\n\s+errors: \{\n\s+400 => -> \{ Types::Input \}/);
    assert.match(api, /list_pets: \{.*signed: false,\n\s+api_key: false,\n\s+authorizer: 'X-Token'/s);
    assert.match(filesOf()[`${lib}/client.rb`] ?? '', /def get_ab_op\(params = \{\}, options = \{\}\)/);
  });

  test('the gem says its name and its version, and nothing of the API', () => {
    const gemspec = filesOf({ 'ruby.gem-name': 'calc', 'ruby.gem-version': '2.0.pre1' })['calc/calc.gemspec'] ?? '';
    assert.match(gemspec, /spec\.name = 'calc'\n {2}spec\.version = '2\.0\.pre1'/);
    const { restApi: api, ...snapshot } = simpleCalc();
    const todo = filesOf({}, { ...snapshot, restApi: { ...api, name: 'TODO' } });
    assert.doesNotMatch(todo['simplecalc-sdk/simplecalc-sdk.gemspec'] ?? '', /TODO/);
  });

  test('Ruby takes it', { skip }, () => {
    const script = `
      client = SimpleCalc::Client.new(access_key_id: 'AKID', secret_access_key: 'SECRET', session_token: 'TOKEN')
      p client.operation_names, client.config.endpoint.to_s, client.config.region, SimpleCalc::GEM_VERSION
      puts [client, client.config, client.config.credentials].map(&:inspect).grep(/SECRET|TOKEN/).length
      input = SimpleCalc::Types::Input.new(a: 1, _class: 'x')
      puts JSON.generate([input.to_h, input[:a], input._class, input == SimpleCalc::Types::Input.new(input.to_h), input])
      begin
        SimpleCalc::Client.new(acces_key: 'x')
      rescue ArgumentError => e
        puts e.message
      end
      p SimpleCalc::Errors::BadRequestException.superclass, SimpleCalc::Errors::BY_STATUS[429]`;
    assert.deepEqual(run(filesOf(), script).trim().split('\n'), [
      '[:get_api_root, :post_api_root, :list_pets, :get_ab_op]',
      `"${invokeUrl}"`,
      '"us-east-1"',
      '"1.0.0"',
      '0',
      '[{"a":1,"_class":"x"},1,"x",true,{"a":1,"class":"x"}]',
      "invalid configuration option `:acces_key'",
      'SimpleCalc::Errors::ServiceError',
      'SimpleCalc::Errors::TooManyRequestsException',
    ]);
  });

  test('values are sent and read as their models say', { skip }, () => {
    const script = `
      input = -> { SimpleCalc::Types::Input }
      read = ->(json) { SimpleCalc::Shapes.read(-> { SimpleCalc::Types::Output }, json).to_h }
      puts JSON.generate([read.call('c' => '1.5', 'more' => 1), read.call('c' => 'x', 'all' => [{ 'a' => 1, 'op' => 2 }, 3]), read.call('c' => nil)])
      write = ->(value) { puts JSON.generate(SimpleCalc::Shapes.write(input, value, 'params[:input]')) rescue puts $!.message }
      write.call(a: '1', op: :+, n: 2.0, _class: nil)
      write.call('class' => 'x', 'a' => 1.5)
      write.call(SimpleCalc::Types::Input.new(a: 1))
      [{ b: 1 }, { a: 'x' }, { n: 1.5 }, { op: [] }, 'x'].each(&write)`;
    assert.deepEqual(run(filesOf(), script).trim().split('\n'), [
      '[{"c":1.5},{"c":"x","all":[{"a":1,"op":"2"},3]},{}]',
      '{"a":1,"op":"+","n":2}',
      '{"class":"x","a":1.5}',
      '{"a":1}',
      'unexpected value at params[:input][:b]',
      'expected params[:input][:a] to be a Numeric, got class String instead.',
      'expected params[:input][:n] to be an Integer, got class Float instead.',
      'expected params[:input][:op] to be a String, got class Array instead.',
      'expected params[:input] to be a hash, got class String instead.',
    ]);
  });

  test('a request has its parameters in their places, and a key and a token where the method asks for them', { skip }, () => {
    const script = `
      config = SimpleCalc::Configuration.new(api_key: 'KEY', authorizer_token: 'TOKEN')
      request = lambda do |name, params, options = {}|
        SimpleCalc::Request.new(SimpleCalc::ClientApi::OPERATIONS.fetch(name), params, options, config)
      end
      one = request.call(:get_api_root, { a: ['b c', '*'], class: 'x', x_kind: 1 }, query: { 'a-' => '+', 'A' => 'ü' })
      p one.path, one.query_string, one.sorted_query_string
      puts JSON.generate(one.headers)
      p request.call(:get_api_root, { a: 1, api_key: 'OTHER' }).headers['x-api-key']
      puts JSON.generate(request.call(:list_pets, {}).headers), request.call(:post_api_root, {}).headers['content-length']
      two = request.call(:get_ab_op, { a: '/', 'b' => '{op}', op: "\\u00fc" })
      p two.path
      wrong = [[:get_api_root, {}], [:list_pets, { api_key: 1 }], [:get_ab_op, { a: '..', b: 1, op: 1 }], [:list_pets, {}, { headers: { "a\\n" => 1 } }]]
      wrong << [:list_pets, {}, { headers: { a: "b\\r\\nc" } }] << [:list_pets, {}, { timeout: 1 }] << [:list_pets, 'x']
      wrong.each { |args| request.call(*args) rescue puts $!.message }`;
    assert.deepEqual(run(filesOf(), script).trim().split('\n'), [
      '"/"',
      '"a=b%20c&a=%2A&class=x&a-=%2B&A=%C3%BC"',
      '"A=%C3%BC&a=%2A&a=b%20c&a-=%2B&class=x"',
      '{"accept":"application/json","x-kind":"1","x-api-key":"KEY"}',
      '"OTHER"',
      '{"accept":"application/json","x-token":"TOKEN"}',
      '0',
      '"/%2F/%7Bop%7D/%C3%BC"',
      'missing required parameter params[:a]',
      'unexpected value at params[:api_key]',
      'invalid value of a',
      'invalid name of a header: "a\\n"',
      'invalid value of the header a',
      'unexpected option :timeout',
      'expected params to be a hash, got class String instead.',
    ]);
  });

  test('Ruby takes an API whose names are reserved, alike, or try to leave strings and comments', { skip }, () => {
    const snapshot = hostileApi();
    const settings = ' -*- shareable_constant_value: literal; encoding: utf-16 -*- TODO';
    const files = filesOf({}, { ...snapshot, restApi: { ...snapshot.restApi, name: `${snapshot.restApi.name}${settings}` } });
    const said = run(
      files,
      `abort 'a name became code' if ObjectSpace.each_object(Module).any? { |one| one.to_s.match?(/(?:\\A|::)Escaped\\z/) } || defined?(Escaped)
      client = SimpleCalc::Client.new
      abort 'a method hides one of Ruby' unless client.class == SimpleCalc::Client && client.send(:is_a?, Object)
      abort 'a method is missing' unless client.operation_names.all? { |name| client.respond_to?(name) }
      types = SimpleCalc::Types.constants.map { |name| SimpleCalc::Types.const_get(name) }
      abort 'no structure' unless types.all? { |type| type < SimpleCalc::Structure }
      types.each do |type|
        next if type < SimpleCalc::Response
        json = type.members.values.to_h { |member| [member.json, '1'] }
        again = SimpleCalc::Shapes.read(-> { type }, json)
        abort "not the same: #{type}" unless again.class == type && again.to_h.keys == type.members.keys
        names = again.to_h.keys.map { |name| [name, name.to_s] }.to_h
        SimpleCalc::Shapes.write(-> { type }, names.transform_values { nil }, 'params')
        names.each_key { |name| abort "no #{name}" unless again.public_send(name) == again[name] }
      end
      p client.operation_names, SimpleCalc::Errors::BY_STATUS[418]`,
      true,
    );
    assert.match(said, /:_class, .*:_initialize/);
    assert.match(said, /ImATeapotException/);
  });

  test('Ruby takes a service called like what the client has', { skip }, () => {
    for (const service of ['types', 'Client', 'Structure', 'Shapes', 'Errors']) {
      const module = service.charAt(0).toUpperCase() + service.slice(1);
      assert.equal(run(filesOf({ 'service.name': service }), `puts ${module}::Client.new.operation_names.length`), '4\n');
    }
  });

  test('strings of Ruby say what they are of', { skip }, () => {
    const texts = [...escapes, "it's", '#{1}', '#@a', '\\', '', '\u0000\u007f'];
    const said = ruby(['-rjson', '-e', `puts JSON.generate([${texts.map(rubyText).join(', ')}])`], tmpdir());
    assert.deepEqual(
      JSON.parse(said),
      texts.map((text) => text.toWellFormed()),
    );
  });

  for (const [name, value, is] of [
    ['service.name', 'SimpleCalc', true],
    ['service.name', 'pet', true],
    ['service.name', 'Simple-Calc', false],
    ['service.name', 'Calc2', false],
    ['service.name', 'String', false],
    ['service.name', 'jSON', false],
    ['service.name', 'net', false],
    ['service.name', 'ArgumentError', false],
    ['service.name', 'A'.repeat(101), false],
    ['ruby.gem-name', 'simplecalc-sdk', true],
    ['ruby.gem-name', 'Pet_2.x', true],
    ['ruby.gem-name', '../x', false],
    ['ruby.gem-name', "a'", false],
    ['ruby.gem-name', '-a', false],
    ['ruby.gem-name', '12', false],
    ['ruby.gem-name', 'json', false],
    ['ruby.gem-version', '1.0.0', true],
    ['ruby.gem-version', '1.0.0.pre1', true],
    ['ruby.gem-version', '1.0-SNAPSHOT', false],
    ['ruby.gem-version', 'v1', false],
  ] as const) {
    test(`${name}=${value.slice(0, 40)} is ${is ? 'taken' : 'refused'}`, () => {
      assert.equal(isRubyParameter(name, value), is);
    });
  }
});
