// The types of SDKs, and what GetSdk takes for each: AWS's names, in AWS's words.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GetSdkType.html

export interface SdkProperty {
  readonly name: string;
  readonly friendlyName: string;
  readonly description?: string;
  readonly required: boolean;
}

export interface SdkTypeEntry {
  readonly id: string;
  readonly friendlyName: string;
  readonly description?: string;
  readonly properties: readonly SdkProperty[];
}

const classPrefix: SdkProperty = { name: 'classPrefix', friendlyName: 'Prefix', required: true };

// AWS: these names and words. Seen: the lists of AWS's developer portal (aws-api-gateway-developer-portal); names of the parameters
// in the developer guide, "Generate SDKs for an API using AWS CLI commands in API Gateway".
export const sdkTypes: readonly SdkTypeEntry[] = [
  {
    id: 'android',
    friendlyName: 'Android',
    properties: [
      { name: 'groupId', friendlyName: 'Group ID', required: true },
      { name: 'invokerPackage', friendlyName: 'Invoker package', required: true },
      { name: 'artifactId', friendlyName: 'Artifact ID', required: true },
      { name: 'artifactVersion', friendlyName: 'Artifact version', required: true },
    ],
  },
  {
    id: 'java',
    friendlyName: 'Java SDK',
    description: 'Java SDK generator for API Gateway APIs',
    properties: [
      {
        name: 'service.name',
        friendlyName: 'Service Name',
        description: 'Name of the service which is used to derive the Java interface name for your client',
        required: true,
      },
      {
        name: 'java.package-name',
        friendlyName: 'Java Package Name',
        description: 'Name of the Java package your code will be generated under',
        required: true,
      },
      {
        name: 'java.build-system',
        friendlyName: 'Java Build System',
        description: 'Build system to setup for project; Currently supported: maven, gradle',
        required: false,
      },
      {
        name: 'java.group-id',
        friendlyName: 'Java Group Id',
        description: 'Group id for your Maven or Gradle project. Defaults to package name',
        required: false,
      },
      {
        name: 'java.artifact-id',
        friendlyName: 'Java Artifact Id',
        description: 'Artifact Id for your Maven project or project name for your Gradle project. Defaults to service name',
        required: false,
      },
      {
        name: 'java.artifact-version',
        friendlyName: 'Java Artifact Version',
        description: 'Version of your Maven or Gradle project. Defaults to 1.0-SNAPSHOT',
        required: false,
      },
      {
        name: 'java.license-text',
        friendlyName: 'Source Code License Text',
        description: 'Customer provided license to inject into source file headers',
        required: false,
      },
    ],
  },
  { id: 'javascript', friendlyName: 'JavaScript', properties: [] },
  { id: 'objectivec', friendlyName: 'iOS (Objective-C)', properties: [classPrefix] },
  {
    id: 'ruby',
    friendlyName: 'Ruby',
    description: 'Ruby SDK generator for API Gateway APIs',
    properties: [
      {
        name: 'service.name',
        friendlyName: 'Service Name',
        description: 'Name of the service which is used to derive the name for your client',
        required: true,
      },
      {
        name: 'ruby.gem-name',
        friendlyName: 'Ruby Gem Name',
        description: 'Name of the Ruby gem your code will be generated under',
        required: false,
      },
      {
        name: 'ruby.gem-version',
        friendlyName: 'Ruby Gem Version',
        description: 'Version number for your service gem. Defaults to 1.0.0',
        required: false,
      },
    ],
  },
  { id: 'swift', friendlyName: 'iOS (Swift)', properties: [classPrefix] },
];
