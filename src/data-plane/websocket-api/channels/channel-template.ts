// What a route asks of channels without a function: the request template under the key `Stagegate-Channels`. It makes the document of
// channel-request.ts from the message or the handshake, when the integration has answered. What clients send never becomes the document
// itself: without this template nothing is read.

import { compileMessageTemplate, type MessageTemplate } from '../mapping-template.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';
import { CHANNELS_MEMBER, type ChannelRequest, parseChannelRequest } from './channel-request.ts';

export class ChannelTemplate {
  readonly #template: MessageTemplate;

  constructor(text: string) {
    this.#template = compileMessageTemplate(text);
  }

  /** Undefined when it says nothing. */
  read(event: WebSocketEvent): ChannelRequest | Refusal | undefined {
    if (event.eventType === 'DISCONNECT') return undefined;
    const text = this.#template.render(event, event.body, 'integrationRequest');
    if (isRefusal(text)) return text;
    if (text.trim() === '') return undefined;
    const request = parseChannelRequest(text);
    return typeof request === 'string' ? misconfigured(`The template ${CHANNELS_MEMBER}: ${request}.`) : request;
  }
}
