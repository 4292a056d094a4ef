// A WebSocket connection: sending and its refusals, closing from both sides, slow and hostile clients, deadlines, the server's end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataFrame, textFrame } from './frame.ts';
import { clientClose, clientFrame } from './testing/client-frames.ts';
import { type MemoryWebSocket, openWebSocket, turn } from './testing/memory-websocket.ts';

async function until(condition: () => boolean): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    if (Date.now() - started > 5000) throw new Error('waited 5 seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function over(socket: MemoryWebSocket): boolean {
  return socket.transport.destroyed && socket.server.connections === 0;
}

test('sending', async (t) => {
  await t.test('texts and bytes of every form of length, each whole', () => {
    const socket = openWebSocket();
    const texts = ['', 'a', 'é', 'a€😀', 'x'.repeat(125), 'x'.repeat(126), 'é'.repeat(9000), 'x'.repeat(70_000)];
    for (const text of texts) assert.equal(socket.connection.sendText(text), undefined);
    assert.equal(socket.connection.sendBytes(Buffer.from([0, 255]), false), undefined);
    assert.equal(socket.connection.sendBytes(Buffer.from('known'), true), undefined);
    assert.equal(socket.connection.sendBytes(Buffer.alloc(17_000, 1), false), undefined);
    assert.deepEqual(socket.sent(), [
      ...texts.map((text) => `text ${text}`.trimEnd()),
      'binary 00ff',
      'text known',
      `binary ${'01'.repeat(17_000)}`,
    ]);
  });

  await t.test('a lone surrogate becomes the replacement character: text is always UTF-8', () => {
    const socket = openWebSocket();
    socket.connection.sendText('a\ud800b');
    assert.deepEqual(socket.sent(), ['text a\ufffdb']);
  });

  await t.test('a short message is one write', () => {
    const socket = openWebSocket();
    socket.connection.sendText('é'.repeat(1000));
    socket.connection.sendBytes(Buffer.alloc(1000), false);
    assert.equal(socket.transport.writes.length, 2);
  });

  await t.test('one frame for many connections', () => {
    const sockets = [openWebSocket(), openWebSocket()];
    for (const frame of [textFrame('to all'), dataFrame(2, Buffer.alloc(20_000, 2))]) {
      for (const { connection } of sockets) assert.equal(connection.send(frame), undefined);
    }
    for (const socket of sockets) assert.deepEqual(socket.sent(), ['text to all', `binary ${'02'.repeat(20_000)}`]);
  });

  await t.test('pings, and their pongs', () => {
    const socket = openWebSocket();
    assert.equal(socket.connection.ping('42'), undefined);
    socket.transport.feed(clientFrame(10, '42'));
    assert.deepEqual(socket.sent(), ['ping 42']);
    assert.deepEqual(socket.heard, ['pong 42']);
    assert.throws(() => socket.connection.ping('x'.repeat(126)), RangeError);
  });

  await t.test('to a closed connection: refused', async () => {
    const socket = openWebSocket();
    socket.connection.close(1000);
    assert.equal(socket.connection.sendText('late'), 'closed');
    assert.equal(socket.connection.sendBytes(Buffer.from('late'), false), 'closed');
    assert.equal(socket.connection.send(textFrame('late')), 'closed');
    assert.equal(socket.connection.ping(), 'closed');
    assert.deepEqual(socket.sent(), ['close 1000']);
  });
});

