// The SDK of type java: a project of Maven or Gradle with a client of a deployed API. The client is used as AWS's, and needs Java alone.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-apigateway-generated-java-sdk.html

import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { inComment } from './identifiers.ts';
import {
  javaBaseExceptionSource,
  javaExceptionSource,
  javaModelSource,
  javaRequestSource,
  javaResultSource,
} from './java-classes.ts';
import { javaBuilderSource, javaClientSource, javaInterfaceSource } from './java-client.ts';
import { isJavaKeyword, isJavaPackage } from './java-names.ts';
import { javaApi } from './java-operations.ts';
import { gradleFiles, javaReadme, mavenFiles } from './java-project.ts';
import { isMavenName } from './maven-names.ts';
import { sdkRuntime } from './sdk-runtime.ts';

/** What GetSdk may be given for this type, by AWS's names. */
export interface JavaParameters {
  readonly 'service.name': string;
  readonly 'java.package-name': string;
  readonly 'java.build-system': string;
  readonly 'java.group-id': string;
  readonly 'java.artifact-id': string;
  readonly 'java.artifact-version': string;
  readonly 'java.license-text': string;
}

export interface JavaSdk {
  readonly snapshot: RestApiSnapshot;
  /** Where the stage is called. */
  readonly invokeUrl: string;
  readonly parameters: JavaParameters;
}

const NAME_MAX = 100;
const LICENSE_MAX = 20_000;
/** Java loads nothing of one's own as these, and the client's own classes are in the others. */
const RESERVED = /^(?:java|javax|com\.amazonaws\.auth|com\.amazonaws\.opensdk)(?:\.|$)|^com(?:\.amazonaws)?$/;

/** They would hide packages, and classes of java.lang, that the client names. */
const HIDING =
  /^(?:java|com|model|Character|Exception|IllegalArgumentException|Integer|InterruptedException|Long|Math|Object|Override|String|StringBuilder|System|Thread|Throwable)$/;

const checks: Readonly<Record<keyof JavaParameters, (value: string) => boolean>> = {
  'service.name': (value) =>
    /^[A-Za-z]\w*$/.test(value) && value.length <= NAME_MAX && !isJavaKeyword(value) && !HIDING.test(value),
  'java.package-name': (value) => value.length <= 2 * NAME_MAX && isJavaPackage(value) && !RESERVED.test(value),
  'java.build-system': (value) => value === 'maven' || value === 'gradle',
  'java.group-id': (value) => isMavenName('groupId', value),
  'java.artifact-id': (value) => isMavenName('artifactId', value),
  'java.artifact-version': (value) => isMavenName('version', value),
  'java.license-text': (value) => value.length <= LICENSE_MAX,
};

export function isJavaParameter(name: keyof JavaParameters, value: string): boolean {
  return checks[name](value);
}

/** Sources that every SDK has: of the packages `client` and `client.model`, which get the SDK's names, and of com.amazonaws. */
const runtimeSources = sdkRuntime(new URL('./java/', import.meta.url), '.java');

const FOLDER = 'generated-code';

/** Files by their paths. */
export function javaSdk({ snapshot, invokeUrl, parameters }: JavaSdk): Readonly<Record<string, string>> {
  const javaPackage = parameters['java.package-name'];
  const api = javaApi(snapshot, parameters['service.name']);
  const files: Record<string, string> = {};
  const sources = `${FOLDER}/src/main/java`;
  const header = headerOf(parameters['java.license-text']);
  const add = (of: string, name: string, source: string): void => {
    files[`${sources}/${of.replaceAll('.', '/')}/${name}.java`] = `${header}package ${of};\n\n${source}`;
  };

  const root = { ...api, javaPackage, invokeUrl, region: snapshot.scope.region, title: inComment(snapshot.restApi.name) };
  add(javaPackage, api.service, javaInterfaceSource(root));
  add(javaPackage, `${api.service}ClientBuilder`, javaBuilderSource(root));
  add(javaPackage, `${api.service}Client`, javaClientSource(root));

  const modelPackage = `${javaPackage}.model`;
  for (const operation of api.operations) {
    add(modelPackage, operation.request, javaRequestSource(operation));
    add(modelPackage, operation.result, javaResultSource(operation));
  }
  add(modelPackage, api.baseException, javaBaseExceptionSource(api.baseException));
  for (const exception of api.exceptions) add(modelPackage, exception.name, javaExceptionSource(exception, api.baseException));
  for (const one of api.classes) add(modelPackage, one.name, javaModelSource(one));

  for (const [file, text] of runtimeSources()) {
    const own = /^client\/(.+)$/.exec(file)?.[1];
    const placed = own === undefined ? file : `${javaPackage.replaceAll('.', '/')}/${own}`;
    files[`${sources}/${placed}`] = text.replaceAll(/^(package|import) client\b/gm, (_, word) => `${word} ${javaPackage}`);
  }

  const project = parameters['java.build-system'] === 'gradle' ? gradleFiles(parameters) : mavenFiles(parameters);
  for (const [name, text] of Object.entries(project)) files[`${FOLDER}/${name}`] = text;
  files[`${FOLDER}/README.md`] = javaReadme(root, parameters);
  return files;
}

function headerOf(license: string): string {
  const lines = license.trim().split(/\r\n|\r|\n/);
  if (lines.length === 1 && lines[0] === '') return '';
  return `/*\n${lines.map((line) => ` * ${inComment(line)}`.trimEnd()).join('\n')}\n */\n`;
}
