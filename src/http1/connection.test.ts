// The connection state machine, driven without sockets: order, keep-alive, bodies both ways, backpressure, deadlines, faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BytesTransport } from './bytes-transport.ts';
import { HeaderBlock } from './header-block.ts';
import type { BodyFailure, BodySink, ServerRequest } from './message.ts';
import { createHttp1Server, type Http1Server, type Http1ServerOptions } from './server.ts';

const none = new HeaderBlock();
const get = (target: string, fields = ''): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Client {
  readonly transport: BytesTransport;
  readonly server: Http1Server;
  readonly requests: ServerRequest[];
  readonly faults: unknown[];
}

/** A connection whose requests are collected, or given to `onRequest`. */
function connect(onRequest?: (request: ServerRequest) => void, options: Partial<Http1ServerOptions> = {}): Client {
  const requests: ServerRequest[] = [];
  const faults: unknown[] = [];
  const server = createHttp1Server({
    onFault: (error) => faults.push(error),
    ...options,
    onRequest(request): void {
      requests.push(request);
      onRequest?.(request);
    },
  });
  const transport = new BytesTransport();
  server.accept(transport);
  return { transport, server, requests, faults };
}

function recordingSink(): BodySink & {
  readonly got: string[];
  ended: boolean;
  failure: BodyFailure | undefined;
  flows: boolean;
} {
  return {
    got: [],
    ended: false,
    failure: undefined,
    flows: true,
    onDrain: null,
    onSinkClosed: null,
    write(chunk): boolean {
      this.got.push(chunk.toString('latin1'));
      return this.flows;
    },
    end(): void {
      this.ended = true;
    },
    abort(failure): void {
      this.failure = failure;
    },
  };
}

function waitFor(condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const look = (): void => {
      if (condition()) resolve();
      else if (Date.now() - started > 5000) reject(new Error('waited 5 seconds in vain'));
      else setTimeout(look, 5);
    };
    look();
  });
}

test('answers', async (t) => {
  const headers = new HeaderBlock();
  headers.add('X-A', 'b');
  const rows: readonly {
    desc: string;
    options?: Partial<Http1ServerOptions>;
    request: string;
    answer: (request: ServerRequest) => void;
    sent: string;
  }[] = [
    {
      desc: 'a small answer is one write',
      request: get('/'),
      answer: (request) => request.respond(200, headers, 'hello'),
      sent: 'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello',
    },
    {
      desc: 'bytes',
      request: get('/'),
      answer: (request) => request.respond(200, none, Buffer.from([0, 255])),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\x00\xff',
    },
    {
      desc: 'no body',
      request: get('/'),
      answer: (request) => request.respond(404, none, ''),
      sent: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    },
    {
      desc: 'an unknown status has an empty reason',
      request: get('/'),
      answer: (request) => request.respond(299, none, ''),
      sent: 'HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n',
    },
    {
      desc: '204 has neither body nor length',
      request: get('/'),
      answer: (request) => request.respond(204, none, 'x'),
      sent: 'HTTP/1.1 204 No Content\r\n\r\n',
    },
    {
      desc: '304 has no body',
      request: get('/'),
      answer: (request) => request.respond(304, none, ''),
      sent: 'HTTP/1.1 304 Not Modified\r\n\r\n',
    },
    {
      desc: 'HEAD has the length of the body and no body',
      request: 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
      answer: (request) => request.respond(200, none, 'hello'),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    },
    {
      desc: 'HEAD, streamed: what is written is swallowed',
      request: 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
      answer: (request) => {
        const sink = request.startResponse(200, none, 7);
        sink.write(Buffer.from('hello'));
        sink.end();
      },
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n',
    },
    {
      desc: 'streamed with a length',
      request: get('/'),
      answer: (request) => {
        const sink = request.startResponse(200, none, 5);
        sink.write(Buffer.from('hel'));
        sink.write(Buffer.from('lo'));
        sink.end();
      },
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    },
    {
      desc: 'streamed without a length is chunked',
      request: get('/'),
      answer: (request) => {
        const sink = request.startResponse(200, none, undefined);
        sink.write(Buffer.from('hello world, hello'));
        sink.write(Buffer.alloc(0));
        sink.end();
      },
      sent: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\nhello world, hello\r\n0\r\n\r\n',
    },
    {
      desc: 'HTTP/1.0 without a length is delimited by close',
      request: 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
      answer: (request) => {
        const sink = request.startResponse(200, none, undefined);
        sink.write(Buffer.from('hello'));
        sink.end();
      },
      sent: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello',
    },
    {
      desc: 'keep-alive is announced when that is wanted',
      options: { announceKeepAlive: true },
      request: get('/'),
      answer: (request) => request.respond(200, none, 'x'),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx',
    },
    {
      desc: 'keep-alive is announced with a streamed answer, too',
      options: { announceKeepAlive: true },
      request: get('/'),
      answer: (request) => request.startResponse(200, none, 0).end(),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n',
    },
    {
      desc: 'keep-alive is not announced on a connection that ends',
      options: { announceKeepAlive: true },
      request: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      answer: (request) => request.respond(200, none, 'x'),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
    },
    {
      desc: 'HTTP/1.0 keep-alive is confirmed',
      request: 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
      answer: (request) => request.respond(200, none, 'x'),
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx',
    },
  ];
  for (const { desc, options, request, answer, sent } of rows) {
    await t.test(desc, async () => {
      const { transport, server, faults } = connect(answer, options);
      transport.feed(request);
      await turn();
      assert.equal(transport.sent, sent);
      if (desc === 'a small answer is one write') assert.equal(transport.writes.length, 1);
      assert.equal(transport.ended, sent.includes('Connection: close'));
      assert.deepEqual(faults, []);
      await server.close();
    });
  }
});

