const json = (value) => ({ statusCode: 200, body: JSON.stringify(value) });
exports.show = async ({ pathParameters, queryStringParameters }) => json({ pathParameters, queryStringParameters });
exports.event = async (event) => ({ body: event.body, claims: event.cognitoPoolClaims });
exports.allow = async ({ methodArn }) => ({
  principalId: 'me',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
  },
});
exports.stream = awslambda.streamifyResponse(async (_event, stream) => {
  const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-mode': 'streamed' } });
  body.write('one ');
  body.end('two');
});
