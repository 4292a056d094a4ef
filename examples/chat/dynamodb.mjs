// As much of DynamoDB as the chat needs, in memory. In its place stands AWS's, or any that speaks its protocol.
import { createServer } from 'node:http';

const items = new Map();

const operations = {
  PutItem: ({ Item }) => {
    items.set(Item.id.S, Item);
    return {};
  },
  DeleteItem: ({ Key }) => {
    items.delete(Key.id.S);
    return {};
  },
  Scan: () => ({ Items: [...items.values()], Count: items.size, ScannedCount: items.size }),
};

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const operation = operations[request.headers['x-amz-target']?.split('.')[1]];
  response.writeHead(operation ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(operation ? operation(JSON.parse(text)) : { __type: 'UnknownOperationException' }));
});
server.listen(Number(process.argv[2] ?? 8000), '127.0.0.1', () => {
  console.log(`The table http://127.0.0.1:${server.address().port} is ready.`);
});
