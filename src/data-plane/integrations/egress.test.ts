import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';
import type { ConnectTarget } from '../../http1/connect-transport.ts';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { UpstreamFailure, UpstreamResponse } from '../../http1/message.ts';
import { UpstreamPool } from '../../http1/upstream-pool.ts';
import { createEgressPolicy, guardedConnect } from './egress.ts';

const CONTROL_PORT = 4566;

describe('createEgressPolicy', () => {
  const policy = createEgressPolicy(() => CONTROL_PORT);
  const ownAddresses = Object.values(os.networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
  const cases: [desc: string, address: string, port: number, reason: RegExp | undefined][] = [
    ['instance metadata', '169.254.169.254', 80, /credentials/],
    ['instance metadata at another port', '169.254.169.254', 8443, /credentials/],
    ['instance metadata as IPv6', '::ffff:169.254.169.254', 80, /credentials/],
    ['instance metadata as IPv6 in hex', '::ffff:a9fe:a9fe', 80, /credentials/],
    ['instance metadata of IPv6', 'fd00:ec2::254', 80, /credentials/],
    ['instance metadata of IPv6, written out', 'FD00:0EC2:0:0:0:0:0:0254', 80, /credentials/],
    ['container credentials', '169.254.170.2', 80, /credentials/],
    ['another link-local address', '169.254.1.1', 80, undefined],
    ['an address with a zone', 'fe80::1%lo', 80, undefined],
    ['control listener', '127.0.0.1', CONTROL_PORT, /control listener/],
    ['control listener by another loopback address', '127.8.8.8', CONTROL_PORT, /control listener/],
    ['control listener by the unspecified address', '0.0.0.0', CONTROL_PORT, /control listener/],
    ['control listener by IPv6', '::1', CONTROL_PORT, /control listener/],
    ['control listener by the unspecified IPv6 address', '::', CONTROL_PORT, /control listener/],
    ['control listener by a mapped address', '::ffff:7f00:1', CONTROL_PORT, /control listener/],
    ['another port of this machine', '127.0.0.1', 3000, undefined],
    ['the same port of another machine', '192.0.2.7', CONTROL_PORT, undefined],
    ['a public address', '198.51.100.1', 443, undefined],
  ];
  for (const address of ownAddresses)
    cases.push([`control listener at interface ${address}`, address, CONTROL_PORT, /control listener/]);
  for (const [desc, address, port, reason] of cases) {
    test(desc, () => {
      if (reason === undefined) assert.equal(policy(address, port), undefined);
      else assert.match(policy(address, port) ?? 'allowed', reason);
    });
  }
});

describe('guardedConnect', () => {
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted++;
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'));
  });
  let port = 0;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as net.AddressInfo).port;
  });
  after(() => server.close());

  /** What a call to `host` ends in, when names resolve to `resolved`. */
  async function call(host: string, forbiddenPort: number, resolved?: readonly string[]): Promise<number | UpstreamFailure> {
    const lookup = ((_name, options, callback) => {
      const list = (resolved ?? []).map((address) => ({ address, family: net.isIP(address) }));
      if (options.all === true) callback(null, list);
      else callback(null, list[0]?.address ?? '', list[0]?.family);
    }) as NonNullable<ConnectTarget['lookup']>;
    const policy = createEgressPolicy(() => forbiddenPort);
    const pool = new UpstreamPool({
      connect: resolved === undefined ? guardedConnect(policy) : guardedConnect(policy, lookup),
    });
    try {
      return await new Promise((resolve) => {
        pool.send({
          origin: { protocol: 'http', host, port },
          method: 'GET',
          target: '/',
          headers: new HeaderBlock(),
          body: null,
          timeoutMs: 5_000,
          receiver: {
            onResponse: (response: UpstreamResponse) => resolve(response.status),
            onFailure: (failure: UpstreamFailure) => resolve(failure),
          },
        });
      });
    } finally {
      pool.close();
    }
  }

  const refused: [desc: string, host: string, isControl: boolean, resolved: readonly string[] | undefined, reason: RegExp][] = [
    ['a literal metadata address', '169.254.169.254', false, undefined, /^169\.254\.169\.254 hands out/],
    ['a mapped metadata address', '::ffff:169.254.169.254', false, undefined, /hands out/],
    ['a decimal metadata address', '2852039166', false, undefined, /^2852039166 is not allowed: 169\.254\.169\.254/],
    ['a hexadecimal metadata address', '0xa9fea9fe', false, undefined, /169\.254\.169\.254/],
    ['a name of the metadata address', 'metadata.test', false, ['169.254.169.254'], /^metadata\.test is not allowed/],
    ['the control listener', '127.0.0.1', true, undefined, /control listener/],
    ['a short spelling of its address', '127.1', true, undefined, /control listener/],
    ['its name', 'localhost', true, undefined, /control listener/],
    ['a foreign name of it', 'rebound.test', true, ['127.0.0.1', '::1'], /control listener/],
  ];
  for (const [desc, host, isControl, resolved, reason] of refused) {
    test(`refused: ${desc}`, async () => {
      accepted = 0;
      const outcome = await call(host, isControl ? port : 1, resolved);
      assert.ok(typeof outcome === 'object', `was answered ${outcome}`);
      assert.equal(outcome.kind, 'connect');
      assert.match(outcome.message, reason);
      assert.equal(accepted, 0, 'nothing was connected');
    });
  }

  test('other loopback backends are reached, by address and by name', async () => {
    assert.equal(await call('127.0.0.1', 1), 200);
    assert.equal(await call('backend.test', 1, ['127.0.0.1']), 200);
  });

  test('of several addresses only the allowed are tried', async () => {
    assert.equal(await call('mixed.test', 1, ['169.254.169.254', '127.0.0.1']), 200);
  });
});
