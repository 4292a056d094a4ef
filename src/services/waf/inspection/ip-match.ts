// IPSetReferenceStatement: whether the client, or who a header says it is, is in a set of addresses.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html

import type { Document, StatementDocument } from '../rule-document.ts';
import { headerValue } from './headers.ts';
import { type IpAddress, IpBlocks, parseIpAddress } from './ip-blocks.ts';
import type { Inspection, ReferencedSets } from './matcher.ts';
import { saidBy } from './request-part.ts';
import { lowerCase } from './text-transformations.ts';
import { trim } from './transformations/white-space.ts';
import { worked } from './worked.ts';

type IpSetReference = NonNullable<StatementDocument['IPSetReferenceStatement']>;
type ForwardedConfig = Document<NonNullable<IpSetReference['IPSetForwardedIPConfig']>>;

/** AWS: ANY is about the last ten addresses of a header. Seen: the developer guide, "Forwarded IP address". */
const ADDRESSES_MAX = 10;

const NO_ADDRESS = 'none';

/** Undefined: the rule has nothing to say about the request. */
export function ipSetMatch(statement: IpSetReference, sets: ReferencedSets): (inspection: Inspection) => boolean | undefined {
  const arn = statement.ARN ?? '';
  const addresses = sets.ipSet(arn);
  if (addresses === undefined) throw new Error(`there is no IP set ${arn}`);
  const blocks = new IpBlocks(addresses);
  const forwarded = statement.IPSetForwardedIPConfig;
  if (forwarded !== undefined) return forwardedMatch(forwarded, blocks);
  return (inspection) => {
    const address = clientAddress(inspection);
    return address !== NO_ADDRESS && blocks.has(address);
  };
}

function clientAddress(inspection: Inspection): IpAddress | typeof NO_ADDRESS {
  return worked(inspection, 'client address', () => parseIpAddress(inspection.request.clientIp) ?? NO_ADDRESS);
}

function forwardedMatch(
  { HeaderName, FallbackBehavior, Position }: ForwardedConfig,
  blocks: IpBlocks,
): (inspection: Inspection) => boolean | undefined {
  const name = lowerCase(HeaderName ?? '');
  const fallback = saidBy(FallbackBehavior) ?? false;
  return (inspection) => {
    const value = headerValue(inspection, name);
    // AWS: without the header the rule is not applied, and its fallback neither. Seen: the developer guide.
    if (value === undefined) return undefined;
    const texts = value.split(',');
    const asked = Position === 'FIRST' ? texts.slice(0, 1) : texts.slice(Position === 'LAST' ? -1 : -ADDRESSES_MAX);
    const found = asked.map((text) => parseIpAddress(trim(text)));
    if (found.some((address) => address !== undefined && blocks.has(address))) return true;
    return found.includes(undefined) ? fallback : false;
  };
}
