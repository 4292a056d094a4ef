// The mapping templates that a method with `integration: lambda` has when the service file gives none: what the function gets as
// its event, and which errors become which status.
// Source: Serverless Framework, guide "REST API", "Lambda Integration": the members of the event and the patterns of the statuses.

/** A map of texts as a JSON object. */
const TEXTS = `#define( $texts )
{
#foreach( $name in $map.keySet() )
  "$util.escapeJavaScript($name)": "$util.escapeJavaScript($map.get($name)).replaceAll("\\\\'", "'")"#if( $foreach.hasNext ),#end

#end
}
#end
`;

const EVENT = `{
  "body": $body,
  "method": "$context.httpMethod",
  "principalId": "$context.authorizer.principalId",
  "stage": "$context.stage",
  "cognitoPoolClaims": { CLAIMS"sub": "$context.authorizer.claims.sub" },
#set( $map = $context.authorizer )
  "enhancedAuthContext": $texts,
#set( $map = $input.params().header )
  "headers": $texts,
#set( $map = $input.params().querystring )
  "query": $texts,
#set( $map = $input.params().path )
  "path": $texts,
#set( $map = $context.identity )
  "identity": $texts,
#set( $map = $stageVariables )
  "stageVariables": $texts,
  "requestPath": "$context.resourcePath"
}
`;

/** Name and value of each pair of a form. */
const FORM_BODY = `#define( $body )
{
#foreach( $pair in $input.path('$').split('&') )
#set( $parts = $pair.split('=') )
#if( $parts.size() > 1 )
#set( $text = $util.escapeJavaScript($util.urlDecode($parts[1])).replaceAll("\\\\'", "'") )
#else
#set( $text = "" )
#end
  "$util.escapeJavaScript($util.urlDecode($parts[0]))": "$text"#if( $foreach.hasNext ),#end

#end
}
#end
`;

/** `claims` of a user pool's token come into the event besides its `sub`: `email`, `custom:tenant`, … */
export function defaultRequestTemplates(claims: readonly string[]): Readonly<Record<string, string>> {
  // What follows a colon is the name that the function sees.
  const members = claims.map((claim) => `"${claim.slice(claim.indexOf(':') + 1)}": "$context.authorizer.claims['${claim}']", `);
  const event = EVENT.replace('CLAIMS', () => members.join(''));
  return {
    'application/json': `#define( $body )$input.json('$')#end\n${TEXTS}${event}`,
    'application/x-www-form-urlencoded': `${FORM_BODY}${TEXTS}${event}`,
  };
}

const named = (status: string): string => `[\\s\\S]*\\[${status}\\][\\s\\S]*`;

/** Status -> pattern that the error message of a function is matched with. */
export const defaultStatusCodes: Readonly<Record<string, string>> = {
  '200': '',
  ...Object.fromEntries(['400', '401', '403', '404', '422'].map((status) => [status, named(status)])),
  '500': '[\\s\\S]*(Process\\s?exited\\s?before\\s?completing\\s?request|\\[500\\])[\\s\\S]*',
  '502': named('502'),
  '504': '([\\s\\S]*\\[504\\][\\s\\S]*)|(.*Task timed out after \\d+\\.\\d+ seconds$)',
};
