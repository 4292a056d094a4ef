// As much of SQS as this example needs: `node sqs.mjs [port]`, 4577 by default. It prints the messages it gets.
// ElasticMQ or SQS itself can stand in its place.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';

const server = http.createServer(async (request, response) => {
  let form = '';
  for await (const chunk of request) form += chunk;
  const message = new URLSearchParams(form).get('MessageBody') ?? '';
  console.log(`got ${message}`);
  const md5 = createHash('md5').update(message).digest('hex');
  response.setHeader('content-type', 'text/xml').end(
    `<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult>
  <MessageId>${randomUUID()}</MessageId><MD5OfMessageBody>${md5}</MD5OfMessageBody>
</SendMessageResult></SendMessageResponse>`,
  );
});

server.listen(Number(process.argv[2] ?? 4577), '127.0.0.1', () => {
  console.log(`The queue listens on http://127.0.0.1:${server.address().port}`);
});
