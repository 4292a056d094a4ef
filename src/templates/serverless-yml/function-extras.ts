// What a function has besides its code and settings: a URL, layers, and what becomes of asynchronous events.
// Source: Serverless Framework, guides "Functions" and "Layers".

import type { Place } from '../../config/user-error.ts';
import type { DesiredEventSettings, DesiredUrl, UrlCors } from '../desired-state.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { evaluateCloudFormation, isCloudFormationFunction, type KnownReferences } from './cloudformation-values.ts';
import type { PropertyReader } from './property-reader.ts';
import { destinationProperties, functionUrlCorsProperties, functionUrlProperties } from './property-tables.ts';

// AWS: nothing; what Serverless Framework allows with `cors: true`. Source: its guide "Functions", URL CORS.
const DEFAULT_CORS: UrlCors = {
  allowOrigins: ['*'],
  allowHeaders: ['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token'],
  allowMethods: ['*'],
};

/** `url: true`, or a map. */
export function readFunctionUrl(node: TemplateNode | undefined, path: string, reader: PropertyReader): DesiredUrl | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'true') return { authType: 'NONE', invokeMode: 'BUFFERED' };
  const map = reader.map(node, path, '{ cors: true }');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, functionUrlProperties, path, 'functions.*.url');
  const authorizer = properties.get('authorizer');
  const isIam = authorizer?.kind === 'scalar' && authorizer.value === 'aws_iam';
  if (authorizer !== undefined && !isIam && !isVacant(authorizer)) {
    reader.wrong(
      authorizer,
      `${path}.authorizer`,
      'aws_iam',
      'A function URL has no other authorizer; leave it out to let everybody in.',
    );
  }
  const mode = reader.text(properties.get('invokeMode'), `${path}.invokeMode`, 'RESPONSE_STREAM') ?? 'BUFFERED';
  if (mode !== 'BUFFERED' && mode !== 'RESPONSE_STREAM') {
    return reader.wrong(
      properties.get('invokeMode') ?? node,
      `${path}.invokeMode`,
      'BUFFERED or RESPONSE_STREAM',
      'Use one of these.',
    );
  }
  if (mode === 'RESPONSE_STREAM' && !reader.features.functionUrlStreaming) {
    reader.problems.unsupported(
      (properties.get('invokeMode') ?? node).place,
      `${path}.invokeMode: the answers of function URLs are not streamed yet.`,
      'Use BUFFERED for local runs, or run with --lenient to have the answer in one piece.',
      'The answer comes in one piece because of --lenient.',
    );
  }
  const invokeMode = reader.features.functionUrlStreaming ? mode : 'BUFFERED';
  const cors = readCors(properties.get('cors'), `${path}.cors`, reader);
  return { authType: isIam ? 'AWS_IAM' : 'NONE', invokeMode, ...(cors === undefined ? {} : { cors }) };
}

function readCors(node: TemplateNode | undefined, path: string, reader: PropertyReader): UrlCors | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'true') return DEFAULT_CORS;
  const map = reader.map(node, path, 'true');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, functionUrlCorsProperties, path, 'functions.*.url.cors');
  const texts = (name: string, example: string) => reader.texts(properties.get(name), `${path}.${name}`, example);
  const exposed = texts('exposedResponseHeaders', '[X-Total]');
  const credentials = reader.boolean(properties.get('allowCredentials'), `${path}.allowCredentials`);
  const maxAge = reader.integer(properties.get('maxAge'), `${path}.maxAge`, 0, 86400);
  return {
    allowOrigins: texts('allowedOrigins', "['https://example.com']") ?? DEFAULT_CORS.allowOrigins,
    allowHeaders: texts('allowedHeaders', '[Authorization]') ?? DEFAULT_CORS.allowHeaders,
    allowMethods: texts('allowedMethods', '[GET]') ?? DEFAULT_CORS.allowMethods,
    ...(exposed === undefined ? {} : { exposeHeaders: exposed }),
    ...(credentials === undefined ? {} : { allowCredentials: credentials }),
    ...(maxAge === undefined ? {} : { maxAge }),
  };
}

/** Layers that plugins make of a project's packages. */
const PLUGIN_LAYERS = ['PythonRequirementsLambdaLayer', 'GemLambdaLayer'];

