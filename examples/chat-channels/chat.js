exports.door = async ({ methodArn, queryStringParameters }) => ({
  principalId: queryStringParameters.name,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
  },
});

exports.handler = async ({ body, requestContext }) => {
  const { routeKey, domainName, stage, authorizer } = requestContext;
  const channel = `https://${domainName}/${stage}/@channels/chat`;
  const from = authorizer.principalId;
  switch (routeKey) {
    case '$connect':
      return { statusCode: 200, headers: { 'Stagegate-Channels': JSON.stringify({ subscribe: ['chat'] }) } };
    case 'who': {
      const { subscriberCount } = await (await fetch(channel)).json();
      return { statusCode: 200, body: JSON.stringify({ type: 'who', names: [`${subscriberCount} people`] }) };
    }
    case '$disconnect':
      await publish(channel, { type: 'left', from });
      break;
    default:
      await publish(channel, { type: 'said', from, text: String(JSON.parse(body).text) });
  }
  return { statusCode: 200 };
};

/** One call, however many there are. */
async function publish(channel, message) {
  const response = await fetch(channel, { method: 'POST', body: JSON.stringify(message) });
  if (!response.ok) throw new Error(`${channel} answered ${response.status}: ${await response.text()}`);
}
