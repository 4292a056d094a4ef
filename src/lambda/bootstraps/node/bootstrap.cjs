// Runs inside an execution environment: loads the handler, then answers one event at a time over fd 3.
// Plain JavaScript and CommonJS because every millisecond here is a millisecond of every cold start.
// Frames: u32 length (little endian, counts what follows it), u8 type, then the body; see ../../frame-codec.ts.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const FRAME_INVOKE = 1;
const FRAME_INVOKE_AHEAD = 2;
const FRAME_WITHDRAW = 3;
const FRAME_READY = 16;
const FRAME_RETURNED = 17;
const FRAME_FAILED = 18;
const FRAME_INIT_FAILED = 19;
const FRAME_FATAL = 20;
const FRAME_STDOUT = 24;
const FRAME_STDERR = 25;
const FRAME_WITHDRAWN = 26;

/** AWS: 6 MB and 100 bytes. Seen: test/parity, test_lambda_too_large_response. */
const RESPONSE_BYTES_MAX = 6_291_556;
const CHANNEL_FD = 3;
/** How the bootstrap calls itself where AWS's runtime would be seen. */
const RUNTIME_FILE = '/var/runtime/index.mjs';

const { env } = process;
// Read once: every look into the environment is a search through it.
const functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
const memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
const logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;
const taskRoot = env.LAMBDA_TASK_ROOT;
const { parse, stringify } = JSON;
// Behind a wrapper script the bootstrap is the last argument: what it is told stands in a variable.
const [defaultFunctionArn, compileCacheFolder] =
  process.argv.length > 2 ? process.argv.slice(2) : (env.STAGEGATE_BOOTSTRAP_ARGUMENTS ?? '').split('\n');
if (process.argv.length === 2) delete env.STAGEGATE_BOOTSTRAP_ARGUMENTS;
process.argv.splice(1, process.argv.length, RUNTIME_FILE);

let handler;
/** AWS: handlers are called as a method of this class, which shows in every stack. Seen: aws-lambda-ric. */
class Runtime {}
const runtime = new Runtime();
let requestId;
/** The invocation that has no answer yet. */
let current;

const channel = new net.Socket({
  fd: CHANNEL_FD,
  readable: true,
  writable: true,
  onread: { buffer: Buffer.allocUnsafe(65_536), callback: receive },
});
// The gateway is gone: nobody can want an answer any more.
channel.on('close', () => process.exit(0));
channel.on('error', () => process.exit(0));

// ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────────

let partial;
let partialLength = 0;

function receive(length, buffer) {
  let at = 0;
  while (at < length) {
    if (partial === undefined && length - at >= 4) {
      const end = at + 4 + buffer.readUInt32LE(at);
      if (end <= length) {
        frame(buffer, at + 4, end);
        at = end;
        continue;
      }
    }
    // A frame in pieces: collect it in a buffer of its own size.
    if (partial === undefined) {
      partial = Buffer.allocUnsafe(4);
      partialLength = 0;
    }
    const copied = buffer.copy(partial, partialLength, at, length);
    at += copied;
    partialLength += copied;
    if (partialLength < partial.length) continue;
    if (partial.length === 4) {
      const whole = Buffer.allocUnsafe(4 + partial.readUInt32LE(0));
      partial.copy(whole);
      partial = whole;
    } else {
      const whole = partial;
      partial = undefined;
      frame(whole, 4, whole.length);
    }
  }
  return true;
}

function frame(buffer, start, end) {
  switch (buffer[start]) {
    case FRAME_INVOKE:
      invoke(buffer.utf8Slice(start + 1, end), 0);
      break;
    case FRAME_INVOKE_AHEAD:
      ahead.push({ text: buffer.utf8Slice(start + 1, end), at: Date.now() });
      if (current === undefined) goOn();
      break;
    case FRAME_WITHDRAW:
      // The first is as good as begun when the one before it is answered.
      send(FRAME_WITHDRAWN, String(ahead.splice(goesOn ? 1 : 0).length));
  }
}

