// The template that the console of API Gateway generates as "Method Request passthrough", and a request of usual size.

import { inputOf } from './golden-input.ts';

const contextLines: readonly (readonly [name: string, variable: string])[] = [
  ['account-id', 'identity.accountId'],
  ['api-id', 'apiId'],
  ['api-key', 'identity.apiKey'],
  ['authorizer-principal-id', 'authorizer.principalId'],
  ['caller', 'identity.caller'],
  ['cognito-authentication-provider', 'identity.cognitoAuthenticationProvider'],
  ['cognito-authentication-type', 'identity.cognitoAuthenticationType'],
  ['cognito-identity-id', 'identity.cognitoIdentityId'],
  ['cognito-identity-pool-id', 'identity.cognitoIdentityPoolId'],
  ['http-method', 'httpMethod'],
  ['stage', 'stage'],
  ['source-ip', 'identity.sourceIp'],
  ['user', 'identity.user'],
  ['user-agent', 'identity.userAgent'],
  ['user-arn', 'identity.userArn'],
  ['request-id', 'requestId'],
  ['resource-id', 'resourceId'],
  ['resource-path', 'resourcePath'],
];

export const passthroughTemplate = `##  This template will pass through all parameters including path, querystring, header, stage variables, and context through to the integration endpoint via the body/payload
#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
${contextLines.map(([name, variable]) => `    "${name}" : "$context.${variable}"`).join(',\n')}
    }
}
`;

export const passthroughInput = inputOf({
  body: '{"name":"Ann","age":7,"items":[{"id":1,"t":"a"},{"id":2,"t":"b"}],"flag":true}',
  path: { id: '42' },
  querystring: { q: 'a b&c', page: '2' },
  header: {
    Accept: 'application/json',
    'Accept-Encoding': 'gzip, deflate, br',
    'Content-Type': 'application/json',
    Host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    'X-Amzn-Trace-Id': 'Root=1-5e66d96f-7491f09xmpl79d18acf3d050',
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  },
  context: {
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    apiId: 'abcdefghij',
    stage: 'prod',
    httpMethod: 'POST',
    resourceId: '123456',
    resourcePath: '/pets/{id}',
    identity: {
      sourceIp: '192.0.2.1',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      accountId: '',
      apiKey: '',
      caller: '',
      user: '',
    },
    authorizer: { principalId: 'user' },
  },
  stageVariables: { fn: 'hello', table: 'pets' },
});
