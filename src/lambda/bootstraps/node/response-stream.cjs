// Answers in pieces (`awslambda.streamifyResponse`): loaded by the first function that asks for it, so that nobody else pays.
'use strict';

const { Writable, finished } = require('node:stream');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const FRAME_STREAM_START = 21;
const FRAME_STREAM_CHUNK = 22;
const FRAME_STREAM_END = 23;
const PIECE_BYTES_MAX = 1_048_576;
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';

/** What AWS's runtime gives a streaming handler instead of a return value. */
class ResponseStream extends Writable {
  #channel;
  #contentType = 'application/octet-stream';
  #prelude;
  #started = false;
  #over = false;

  constructor(channel, highWaterMark) {
    super({ highWaterMark });
    this.#channel = channel;
  }

  setContentType(contentType) {
    this.#contentType = String(contentType);
  }

  /** The JSON prelude of an HTTP answer, to be sent before the first byte. */
  setPrelude(prelude) {
    this.#prelude = prelude;
  }

  /** True when something has been sent: what fails from now on fails in the middle of an answer. */
  get begun() {
    return this.#started;
  }

  // AWS: whatever is not text or bytes is written as JSON.
  write(chunk, ...rest) {
    return super.write(typeof chunk === 'string' || ArrayBuffer.isView(chunk) ? chunk : JSON.stringify(chunk), ...rest);
  }

  pipeline(source) {
    return require('node:stream/promises').pipeline(source, this);
  }

  finished() {
    return new Promise((resolve, reject) => finished(this, (error) => (error ? reject(error) : resolve())));
  }

  _write(chunk, _encoding, callback) {
    this.#start();
    let at = 0;
    const next = (error) => {
      if (error || at >= chunk.length) return callback(error);
      const piece = chunk.subarray(at, at + PIECE_BYTES_MAX);
      at += PIECE_BYTES_MAX;
      // Called back when the gateway has taken it: a slow client holds the handler back.
      this.#channel.send(FRAME_STREAM_CHUNK, piece, next);
    };
    next();
  }

  _final(callback) {
    this.#start();
    this.#over = true;
    this.#channel.send(FRAME_STREAM_END, Buffer.alloc(0), () => callback());
    this.#channel.ended();
  }

  _destroy(error, callback) {
    if (!this.#over) {
      this.#over = true;
      // AWS: also an answer that fails before its first byte is a stream. Seen: aws-lambda-ric.
      if (!this.#started) this.#channel.send(FRAME_STREAM_START, Buffer.from(this.#contentType));
      this.#started = true;
      this.#channel.failed(error ?? new Error('The response stream was destroyed before it ended.'), this.#started);
    }
    callback(error);
  }

  #start() {
    if (this.#started) return;
    this.#started = true;
    this.#channel.send(FRAME_STREAM_START, Buffer.from(this.#contentType));
    if (this.#prelude === undefined) return;
    this.#channel.send(FRAME_STREAM_CHUNK, Buffer.concat([Buffer.from(this.#prelude), Buffer.alloc(8)]));
  }
}

exports.streamifyResponse = (handler, options) => {
  handler[STREAMING] = 'response';
  if (options?.highWaterMark !== undefined) handler[HIGH_WATER_MARK] = Number(options.highWaterMark);
  return handler;
};

exports.HttpResponseStream = {
  from(stream, prelude) {
    stream.setContentType(HTTP_INTEGRATION);
    stream.setPrelude(JSON.stringify(prelude));
    return stream;
  },
};

exports.isStreaming = (handler) => handler[STREAMING] === 'response';

/**
 * A streaming handler in the form of a callback-style one. `port` is the bootstrap's: `begin()` gives the invocation's
 * `send(type, bytes, done)`, `ended()` and `fail(error, begun)`.
 */
exports.asHandler = (handler, port) => {
  const runtime = port.asMethod(handler);
  return (event, context) => answer(runtime, handler[HIGH_WATER_MARK], event, context, port);
};

function answer(runtime, highWaterMark, event, context, port) {
  const invocation = port.begin();
  let isOver = false;
  const stream = new ResponseStream(
    {
      send: invocation.send,
      ended() {
        isOver = true;
        invocation.ended();
      },
      failed(error, begun) {
        isOver = true;
        invocation.fail(error, begun, FRAME_STREAM_END);
      },
    },
    highWaterMark,
  );
  // Who listens for errors hears them; to nobody else they are news.
  stream.on('error', () => {});
  const failed = (error) => {
    if (!isOver) stream.destroy(error instanceof Error ? error : Object.assign(new Error(String(error)), { name: typeof error }));
  };
  // An event loop with nothing left to do will never end the stream.
  invocation.whenIdle(() => failed(new Error('The handler has ended without ending its response stream.')));
  let result;
  try {
    result = runtime.handler(event, stream, context);
  } catch (error) {
    failed(error);
    return;
  }
  Promise.resolve(result).catch(failed);
}
