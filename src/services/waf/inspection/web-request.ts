// A request as web ACLs look at it. Text is latin1 throughout: one character for each byte that came in.

import type { InspectedRequest } from '../../../data-plane/web-acls.ts';

export type WebRequest = Pick<InspectedRequest, 'clientIp' | 'method' | 'path' | 'query' | 'headers' | 'body' | 'bodyLength'>;
