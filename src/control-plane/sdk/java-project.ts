// What a Java SDK has around its sources: a project of Maven or of Gradle, and how it is used.

import { inCell, inMarkdown, upperFirst } from './identifiers.ts';
import type { JavaRoot } from './java-client.ts';
import type { JavaParameters } from './java-sdk.ts';

/** Their names are names in XML, too. */
export function mavenFiles(parameters: JavaParameters): Readonly<Record<string, string>> {
  return {
    'pom.xml': `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>${parameters['java.group-id']}</groupId>
  <artifactId>${parameters['java.artifact-id']}</artifactId>
  <version>${parameters['java.artifact-version']}</version>
  <packaging>jar</packaging>
  <name>${parameters['service.name']}</name>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
</project>
`,
  };
}

export function gradleFiles(parameters: JavaParameters): Readonly<Record<string, string>> {
  return {
    'settings.gradle': `rootProject.name = '${parameters['java.artifact-id']}'\n`,
    'build.gradle': `plugins {
    id 'java-library'
    id 'maven-publish'
}

group = '${parameters['java.group-id']}'
version = '${parameters['java.artifact-version']}'

tasks.withType(JavaCompile).configureEach {
    options.encoding = 'UTF-8'
    options.release = 11
}

publishing {
    publications {
        sdk(MavenPublication) {
            from components.java
        }
    }
}
`,
  };
}

export function javaReadme({ javaPackage, service, operations, invokeUrl, title }: JavaRoot, parameters: JavaParameters): string {
  const first = operations[0];
  const sets = (first?.parameters ?? []).map(({ name }) => `.${name}("…")`).join('');
  const call = first === undefined ? '' : `${first.result} result = client.${first.name}(new ${first.request}()${sets});\n`;
  const read =
    first?.answer === undefined
      ? '// result.sdkResponseMetadata() has the status, the headers and the body'
      : `// result.get${upperFirst(first.answer.name)}(), and result.sdkResponseMetadata() with the status, the headers and the body`;
  const build = parameters['java.build-system'] === 'gradle' ? 'gradle publishToMavenLocal' : 'mvn install';
  const at = [parameters['java.group-id'], parameters['java.artifact-id'], parameters['java.artifact-version']].join(':');
  const rows = operations.map(({ name, method }) => `| \`${name}\` | ${method.verb} ${inCell(method.path)} |`);
  return `# Client of the REST API ${inMarkdown(title)}

\`${build}\` puts \`${at}\` into the local repository. It needs Java 11 or later, and no library.

\`\`\`java
import ${javaPackage}.*;
import ${javaPackage}.model.*;

${service} client = ${service}.builder()
        // .apiKey("…") where methods ask for one
        // .iamCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials("…", "…"))) for methods with AWS_IAM
        .build();
${call}${read}
\`\`\`

The API was at ${invokeUrl} when the client was made; \`.endpoint("…")\` says another place. An answer that is no success throws
\`${service}Exception\` or, for a status that the API names, one that extends it. What is answered with 429, and what found no connection, is
sent up to three times more.

The classes of \`com.amazonaws\` here are those that AWS's guides use with such a client, with the same methods; where AWS's own
\`aws-java-sdk-core\` is there, too, its providers of credentials can be given.

| method | calls |
|---|---|
${rows.join('\n')}
`;
}
