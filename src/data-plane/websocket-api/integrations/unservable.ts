// A route whose integration cannot be called. It says so with every event, and `explain` says why before the first.

import type { WebSocketEvent } from '../websocket-event.ts';
import { Integration } from './integration.ts';

export class UnservableIntegration extends Integration {
  readonly #reason: string;

  constructor(reason: string) {
    super();
    this.#reason = reason;
  }

  override start(event: WebSocketEvent): void {
    event.refuse('integrationRequest', { refused: 'API_CONFIGURATION_ERROR', reason: this.#reason });
  }
}
