// The header section of a call to an AWS service that the gateway signs with its own keys.

import { type SigningCredentials, signRequest } from '../../aws/sigv4-sign.ts';
import { HeaderBlock } from '../../http1/header-block.ts';

export interface SignedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** SHA-256 of the body, hex. */
  readonly bodyHash: string;
  /** Among them Host. All of them are signed. */
  readonly fields: Iterable<readonly [name: string, value: string]>;
  readonly region: string;
  readonly service: string;
}

/** The name of the first field that can stand in no HTTP message, or the fields and the signature's. */
export function signedHeaders(call: SignedCall, credentials: SigningCredentials): HeaderBlock | string {
  const { method, path, query, bodyHash, region, service } = call;
  const block = new HeaderBlock();
  const rawHeaders: string[] = [];
  for (const [name, value] of call.fields) {
    if (!block.add(name, value)) return name;
    rawHeaders.push(name, value);
  }
  const target = { region, service, now: Date.now() };
  for (const [name, value] of signRequest({ method, path, query, rawHeaders, bodyHash }, credentials, target)) {
    // Without one of them the call would go out unsigned.
    if (!block.add(name, value)) throw new Error(`The ${name} header of a signed request cannot be sent.`);
  }
  return block;
}
