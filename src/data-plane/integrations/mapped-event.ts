// requestParameters in front of a Lambda function: the event is built from the request as the mapping leaves it.

import { HeaderBlock } from '../../http1/header-block.ts';
import type { HeaderView } from '../../http1/message.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { type RequestMapping, removeFields } from '../http-api/parameter-mapping.ts';
import { MappingInput } from '../http-api/parameter-sources.ts';
import { isRefusal, type Refusal } from '../http-api/refusal.ts';

/** What a payload format reads, with the mapped header fields, query string and path; everything else is the exchange's own. */
export function mappedForEvent(mapping: RequestMapping, exchange: Exchange, body: Buffer): Exchange | Refusal {
  const { request, address } = exchange;
  const input = new MappingInput(exchange, body);
  const path = mapping.path(address.pathWithStage, input);
  if (typeof path !== 'string') return path;
  const query = mapping.query(request.query, input);
  if (typeof query !== 'string') return query;
  const host = mapping.hostLine(input);
  if (typeof host === 'object') return host;
  const block = new HeaderBlock();
  for (let i = 0; i + 1 < request.headers.raw.length; i += 2) {
    block.addTrusted(`${request.headers.raw[i]}: ${request.headers.raw[i + 1]}\r\n`);
  }
  removeFields(block, host === undefined ? mapping.fields.replaced : new Set([...mapping.fields.replaced, 'host']));
  if (host !== undefined) block.addTrusted(host);
  const refusal = mapping.addFields(block, input);
  if (isRefusal(refusal ?? {})) return refusal as Refusal;
  // The formats read public members only, so an object that inherits from the exchange shows them the mapped ones.
  return Object.create(exchange, {
    request: {
      value: Object.create(request, {
        headers: { value: new BlockHeaders(block) },
        query: { value: query },
      }),
    },
    address: { value: path === address.pathWithStage ? address : { ...address, pathWithStage: path, pathWithMapping: path } },
  }) as Exchange;
}

/** Look-ups and the raw list over the lines of a block. */
export class BlockHeaders implements HeaderView {
  readonly raw: readonly string[];

  constructor(block: HeaderBlock) {
    this.raw = block.text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [line.slice(0, colon), line.slice(colon + 2)];
    });
  }

  get(lowerCaseName: string): string | undefined {
    const values = this.raw.filter((_, i) => i % 2 === 1 && (this.raw[i - 1] as string).toLowerCase() === lowerCaseName);
    return values.length === 0 ? undefined : values.join(',');
  }

  forwardTo(): never {
    throw new Error('Lines of a block are not forwarded; they are in a block already.');
  }
}