test('pipelined requests are answered in order, however late the first answer is', async () => {
  const { transport, server, requests } = connect();
  transport.feed(get('/1') + get('/2') + get('/3'));
  await turn();
  assert.deepEqual(
    requests.map((request) => request.path),
    ['/1'],
  );
  requests[0]?.respond(200, none, 'one');
  await turn();
  assert.deepEqual(
    requests.map((request) => request.path),
    ['/1', '/2'],
  );
  requests[1]?.respond(200, none, 'two');
  await turn();
  requests[2]?.respond(200, none, 'three');
  assert.deepEqual(transport.sent.match(/one|two|three/g), ['one', 'two', 'three']);
  // What a slow handler kept is still what it was.
  assert.equal(requests[0]?.target, '/1');
  assert.equal(requests[0]?.headers.get('host'), 'a');
  await server.close();
});

test('a hundred pipelined requests in one packet, answered at once', async () => {
  const { transport, server, requests } = connect((request) => request.respond(200, none, request.path));
  transport.feed(Array.from({ length: 100 }, (_, i) => get(`/${i}`)).join(''));
  await turn();
  assert.equal(requests.length, 100);
  assert.equal(transport.sent.split('HTTP/1.1 200 OK').length - 1, 100);
  assert.ok(transport.sent.endsWith('/99'));
  await server.close();
});

test('pipelined bytes are held up to a limit, then the client is held back', async () => {
  const { transport, server, requests } = connect(undefined, { limits: { pipelinedBytes: 1000 } });
  transport.feed(get('/first'));
  for (let i = 0; i < 100; i++) transport.feed(get(`/${i}`));
  assert.equal(transport.paused, true);
  let answered = 0;
  while (answered < 101) {
    requests[answered]?.respond(200, none, 'x');
    answered++;
    await turn();
  }
  assert.equal(requests.length, 101);
  assert.equal(requests[100]?.path, '/99');
  assert.equal(transport.paused, false);
  await server.close();
});

test('the client’s end after a request lets the answer through', async () => {
  const { transport, server, requests } = connect();
  transport.feed(get('/1') + get('/2'));
  transport.feedEnd();
  await turn();
  requests[0]?.respond(200, none, 'one');
  await turn();
  requests[1]?.respond(200, none, 'two');
  await turn();
  assert.match(transport.sent, /one[\s\S]*Connection: close\r\n\r\ntwo$/);
  assert.equal(transport.destroyed, true);
  await server.close();
});

test('all requests sent before the client’s end are answered, also when only the first is slow', async () => {
  const { transport, server, requests } = connect((request) => {
    if (request.path !== '/1') request.respond(200, none, request.path);
  });
  transport.feed(get('/1') + get('/2') + get('/3') + get('/4'));
  transport.feedEnd();
  await turn();
  requests[0]?.respond(200, none, '/1');
  await turn();
  assert.deepEqual(
    [...transport.sent.matchAll(/\r\n\r\n(\/\d)/g)].map((match) => match[1]),
    ['/1', '/2', '/3', '/4'],
  );
  assert.equal(transport.sent.split('Connection: close').length, 2);
  await server.close();
});

