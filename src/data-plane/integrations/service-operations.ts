// The AWS operations that integrations call, each as the service's own protocol wants it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html

import { uriEncode } from '../../aws/sigv4-canonical-request.ts';
import type { IntegrationSubtype } from '../../model/integration-subtypes.ts';

/** As AWS spells them in end points and signatures. */
export type ServiceId = 'appconfig' | 'events' | 'kinesis' | 'sqs' | 'states';

/** What a parameter's value has to be. */
export type ParameterKind = 'text' | 'integer' | 'time' | 'bytes' | 'list' | 'attributes';

/** Values by parameter name; one without value is absent. */
export type ServiceParameters = Readonly<Record<string, unknown>>;

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly contentType: string | undefined;
  readonly target: string | undefined;
  /** Unicode text. */
  readonly body: string;
}

export interface ServiceOperation {
  readonly service: ServiceId;
  /** In front of the service's host name at AWS. */
  readonly hostPrefix?: 'sync-';
  /** Parameters that are not text. */
  readonly kinds: Readonly<Record<string, ParameterKind>>;
  toRequest(parameters: ServiceParameters): ServiceRequest;
}

export const serviceOperations: Readonly<Record<IntegrationSubtype, ServiceOperation>> = {
  'EventBridge-PutEvents': {
    service: 'events',
    kinds: { Time: 'time', Resources: 'list' },
    toRequest: ({ Detail, DetailType, EventBusName, Resources, Source, Time, TraceHeader }) =>
      json('1.1', 'AWSEvents.PutEvents', {
        Entries: [{ Detail, DetailType, EventBusName, Resources, Source, Time, TraceHeader }],
      }),
  },
  'SQS-SendMessage': {
    service: 'sqs',
    kinds: { DelaySeconds: 'integer', MessageAttributes: 'attributes', MessageSystemAttributes: 'attributes' },
    toRequest: ({ MessageAttributes, MessageSystemAttributes, ...members }) =>
      sqs('SendMessage', {
        ...members,
        ...attributeFields('MessageAttribute', MessageAttributes),
        ...attributeFields('MessageSystemAttribute', MessageSystemAttributes),
      }),
  },
  'SQS-ReceiveMessage': {
    service: 'sqs',
    kinds: {
      AttributeNames: 'list',
      MaxNumberOfMessages: 'integer',
      MessageAttributeNames: 'list',
      VisibilityTimeout: 'integer',
      WaitTimeSeconds: 'integer',
    },
    toRequest: ({ AttributeNames, MessageAttributeNames, ...members }) =>
      sqs('ReceiveMessage', {
        ...members,
        ...listFields('AttributeName', AttributeNames),
        ...listFields('MessageAttributeName', MessageAttributeNames),
      }),
  },
  'SQS-DeleteMessage': { service: 'sqs', kinds: {}, toRequest: (members) => sqs('DeleteMessage', members) },
  'SQS-PurgeQueue': { service: 'sqs', kinds: {}, toRequest: (members) => sqs('PurgeQueue', members) },
  'AppConfig-GetConfiguration': {
    service: 'appconfig',
    kinds: {},
    toRequest: ({ Application, ClientConfigurationVersion, ClientId, Configuration, Environment }) => ({
      method: 'GET',
      path: `/applications/${segment(Application)}/environments/${segment(Environment)}/configurations/${segment(Configuration)}`,
      query: form({ client_configuration_version: ClientConfigurationVersion, client_id: ClientId }),
      contentType: undefined,
      target: undefined,
      body: '',
    }),
  },
  'Kinesis-PutRecord': {
    service: 'kinesis',
    kinds: { Data: 'bytes' },
    toRequest: (members) => json('1.1', 'Kinesis_20131202.PutRecord', members),
  },
  'StepFunctions-StartExecution': {
    service: 'states',
    kinds: {},
    toRequest: ({ Input, Name, StateMachineArn }) =>
      json('1.0', 'AWSStepFunctions.StartExecution', { input: Input, name: Name, stateMachineArn: StateMachineArn }),
  },
  'StepFunctions-StartSyncExecution': {
    service: 'states',
    hostPrefix: 'sync-',
    kinds: {},
    toRequest: ({ Input, Name, StateMachineArn, TraceHeader }) =>
      json('1.0', 'AWSStepFunctions.StartSyncExecution', {
        input: Input,
        name: Name,
        stateMachineArn: StateMachineArn,
        traceHeader: TraceHeader,
      }),
  },
  'StepFunctions-StopExecution': {
    service: 'states',
    kinds: {},
    toRequest: ({ Cause, Error: error, ExecutionArn }) =>
      json('1.0', 'AWSStepFunctions.StopExecution', { cause: Cause, error, executionArn: ExecutionArn }),
  },
};

function json(version: '1.0' | '1.1', target: string, body: object): ServiceRequest {
  const contentType = `application/x-amz-json-${version}`;
  return { method: 'POST', path: '/', query: '', contentType, target, body: JSON.stringify(body) };
}

/** SQS is called by its query protocol: callers of an HTTP API read XML. From memory of the service. */
function sqs(action: string, members: ServiceParameters): ServiceRequest {
  return {
    method: 'POST',
    path: '/',
    query: '',
    contentType: 'application/x-www-form-urlencoded',
    target: undefined,
    body: form({ Action: action, Version: '2012-11-05', ...members }),
  };
}

function form(fields: ServiceParameters): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) pairs.push(`${uriEncode(name)}=${uriEncode(String(value))}`);
  }
  return pairs.join('&');
}

function listFields(prefix: string, list: unknown): ServiceParameters {
  const values = (list ?? []) as readonly string[];
  return Object.fromEntries(values.map((value, i) => [`${prefix}.${i + 1}`, value]));
}

/** `{ color: { DataType: 'String', StringValue: 'red' } }` as numbered fields; service-parameters.ts checked the form. */
function attributeFields(prefix: string, attributes: unknown): ServiceParameters {
  const entries = Object.entries((attributes ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>);
  return Object.fromEntries(
    entries.flatMap(([name, value], i) => [
      [`${prefix}.${i + 1}.Name`, name],
      ...Object.entries(value).map(([member, text]) => [`${prefix}.${i + 1}.Value.${member}`, text]),
    ]),
  );
}

/** One path segment; a value that would be a dot segment changes no path. */
function segment(value: unknown): string {
  return uriEncode(String(value)).replace(/^\.{1,2}$/, (dots) => '%2E'.repeat(dots.length));
}
