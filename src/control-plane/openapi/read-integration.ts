// x-amazon-apigateway-integration of an HTTP API -> the input of CreateIntegration. What may stand in it is decided there.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html

import type { Input } from '../apigatewayv2/service.ts';
import { present } from '../apigatewayv2/service.ts';
import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';

type IntegrationInput = Omit<Input<'CreateIntegration'>, 'ApiId'>;

const known = new Set(
  (
    'type httpMethod uri payloadFormatVersion credentials connectionType connectionId requestParameters responseParameters ' +
    'timeoutInMillis description integrationSubtype tlsConfig passthroughBehavior'
  ).split(' '),
);

/** Members for REST APIs that many documents carry and that change nothing here. */
const withoutMeaning = new Set(['responses', 'cacheNamespace', 'cacheKeyParameters']);

export function readIntegration(node: DocumentNode, notes: ImportNotes): IntegrationInput {
  for (const [name] of node.entries()) {
    if (known.has(name) || name.startsWith('x-')) continue;
    const what = `${node.pointer}/${name}`;
    if (withoutMeaning.has(name)) notes.inform(`${what} has no meaning for HTTP APIs and was ignored.`);
    else notes.warn(`${what} is not supported by integrations of HTTP APIs and was ignored.`);
  }
  const tls = node.member('tlsConfig');
  if (tls?.member('insecureSkipVerification') !== undefined) {
    notes.warn(`${node.pointer}/tlsConfig/insecureSkipVerification is for REST APIs and was ignored: certificates are verified.`);
  }
  const serverName = tls?.member('serverNameToVerify')?.text();
  // The operation decides which texts are types, methods and so on; the casts hand it whatever was written.
  const members = {
    IntegrationType: node.member('type')?.text().toUpperCase() as IntegrationInput['IntegrationType'],
    IntegrationSubtype: node.member('integrationSubtype')?.text(),
    IntegrationUri: node.member('uri')?.text(),
    IntegrationMethod: methodOf(node),
    PayloadFormatVersion: version(node.member('payloadFormatVersion')?.text()),
    CredentialsArn: node.member('credentials')?.text(),
    ConnectionType: node.member('connectionType')?.text().toUpperCase() as IntegrationInput['ConnectionType'],
    ConnectionId: node.member('connectionId')?.text(),
    Description: node.member('description')?.text(),
    PassthroughBehavior: node.member('passthroughBehavior')?.text().toUpperCase() as IntegrationInput['PassthroughBehavior'],
    RequestParameters: node.member('requestParameters')?.textMap(),
    ResponseParameters: responseParameters(node.member('responseParameters')),
    TimeoutInMillis: node.member('timeoutInMillis')?.number(),
    TlsConfig: serverName === undefined ? undefined : { ServerNameToVerify: serverName },
  };
  if (members.IntegrationType === undefined) throw node.fault('The integration has no type.');
  return present(members) as IntegrationInput;
}

/** REST documents write `x-amazon-apigateway-any-method` for the method of the backend, too. */
function methodOf(node: DocumentNode): string | undefined {
  const method = node.member('httpMethod')?.text();
  return method?.toLowerCase() === 'x-amazon-apigateway-any-method' ? 'ANY' : method?.toUpperCase();
}

/** A JSON number cannot say 2.0. */
function version(text: string | undefined): string | undefined {
  return text !== undefined && /^\d$/.test(text) ? `${text}.0` : text;
}

function responseParameters(node: DocumentNode | undefined): Record<string, Record<string, string>> | undefined {
  return node && Object.fromEntries(node.entries().map(([status, mappings]) => [status, mappings.textMap()]));
}
