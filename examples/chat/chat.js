const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi');
const { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } = require('@aws-sdk/client-dynamodb');

const table = new DynamoDBClient({});
const TableName = process.env.TABLE;

exports.handler = async ({ body, queryStringParameters, requestContext }) => {
  const { routeKey, connectionId, domainName, stage } = requestContext;
  if (routeKey === '$connect') {
    const name = queryStringParameters?.name?.trim();
    if (!name) return { statusCode: 400 };
    await table.send(new PutItemCommand({ TableName, Item: { id: { S: connectionId }, name: { S: name } } }));
    return { statusCode: 200 };
  }
  const members = await everybody();
  if (routeKey === 'who') {
    return { statusCode: 200, body: JSON.stringify({ type: 'who', names: members.map(({ name }) => name) }) };
  }

  const from = members.find(({ id }) => id === connectionId)?.name;
  const gateway = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` });
  if (routeKey === '$disconnect') {
    await table.send(new DeleteItemCommand({ TableName, Key: { id: { S: connectionId } } }));
    const others = members.filter(({ id }) => id !== connectionId);
    await broadcast(gateway, others, { type: 'left', from });
  } else {
    await broadcast(gateway, members, { type: 'said', from, text: String(JSON.parse(body).text) });
  }
  return { statusCode: 200 };
};

async function everybody() {
  const { Items = [] } = await table.send(new ScanCommand({ TableName }));
  return Items.map(({ id, name }) => ({ id: id.S, name: name.S }));
}

async function broadcast(gateway, members, message) {
  const Data = JSON.stringify(message);
  await Promise.all(
    members.map(async ({ id: ConnectionId }) => {
      try {
        await gateway.send(new PostToConnectionCommand({ ConnectionId, Data }));
      } catch (error) {
        // It went away, and its $disconnect is on the way.
        if (error.name !== 'GoneException') throw error;
      }
    }),
  );
}