test('clients that do not read', async (t) => {
  const tenK = 'x'.repeat(10_000);

  await t.test('more than the queue holds: refused, and the connection is ended', async () => {
    const socket = openWebSocket({ queueBytes: 50_000 });
    socket.transport.congested = true;
    let sent = 0;
    while (socket.connection.sendText(tenK) === undefined) sent++;
    // 10,004 bytes each.
    assert.equal(sent, 4);
    assert.equal(socket.connection.sendText('more'), 'closed');
    assert.deepEqual(socket.heard, []);
    await turn();
    assert.deepEqual(socket.heard, ['closed 1006 The client reads too slowly']);
    assert.equal(socket.transport.wasReset, true);
    assert.equal(socket.endpoint.queuedBytes, 0);
    assert.ok(over(socket));
  });

  await t.test('one that reads again in time goes on', () => {
    const socket = openWebSocket({ queueBytes: 25_000 });
    for (let round = 0; round < 5; round++) {
      socket.transport.congested = true;
      assert.equal(socket.connection.sendText(tenK), undefined);
      assert.equal(socket.connection.sendText(tenK), undefined);
      assert.equal(socket.endpoint.queuedBytes, 20_008);
      socket.transport.drain();
      assert.equal(socket.endpoint.queuedBytes, 0);
    }
    assert.equal(socket.connection.isOpen, true);
  });

  await t.test('the handler hears when what waited has left, and may go on at once', () => {
    let drains = 0;
    const socket = openWebSocket(
      {},
      {
        onDrain(connection): void {
          drains++;
          assert.equal(connection.queuedBytes, 0);
          connection.sendText('next');
        },
      },
    );
    socket.connection.sendText('not held');
    assert.equal(drains, 0);
    socket.transport.congested = true;
    socket.connection.sendText('held');
    socket.transport.drain();
    assert.equal(drains, 1);
    assert.deepEqual(socket.sent(), ['text not held', 'text held', 'text next']);
  });

  await t.test('what waits for all is limited, too', () => {
    const socket = openWebSocket({ queueBytesInAll: 50_000 });
    socket.endpoint.queuedBytes = 35_000;
    socket.transport.congested = true;
    assert.equal(socket.connection.sendText(tenK), undefined);
    assert.equal(socket.connection.sendText(tenK), 'slowConsumer');
  });

  await t.test('one that takes nothing is cut off after a while', async () => {
    const socket = openWebSocket({ writeStallMs: 30 });
    socket.transport.congested = true;
    socket.connection.sendText('a');
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 1006 The client reads nothing']);
  });

  await t.test('one that takes little is not cut off, as long as it takes something', async () => {
    const socket = openWebSocket({ writeStallMs: 0 });
    socket.transport.congested = true;
    socket.connection.sendText(tenK);
    for (let i = 0; i < 3; i++) {
      socket.transport.queuedBytes -= 10;
      socket.connection.onDeadline();
      assert.equal(socket.connection.isOpen, true);
    }
    socket.connection.onDeadline();
    assert.equal(socket.connection.isOpen, false);
  });

  await t.test('its pings wait for one pong, the answer to the last', () => {
    const socket = openWebSocket();
    socket.transport.congested = true;
    socket.connection.sendText('a');
    for (let i = 0; i < 50; i++) socket.transport.feed(clientFrame(9, `${i}`));
    assert.deepEqual(socket.sent(), ['text a']);
    socket.transport.drain();
    assert.deepEqual(socket.sent(), ['text a', 'pong 49']);
  });

  await t.test('a flood of pings is more than a second allows', async () => {
    const socket = openWebSocket({ controlFramesPerSecond: 10 });
    // Two seconds' worth and one, whenever the second changes.
    for (let i = 0; i < 21; i++) socket.transport.feed(clientFrame(9, ''));
    assert.equal(socket.heard.at(-1), 'closed 1008 Too many control frames');
    assert.ok(socket.sent().length >= 11);
  });
});