/** Events for after the current one. */
const ahead = [];
let goesOn = false;

/** Begins the next event in a turn of its own, as if it had just come: what the last handler still does in this turn comes first. */
function goOn() {
  if (goesOn) return;
  goesOn = true;
  setImmediate(beginNext);
}

function beginNext() {
  // An answer that has not left whole would be lost with an event that ends the process.
  if (channel.writableLength > 0) {
    channel.write('', () => setImmediate(beginNext));
    return;
  }
  goesOn = false;
  if (current !== undefined || ahead.length === 0) return;
  const { text, at } = ahead.shift();
  invoke(text, Date.now() - at);
}

/** Most answers fit in here; what is larger gets memory of its own. */
const scratch = Buffer.allocUnsafeSlow(65_536);
const HEAD_BYTES = 13;

function send(type, text, done) {
  // Three bytes at most for a code unit.
  const fits = text.length * 3 <= scratch.length - HEAD_BYTES;
  const bytes = fits ? scratch : Buffer.allocUnsafe(HEAD_BYTES + Buffer.byteLength(text));
  const end = HEAD_BYTES + bytes.utf8Write(text, HEAD_BYTES);
  const now = performance.now();
  writeHead(bytes, end, type, peakMemoryKib(now), (now - begunAt) * 1000);
  // Straight to the kernel, past the stream's bookkeeping, while nothing is queued: 2 us less CPU for each answer.
  let written = 0;
  if (channel.writableLength === 0) {
    try {
      written = fs.writeSync(CHANNEL_FD, bytes, 0, end);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(0);
    }
  }
  if (written < end) channel.write(Buffer.from(bytes.subarray(written, end)), done);
  else done?.();
}

function writeHead(bytes, length, type, peakKib, handlerUs) {
  bytes.writeUInt32LE(length - 4, 0);
  bytes[4] = type;
  bytes.writeUInt32LE(peakKib, 5);
  bytes.writeUInt32LE(Math.min(handlerUs, 0xffffffff) >>> 0, 9);
}

let peakKib = 0;
let peakAt = Number.NEGATIVE_INFINITY;
const PEAK_FRESH_MS = 2;

/** What AWS calls Max Memory Used. Asked again only after a while: in less time no function can use much more. */
function peakMemoryKib(now) {
  if (now - peakAt >= PEAK_FRESH_MS) {
    peakAt = now;
    peakKib = process.resourceUsage().maxRSS;
  }
  return peakKib;
}

// ── the trace id ────────────────────────────────────────────────────────────────────────────────────────────────────

// Tracing libraries read it from the environment, where it changes with every invocation. The C library keeps every value a variable
// ever had and searches them at each change (3 us and 80 bytes an invocation), so this one variable is answered from here.
const TRACE_ID = '_X_AMZN_TRACE_ID';
let traceId = env[TRACE_ID];
delete env[TRACE_ID];

process.env = new Proxy(env, {
  get: (target, name) => (name === TRACE_ID ? traceId : target[name]),
  has: (target, name) => (name === TRACE_ID ? traceId !== undefined : name in target),
  set(target, name, value) {
    if (name === TRACE_ID) traceId = String(value);
    else target[name] = value;
    return true;
  },
  deleteProperty(target, name) {
    if (name === TRACE_ID) traceId = undefined;
    else delete target[name];
    return true;
  },
  defineProperty(target, name, descriptor) {
    if (name !== TRACE_ID) return Reflect.defineProperty(target, name, descriptor);
    traceId = String(descriptor.value);
    return true;
  },
  ownKeys: (target) => (traceId === undefined ? Reflect.ownKeys(target) : [...Reflect.ownKeys(target), TRACE_ID]),
  getOwnPropertyDescriptor(target, name) {
    if (name !== TRACE_ID) return Reflect.getOwnPropertyDescriptor(target, name);
    return traceId === undefined ? undefined : { value: traceId, writable: true, enumerable: true, configurable: true };
  },
});

