// The sources of a Java SDK's package `model`: models, requests, results and exceptions.

import { type JavaMember, JavaMemberNames, javaAccessors, javaFields, javaFromJson, javaType } from './java-members.ts';
import { javaText } from './java-names.ts';
import type { JavaException, JavaOperation } from './java-operations.ts';
import type { SdkClass } from './sdk-models.ts';

export function javaModelSource({ name, properties }: SdkClass): string {
  const names = new JavaMemberNames();
  const members = properties.map((property) => ({
    name: names.take(property.name),
    type: javaType(property.type),
    json: javaText(property.name),
    read: javaFromJson(property.type, `members.get(${javaText(property.name)})`),
  }));
  const puts = members.map((member) => `        SdkJson.put(members, ${member.json}, this.${member.name});\n`);
  const reads = members.map((member) => `        value.${member.name} = ${member.read};\n`);
  return `public class ${name} implements SdkJson.Value {
${javaFields(members)}${javaAccessors(name, members)}
    @java.lang.Override
    public java.util.Map<java.lang.String, java.lang.Object> toJson() {
        java.util.Map<java.lang.String, java.lang.Object> members = new java.util.LinkedHashMap<>();
${puts.join('')}        return members;
    }

    /** null for null; members that the model does not name are left out. */
    public static ${name} fromJson(java.lang.Object json) {
        java.util.Map<?, ?> members = SdkJson.object(json);
        if (members == null) {
            return null;
        }
        ${name} value = new ${name}();
${reads.join('')}        return value;
    }

    @java.lang.Override
    public boolean equals(java.lang.Object other) {
        return other instanceof ${name} && toJson().equals(((${name}) other).toJson());
    }

    @java.lang.Override
    public int hashCode() {
        return toJson().hashCode();
    }

    @java.lang.Override
    public java.lang.String toString() {
        return SdkJson.write(this);
    }
}
`;
}

export function javaRequestSource({ request, parameters, body }: JavaOperation): string {
  const members: JavaMember[] = [...parameters, ...(body === undefined ? [] : [body])];
  return `public class ${request} extends com.amazonaws.opensdk.BaseRequest {
${javaFields(members)}${javaAccessors(request, members)}
    @java.lang.Override
    public ${request} sdkRequestConfig(com.amazonaws.opensdk.SdkRequestConfig sdkRequestConfig) {
        super.sdkRequestConfig(sdkRequestConfig);
        return this;
    }
}
`;
}

export function javaResultSource({ result, answer }: JavaOperation): string {
  const members = answer === undefined ? [] : [answer];
  const read = members
    .map(({ name, of }) => `        result.${name} = ${javaFromJson(of, 'SdkJson.read(response.body())')};\n`)
    .join('');
  return `public class ${result} extends com.amazonaws.opensdk.BaseResult {
${javaFields(members)}${javaAccessors(result, members)}
    public static ${result} fromResponse(com.amazonaws.opensdk.SdkResponseMetadata response) {
        ${result} result = new ${result}();
${read}        result.sdkResponseMetadata(response);
        return result;
    }
}
`;
}

/** What all exceptions of the service are. */
export function javaBaseExceptionSource(name: string): string {
  return `public class ${name} extends com.amazonaws.SdkBaseException {

    private static final long serialVersionUID = 1L;

    private final transient com.amazonaws.opensdk.SdkResponseMetadata response;

    public ${name}(java.lang.String message, com.amazonaws.opensdk.SdkResponseMetadata response) {
        super(message);
        this.response = response;
    }

    public com.amazonaws.opensdk.SdkErrorHttpMetadata sdkHttpMetadata() {
        return new com.amazonaws.opensdk.SdkErrorHttpMetadata(response);
    }

    /** The body of the answer. */
    public java.lang.String rawPayloadAsString() {
        return response.body();
    }
}
`;
}

export function javaExceptionSource({ name, status, models }: JavaException, base: string): string {
  const getters = models.map(
    ({ getter, type }) => `
    /** What the answer says; null where it has another form. */
    public ${javaType(type)} ${getter}() {
        try {
            java.lang.Object json = SdkJson.parse(rawPayloadAsString());
            return ${javaFromJson(type, 'json')};
        } catch (com.amazonaws.SdkClientException e) {
            return null;
        }
    }
`,
  );
  return `/** The answer had status ${status}. */
public class ${name} extends ${base} {

    private static final long serialVersionUID = 1L;

    public ${name}(java.lang.String message, com.amazonaws.opensdk.SdkResponseMetadata response) {
        super(message, response);
    }
${getters.join('')}}
`;
}