test('closing', async (t) => {
  await t.test('by us: the client answers, the server closes first', async () => {
    const socket = openWebSocket();
    assert.equal(socket.connection.close(1000, 'Connection Closed Normally'), true);
    assert.equal(socket.connection.close(1001), false);
    socket.transport.feed(clientFrame(1, 'on its way'));
    socket.transport.feed(clientFrame(9, 'on its way'));
    assert.deepEqual(socket.heard, []);
    assert.equal(socket.transport.ended, false);
    socket.transport.feed(clientClose(1000));
    assert.equal(socket.transport.ended, true);
    assert.deepEqual(socket.heard, ['closed 1000 Connection Closed Normally clean']);
    assert.deepEqual(socket.sent(), ['close 1000 Connection Closed Normally']);
    socket.transport.feedEnd();
    await turn();
    assert.ok(over(socket));
    assert.equal(socket.heard.length, 1);
  });

  await t.test('by us: the client says nothing', async () => {
    const socket = openWebSocket({ closeMs: 30 });
    socket.connection.close(4000, 'enough');
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 4000 enough']);
  });

  await t.test('by us: the client breaks a rule instead', async () => {
    const socket = openWebSocket({ closeMs: 30 });
    socket.connection.close(4000, 'enough');
    socket.transport.feed(clientFrame(1, 'x', { reserved: 1 }));
    assert.deepEqual(socket.sent(), ['close 4000 enough']);
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 4000 enough']);
  });

  await t.test('by the client, which then does not go', async () => {
    const socket = openWebSocket({ closeMs: 30 });
    socket.transport.feed(clientClose(1000));
    assert.equal(socket.transport.ended, true);
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 1000 clean']);
  });

  await t.test('a client that broke a rule is read no more, and not kept', async () => {
    const socket = openWebSocket({ closeMs: 30 });
    socket.transport.feed(clientFrame(1, 'x', { key: undefined }));
    socket.transport.feed(clientFrame(1, 'more'));
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 1002 The frame is not masked']);
  });

  await t.test('terminate: at once, and told later', async () => {
    const socket = openWebSocket();
    socket.connection.terminate();
    assert.deepEqual(socket.heard, []);
    await turn();
    assert.deepEqual(socket.heard, ['closed 1006']);
    assert.deepEqual(socket.sent(), []);
  });

  await t.test('codes and reasons that may not be sent', () => {
    const { connection } = openWebSocket();
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])
      assert.throws(() => connection.close(code), RangeError, String(code));
    assert.throws(() => connection.close(1000, 'é'.repeat(62)), RangeError);
    assert.equal(connection.isOpen, true);
  });

  await t.test('from within the handler', () => {
    const socket = openWebSocket({}, { onMessage: (connection) => connection.close(1000) });
    socket.transport.feed(Buffer.concat([clientFrame(1, 'a'), clientFrame(1, 'b'), clientClose(1000)]));
    assert.deepEqual(socket.heard, ['text a', 'closed 1000 clean']);
  });

  await t.test('a handler that throws: reported, 1011, and the process lives', async () => {
    const error = new Error('of the handler');
    const socket = openWebSocket(
      { closeMs: 30 },
      {
        onMessage: () => {
          throw error;
        },
        onClose: () => {
          throw error;
        },
      },
    );
    socket.transport.feed(Buffer.concat([clientFrame(1, 'a'), clientFrame(1, 'b')]));
    assert.deepEqual(socket.sent(), ['close 1011 Internal server error']);
    await until(() => over(socket));
    assert.deepEqual(socket.faults, [error, error]);
    assert.deepEqual(socket.heard, ['text a', 'closed 1011 Internal server error']);
  });
});

test('holding the client back', async (t) => {
  await t.test('in the middle of what arrived, several times', async () => {
    const socket = openWebSocket({}, { onMessage: (connection) => connection.pause() });
    const wire = Buffer.concat([
      clientFrame(1, 'a'),
      clientFrame(1, 'b', { fin: false }),
      clientFrame(0, 'c'),
      clientFrame(1, 'd'),
      clientClose(1000),
    ]);
    socket.transport.feed(wire.subarray(0, -3));
    socket.transport.feed(wire.subarray(-3));
    assert.deepEqual(socket.heard, ['text a']);
    assert.equal(socket.transport.paused, true);
    for (const heard of [
      ['text a', 'text bc'],
      ['text a', 'text bc', 'text d'],
      ['text a', 'text bc', 'text d', 'closed 1000 clean'],
    ]) {
      socket.connection.resume();
      await turn();
      assert.deepEqual(socket.heard, heard);
    }
  });

  await t.test('and letting go within the same call', () => {
    const socket = openWebSocket(
      {},
      {
        onMessage: (connection) => {
          connection.pause();
          connection.resume();
        },
      },
    );
    socket.transport.feed(Buffer.concat([clientFrame(1, 'a'), clientFrame(1, 'b')]));
    assert.deepEqual(socket.heard, ['text a', 'text b']);
  });

  await t.test('closing while it is held back still hears the answer', async () => {
    const socket = openWebSocket({}, { onMessage: (connection) => connection.pause() });
    socket.transport.feed(Buffer.concat([clientFrame(1, 'a'), clientFrame(1, 'b'), clientClose(1000)]));
    socket.connection.close(1001, 'Going away');
    await turn();
    assert.deepEqual(socket.heard, ['text a', 'closed 1001 Going away clean']);
  });
});