// ── the gateway's own hosts ─────────────────────────────────────────────────────────────────────────────────────────

const gatewayUrl = env.AWS_ENDPOINT_URL;
let knownHost;

/** Of a WebSocket event: the function will want to answer there. */
function knowHost(domainName) {
  if (domainName === knownHost || typeof domainName !== 'string' || gatewayUrl === undefined) return;
  knownHost = domainName;
  require('./own-hosts.cjs').add(domainName, gatewayUrl);
}

// ── one invocation ──────────────────────────────────────────────────────────────────────────────────────────────────

/** `performance.now()` of the current event's begin. */
let begunAt = 0;

/** `waitedMs`: how long the event was here before its turn came; that is not taken from its time. */
function invoke(text, waitedMs) {
  begunAt = performance.now();
  const idEnd = text.indexOf('\n');
  const deadlineEnd = text.indexOf('\n', idEnd + 1);
  const traceEnd = text.indexOf('\n', deadlineEnd + 1);
  const arnEnd = text.indexOf('\n', traceEnd + 1);
  const clientEnd = text.indexOf('\n', arnEnd + 1);
  requestId = text.slice(0, idEnd);
  const deadline = Number(text.slice(idEnd + 1, deadlineEnd)) + waitedMs;
  traceId = traceEnd - deadlineEnd > 1 ? text.slice(deadlineEnd + 1, traceEnd) : undefined;
  const invocation = { answered: false, waiting: undefined };
  current = invocation;
  // While a handler works the channel keeps nobody awake: an event loop with nothing left to do is how AWS's runtime
  // knows that a callback-style handler is done.
  channel.unref();

  const finish = (error, value) => {
    if (invocation.answered) return;
    invocation.answered = true;
    if (current === invocation) current = undefined;
    channel.ref();
    if (error !== undefined && error !== null) fail(error);
    else succeed(value);
    if (ahead.length > 0) goOn();
  };
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion,
    functionName,
    memoryLimitInMB,
    logGroupName,
    logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: arnEnd - traceEnd > 1 ? text.slice(traceEnd + 1, arnEnd) : defaultFunctionArn,
    awsRequestId: requestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: finish,
    fail: (error) => finish(error ?? 'handled'),
    succeed: (value) => finish(undefined, value),
  };
  if (clientEnd - arnEnd > 1) context.clientContext = parse(text.slice(arnEnd + 1, clientEnd));
  const callback = (error, value) => {
    if (context.callbackWaitsForEmptyEventLoop === false) finish(error, value);
    else invocation.waiting ??= () => finish(error, value);
  };
  invocation.finish = finish;
  try {
    const event = parse(text.slice(clientEnd + 1));
    if (event?.requestContext?.connectionId !== undefined) knowHost(event.requestContext.domainName);
    const result = runtime.handler(event, context, callback);
    if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
      // AWS: nothing thrown is the text "handled". Seen: aws-lambda-ric.
      result.then(context.succeed, (error) => finish(error ?? 'handled'));
    }
  } catch (error) {
    finish(error ?? 'handled');
  }
}

// Nothing is left to wait for: the callback's answer goes out, or null when there was none.
process.on('beforeExit', () => {
  if (current === undefined) return;
  if (current.waiting === undefined) current.finish(undefined, null);
  else current.waiting();
});

