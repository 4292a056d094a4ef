// Mapping templates against what AWS made of the same ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate } from '../../src/vtl/template.ts';
import { responseOverridesOf, type TemplateInput } from '../../src/vtl/template-input.ts';
import { inputOf } from '../../src/vtl/testing/golden-input.ts';
import { type RecordedTest, readRecordings, skipWithoutRecordings } from './recordings.ts';

const skip = skipWithoutRecordings();

function recorded(file: string, name: string): RecordedTest {
  const found = readRecordings(`../recorded/apigateway.${file}.json`).find((one) => one.name.endsWith(name));
  assert.ok(found, `${name} is not in ${file}`);
  return found;
}

function templatesOf(one: RecordedTest, member: 'requestTemplates' | 'responseTemplates'): string[] {
  return one.calls.flatMap((call) => {
    const templates = call.args?.[member];
    return typeof templates === 'object' && templates !== null ? (Object.values(templates) as string[]) : [];
  });
}

function render(source: string | undefined, input: TemplateInput): string {
  assert.ok(source !== undefined, 'the recording has no such template');
  const { template, fault } = compileTemplate(source);
  assert.ok(template !== undefined, fault?.message ?? '');
  const rendered = template.render(input);
  assert.ok(rendered.output !== undefined, rendered.fault?.message ?? '');
  return rendered.output;
}

test('$context and the maps in it, iterated: values, and nothing for a map', { skip }, () => {
  const one = recorded('test_apigateway_sqs', 'test_sqs_amz_json_protocol');
  const [source] = templatesOf(one, 'requestTemplates');
  assert.ok(source?.includes('$context.keySet()'));
  const [message] = one.records['sqs-messages'] as { Body: Record<string, Record<string, string>> }[];
  const { context, identity } = message?.Body ?? {};
  const variables = Object.entries(context ?? {}).filter(([name]) => !['requestOverride', 'responseOverride'].includes(name));
  const input = inputOf({ context: { ...Object.fromEntries(variables), identity } });
  // AWS's action follows the template here, `MessageBody` is JSON in a text.
  const output = JSON.parse(render(source, input)) as { MessageBody: string };
  assert.deepEqual(JSON.parse(output.MessageBody), message?.Body);
});

test('overrides that are set in the request template are there in the response template', { skip }, () => {
  const one = recorded('test_apigateway_integrations', 'test_integration_mock_with_vtl_map_assignation');
  const [request] = templatesOf(one, 'requestTemplates');
  const [response] = templatesOf(one, 'responseTemplates');
  const input = inputOf({});
  assert.deepEqual(JSON.parse(render(request, input)), { statusCode: 200 });
  const { body } = one.records['response'] as { readonly body: unknown };
  assert.deepEqual(JSON.parse(render(response, input)), body);
});

test('a response override of the request template decides the status', { skip }, () => {
  const one = recorded('test_apigateway_integrations', 'test_integration_mock_with_response_override_in_request_template[True]');
  const [request] = templatesOf(one, 'requestTemplates');
  const { body, status_code: status } = one.records['response'] as { readonly body: object; readonly status_code: number };
  const input = inputOf({});
  render(request?.replace(`$${'{expected_status}'}`, String(status)), input);
  assert.equal(responseOverridesOf(input.context).status, status);
  assert.equal(responseOverridesOf(input.context).header.get('foo'), 'bar');
  const echoed =
    '{"statusOverride": "$context.responseOverride.status", "fooHeader": "$context.responseOverride.header.foo", "custom": "$context.responseOverride.custom"}';
  assert.deepEqual(JSON.parse(render(echoed, input)), body);
});
