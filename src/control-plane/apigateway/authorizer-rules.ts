// What an authorizer must say. The words of these refusals are ours where nothing else is said; the rules are the developer guide's.
// AWS: the words of an empty source, of no pools, of the TTL and of a source of a request. Seen: cdk-preflight's deployed cases
// (token-authorizer-identity-source, cognito-authorizer-provider-arns, authorizer-ttl-range, request-authorizer-identity-source).
// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html

import type { RestAuthorizer } from '../../model/rest-api.ts';
import { checkPattern } from './definition-checks.ts';
import { badRequest } from './refusals.ts';

/** AWS's default when nothing is said. */
const TTL_DEFAULT_SECONDS = 300;

const parameterName = '[a-zA-Z0-9._$-]+';
const tokenSource = new RegExp(`^method\\.request\\.header\\.${parameterName}$`);
const requestSource = new RegExp(`^(?:method\\.request\\.(?:header|querystring)|stageVariables|context)\\.${parameterName}$`);

export function checkAuthorizer(authorizer: RestAuthorizer): void {
  const { name, type, authorizerResultTtlInSeconds: ttl = TTL_DEFAULT_SECONDS, identityValidationExpression } = authorizer;
  if (name === '') throw badRequest('Authorizer name must be non-empty');
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 3600) {
    throw badRequest('Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.');
  }
  if (type === 'COGNITO_USER_POOLS') checkUserPools(authorizer.providerARNs);
  else checkUri(authorizer.authorizerUri);
  checkIdentitySource(type, authorizer.identitySource, ttl);
  if (identityValidationExpression !== undefined) checkPattern(identityValidationExpression);
}

function checkUserPools(arns: readonly string[] = []): void {
  if (arns.length === 0) throw badRequest('ProviderARNs cannot be empty');
  for (const arn of arns) {
    if (!/^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/.+$/.test(arn)) {
      throw badRequest(`Invalid ARN. ARN is not well formed ${arn}`);
    }
  }
}

/** AWS is lenient about what stands in the path. Seen: recorded CreateAuthorizer with spaces in it. */
function checkUri(uri: string | undefined): void {
  if (uri === undefined || !/^arn:aws[a-z-]*:apigateway:[^:]+:lambda:path\/.*\/functions\/.+/s.test(uri)) {
    throw badRequest(
      `Invalid Authorizer URI: ${uri ?? null}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    );
  }
}

function checkIdentitySource(type: RestAuthorizer['type'], source: string | undefined, ttl: number): void {
  if (type === 'REQUEST') {
    // AWS: with caching on there must be something to tell callers apart. Seen: developer guide, "Lambda authorizers".
    if (source === undefined && ttl > 0) throw badRequest('Identity source is required when caching is enabled');
    const sources = source === undefined ? [] : source.split(',').map((each) => each.trim());
    const wrong = sources.find((each) => !requestSource.test(each));
    if (wrong !== undefined) {
      // The end of the sentence, from the pattern of stage variables on, is by analogy with that of WebSocket APIs.
      throw badRequest(
        `Invalid request identity source expression: ${wrong}. The sources must be separated by comma, and each source must be either a method request parameter, matching 'method.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'`,
      );
    }
    return;
  }
  // AWS: "For a TOKEN or COGNITO_USER_POOLS authorizer, this is required". Seen: API reference, CreateAuthorizer.
  if (source === undefined) throw badRequest('IdentitySource cannot be empty');
  if (!tokenSource.test(source)) {
    // AWS: these words. Seen: serverless/serverless#4428.
    throw badRequest(
      `Invalid token source expression: ${source}. The source must be a method request header, matching 'method.request.header.[a-zA-Z0-9._-]+'.`,
    );
  }
}
