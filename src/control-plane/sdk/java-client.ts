// The sources of a Java SDK's package: the interface, its builder and the client.

import { upperFirst } from './identifiers.ts';

import { javaText } from './java-names.ts';
import type { JavaApi, JavaOperation } from './java-operations.ts';

export interface JavaRoot extends JavaApi {
  readonly javaPackage: string;
  /** Where the stage is called. */
  readonly invokeUrl: string;
  readonly region: string;
  /** What the API is called, safe in a comment. */
  readonly title: string;
}

export function javaInterfaceSource({ javaPackage, service, operations, title }: JavaRoot): string {
  const methods = operations.map(
    ({ name, request, result, method }) => `
    /** ${method.verb} ${method.path} */
    ${result} ${name}(${request} request);
`,
  );
  return `import ${javaPackage}.model.*;

/** Client of the REST API ${title} */
public interface ${service} {
${methods.join('')}
    static ${service}ClientBuilder builder() {
        return new ${service}ClientBuilder();
    }

    /** Nothing can be called afterwards. Nobody has to call it. */
    void shutdown();
}
`;
}

export function javaBuilderSource({ service, invokeUrl, region }: JavaRoot): string {
  const setters = [
    ['apiKey', 'java.lang.String', 'Sent with every request.'],
    ['iamCredentials', 'com.amazonaws.auth.AWSCredentialsProvider', 'What requests to methods with AWS_IAM are signed with.'],
    ['iamRegion', 'java.lang.String', 'What region they are signed for, if not for the one that the API was in.'],
    [
      'endpoint',
      'java.lang.String',
      'Where the API is, if not where it was when this client was made. One without a path has the path of then.',
    ],
    ['connectionConfiguration', 'com.amazonaws.opensdk.config.ConnectionConfiguration', 'How connections are kept.'],
    ['timeoutConfiguration', 'com.amazonaws.opensdk.config.TimeoutConfiguration', 'How long is waited.'],
  ].map(([name = '', type = '', says = '']) => {
    return `
    /** ${says} */
    public ${service}ClientBuilder ${name}(${type} ${name}) {
        set${upperFirst(name)}(${name});
        return this;
    }

    public void set${upperFirst(name)}(${type} ${name}) {
        this.${name} = ${name};
    }
`;
  });
  return `/** Made by {@link ${service}#builder()}. */
public final class ${service}ClientBuilder {

    private static final java.net.URI DEFAULT_ENDPOINT = java.net.URI.create(${javaText(invokeUrl)});

    private java.lang.String apiKey;
    private com.amazonaws.auth.AWSCredentialsProvider iamCredentials;
    private java.lang.String iamRegion = ${javaText(region)};
    private java.lang.String endpoint;
    private com.amazonaws.opensdk.config.ConnectionConfiguration connectionConfiguration;
    private com.amazonaws.opensdk.config.TimeoutConfiguration timeoutConfiguration;

    ${service}ClientBuilder() {
    }
${setters.join('')}
    public ${service} build() {
        com.amazonaws.opensdk.config.ConnectionConfiguration connection = connectionConfiguration == null
                ? new com.amazonaws.opensdk.config.ConnectionConfiguration()
                : connectionConfiguration;
        com.amazonaws.opensdk.config.TimeoutConfiguration timeouts =
                timeoutConfiguration == null ? new com.amazonaws.opensdk.config.TimeoutConfiguration() : timeoutConfiguration;
        return new ${service}Client(new SdkTransport(place(), iamRegion, apiKey, iamCredentials, connection, timeouts));
    }

    private java.net.URI place() {
        if (endpoint == null) {
            return DEFAULT_ENDPOINT;
        }
        java.net.URI given = java.net.URI.create(endpoint.contains("://") ? endpoint : "https://" + endpoint);
        java.lang.String path = given.getRawPath();
        boolean bare = path == null || path.isEmpty() || path.equals("/");
        return bare ? given.resolve(DEFAULT_ENDPOINT.getRawPath()) : given;
    }
}
`;
}

export function javaClientSource(root: JavaRoot): string {
  const { javaPackage, service, baseException, operations, exceptions } = root;
  const cases = exceptions.map(
    ({ name, status }) => `            case ${status}:\n                return new ${name}(message, response);\n`,
  );
  return `import ${javaPackage}.model.*;

/** Made by {@link ${service}#builder()}. */
final class ${service}Client implements ${service} {

    private final SdkTransport transport;

    ${service}Client(SdkTransport transport) {
        this.transport = transport;
    }
${operations.map(operationSource).join('')}
    @java.lang.Override
    public void shutdown() {
        transport.shutdown();
    }

    private com.amazonaws.opensdk.SdkResponseMetadata send(SdkCall call) {
        com.amazonaws.opensdk.SdkResponseMetadata response = transport.send(call);
        if (response.httpStatusCode() < 200 || response.httpStatusCode() > 299) {
            throw failure(response);
        }
        return response;
    }

    private static ${baseException} failure(com.amazonaws.opensdk.SdkResponseMetadata response) {
        java.lang.String message = SdkTransport.messageOf(response);
        switch (response.httpStatusCode()) {
${cases.join('')}            default:
                return new ${baseException}(message, response);
        }
    }
}
`;
}

function operationSource({ name, request, result, method, parameters, body }: JavaOperation): string {
  const lines = parameters.map((parameter) => {
    const value = `request.get${upperFirst(parameter.name)}()`;
    const required = parameter.location === 'path' ? '' : `, ${parameter.required}`;
    return `call.${parameter.location}(${javaText(parameter.text)}, ${value}${required});`;
  });
  if (body !== undefined) lines.push(`call.json(request.get${upperFirst(body.name)}());`);
  lines.push(`return ${result}.fromResponse(send(call));`);
  return `
    @java.lang.Override
    public ${result} ${name}(${request} request) {
        SdkCall call = new SdkCall("${method.verb}", ${javaText(method.path)}, ${method.signed}, request.sdkRequestConfig());
${lines.map((line) => `        ${line}\n`).join('')}    }
`;
}
