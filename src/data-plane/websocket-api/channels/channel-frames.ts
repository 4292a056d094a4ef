// What subscribers are sent. A channel's message goes out as it is, or, to those who asked for ids, in an envelope of JSON; events are
// JSON always. Each is framed once, for however many it is.

import { dataFrame, type MessageFrame, opcode, textFrame } from '../../../websocket/frame.ts';
import type { ChannelMessage } from './channel-history.ts';

/** As it was published. */
export function plainFrame({ body, isText }: ChannelMessage): MessageFrame {
  return dataFrame(isText ? opcode.text : opcode.binary, body);
}

/** `{"channel","id","at","message"}`; `base64` instead of `message` for bytes that are no text. */
export function envelopeFrame(channel: string, id: string, { at, body, isText }: ChannelMessage): MessageFrame {
  const content = isText ? `"message":${JSON.stringify(body.toString('utf8'))}` : `"base64":"${body.toString('base64')}"`;
  return textFrame(`{"channel":"${channel}","id":"${id}","at":${at},${content}}`);
}

/** Somebody else came or went. */
export function presenceFrame(channel: string, event: 'join' | 'leave', connectionId: string, at: number): MessageFrame {
  return textFrame(`{"channel":"${channel}","event":"${event}","connectionId":"${connectionId}","at":${at}}`);
}

/** Messages between the last one and the next may be missing. */
export function gapFrame(channel: string): MessageFrame {
  return textFrame(`{"channel":"${channel}","event":"gap"}`);
}

/** All that was missed has been sent; from here on it is live. `id`: where the subscriber stands. */
export function subscribedFrame(channel: string, id: string): MessageFrame {
  return textFrame(`{"channel":"${channel}","event":"subscribed","id":"${id}"}`);
}
