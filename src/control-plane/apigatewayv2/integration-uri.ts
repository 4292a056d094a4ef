// Which texts an integration of an HTTP API can call: a Lambda function or a URL, which may hold ${stageVariables.name}, and behind a
// VPC link a listener or a service.

import { badRequest } from './refusals.ts';

const stageVariable = /\$\{stageVariables\.[A-Za-z0-9_]+\}/g;
const pathVariable = /\{[A-Za-z0-9._:-]+\+?\}/g;
const invocationArn = /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The length the API reference gives `UriWithLengthBetween1And2048`. */
const largestUri = 2048;

/** The integration type that fits a quick-create target. */
export function typeOfTarget(target: string): 'AWS_PROXY' | 'HTTP_PROXY' {
  return /^https?:\/\//i.test(target) ? 'HTTP_PROXY' : 'AWS_PROXY';
}

/** A function ARN, or the invocation ARN around one. AWS keeps and echoes the form that was sent. */
export function checkedFunctionUri(uri: string | undefined): string {
  const functionArn = invocationArn.exec(uri ?? '')?.[1] ?? uri;
  // A stage variable may be any part of the ARN, or all of it: `v` stands for a value nobody knows yet.
  const probe = (functionArn ?? '').replaceAll(stageVariable, 'v');
  if (uri === undefined || uri.length > largestUri || (probe !== 'v' && !isFunctionArn(probe))) {
    // REST APIs are recorded with these words; for HTTP APIs they are an analogy.
    throw badRequest('Invalid function ARN or invalid uri');
  }
  return uri;
}

/** True for the invocation ARN of a function. */
export function isInvocationUri(uri: string | undefined): boolean {
  return uri !== undefined && invocationArn.test(uri);
}

/** The invocation ARN of a function, the only form that names an authorizer's function. */
export function checkedAuthorizerUri(uri: string | undefined): string {
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-request-authorizer-uri-required.
  if (uri === undefined) throw badRequest('AuthorizerUri is a required field in an Authorizer');
  if (!invocationArn.test(uri)) {
    // AWS: these words, on REST APIs. Seen: many public reports; for HTTP APIs they are an analogy.
    throw badRequest(
      `Invalid Authorizer URI: ${uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    );
  }
  return checkedFunctionUri(uri);
}

/** A URL that may also hold path variables of its routes: `https://backend.example/{proxy}`. */
export function checkedHttpUri(uri: string | undefined): string {
  if (uri === undefined || uri.length > largestUri || !isHttpUri(uri)) {
    // REST APIs are recorded with these words; for HTTP APIs they are an analogy.
    throw badRequest('Invalid HTTP endpoint specified for URI');
  }
  return uri;
}

const listenerArn = /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/(?:app|net)\/[^/\s]+\/[^/\s]+\/[^/\s]+$/;
// AWS: `?name=value` selects instances by their attributes. Seen: developer guide, private integrations.
const cloudMapArn = /^arn:aws[a-z-]*:servicediscovery:[a-z0-9-]+:\d{12}:service\/[A-Za-z0-9_-]+(?:\?[\x21-\x7e]*)?$/;

/** A load balancer's listener or a Cloud Map service. */
export function checkedPrivateUri(uri: string | undefined): string {
  if (uri === undefined || uri.length > largestUri || !(listenerArn.test(uri) || cloudMapArn.test(uri))) {
    // AWS: these words. Seen: klotho#347, sst#5510.
    throw badRequest(
      'For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.',
    );
  }
  return uri;
}

/** The name a private backend's certificate must have. The words are ours. */
export function checkedServerName(name: string): string {
  if (
    name.length <= 253 &&
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name)
  ) {
    return name;
  }
  throw badRequest(`Invalid ServerNameToVerify: ${name} is no host name`);
}

function isFunctionArn(arn: string): boolean {
  const [prefix, partition = '', service, region = '', account = '', kind, name = '', qualifier, ...rest] = arn.split(':');
  return (
    prefix === 'arn' &&
    /^aws[a-z-]*$/.test(partition) &&
    service === 'lambda' &&
    /^[a-z0-9-]+$/.test(region) &&
    (/^\d{12}$/.test(account) || account === 'v') &&
    kind === 'function' &&
    /^[A-Za-z0-9_-]{1,140}$/.test(name) &&
    (qualifier === undefined || /^(\$LATEST|[A-Za-z0-9_-]{1,128})$/.test(qualifier)) &&
    rest.length === 0
  );
}

function isHttpUri(uri: string): boolean {
  const unvaried = uri.replaceAll(stageVariable, 'v');
  const probe = unvaried.replaceAll(pathVariable, 'v');
  // Braces that are neither kind of variable, spaces, controls and raw Unicode could never be sent.
  if (unvaried.includes('${') || !/^https?:\/\/[\x21-\x7e]+$/i.test(probe) || /[{}\\]/.test(probe)) return false;
  if (!URL.canParse(probe)) {
    // `:${stageVariables.port}` is a port nobody knows yet.
    return /^https?:\/\/[^/?#@:]+:v(?:[/?]|$)/i.test(probe);
  }
  const url = new URL(probe);
  return url.hostname !== '' && url.username === '' && url.password === '' && url.hash === '';
}