function succeed(value) {
  let text;
  try {
    text = value === undefined ? 'null' : stringify(value);
    if (text === undefined) text = 'null';
  } catch {
    // AWS: it does not say why. Seen: aws-lambda-ric.
    fail(new Error('Unable to stringify response body'));
    return;
  }
  // Three bytes at most for a code unit: short answers need no counting.
  if (text.length * 3 > RESPONSE_BYTES_MAX && Buffer.byteLength(text) > RESPONSE_BYTES_MAX) {
    const message = `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
    send(FRAME_FAILED, stringify({ errorMessage: message, errorType: 'Function.ResponseSizeTooLarge' }));
    return;
  }
  send(FRAME_RETURNED, text);
}

function fail(error) {
  console.error('Invoke Error', logged(error));
  send(FRAME_FAILED, errorText(error));
}

// ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function named(name, reason, stack) {
  const error = new Error(String(reason));
  // Not among the members that are logged.
  Object.defineProperty(error, 'name', { value: name, enumerable: false });
  // The first line of a stack is made when the error is: it must say the name given afterwards.
  const lines = (stack ?? error.stack).split('\n').filter((line) => line.startsWith('    at '));
  error.stack = [`${name}: ${error.message}`, ...lines].join('\n');
  return error;
}

function nothingThrown(value) {
  return { toString: () => String(value), nothing: value };
}

/** Frames of this file are shown where AWS's runtime would be. */
function stackLines(stack) {
  const own = String(stack).replaceAll(__filename, RUNTIME_FILE);
  return own.replaceAll(`${__dirname}/`, '/var/runtime/').split('\n');
}

/** AWS's error object. */
function errorText(error) {
  try {
    if (error instanceof Error || (typeof error === 'object' && error !== null && typeof error.stack === 'string')) {
      return bounded({
        errorType: String(error.name),
        errorMessage: String(error.message),
        // Throws when somebody has taken the stack away.
        trace: stackLines(error.stack.toString()),
      });
    }
    const value = typeof error === 'object' && error !== null && 'nothing' in error ? error.nothing : error;
    return bounded({ errorType: typeof value, errorMessage: String(value), trace: [] });
  } catch {
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';
    return stringify({ errorType: 'handled', errorMessage });
  }
}

function bounded(error) {
  const text = stringify(error);
  if (text.length < 262_144) return text;
  return stringify({
    ...error,
    errorMessage: error.errorMessage.slice(0, 65_536),
    trace: error.trace.slice(0, 10).map((line) => line.slice(0, 1024)),
  });
}

/** The error as AWS's runtime logs it: everything enumerable, with its stack as lines. */
function logged(error) {
  try {
    // AWS: what is no error is logged as the message of one. Seen: aws-lambda-ric.
    const shown = error instanceof Error ? error : new Error(String(error));
    return `\t${stringify(shown, (_key, value) => {
      if (!(value instanceof Error)) return value;
      const stack = typeof value.stack === 'string' ? stackLines(value.stack) : undefined;
      return { errorType: value.name, errorMessage: value.message, code: value.code, ...value, stack };
    })}`;
  } catch {
    return `\t${errorText(error)}`;
  }
}

/** The process cannot go on: the answer, if one is owed, is the error. */
function die(heading, error, code) {
  console.error(heading, logged(error));
  const type = handler === undefined ? FRAME_INIT_FAILED : FRAME_FATAL;
  current = undefined;
  ahead.length = 0;
  channel.removeAllListeners('close');
  send(type, errorText(error), () => process.exit(code));
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error ?? nothingThrown(error), 129));
process.on('unhandledRejection', (reason, promise) => {
  const error = named('Runtime.UnhandledPromiseRejection', reason, reason?.stack);
  error.reason = reason;
  error.promise = promise;
  die('Unhandled Promise Rejection', error, 128);
});

// ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const logsJson = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const levelMin = logsJson ? (LEVELS[env.AWS_LAMBDA_LOG_LEVEL] ?? LEVELS.INFO) : LEVELS.TRACE;
let format;

function logTo(level) {
  if (LEVELS[level] < levelMin) return () => {};
  return (...values) => {
    format ??= require('node:util').format;
    writeLine(logsJson ? jsonLine(level, values) : textLine(level, values));
  };
}

// A record is one line: the newlines inside it travel as carriage returns.
function textLine(level, values) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`.replaceAll('\n', '\r');
}

function jsonLine(level, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    line.message = values[0];
    try {
      return stringify(line, (_key, value) => (value instanceof Error ? errorMembers(value) : value));
    } catch {
      line.message = format(values[0]);
      return stringify(line);
    }
  }
  line.message = format(...values);
  const error = values.find((value) => value instanceof Error);
  if (error !== undefined) Object.assign(line, errorMembers(error));
  return stringify(line);
}

