const { setTimeout: sleep } = require('node:timers/promises');

/** Called at its URL it counts from `?from=5`, invoked from `{"from":5}`. Each write is on its way at once; nobody waits for the last. */
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let left = Number(event.queryStringParameters?.from ?? event.from ?? 3); left > 0; left--) {
    stream.write(`${left} `);
    await sleep(500);
  }
  stream.end('liftoff\n');
});
