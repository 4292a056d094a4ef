const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi');

/** Names by connection. */
const members = new Map();

exports.handler = async ({ body, queryStringParameters, requestContext }) => {
  const { routeKey, connectionId, domainName, stage } = requestContext;
  if (routeKey === '$connect') {
    const name = queryStringParameters?.name?.trim();
    if (!name) return { statusCode: 400 };
    members.set(connectionId, name);
    return { statusCode: 200 };
  }
  if (routeKey === 'who') return { statusCode: 200, body: JSON.stringify({ type: 'who', names: [...members.values()] }) };

  const gateway = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` });
  const from = members.get(connectionId);
  if (routeKey === '$disconnect') {
    members.delete(connectionId);
    await broadcast(gateway, { type: 'left', from });
  } else {
    await broadcast(gateway, { type: 'said', from, text: String(JSON.parse(body).text) });
  }
  return { statusCode: 200 };
};

async function broadcast(gateway, message) {
  const Data = JSON.stringify(message);
  await Promise.all(
    [...members.keys()].map(async (ConnectionId) => {
      try {
        await gateway.send(new PostToConnectionCommand({ ConnectionId, Data }));
      } catch (error) {
        // It went away, and its $disconnect is on the way.
        if (error.name !== 'GoneException') throw error;
      }
    }),
  );
}