test('a request that breaks off is never answered', async () => {
  for (const wire of ['GET / HT', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc']) {
    const failures: BodyFailure[] = [];
    let aborted = 0;
    const { transport, server } = connect((request) => {
      request.onAbort = () => aborted++;
      request.body.readAll(100, { onBody: () => assert.fail('no body'), onBodyFailure: (failure) => failures.push(failure) });
    });
    transport.feed(wire);
    transport.feedEnd();
    await turn();
    assert.equal(transport.sent, '');
    assert.equal(server.connections, 0);
    assert.equal(aborted, failures.length);
    await server.close();
  }
});

test('a listener object is told once that the client went away', async () => {
  let told = 0;
  const { transport, server } = connect((request) => {
    request.onAbort = { onClientGone: () => told++ };
  });
  transport.feed(get('/'));
  transport.feedError(new Error('ECONNRESET'));
  await turn();
  assert.equal(told, 1);
  await server.close();
  assert.equal(told, 1);
});

test('onAbort is called once when the client goes away, and answers come to nothing', async () => {
  let aborted = 0;
  const { transport, server, requests } = connect((request) => {
    request.onAbort = () => aborted++;
  });
  transport.feed(get('/'));
  transport.feedError(new Error('ECONNRESET'));
  await turn();
  assert.equal(aborted, 1);
  const [request] = requests;
  assert.equal(request?.answered, true);
  assert.equal(request?.respond(200, none, 'x'), false);
  let told = false;
  const sink = request?.startResponse(200, none, 5) as BodySink;
  sink.onSinkClosed = () => {
    told = true;
  };
  sink.write(Buffer.from('a'));
  assert.equal(told, true);
  assert.equal(transport.sent, '');
  await server.close();
});

test('answering twice is a bug that is reported, and what was sent stays whole', async () => {
  const { transport, server, faults } = connect((request) => {
    request.respond(200, none, 'x');
    request.respond(200, none, 'y');
  });
  transport.feed(get('/'));
  await turn();
  assert.equal(faults.length, 1);
  assert.equal(transport.sent, 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
  assert.equal(transport.ended, true);
  assert.equal(transport.wasReset, false);
  await server.close();
});

test('what a handler throws is answered with 500 and the connection closed', async () => {
  const { transport, server, faults } = connect(() => {
    throw new Error('bug');
  });
  transport.feed(get('/') + get('/next'));
  await turn();
  assert.match(
    transport.sent,
    /^HTTP\/1\.1 500 Internal Server Error\r\n[\s\S]*Connection: close\r\n\r\n\{"message":"Internal Server Error"\}$/,
  );
  assert.equal(transport.ended, true);
  assert.match(String(faults[0]), /bug/);
  await server.close();
});

test('a status no response may have is a fault, not a malformed answer', async () => {
  for (const status of [0, 100, 199, 600, 200.5, Number.NaN]) {
    const { transport, server, faults } = connect((request) => request.respond(status, none, ''));
    transport.feed(get('/'));
    await turn();
    assert.equal(faults.length, 1);
    assert.match(transport.sent, /^HTTP\/1\.1 500 /);
    await server.close();
  }
});

test('a streamed answer that has too few or too many bytes breaks the connection visibly', async () => {
  for (const content of ['abc', 'abcdefgh']) {
    const { transport, server } = connect((request) => {
      const sink = request.startResponse(200, none, 5);
      sink.write(Buffer.from(content));
      sink.end();
    });
    transport.feed(get('/'));
    await turn();
    assert.equal(transport.wasReset, true);
    assert.ok(!transport.sent.includes('abcdefgh'));
    await server.close();
  }
});

test('a source that fails cuts the answer', async () => {
  const { transport, server } = connect((request) => {
    const sink = request.startResponse(200, none, undefined);
    sink.write(Buffer.from('part'));
    sink.abort('aborted');
  });
  transport.feed(get('/'));
  await turn();
  assert.equal(transport.wasReset, true);
  assert.equal(transport.sent.includes('0\r\n\r\n'), false);
  await server.close();
});

test('backpressure of a streamed answer', async () => {
  let sink: BodySink | undefined;
  let drained = 0;
  let closed = 0;
  const { transport, server } = connect((request) => {
    sink = request.startResponse(200, none, undefined);
    sink.onDrain = () => drained++;
    sink.onSinkClosed = () => closed++;
  });
  transport.feed(get('/'));
  assert.equal(sink?.write(Buffer.from('a')), true);
  transport.congested = true;
  assert.equal(sink?.write(Buffer.from('b')), false);
  transport.drain();
  assert.equal(drained, 1);
  assert.equal(sink?.write(Buffer.from('c')), true);
  transport.feedError(new Error('gone'));
  await turn();
  assert.equal(closed, 1);
  await server.close();
});

test('a large answer leaves in pieces, and the next request waits for the last', async () => {
  const body = Buffer.alloc(200_000, 'x');
  const { transport, server, requests } = connect((request) => request.respond(200, none, body));
  transport.congested = true;
  transport.feed(get('/1') + get('/2'));
  await turn();
  assert.ok(transport.sent.length < 70_000, 'only the first piece was given to the socket');
  assert.equal(requests.length, 1);
  for (let i = 0; i < 20 && requests.length < 2; i++) {
    transport.drain();
    transport.congested = true;
    await turn();
  }
  assert.equal(requests.length, 2);
  assert.equal(transport.sent.match(/x+/g)?.[0]?.length, 200_000);
  await server.close();
});

test('a large answer whose last piece fills the socket is complete all the same', async () => {
  const body = Buffer.alloc(65_536 * 3, 'x');
  const { transport, server, requests } = connect((request) => request.respond(200, none, body));
  const write = transport.write.bind(transport);
  transport.write = (data) => write(data) && data.length < 65_536;
  transport.feed(get('/1') + get('/2'));
  for (let i = 0; i < 10; i++) {
    transport.drain();
    await turn();
  }
  assert.equal(requests.length, 2);
  assert.equal(transport.sent.match(/x/g)?.length, 65_536 * 6);
  await server.close();
});

test('answers that the client does not read stop further requests', async () => {
  const { transport, server, requests } = connect((request) => request.respond(200, none, 'x'));
  transport.congested = true;
  transport.feed(get('/1') + get('/2') + get('/3'));
  await turn();
  assert.equal(requests.length, 1);
  transport.drain();
  await turn();
  assert.equal(requests.length, 3);
  await server.close();
});

test('request bodies', async (t) => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\n';
  await t.test('one that came with its head is text', async () => {
    const { transport, server, requests } = connect();
    transport.feed(`${head}Content-Length: 5\r\n\r\nhello`);
    assert.equal(requests[0]?.body.length, 5);
    assert.equal(requests[0]?.body.takeText(), 'hello');
    await server.close();
  });
  await t.test('a chunked one that came with its head is text too', async () => {
    const { transport, server, requests } = connect();
    transport.feed(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`);
    assert.equal(requests[0]?.body.length, undefined);
    assert.equal(requests[0]?.body.takeText(), 'hello');
    await server.close();
  });
  await t.test('none is the empty text', async () => {
    const { transport, server, requests } = connect();
    transport.feed(get('/'));
    assert.equal(requests[0]?.body.takeText(), '');
    await server.close();
  });
  await t.test('one that is incomplete is not text and is not consumed by asking', async () => {
    let read = '';
    const { transport, server } = connect((request) => {
      assert.equal(request.body.takeText(), undefined);
      request.body.readAll(100, { onBody: (body) => (read = body.toString()), onBodyFailure: () => {} });
    });
    transport.feed(`${head}Content-Length: 10\r\n\r\nhello`);
    transport.feed('world');
    assert.equal(read, 'helloworld');
    await server.close();
  });
  await t.test('consuming twice is a bug', async () => {
    const { transport, server, requests } = connect();
    transport.feed(`${head}Content-Length: 5\r\n\r\nhello`);
    requests[0]?.body.takeText();
    assert.throws(() => requests[0]?.body.discard(), /already consumed/);
    await server.close();
  });
  await t.test('a declared length over the reader’s limit is refused at once', async () => {
    const { transport, server } = connect((request) =>
      request.body.readAll(9, { onBody: () => {}, onBodyFailure: (failure) => request.respond(413, none, failure) }),
    );
    transport.feed(`${head}Content-Length: 10\r\n\r\n`);
    await turn();
    assert.match(transport.sent, /^HTTP\/1\.1 413 [\s\S]*tooLarge$/);
    await server.close();
  });
  await t.test('a chunked body over the reader’s limit is refused as it arrives', async () => {
    const { transport, server } = connect((request) =>
      request.body.readAll(9, { onBody: () => {}, onBodyFailure: (failure) => request.respond(413, none, failure) }),
    );
    transport.feed(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    for (let i = 0; i < 9; i++) transport.feed('1\r\na\r\n');
    assert.equal(transport.sent, '');
    transport.feed('1\r\na\r\n');
    assert.match(transport.sent, /^HTTP\/1\.1 413 [\s\S]*tooLarge$/);
    await server.close();
  });
  await t.test('streamed with backpressure', async () => {
    const sink = recordingSink();
    const { transport, server, requests } = connect((request) => request.body.pipeTo(sink));
    transport.feed(`${head}Content-Length: 9\r\n\r\nabc`);
    sink.flows = false;
    transport.feed('def');
    assert.equal(transport.paused, true);
    transport.feed('ghi');
    assert.deepEqual(sink.got, ['abc', 'def']);
    sink.onDrain?.();
    await turn();
    assert.deepEqual(sink.got, ['abc', 'def', 'ghi']);
    assert.equal(sink.ended, true);
    requests[0]?.respond(200, none, '');
    assert.match(transport.sent, /^HTTP\/1\.1 200/);
    await server.close();
  });
  await t.test('a sink that goes away lets the rest be thrown away, and the connection lives on', async () => {
    const sink = recordingSink();
    const { transport, server, requests } = connect((request) => request.body.pipeTo(sink));
    transport.feed(`${head}Content-Length: 9\r\n\r\nabc`);
    sink.onSinkClosed?.();
    requests[0]?.respond(502, none, '');
    transport.feed('defghi');
    assert.equal(sink.got.length, 1);
    transport.feed(get('/next'));
    await turn();
    assert.equal(requests[1]?.path, '/next');
    await server.close();
  });
  await t.test('a body nobody asked for is held up to a limit', async () => {
    const { transport, server, requests } = connect();
    transport.feed(`${head}Content-Length: 200000\r\n\r\n`);
    for (let i = 0; i < 20; i++) transport.feed('x'.repeat(10_000));
    assert.equal(transport.paused, true);
    let length = 0;
    requests[0]?.body.readAll(300_000, { onBody: (body) => (length = body.length), onBodyFailure: () => assert.fail() });
    await turn();
    assert.equal(length, 200_000);
    await server.close();
  });
  await t.test('a small body that was not wanted is read to its end', async () => {
    const { transport, server, requests } = connect((request) => request.respond(200, none, ''));
    transport.feed(`${head}Content-Length: 10\r\n\r\nabc`);
    transport.feed(`defghij${get('/next')}`);
    await turn();
    assert.deepEqual(
      requests.map((request) => request.path),
      ['/', '/next'],
    );
    assert.ok(!transport.sent.includes('Connection: close'));
    await server.close();
  });
  await t.test('a large body that was not wanted ends the connection', async () => {
    const { transport, server } = connect((request) => request.respond(200, none, ''));
    transport.feed(`${head}Content-Length: 1000000\r\n\r\nabc`);
    await turn();
    assert.match(transport.sent, /Connection: close/);
    assert.equal(transport.ended, true);
    await server.close();
  });
  await t.test('a chunked body over the core’s limit fails for its reader', async () => {
    const { transport, server } = connect(
      (request) => {
        const sink = recordingSink();
        sink.abort = (failure) => request.respond(413, none, failure);
        request.body.pipeTo(sink);
      },
      { limits: { bodyBytes: 10 } },
    );
    transport.feed(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    transport.feed('6\r\nabcdef\r\n');
    transport.feed('6\r\nabcdef\r\n');
    await turn();
    assert.match(transport.sent, /^HTTP\/1\.1 413 [\s\S]*Connection: close[\s\S]*tooLarge$/);
    await server.close();
  });
  await t.test('a chunked body that turns out malformed: 400, even while the handler waits', async () => {
    let failure: BodyFailure | undefined;
    const { transport, server } = connect((request) =>
      request.body.readAll(100, { onBody: () => {}, onBodyFailure: (kind) => (failure = kind) }),
    );
    transport.feed(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`);
    transport.feed('zzz');
    await turn();
    assert.equal(failure, 'malformed');
    assert.match(transport.sent, /^HTTP\/1\.1 400 /);
    assert.equal(transport.ended, true);
    await server.close();
  });
  await t.test('a body given to a receiver is its own memory', async () => {
    let kept: Buffer | undefined;
    const { transport, server } = connect((request) =>
      request.body.readAll(100_000, { onBody: (body) => (kept = body), onBodyFailure: () => {} }),
    );
    transport.feed(`${head}Content-Length: 30000\r\n\r\n${'a'.repeat(30_000)}`);
    transport.feed(get('/other'));
    assert.equal(kept?.toString(), 'a'.repeat(30_000));
    await server.close();
  });
});

test('Expect: 100-continue', async (t) => {
  const wire = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
  await t.test('100 is sent when the body is first asked for, and only then', async () => {
    const { transport, server, requests } = connect();
    transport.feed(wire);
    await turn();
    assert.equal(transport.sent, '');
    requests[0]?.body.readAll(10, { onBody: (body) => requests[0]?.respond(200, none, body), onBodyFailure: () => {} });
    assert.equal(transport.sent, 'HTTP/1.1 100 Continue\r\n\r\n');
    transport.feed('hello');
    assert.match(transport.sent, /hello$/);
    assert.doesNotMatch(transport.sent, /Connection: close/);
    await server.close();
  });
  await t.test('an answer without the body ends the connection: the client may send it or not', async () => {
    const { transport, server } = connect((request) => request.respond(401, none, ''));
    transport.feed(wire);
    await turn();
    assert.match(transport.sent, /^HTTP\/1\.1 401 [\s\S]*Connection: close/);
    assert.equal(transport.ended, true);
    await server.close();
  });
  await t.test('a declared length over the limit is refused before the body is sent', async () => {
    const { transport, server, requests } = connect(undefined, { limits: { bodyBytes: 4 } });
    transport.feed(wire);
    await turn();
    assert.match(transport.sent, /^HTTP\/1\.1 413 /);
    assert.equal(requests.length, 0);
    await server.close();
  });
});

test('after a number of requests the connection is closed', async () => {
  const { transport, server } = connect((request) => request.respond(200, none, ''), { limits: { requestsPerConnection: 3 } });
  transport.feed(get('/').repeat(5));
  await turn();
  assert.equal(transport.sent.split('200 OK').length - 1, 3);
  assert.equal(transport.sent.split('Connection: close').length - 1, 1);
  assert.equal(transport.ended, true);
  await server.close();
});

test('deadlines', { concurrency: true }, async (t) => {
  await Promise.all([
    t.test('a head that does not come is answered with 408', async () => {
      const { transport, server } = connect(undefined, { limits: { headMs: 60 } });
      transport.feed('GET / HTTP/1.1\r\nHo');
      const started = performance.now();
      await waitFor(() => transport.ended);
      assert.match(transport.sent, /^HTTP\/1\.1 408 /);
      assert.ok(performance.now() - started >= 40);
      await server.close();
    }),
    t.test('trickling does not extend the time for a head', async () => {
      const { transport, server } = connect(undefined, { limits: { headMs: 100 } });
      const trickle = setInterval(() => transport.feed('A'), 10);
      transport.feed('GET / HTTP/1.1\r\n');
      await waitFor(() => transport.ended);
      clearInterval(trickle);
      assert.match(transport.sent, /^HTTP\/1\.1 408 /);
      await server.close();
    }),
    t.test('a connection that never says anything is closed without a word', async () => {
      const { transport, server } = connect(undefined, { limits: { headMs: 60 } });
      await waitFor(() => transport.destroyed);
      assert.equal(transport.sent, '');
      await server.close();
    }),
    t.test('an idle connection is closed, and its time begins anew with every answer', async () => {
      const { transport, server } = connect((request) => request.respond(200, none, ''), { limits: { idleMs: 200 } });
      transport.feed(get('/'));
      await wait(120);
      transport.feed(get('/'));
      await wait(120);
      assert.equal(transport.ended, false);
      await waitFor(() => transport.ended);
      await server.close();
    }),
    t.test('a slow handler is nobody’s deadline', async () => {
      const { transport, server, requests } = connect(undefined, { limits: { idleMs: 40, headMs: 40, writeStallMs: 40 } });
      transport.feed(get('/'));
      await wait(200);
      requests[0]?.respond(200, none, 'late');
      assert.match(transport.sent, /late$/);
      await server.close();
    }),
    t.test('silence in the middle of a body', async () => {
      let failure: BodyFailure | undefined;
      const { transport, server } = connect(
        (request) =>
          request.body.readAll(100, {
            onBody: () => {},
            onBodyFailure: (kind) => {
              failure = kind;
              request.respond(408, none, '');
            },
          }),
        { limits: { bodyIdleMs: 300 } },
      );
      transport.feed('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
      await waitFor(() => transport.ended);
      assert.equal(failure, 'timeout');
      assert.match(transport.sent, /^HTTP\/1\.1 408 [\s\S]*Connection: close/);
      await server.close();
    }),
    t.test('a body that trickles below the least rate', async () => {
      let failure: BodyFailure | undefined;
      const { transport, server } = connect(
        (request) => request.body.readAll(10_000, { onBody: () => {}, onBodyFailure: (kind) => (failure = kind) }),
        { limits: { bodyGraceMs: 300, bodyBytesPerSecond: 1000 } },
      );
      transport.feed('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\nabc');
      const trickle = setInterval(() => transport.feed('a'), 20);
      await waitFor(() => failure !== undefined);
      clearInterval(trickle);
      assert.equal(failure, 'timeout');
      await server.close();
    }),
    t.test('a body whose reader holds it back is not late', async () => {
      const sink = recordingSink();
      sink.flows = false;
      const { transport, server } = connect((request) => request.body.pipeTo(sink), {
        limits: { bodyIdleMs: 100, bodyGraceMs: 100, bodyBytesPerSecond: 1_000_000 },
      });
      transport.feed('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
      await wait(1300);
      assert.equal(sink.failure, undefined);
      await server.close();
    }),
    t.test('a client that takes nothing is cut off', async () => {
      const { transport, server } = connect((request) => request.respond(200, none, 'x'), { limits: { writeStallMs: 60 } });
      transport.congested = true;
      transport.feed(get('/'));
      await waitFor(() => transport.destroyed);
      await server.close();
    }),
    t.test('after the last answer the client has a while to read it', async () => {
      const { transport, server } = connect(undefined, { limits: { lingerMs: 80 } });
      transport.feed('nonsense\r\n\r\n');
      await turn();
      assert.equal(transport.ended, true);
      assert.equal(transport.destroyed, false);
      transport.feed('what still comes is thrown away');
      await waitFor(() => transport.destroyed);
      await server.close();
    }),
  ]);
});

test('draining: what is in flight and what still comes is answered, then the connection ends', async () => {
  const { transport, server, requests } = connect();
  const idle = new BytesTransport();
  server.accept(idle);
  const silent = new BytesTransport();
  server.accept(silent);
  transport.feed(get('/1'));
  const drained = server.drain(5000, 150);
  requests[0]?.respond(200, none, 'one');
  assert.match(transport.sent, /Connection: close\r\n\r\none$/);
  idle.feed(get('/2'));
  requests[1]?.respond(200, none, 'two');
  assert.match(idle.sent, /Connection: close\r\n\r\ntwo$/);
  assert.equal(silent.destroyed, false);
  transport.feedEnd();
  idle.feedEnd();
  await drained;
  assert.equal(silent.destroyed, true);
  assert.equal(server.connections, 0);
});

test('draining stops hard after its grace', async () => {
  const { transport, server } = connect();
  transport.feed(get('/never answered'.replaceAll(' ', '-')));
  await server.drain(80);
  assert.equal(transport.destroyed, true);
});

test('connections over the limits are closed at once', async () => {
  const { server, requests } = connect(undefined, { limits: { connections: 3, connectionsPerAddress: 2 } });
  const second = new BytesTransport();
  server.accept(second);
  const third = new BytesTransport();
  server.accept(third);
  assert.equal(second.destroyed, false);
  assert.equal(third.destroyed, true);
  assert.equal(server.connections, 2);
  second.destroy();
  await turn();
  const fourth = new BytesTransport();
  server.accept(fourth);
  fourth.feed(get('/'));
  assert.equal(requests.length, 1);
  await server.close();
  assert.equal(server.connections, 0);
});