test('time', async (t) => {
  await t.test('idle: 1001', async () => {
    const socket = openWebSocket({ idleMs: 40, closeMs: 20 });
    await until(() => over(socket));
    assert.deepEqual(socket.sent(), ['close 1001 Going away']);
    assert.deepEqual(socket.heard, ['closed 1001 Going away']);
  });

  await t.test('its life is over, whatever happens on it: 1001', async () => {
    const socket = openWebSocket({ lifeMs: 60, closeMs: 20 });
    await until(() => {
      socket.transport.feed(clientFrame(1, 'a'));
      socket.connection.sendText('b');
      return over(socket);
    });
    assert.equal(socket.heard.at(-1), 'closed 1001 Going away');
  });

  for (const way of ['from the client', 'to the client'] as const) {
    await t.test(`a message ${way} is activity`, () => {
      const { connection, transport } = openWebSocket();
      const later = performance.now() + 4;
      while (performance.now() < later);
      if (way === 'from the client') transport.feed(clientFrame(1, 'a'));
      else connection.sendText('a');
      assert.ok(connection.lastActiveAt > connection.connectedAt + 2);
    });
  }

  for (const pingsKeepAlive of [false, true]) {
    await t.test(`a client's pings ${pingsKeepAlive ? 'keep' : 'do not keep'} it, as the option says`, () => {
      const socket = openWebSocket({ pingsKeepAlive });
      const before = socket.connection.lastActiveAt;
      const later = performance.now() + 4;
      while (performance.now() < later);
      socket.transport.feed(clientFrame(9, ''));
      assert.equal(socket.connection.lastActiveAt > before + 2, pingsKeepAlive);
    });
  }

  await t.test('a message that does not become complete: 1008', async () => {
    const socket = openWebSocket({ messageMs: 40, closeMs: 20 });
    socket.transport.feed(clientFrame(1, 'a', { fin: false }));
    await until(() => over(socket));
    assert.deepEqual(socket.heard, ['closed 1008 The message did not arrive in time']);
  });

  await t.test('a message that trickles in has no more time than any', async () => {
    const socket = openWebSocket({ messageMs: 60, closeMs: 20, framesPerMessage: 1e6 });
    socket.transport.feed(clientFrame(1, 'a', { fin: false }));
    await until(() => {
      socket.transport.feed(clientFrame(0, 'b', { fin: false }));
      return over(socket);
    });
    assert.deepEqual(socket.heard, ['closed 1008 The message did not arrive in time']);
  });

  await t.test('a message that was held back for longer than it may take still has its time', async () => {
    const socket = openWebSocket({ messageMs: 400 });
    socket.transport.feed(clientFrame(1, 'a', { fin: false }));
    socket.connection.pause();
    await new Promise((resolve) => setTimeout(resolve, 450));
    socket.connection.resume();
    socket.connection.onDeadline();
    assert.equal(socket.connection.isOpen, true);
  });

  await t.test('a message that we hold back has its time after that', () => {
    const socket = openWebSocket({ messageMs: 0 });
    socket.transport.feed(clientFrame(1, 'a', { fin: false }));
    socket.connection.pause();
    socket.connection.onDeadline();
    assert.equal(socket.connection.isOpen, true);
    socket.connection.resume();
    socket.connection.onDeadline();
    assert.deepEqual(socket.heard, ['closed 1008 The message did not arrive in time']);
  });

  await t.test('when it was opened and used', () => {
    const before = Date.now();
    const { connection } = openWebSocket();
    assert.ok(Math.abs(connection.connectedAt - before) < 5000);
    assert.ok(Math.abs(connection.lastActiveAt - connection.connectedAt) <= 1);
  });
});

test('the end of the server', async (t) => {
  await t.test('drain: 1001, and it waits for the client', async () => {
    const socket = openWebSocket();
    let drained = false;
    const draining = socket.server.drain(5000).then(() => {
      drained = true;
    });
    assert.deepEqual(socket.sent(), ['close 1001 Going away']);
    await turn();
    assert.equal(drained, false);
    socket.transport.feed(clientClose(1001));
    socket.transport.feedEnd();
    await draining;
    assert.deepEqual(socket.heard, ['closed 1001 Going away clean']);
  });

  await t.test('drain does not wait longer than its grace', async () => {
    const socket = openWebSocket();
    await socket.server.drain(30);
    assert.deepEqual(socket.heard, ['closed 1001 Going away']);
  });

  await t.test('close: 1001 at once', async () => {
    const socket = openWebSocket();
    assert.equal(socket.server.connections, 1);
    await socket.server.close();
    assert.deepEqual(socket.sent(), ['close 1001 Going away']);
    assert.deepEqual(socket.heard, ['closed 1001 Going away']);
    assert.equal(socket.server.connections, 0);
  });
});
