const { setTimeout: sleep } = require('node:timers/promises');

/** Each write is on its way at once; nobody waits for the last. */
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let left = event.from ?? 3; left > 0; left--) {
    stream.write(`${left} `);
    await sleep(event.pauseMs ?? 500);
  }
  stream.end('liftoff\n');
});
