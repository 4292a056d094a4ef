// The resources of a service file that are run: permissions of functions, log groups, gateway responses of the REST API.
// Source: CloudFormation template reference, AWS::Lambda::Permission, AWS::Logs::LogGroup and AWS::ApiGateway::GatewayResponse.

import type { Place } from '../../config/user-error.ts';
import type { DesiredGatewayResponse } from '../desired-rest-api.ts';
import { type DesiredFunction, type DesiredLogGroup, type DesiredPermission, gatewayResponseSubject } from '../desired-state.ts';
import type { MapEntry } from '../template-node.ts';
import { type KnownReferences, tryCloudFormation } from './cloudformation-values.ts';
import { withoutNulls } from './desired-function.ts';
import type { PropertyReader } from './property-reader.ts';
import type { Resource, Resources } from './resources.ts';

const PERMISSION_MEMBERS = [
  ...['Action', 'Principal', 'SourceArn', 'SourceAccount', 'EventSourceToken', 'PrincipalOrgID', 'FunctionUrlAuthType'],
  'InvokedViaFunctionUrl',
];

/** The functions with the permissions that resources give on them. */
export function withPermissions(
  functions: readonly DesiredFunction[],
  resources: Resources,
  known: KnownReferences,
  reader: PropertyReader,
): readonly DesiredFunction[] {
  const byFunction = new Map<string, DesiredPermission[]>();
  for (const [logicalId, resource] of resources) {
    if (resource.type !== 'AWS::Lambda::Permission' || !resource.isRun) continue;
    const texts = textsOf(logicalId, resource, ['FunctionName', ...PERMISSION_MEMBERS], known, reader);
    if (texts === undefined) continue;
    const { FunctionName: named = '', ...members } = texts;
    const name = named.replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, '');
    if (!functions.some((one) => one.functionName === name)) {
      reader.ignore(`resources: ${logicalId}`, 'it is about a function that is not in this file');
      continue;
    }
    byFunction.set(name, [...(byFunction.get(name) ?? []), { logicalId, members }]);
  }
  return functions.map((one) => {
    const permissions = byFunction.get(one.functionName);
    return permissions === undefined ? one : { ...one, permissions };
  });
}

export function desiredLogGroups(
  resources: Resources,
  known: KnownReferences,
  reader: PropertyReader,
): readonly DesiredLogGroup[] {
  const groups: DesiredLogGroup[] = [];
  for (const [logicalId, resource] of resources) {
    if (resource.type !== 'AWS::Logs::LogGroup' || !resource.isRun) continue;
    const texts = textsOf(logicalId, resource, ['LogGroupName', 'RetentionInDays'], known, reader);
    // One without a name would get one that nobody can know.
    if (texts?.['LogGroupName'] === undefined) continue;
    const days = texts['RetentionInDays'];
    groups.push({ name: texts['LogGroupName'], ...(days === undefined ? {} : { retentionInDays: Number(days) }) });
  }
  return groups;
}

const GATEWAY_RESPONSE_MEMBERS = ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters', 'ResponseTemplates'];

/** What the gateway answers by itself, e.g. CORS headers on DEFAULT_4XX. */
export function desiredGatewayResponses(
  resources: Resources,
  known: KnownReferences,
  reader: PropertyReader,
  places: Map<string, Place>,
): readonly DesiredGatewayResponse[] {
  const responses: DesiredGatewayResponse[] = [];
  for (const [logicalId, resource] of resources) {
    if (resource.type !== 'AWS::ApiGateway::GatewayResponse' || !resource.isRun) continue;
    const where = `resources.Resources.${logicalId}.Properties`;
    const entries = resource.properties?.entries ?? new Map<string, MapEntry>();
    for (const { key, keyPlace } of entries.values()) {
      if (GATEWAY_RESPONSE_MEMBERS.includes(key)) continue;
      const fix = reader.suggestion(key, GATEWAY_RESPONSE_MEMBERS, 'Remove it.');
      reader.problems.unknown(keyPlace, `The property ${where}.${key} does not exist.`, fix);
    }
    const text = (name: string) => {
      const node = entries.get(name)?.node;
      return node && tryCloudFormation(node, known, reader.variables);
    };
    if (text('RestApiId') !== known.get('ApiGatewayRestApi')) {
      reader.ignore(`resources: ${logicalId}`, 'it is about an API that is not the one of this file');
      continue;
    }
    const responseType = text('ResponseType');
    if (responseType === undefined) {
      reader.problems.error('SG_BAD_VALUE', resource.place, `${where} has no ResponseType.`, 'Add ResponseType: DEFAULT_4XX.');
      continue;
    }
    places.set(gatewayResponseSubject(responseType), entries.get('ResponseType')?.keyPlace ?? resource.place);
    const texts = (name: string) => {
      const node = entries.get(name)?.node;
      const value = node && reader.variables.resolve(node);
      return withoutNulls(reader.textMap(value, `${where}.${name}`, known, () => {}));
    };
    const statusCode = text('StatusCode');
    responses.push({
      responseType,
      ...(statusCode === undefined ? {} : { statusCode }),
      responseParameters: texts('ResponseParameters'),
      responseTemplates: texts('ResponseTemplates'),
    });
  }
  return responses;
}

/** The members that are there, as texts; undefined after it was noted that one cannot be told. */
function textsOf(
  logicalId: string,
  { properties }: Resource,
  names: readonly string[],
  known: KnownReferences,
  reader: PropertyReader,
): Record<string, string> | undefined {
  const texts: Record<string, string> = {};
  for (const { key, keyPlace, node } of properties?.entries.values() ?? []) {
    if (!names.includes(key)) {
      // Tags and the like say nothing that is run.
      if (!/^(?:Tags|KmsKeyId|LogGroupClass|DataProtectionPolicy|FieldIndexPolicies|DeletionProtectionEnabled)$/.test(key)) {
        reader.problems.unknown(
          keyPlace,
          `The property resources.Resources.${logicalId}.Properties.${key} does not exist.`,
          reader.suggestion(key, names, 'Remove it.'),
        );
      }
      continue;
    }
    const text = tryCloudFormation(node, known, reader.variables);
    if (text === undefined) {
      reader.ignore(`resources: ${logicalId}`, `its ${key} refers to what does not exist here`);
      return undefined;
    }
    texts[key] = text;
  }
  return texts;
}