function errorMembers(error) {
  const stackTrace = typeof error.stack === 'string' ? stackLines(error.stack) : [];
  return { errorType: error.constructor?.name ?? 'UnknownError', errorMessage: error.message, stackTrace };
}

function writeLine(line) {
  print(FRAME_STDOUT, Buffer.from(`${line}\n`));
}

/** Largest piece of what is printed. */
const PRINTED_MAX = 32_768;

// On the channel, so that it stands between the answers where it belongs, whatever the process has been given ahead. Written at once and in
// order: the line is out before the answer is, and is kept when the process dies.
function print(type, bytes) {
  for (let at = 0; at < bytes.length; at += PRINTED_MAX) {
    const piece = bytes.subarray(at, at + PRINTED_MAX);
    let frame = Buffer.allocUnsafe(HEAD_BYTES + piece.length);
    writeHead(frame, frame.length, type, 0, 0);
    frame.set(piece, HEAD_BYTES);
    if (channel.writableLength > 0) {
      channel.write(frame);
      continue;
    }
    while (frame.length > 0) {
      try {
        frame = frame.subarray(fs.writeSync(CHANNEL_FD, frame));
      } catch (error) {
        if (error.code !== 'EAGAIN') process.exit(0);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }
}

/** The process's own stream, whose writes go the same way. Made when it is asked for: that takes a millisecond. */
function onChannel(name, type) {
  const { get } = Object.getOwnPropertyDescriptor(process, name);
  let stream;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream !== undefined) return stream;
      stream = get.call(process);
      stream._write = (chunk, encoding, done) => {
        print(type, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
        done();
      };
      stream._writev = null;
      return stream;
    },
  });
}

onChannel('stdout', FRAME_STDOUT);
onChannel('stderr', FRAME_STDERR);

console.log = logTo('INFO');
console.info = console.log;
console.debug = logTo('DEBUG');
console.trace = logTo('TRACE');
console.warn = logTo('WARN');
console.error = logTo('ERROR');
console.fatal = logTo('FATAL');

let responseStream;
/** Loaded by the first function that asks for it. */
function streaming() {
  responseStream ??= require('./response-stream.cjs');
  return responseStream;
}

globalThis.awslambda = {
  get streamifyResponse() {
    return streaming().streamifyResponse;
  },
  get HttpResponseStream() {
    return streaming().HttpResponseStream;
  },
};

/** What a streaming handler's answer does to the invocation at hand. */
const streamPort = {
  asMethod: (method) => Object.assign(new Runtime(), { handler: method }),
  begin() {
    const invocation = current;
    const over = () => {
      invocation.answered = true;
      if (current === invocation) current = undefined;
      channel.ref();
    };
    return {
      send: sendBytes,
      ended: over,
      fail(error, begun, endType) {
        if (invocation.answered) return;
        over();
        if (!begun) return fail(error);
        console.error('Invoke Error', logged(error));
        sendBytes(endType, Buffer.from(errorText(error)));
      },
      whenIdle(then) {
        invocation.waiting = then;
      },
    };
  },
};

function sendBytes(type, body, done) {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  writeHead(head, HEAD_BYTES + body.length, type, process.resourceUsage().maxRSS, 0);
  channel.write(body.length === 0 ? head : Buffer.concat([head, body]), done);
}

// ── loading the handler ─────────────────────────────────────────────────────────────────────────────────────────────

function packageTypeOf(folder) {
  try {
    return parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type ?? 'none';
  } catch (error) {
    return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? undefined : 'none';
  }
}

/** The `type` that governs a file, looking no higher than the task root: on AWS there is nothing above it. */
function moduleTypeWithin(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    const type = path.basename(at) === 'node_modules' ? 'none' : packageTypeOf(at);
    if (type !== undefined) return type;
    if (at === taskRoot || at.length <= taskRoot.length) return undefined;
  }
}

