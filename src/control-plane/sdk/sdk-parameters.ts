// What GetSdk was given for a type of SDK. The names go into paths, sources and XML: only what is a name there passes.

import { badRequest } from '../apigateway/refusals.ts';
import { type AndroidParameters, isAndroidParameter } from './android-sdk.ts';
import { type IosParameters, isIosParameter } from './ios-api.ts';
import { isJavaParameter, type JavaParameters } from './java-sdk.ts';
import { isRubyParameter, type RubyParameters } from './ruby-sdk.ts';

type Given = Readonly<Record<string, string | undefined>>;

/** Names of the API reference, where the guides and GetSdkType have another. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 'service.name': 'serviceName', 'java.package-name': 'javaPackageName' };

const SHOWN_MAX = 200;

function read<Name extends string>(
  given: Given,
  isParameter: (name: Name, value: string) => boolean,
  name: Name,
  fallback = '',
  mayBeEmpty = false,
): string {
  const value = given[name] || given[OTHER_NAMES[name] ?? ''] || fallback;
  if (value === '' && !mayBeEmpty) throw badRequest(`Missing required parameter: ${name}`);
  if (!isParameter(name, value)) throw badRequest(`Invalid value for parameter ${name}: ${value.slice(0, SHOWN_MAX)}`);
  return value;
}

export function androidParameters(given: Given): AndroidParameters {
  const take = (name: keyof AndroidParameters) => read(given, isAndroidParameter, name);
  return {
    groupId: take('groupId'),
    artifactId: take('artifactId'),
    artifactVersion: take('artifactVersion'),
    invokerPackage: take('invokerPackage'),
  };
}

export function iosParameters(given: Given): IosParameters {
  return { classPrefix: read(given, isIosParameter, 'classPrefix') };
}

export function javaParameters(given: Given): JavaParameters {
  const take = (name: keyof JavaParameters, fallback?: string) => read(given, isJavaParameter, name, fallback);
  const service = take('service.name');
  const javaPackage = take('java.package-name');
  return {
    'service.name': service,
    'java.package-name': javaPackage,
    'java.build-system': take('java.build-system', 'maven'),
    'java.group-id': take('java.group-id', javaPackage),
    'java.artifact-id': take('java.artifact-id', service),
    'java.artifact-version': take('java.artifact-version', '1.0-SNAPSHOT'),
    'java.license-text': read(given, isJavaParameter, 'java.license-text', '', true),
  };
}

export function rubyParameters(given: Given): RubyParameters {
  const take = (name: keyof RubyParameters, fallback?: string) => read(given, isRubyParameter, name, fallback);
  const service = take('service.name');
  return {
    'service.name': service,
    // AWS: this default. Seen: developer guide, "Generate the Ruby SDK of an API in API Gateway".
    'ruby.gem-name': take('ruby.gem-name', `${service.toLowerCase()}-sdk`),
    'ruby.gem-version': take('ruby.gem-version', '1.0.0'),
  };
}
