// The SDK of type android: a Java interface with one method for each method of a deployed API, the classes of its models, and a Maven
// project around them. AWS's own library makes a client of the interface.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-generate-sdk-android.html

import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { FreeNames } from './free-names.ts';
import { inComment, pascalName } from './identifiers.ts';
import { JavaModels } from './java-models.ts';
import { isJavaPackage, javaMemberName, javaText } from './java-names.ts';
import { isMavenName } from './maven-names.ts';
import { type SdkMethod, sdkMethods } from './sdk-methods.ts';

/** What GetSdk needs for this type. */
export interface AndroidParameters {
  readonly groupId: string;
  readonly artifactId: string;
  readonly artifactVersion: string;
  /** The Java package of the client. */
  readonly invokerPackage: string;
}

export interface AndroidSdk extends AndroidParameters {
  readonly snapshot: RestApiSnapshot;
  /** Where the stage is called. */
  readonly invokeUrl: string;
}

const PACKAGE_MAX = 200;

/** Whether Maven and Java take it for what it shall name. */
export function isAndroidParameter(name: keyof AndroidParameters, value: string): boolean {
  if (name === 'invokerPackage') return value.length <= PACKAGE_MAX && isJavaPackage(value);
  return isMavenName(name === 'artifactVersion' ? 'version' : name, value);
}

const ANNOTATIONS = 'com.amazonaws.mobileconnectors.apigateway.annotation';
/** A jar; later ones are archives of Android, which Maven alone cannot compile with. Whoever uses the client may take a later one. */
const LIBRARY_VERSION = '2.6.0';

/** Files by their paths. */
export function androidSdk(options: AndroidSdk): Readonly<Record<string, string>> {
  const { snapshot, invokeUrl, artifactId, invokerPackage } = options;
  const models = new JavaModels(snapshot.models, `${invokerPackage}.model`);
  // Every model has its class, also one that no method names.
  for (const { name } of snapshot.models) models.typeOf(name);
  const client = `${pascalName(snapshot.restApi.name)}Client`;
  const methods = sdkMethods(snapshot).map((method) => clientMethod(method, models));
  const source = `package ${invokerPackage};

/** ${inComment(snapshot.restApi.name)} */
@${ANNOTATIONS}.Service(endpoint = ${javaText(invokeUrl)})
public interface ${client} {

    /** Calls anything of the API. */
    com.amazonaws.mobileconnectors.apigateway.ApiResponse execute(com.amazonaws.mobileconnectors.apigateway.ApiRequest request);
${methods.join('')}}
`;
  const folder = `${artifactId}/src/main/java/${invokerPackage.replaceAll('.', '/')}`;
  const files: Record<string, string> = {
    [`${artifactId}/pom.xml`]: pom(options),
    [`${artifactId}/README.md`]: readme(options, client),
    [`${folder}/${client}.java`]: source,
  };
  for (const [name, text] of models.sources()) files[`${folder}/model/${name}.java`] = text;
  return files;
}

function clientMethod({ name, verb, path, inPath, query, headers, method }: SdkMethod, models: JavaModels): string {
  const names = new FreeNames();
  const parameters = [
    ...inPath.map((one) => ['path', one] as const),
    ...query.map((one) => ['query', one] as const),
    ...headers.map((one) => ['header', one] as const),
  ].map(([location, one]) => {
    const annotation = `@${ANNOTATIONS}.Parameter(name = ${javaText(one)}, location = "${location}")`;
    return `            ${annotation} String ${names.take(javaMemberName(one))}`;
  });
  const body = models.typeOf(method.requestModels?.['application/json']);
  if (body !== undefined) parameters.push(`            ${body} ${names.take('body')}`);
  const success = Object.keys(method.methodResponses)
    .filter((status) => status.startsWith('2'))
    .sort()[0];
  const answer = success === undefined ? undefined : method.methodResponses[success]?.responseModels?.['application/json'];
  return `
    @${ANNOTATIONS}.Operation(path = ${javaText(path)}, method = "${verb}")
    ${models.typeOf(answer) ?? 'void'} ${javaMemberName(name)}(${parameters.length === 0 ? '' : `\n${parameters.join(',\n')}`});
`;
}

function pom({ groupId, artifactId, artifactVersion }: AndroidSdk): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>${groupId}</groupId>
  <artifactId>${artifactId}</artifactId>
  <version>${artifactVersion}</version>
  <packaging>jar</packaging>
  <properties>
    <maven.compiler.source>8</maven.compiler.source>
    <maven.compiler.target>8</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>aws-android-sdk-apigateway-core</artifactId>
      <version>${LIBRARY_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>com.google.code.gson</groupId>
      <artifactId>gson</artifactId>
      <version>2.11.0</version>
    </dependency>
  </dependencies>
</project>
`;
}

function readme(
  { snapshot, invokeUrl, invokerPackage, groupId, artifactId, artifactVersion }: AndroidSdk,
  client: string,
): string {
  return `# Client of the REST API ${snapshot.restApi.name.replaceAll(/\s+/g, ' ')}

\`mvn install\` puts \`${groupId}:${artifactId}:${artifactVersion}\` into the local repository. In an app:

\`\`\`java
import ${invokerPackage}.${client};
import com.amazonaws.mobileconnectors.apigateway.ApiClientFactory;

ApiClientFactory factory = new ApiClientFactory();
// factory.apiKey("…") where methods ask for one, factory.credentialsProvider(…) for methods with AWS_IAM
${client} client = factory.build(${client}.class);
\`\`\`

The API was at ${invokeUrl} when the client was made; \`factory.endpoint("…")\` says another place.
`;
}
