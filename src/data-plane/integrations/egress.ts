// Where backends may not be: an integration's URI, or what its host name resolves to, must lead neither to the credentials that a
// cloud hands to its machines nor to our own control listener. Asked about every connection with the address it will really have, so
// that no name, no odd spelling and no second look-up gets round it.

import dns from 'node:dns';
import net from 'node:net';
import os from 'node:os';
import { type ConnectReceiver, type ConnectTarget, connectTransport } from '../../http1/connect-transport.ts';
import type { Transport } from '../../http1/transport.ts';

/** Says why nothing may connect to an address and port, or undefined when it may. `address` is an IPv4 or IPv6 address. */
export type EgressPolicy = (address: string, port: number) => string | undefined;

type Lookup = NonNullable<ConnectTarget['lookup']>;

/** Instance, container and pod credentials (EC2, ECS and EKS user guides), and the first of them through NAT64. */
const metadata = new net.BlockList();
for (const address of ['169.254.169.254', '169.254.170.2', '169.254.170.23']) metadata.addAddress(address);
for (const address of ['fd00:ec2::254', 'fd00:ec2::23', '64:ff9b::a9fe:a9fe']) metadata.addAddress(address, 'ipv6');

/** Every address that means this machine whatever its interfaces are called; connecting to an unspecified one reaches it, too. */
const ownMachine = new net.BlockList();
ownMachine.addSubnet('127.0.0.0', 8);
ownMachine.addAddress('0.0.0.0');
ownMachine.addAddress('::', 'ipv6');
ownMachine.addAddress('::1', 'ipv6');

/** `controlPort` is asked each time: the port is known only when the listener listens. 0 for none. */
export function createEgressPolicy(controlPort: () => number): EgressPolicy {
  return (address, port) => {
    if (isIn(metadata, address)) return `${address} hands out this machine's credentials; no integration may reach it`;
    if (port === controlPort() && (isIn(ownMachine, address) || isOwnInterface(address))) {
      return `${address} port ${port} is the control listener of this gateway; no integration may reach it`;
    }
    return undefined;
  };
}

/** For UpstreamPool's `connect`: opens connections as usual, but none that `policy` refuses. */
export function guardedConnect(
  policy: EgressPolicy,
  resolve: Lookup = dns.lookup as Lookup,
): (target: ConnectTarget, receiver: ConnectReceiver) => Transport {
  return (target, receiver) => {
    if (target.socketPath !== undefined) return connectTransport(target, receiver);
    const refused = net.isIP(target.host) === 0 ? undefined : policy(target.host, target.port);
    if (refused === undefined) {
      return connectTransport({ ...target, lookup: guardedLookup(policy, target.port, resolve) }, receiver);
    }
    // A name that is never resolved: the refusal takes the way of every other failed connection.
    return connectTransport({ ...target, host: 'refused.invalid', lookup: refusingLookup(refused) }, receiver);
  };
}

/** Names are resolved as usual; what may not be reached is left out of the answer. Odd spellings like 2852039166 count as names. */
function guardedLookup(policy: EgressPolicy, port: number, resolve: Lookup): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, options, (error, found, family) => {
      if (error !== null) {
        callback(error, found, family);
        return;
      }
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      const refusals = addresses.map((address) => policy(address, port));
      if (typeof found !== 'string' && refusals.includes(undefined)) {
        callback(
          null,
          found.filter((_, i) => refusals[i] === undefined),
        );
        return;
      }
      const refused = refusals.find((refusal) => refusal !== undefined);
      if (refused === undefined) callback(null, found, family);
      else callback(new Error(`${hostname} is not allowed: ${refused}`), found, family);
    });
  };
}

function refusingLookup(refused: string): Lookup {
  return (_hostname, _options, callback) => callback(new Error(refused), []);
}

/** IPv4 addresses in IPv6 clothes (::ffff:a9fe:a9fe) are found by BlockList itself; it knows no zones (fe80::1%eth0). */
function isIn(list: net.BlockList, address: string): boolean {
  const zone = address.indexOf('%');
  return list.check(zone < 0 ? address : address.slice(0, zone), net.isIPv6(address) ? 'ipv6' : 'ipv4');
}

function isOwnInterface(address: string): boolean {
  const own = new net.BlockList();
  for (const known of Object.values(os.networkInterfaces()).flat()) {
    if (known !== undefined) own.addAddress(known.address, known.family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return isIn(own, address);
}
