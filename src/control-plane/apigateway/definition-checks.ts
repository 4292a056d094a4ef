// What a definition carries for engines of its own, checked when it is written: patterns, templates, schemas. Each engine is plugged in
// here and nowhere else.

import { compileJsonSchema } from '../../json-schema/json-schema.ts';
import { type ResolveModel, SCHEMA_BYTES_MAX } from '../../json-schema/schema-documents.ts';
import { invalidModelMessage } from '../../json-schema/schema-fault.ts';
import { compileSafeRegex, regexFaultText } from '../../safe-regex/safe-regex.ts';
import { compileTemplate } from '../../vtl/template.ts';
import { badRequest } from './refusals.ts';

/** Ours: AWS gives no figure. */
const PATTERN_LENGTH_MAX = 1_024;
/** Source: "Amazon API Gateway quotas": 300 KB for a mapping template. */
const TEMPLATE_LENGTH_MAX = 300 * 1024;

/**
 * A Java pattern that can run in linear time.
 * AWS: one sentence for what is no pattern. Seen: cdk-preflight's deployed cases, integration-response-selection-pattern.
 * It takes look-around and back references, too; here they are refused by name.
 */
export function checkPattern(pattern: string): void {
  const refused = 'Invalid regex pattern specified';
  if (pattern.length > PATTERN_LENGTH_MAX) throw badRequest(`${refused}: it has more than ${PATTERN_LENGTH_MAX} characters`);
  const compiled = compileSafeRegex(pattern);
  if (compiled.regex !== undefined) return;
  throw badRequest(compiled.fault.isLimit === true ? `${refused}: ${regexFaultText(compiled.fault)}` : refused);
}

/** A mapping template that an integration renders. The words are ours. */
export function checkTemplate(contentType: string, template: string | null): void {
  if (template === null) return;
  const { fault } = compileTemplate(template);
  if (fault === undefined) return;
  throw badRequest(`Invalid mapping template for ${contentType}: ${fault.message} (line ${fault.line}, column ${fault.column})`);
}

/**
 * The content type of a model. AWS: these words, without the frame of other validation results.
 * Seen: cdk-preflight, deployed AWS::ApiGateway::Model (`notacontenttype`). That a slash makes one is ours.
 */
export function checkContentType(contentType: string): void {
  if (/^[^\s/;]+\/[^\s/;]+\s*(?:;.*)?$/.test(contentType)) return;
  throw badRequest(`Validation Result: warnings : [], errors : [Invalid content type specified: ${contentType.slice(0, 200)}]`);
}

/** The template of a gateway response: variables in a text, no mapping template. */
export function checkGatewayResponseTemplate(contentType: string, template: string): void {
  if (template.length <= TEMPLATE_LENGTH_MAX) return;
  throw badRequest(`Invalid template for ${contentType}: it has more than ${TEMPLATE_LENGTH_MAX} characters`);
}

export type Templates = Readonly<Record<string, string | null>>;

/** The templates as they are kept: an empty one is null, which is how AWS answers it. */
export function checkedTemplates(sent: Readonly<Record<string, string | null>> | undefined): Templates | undefined {
  if (sent === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(sent).map(([contentType, template]) => {
      const kept = template === '' ? null : template;
      checkTemplate(contentType, kept);
      return [contentType, kept];
    }),
  );
}

/**
 * The schema of a model with a JSON content type. AWS: these words. Seen: recorded UpdateModel; public reports of CreateModel.
 * Another model that it refers to may be made later (models may refer to each other in circles); a body that is validated before is
 * refused, with the reason.
 */
export function checkSchema(text: string, resolveModel: ResolveModel = () => undefined): void {
  if (Buffer.byteLength(text) > SCHEMA_BYTES_MAX) throw badRequest('Model schema must have at most 400 KB');
  const compiled = compileJsonSchema(text, { resolveModel: (name) => resolveModel(name) ?? '{}' });
  if (compiled.schema !== undefined) return;
  const why = compiled.faults.slice(0, 20).map(({ pointer, what }) => `At ${pointer || 'the root'}: ${what}.`);
  throw badRequest(invalidModelMessage(compiled.faults), why.join(' '));
}
