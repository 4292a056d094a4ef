// Which `$context` variables an HTTP API has.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html

const names: ReadonlySet<string> = new Set([
  'accountId',
  'apiId',
  'authorizer.error',
  'authorizer.principalId',
  'awsEndpointRequestId',
  'awsEndpointRequestId2',
  'customDomain.basePathMatched',
  'dataProcessed',
  'domainName',
  'domainPrefix',
  'error.message',
  'error.messageString',
  'error.responseType',
  'extendedRequestId',
  'httpMethod',
  'identity.accountId',
  'identity.caller',
  'identity.clientCert.clientCertPEM',
  'identity.clientCert.clientCertPem',
  'identity.clientCert.issuerDN',
  'identity.clientCert.serialNumber',
  'identity.clientCert.subjectDN',
  'identity.clientCert.validity.notAfter',
  'identity.clientCert.validity.notBefore',
  'identity.cognitoAuthenticationProvider',
  'identity.cognitoAuthenticationType',
  'identity.cognitoIdentityId',
  'identity.cognitoIdentityPoolId',
  'identity.principalOrgId',
  'identity.sourceIp',
  'identity.user',
  'identity.userAgent',
  'identity.userArn',
  'integration.error',
  'integration.integrationStatus',
  'integration.latency',
  'integration.requestId',
  'integration.status',
  'integrationErrorMessage',
  'integrationLatency',
  'integrationStatus',
  'path',
  'protocol',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'responseLatency',
  'responseLength',
  'routeKey',
  'stage',
  'status',
]);

/** What follows `$context.`, but for what an authorizer itself says: before it is asked nobody else's identity can be told. */
export function isContextNameBeforeAuthorizers(name: string): boolean {
  return names.has(name) && !name.startsWith('authorizer.');
}

/** What follows `$context.`; an authorizer chooses the names below `authorizer`. */
export function isContextName(name: string): boolean {
  return names.has(name) || /^authorizer(?:\.[^.\s${}]+)+$/.test(name);
}