/** `layers`: ARNs, and layers of this file by `Ref`. */
export function readLayerReferences(
  node: TemplateNode | undefined,
  path: string,
  known: KnownReferences,
  reader: PropertyReader,
): readonly string[] | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind !== 'list') return reader.wrong(node, path, 'a list', 'For example: [{ Ref: CommonLambdaLayer }]');
  const layers = node.items.map((raw) => {
    const item = reader.variables.resolve(raw);
    if (item === undefined) return undefined;
    const ofPlugin = item.kind === 'map' ? item.entries.get('Ref')?.node : undefined;
    if (ofPlugin?.kind === 'scalar' && PLUGIN_LAYERS.includes(String(ofPlugin.value))) {
      reader.ignore(`${path}: ${ofPlugin.value}`, 'functions find the packages of this machine');
      return undefined;
    }
    const layer = isCloudFormationFunction(item)
      ? evaluateCloudFormation(item, known, reader.variables, reader.problems)
      : reader.text(item, path, 'arn:aws:lambda:us-east-1:123456789012:layer:common:3');
    const account = /^arn:[\w-]+:lambda:[\w-]*:(\d+):layer:/.exec(layer ?? '')?.[1];
    if (account === undefined || account === known.get('AWS::AccountId')) return layer;
    reader.problems.unsupported(
      item.place,
      `${path}: the layer ${layer} is of the account ${account}; layers of other accounts are not fetched from AWS.`,
      'Make it a layer of this file for local runs (layers: { name: { path: FOLDER } }), or run with --lenient to leave it out.',
    );
    return undefined;
  });
  return layers.filter((layer) => layer !== undefined && layer !== '') as string[];
}

/** What is done about asynchronous events that fail or succeed. `arnOf` is for functions of this file by their key. */
export function readEventSettings(
  properties: ReadonlyMap<string, TemplateNode>,
  path: string,
  { known, arnOf }: { readonly known: KnownReferences; readonly arnOf: (key: string) => string | undefined },
  reader: PropertyReader,
): DesiredEventSettings | undefined {
  const retries = reader.integer(properties.get('maximumRetryAttempts'), `${path}.maximumRetryAttempts`, 0, 2);
  const age = reader.integer(properties.get('maximumEventAge'), `${path}.maximumEventAge`, 60, 21_600);
  const map = reader.map(properties.get('destinations'), `${path}.destinations`, '{ onFailure: another-function }');
  const destinations = map && reader.properties(map, destinationProperties, `${path}.destinations`, 'functions.*.destinations');
  const destination = (name: string): string | undefined => {
    const node = destinations?.get(name);
    if (node === undefined) return undefined;
    return readDestination(node, `${path}.destinations.${name}`, node.place, { known, arnOf }, reader);
  };
  const onSuccess = destination('onSuccess');
  const onFailure = destination('onFailure');
  if ([retries, age, onSuccess, onFailure].every((value) => value === undefined)) return undefined;
  return {
    ...(retries === undefined ? {} : { maximumRetryAttempts: retries }),
    ...(age === undefined ? {} : { maximumEventAgeInSeconds: age }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onFailure === undefined ? {} : { onFailure }),
  };
}

/** `onError`: the ARN of a topic or a queue. */
export function readDeadLetter(
  node: TemplateNode | undefined,
  path: string,
  known: KnownReferences,
  reader: PropertyReader,
): string | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  const arn = isCloudFormationFunction(node)
    ? evaluateCloudFormation(node, known, reader.variables, reader.problems)
    : reader.text(node, path, 'arn:aws:sns:us-east-1:123456789012:failed');
  if (arn === undefined || arn === '') return undefined;
  if (/^arn:[\w-]+:(?:sns|sqs):/.test(arn)) return targetWithKeys(arn, path, node.place, reader);
  return reader.wrong(node, path, 'the ARN of a topic or a queue', 'For example: arn:aws:sns:us-east-1:123456789012:failed');
}

/** A function of this file, an ARN, or `{ type, arn }`. */
function readDestination(
  node: TemplateNode,
  path: string,
  place: Place,
  { known, arnOf }: { readonly known: KnownReferences; readonly arnOf: (key: string) => string | undefined },
  reader: PropertyReader,
): string | undefined {
  if (node.kind === 'map') {
    const arn = isCloudFormationFunction(node) ? node : node.entries.get('arn')?.node;
    const value = arn && reader.variables.resolve(arn);
    if (value === undefined)
      return reader.wrong(node, path, 'a function or an ARN', 'For example: { type: sqs, arn: arn:aws:sqs:… }');
    const evaluated = evaluateCloudFormation(value, known, reader.variables, reader.problems);
    return evaluated === undefined || evaluated === '' ? undefined : targetWithKeys(evaluated, path, place, reader);
  }
  const text = reader.text(node, path, 'another-function');
  if (text === undefined) return undefined;
  if (text.startsWith('arn:')) return targetWithKeys(text, path, place, reader);
  const arn = arnOf(text);
  if (arn === undefined) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${path}: there is no function ${text}.`,
      'Name a function of this file, or an ARN.',
    );
  }
  return arn;
}

/** The ARN, unless it is of what is called with AWS keys and there are none. */
function targetWithKeys(arn: string, path: string, place: Place, reader: PropertyReader): string | undefined {
  if (reader.features.resultTargets || !/^arn:[\w-]+:(?:sns|sqs|events):/.test(arn)) return arn;
  reader.problems.unsupported(
    place,
    `${path}: nothing can be sent to ${arn} without AWS keys.`,
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and --aws-endpoint for an emulator), or run with --lenient to leave it out.',
  );
  return undefined;
}
