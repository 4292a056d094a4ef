// `provider.httpApi.authorizers` and what an httpApi event says about them.
// Source: Serverless Framework, guide "HTTP API", and what it makes of them in CloudFormation.

import type { Place } from '../../config/user-error.ts';
import type { FeatureName } from '../running-features.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { isCloudFormationFunction, missingReference, tryCloudFormation } from './cloudformation-values.ts';
import type { PropertyReader } from './property-reader.ts';
import { authorizerProperties, eventAuthorizerProperties } from './property-tables.ts';

export interface AuthorizerSettings {
  /** In the service file. */
  readonly key: string;
  readonly place: Place;
  /** On AWS. */
  readonly name: string;
  readonly type: 'jwt' | 'request';
  readonly identitySource: readonly string[];
  readonly issuerUrl?: string;
  readonly audience: readonly string[];
  /** A function of this file, or any by its ARN. */
  readonly function?: { readonly key: string; readonly place: Place } | { readonly arn: TemplateNode };
  readonly resultTtlInSeconds?: number;
  readonly enableSimpleResponses?: boolean;
  readonly payloadVersion: '1.0' | '2.0';
}

export interface EventAuthorization {
  readonly type: 'JWT' | 'CUSTOM' | 'AWS_IAM';
  /** Key of its authorizer. */
  readonly authorizer?: string;
  readonly scopes?: readonly string[];
}

/** The authorizers by key; `refused` for those that are asked for and do not run, so that no route with one is served. */
export type Authorizers = ReadonlyMap<string, AuthorizerSettings | 'refused'>;

const NOT_ENFORCED = 'authorizers are not enforced yet';

export function readAuthorizers(node: TemplateNode | undefined, reader: PropertyReader): Authorizers {
  const found = new Map<string, AuthorizerSettings | 'refused'>();
  const path = 'provider.httpApi.authorizers';
  const map = reader.map(node, path, '{ jwt: { identitySource: $request.header.Authorization, issuerUrl: …, audience: … } }');
  for (const { key, keyPlace, node: raw } of map?.entries.values() ?? []) {
    const value = reader.map(reader.variables.resolve(raw), `${path}.${key}`, '{ type: request, functionName: authorize }');
    if (value === undefined) continue;
    found.set(key, readAuthorizer(key, keyPlace, value, reader) ?? 'refused');
  }
  return found;
}

function readAuthorizer(
  key: string,
  place: Place,
  map: TemplateNode & { readonly kind: 'map' },
  reader: PropertyReader,
): AuthorizerSettings | undefined {
  const path = `provider.httpApi.authorizers.${key}`;
  const written = reader.properties(map, authorizerProperties, path, 'provider.httpApi.authorizers.*');
  const typeNode = written.get('type');
  const type = typeNode === undefined ? 'jwt' : reader.text(typeNode, `${path}.type`, 'request');
  if (type !== 'jwt' && type !== 'request') {
    if (typeNode !== undefined && type !== undefined)
      reader.wrong(typeNode, `${path}.type`, 'jwt or request', 'Use one of these.');
    return undefined;
  }
  const feature: FeatureName = type === 'jwt' ? 'jwtAuthorizers' : 'lambdaAuthorizers';
  if (!reader.features[feature]) {
    reader.problems.unsupported(
      place,
      `${path}: ${NOT_ENFORCED}; without them every caller would get in.`,
      'Remove it for local runs, or run with --lenient to leave it out, and with it every route that names it.',
      'Left out because of --lenient, and with it every route that names it.',
    );
    return undefined;
  }
  const properties = new Map(written);
  for (const name of ['issuerUrl', 'audience', 'identitySource'] as const) {
    const node = properties.get(name);
    if (node === undefined) continue;
    const missing = inStack(node, reader);
    if (missing === undefined) {
      properties.set(name, withoutStack(node, reader));
      continue;
    }
    const known = missingReference(missing, { get: (one) => reader.variables.reference(one) }, reader.variables) ?? 'NAME';
    reader.problems.unsupported(
      missing.place,
      `${path}.${name} needs a deployed CloudFormation stack to have a value.`,
      `Give it with --param ${known}=VALUE (examples/jwt has an issuer for local runs), or run with --lenient to leave the authorizer out, and with it every route that names it.`,
      'Its authorizer is left out because of --lenient, and with it every route that names it.',
    );
    return undefined;
  }
  const text = (name: string, example: string) => reader.text(properties.get(name), `${path}.${name}`, example);
  const settings = {
    key,
    place,
    name: text('name', 'my-authorizer') ?? key,
    identitySource:
      reader.texts(properties.get('identitySource'), `${path}.identitySource`, '$request.header.Authorization') ?? [],
  };
  if (type === 'jwt') {
    const issuerUrl = text('issuerUrl', 'https://issuer.example.com/');
    const audience = reader.texts(properties.get('audience'), `${path}.audience`, 'my-client') ?? [];
    for (const [name, there] of [
      ['identitySource', settings.identitySource.length > 0],
      ['issuerUrl', issuerUrl !== undefined],
      ['audience', audience.length > 0],
    ] as const) {
      if (there || properties.has(name)) continue;
      reader.problems.error('SG_BAD_VALUE', place, `${path} has no ${name}, which a JWT authorizer needs.`, `Add ${name}.`);
    }
    return { ...settings, type, audience, payloadVersion: '2.0', ...(issuerUrl === undefined ? {} : { issuerUrl }) };
  }
  const functionNode = properties.get('functionName');
  const arn = properties.get('functionArn');
  const functionKey = reader.text(functionNode, `${path}.functionName`, 'authorize');
  if ((functionNode === undefined) === (arn === undefined)) {
    const what = `${path} names ${arn === undefined ? 'no function' : 'its function twice'}.`;
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      what,
      'Add functionName: KEY of a function in this file, or functionArn, not both.',
    );
    return undefined;
  }
  const ttl = reader.integer(properties.get('resultTtlInSeconds'), `${path}.resultTtlInSeconds`, 0, 3600);
  if (ttl !== undefined && ttl > 0 && settings.identitySource.length === 0) {
    const what = `${path} keeps results for ${ttl} seconds but has no identitySource to keep them by.`;
    reader.problems.error('SG_BAD_VALUE', place, what, "Add identitySource: '$request.header.Authorization', or set 0.");
  }
  const simple = reader.boolean(properties.get('enableSimpleResponses'), `${path}.enableSimpleResponses`);
  const version = properties.get('payloadVersion');
  const payload = version?.kind === 'scalar' ? String(version.value) : '2.0';
  if (!/^[12](?:\.0)?$/.test(payload) && version !== undefined) {
    reader.wrong(version, `${path}.payloadVersion`, "'1.0' or '2.0'", "Write '2.0' (the default) or '1.0'.");
  }
  return {
    ...settings,
    type,
    audience: [],
    payloadVersion: payload.startsWith('1') ? '1.0' : '2.0',
    ...(functionKey !== undefined && functionNode !== undefined
      ? { function: { key: functionKey, place: functionNode.place } }
      : arn === undefined
        ? {}
        : { function: { arn } }),
    ...(ttl === undefined ? {} : { resultTtlInSeconds: ttl }),
    ...(simple === undefined ? {} : { enableSimpleResponses: simple }),
  };
}

