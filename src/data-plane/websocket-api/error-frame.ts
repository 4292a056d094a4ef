// The frame that tells a client that its message was not served; the connection stays.
// AWS: these bytes, one space behind the first colon and each comma. Seen: frames that users quote. Which id stands behind a bad body is
// in the developer guide.

import { messageOf, type Refusal } from './refusal.ts';

export function errorFrame(refusal: Refusal, ids: { connectionId: string; requestId: string; messageId: string }): string {
  const [name, id] = refusal.refused === 'BAD_REQUEST_BODY' ? ['messageId', ids.messageId] : ['requestId', ids.requestId];
  return `{"message": ${JSON.stringify(messageOf(refusal))}, "connectionId":"${ids.connectionId}", "${name}":"${id}"}`;
}