/** A package.json above the task root must not decide what a `.js` file in it is. */
function shieldFromPackagesAbove() {
  if (packageTypeOf(taskRoot) !== undefined) return;
  let type;
  for (let at = path.dirname(taskRoot); type === undefined; at = path.dirname(at)) {
    type = packageTypeOf(at);
    if (at === path.dirname(at)) break;
  }
  if (type !== 'module') return;
  const { fileURLToPath, pathToFileURL } = require('node:url');
  const rootUrl = pathToFileURL(`${taskRoot}/`).href;
  require('node:module').registerHooks({
    load(url, context, nextLoad) {
      if (context.format !== 'module' || !url.startsWith(rootUrl) || !/\.js([?#]|$)/.test(url)) return nextLoad(url, context);
      const file = fileURLToPath(url);
      if (moduleTypeWithin(path.dirname(file)) !== undefined) return nextLoad(url, context);
      // Without any package.json Node tells the kind by the syntax; so do we.
      const isModule = /^\s*(import\b\s*["'{*\w]|export\b\s*["'{*\w])|\bimport\.meta\b/m.test(fs.readFileSync(file, 'utf8'));
      return nextLoad(url, isModule ? context : { ...context, format: 'commonjs' });
    },
  });
}

async function loadModule(name) {
  const base = path.resolve(taskRoot, name);
  if (path.extname(name) === '' && isFile(base)) return require(base);
  const type = moduleTypeWithin(path.dirname(base));
  if (isFile(`${base}.js`)) {
    return type === 'module' ? await import(pathUrl(`${base}.js`)) : require(`${base}.js`);
  }
  if (isFile(`${base}.mjs`)) return await import(pathUrl(`${base}.mjs`));
  if (isFile(`${base}.cjs`)) return require(`${base}.cjs`);
  let resolved;
  try {
    resolved = require.resolve(name, { paths: [taskRoot] });
  } catch {
    const error = new Error(`Cannot find module '${path.basename(name)}'\nRequire stack:\n- ${RUNTIME_FILE}`);
    error.code = 'MODULE_NOT_FOUND';
    throw error;
  }
  return require(resolved);
}

function pathUrl(file) {
  return require('node:url').pathToFileURL(file).href;
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

async function loadHandler(name) {
  if (name.includes('..')) {
    throw named(
      'Runtime.MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const file = path.basename(name);
  const folder = name.slice(0, name.lastIndexOf(file));
  const match = /^([^.]*)\.(.*)$/.exec(file);
  if (match === null) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const [, moduleName, exportPath] = match;
  let exported;
  try {
    exported = await loadModule(folder + moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', error, error.stack);
    if (error?.code === 'MODULE_NOT_FOUND') {
      throw named('Runtime.ImportModuleError', String(error).replaceAll(__filename, RUNTIME_FILE), error.stack);
    }
    throw error;
  }
  const found = exportPath.split('.').reduce((value, key) => value?.[key], exported);
  if (found === undefined || found === null) throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${name} is not a function`);
  return found;
}

async function start() {
  if (compileCacheFolder) require('node:module').enableCompileCache?.(compileCacheFolder);
  shieldFromPackagesAbove();
  const found = await loadHandler(env._HANDLER);
  handler = responseStream?.isStreaming(found) ? responseStream.asHandler(found, streamPort) : found;
  if (handler === found && found.length >= 3 && env.AWS_EXECUTION_ENV === 'AWS_Lambda_nodejs24.x') {
    console.warn('AWS refuses callback-style handlers on nodejs24.x: write this one as an async function before you deploy it.');
  }
  runtime.handler = handler;
  // A handler that streams is given one event at a time.
  send(FRAME_READY, handler === found ? 'ahead' : '');
  // The environment may be killed at any moment: what was compiled is written down while it is idle.
  if (compileCacheFolder) setTimeout(() => require('node:module').flushCompileCache?.(), 300).unref();
}

start().catch((error) => die('Uncaught Exception', error ?? nothingThrown(error), 1));