/** What of a value, or of a list, only a stack knows: user pools and their clients are made by CloudFormation. */
function inStack(node: TemplateNode, reader: PropertyReader): TemplateNode | undefined {
  const items = node.kind === 'list' ? node.items.map((item) => reader.variables.resolve(item) ?? item) : [node];
  return items.find((item) => isCloudFormationFunction(item) && textOf(item, reader) === undefined);
}

/** The same value with texts where CloudFormation functions stood. */
function withoutStack(node: TemplateNode, reader: PropertyReader): TemplateNode {
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => withoutStack(reader.variables.resolve(item) ?? item, reader)) };
  }
  const value = isCloudFormationFunction(node) ? textOf(node, reader) : undefined;
  return value === undefined ? node : { kind: 'scalar', place: node.place, value };
}

function textOf(node: TemplateNode, reader: PropertyReader): string | undefined {
  return tryCloudFormation(node, { get: (name) => reader.variables.reference(name) }, reader.variables);
}

/** Undefined when the event asks for none; `refused` when it asks for one that does not run or is not there. */
export function readEventAuthorizer(
  node: TemplateNode | undefined,
  keyPlace: Place,
  where: string,
  authorizers: Authorizers,
  reader: PropertyReader,
): EventAuthorization | 'refused' | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  const refuse = (): 'refused' => {
    reader.problems.unsupported(
      keyPlace,
      `${where}: ${NOT_ENFORCED}; without it every caller would get in.`,
      'Remove it for local runs, or run with --lenient to leave the whole route out.',
      'Left out because of --lenient, and the whole route with it.',
    );
    return 'refused';
  };
  // What is wrong with the authorizer was said where it stands.
  const leaveOut = (): 'refused' => {
    reader.problems.unsupported(
      keyPlace,
      `${where} cannot be had here; without it every caller would get in.`,
      'Correct the authorizer, or run with --lenient to leave the whole route out.',
      'Left out because of --lenient, and the whole route with it.',
    );
    return 'refused';
  };
  const { features, problems } = reader;
  if (!features.lambdaAuthorizers && !features.jwtAuthorizers && !features.iamAuthorization) return refuse();
  const wrong = (what: string, fix: string): 'refused' => {
    problems.error('SG_BAD_VALUE', keyPlace, `${where} ${what}.`, fix);
    return 'refused';
  };
  const value = reader.variables.resolve(node);
  if (value === undefined) return 'refused';
  if (isVacant(value)) return undefined;
  const properties =
    value.kind === 'map'
      ? reader.properties(value, eventAuthorizerProperties, where, 'functions.*.events.httpApi.authorizer')
      : undefined;
  const named = properties === undefined ? value : properties.get('name');
  const name = reader.text(named, where, 'my-authorizer');
  const type = reader.text(properties?.get('type'), `${where}.type`, 'aws_iam');
  const scopesNode = properties?.get('scopes');
  const scopes = reader.texts(scopesNode, `${where}.scopes`, 'orders.read');
  if (type === 'aws_iam') {
    if (name !== undefined || scopes !== undefined)
      return wrong('of type aws_iam takes nothing else', 'Write { type: aws_iam }.');
    return features.iamAuthorization ? { type: 'AWS_IAM' } : refuse();
  }
  // It was said that no other API's can be named.
  if (name === undefined && value.kind === 'map' && value.entries.has('id')) return 'refused';
  if (name === undefined)
    return wrong('names no authorizer', 'Name one of provider.httpApi.authorizers, or write { type: aws_iam }.');
  const authorizer = authorizers.get(name);
  if (authorizer === undefined) {
    return wrong(
      `names the authorizer ${name}, which provider.httpApi.authorizers does not have`,
      reader.suggestion(name, authorizers.keys(), 'Add it there.'),
    );
  }
  if (authorizer === 'refused') return leaveOut();
  return {
    type: authorizer.type === 'jwt' ? 'JWT' : 'CUSTOM',
    authorizer: name,
    ...(scopes === undefined ? {} : { scopes }),
  };
}
