// Calls the function and prints each piece when it comes: `node stream.mjs [FROM]`. In a folder of your own it needs
// `npm install @aws-sdk/client-lambda`; without AWS_ENDPOINT_URL it calls AWS.
import { InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient({});
const { EventStream } = await lambda.send(
  new InvokeWithResponseStreamCommand({
    FunctionName: 'streams-dev-countdown',
    Payload: JSON.stringify({ from: Number(process.argv[2] ?? 3) }),
  }),
);
for await (const { PayloadChunk, InvokeComplete } of EventStream) {
  if (PayloadChunk) process.stdout.write(PayloadChunk.Payload);
  if (InvokeComplete?.ErrorCode) throw new Error(InvokeComplete.ErrorDetails);
}
