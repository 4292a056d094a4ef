// The resources of a service file that are run: permissions of functions, and log groups.
// Source: CloudFormation template reference, AWS::Lambda::Permission and AWS::Logs::LogGroup.

import type { DesiredFunction, DesiredLogGroup, DesiredPermission } from '../desired-state.ts';
import { type KnownReferences, tryCloudFormation } from './cloudformation-values.ts';
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
