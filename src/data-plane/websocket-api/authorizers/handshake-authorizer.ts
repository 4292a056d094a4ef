// Who may connect. An authorizer is asked once for each connection; what it found is remembered with it.

import type { ConnectionFacts, SignerFacts } from '../../../model/connection-facts.ts';
import type { ConnectEvent } from '../connect-event.ts';
import type { HandshakeSigning } from '../connection.ts';

/** What is known of a client that may go on. */
export interface HandshakeIdentity {
  readonly authorizer: ConnectionFacts['authorizer'];
  readonly signer: SignerFacts | undefined;
  /** Set where there is a signer. */
  readonly signing?: HandshakeSigning;
  /** The API key that a Lambda authorizer named. */
  readonly usageIdentifierKey: string | undefined;
  /** What the developer is shown. */
  readonly finding: Readonly<Record<string, unknown>>;
}

export abstract class HandshakeAuthorizer {
  /** Ends in `event.onIdentity`, now or later. */
  abstract decide(event: ConnectEvent): void;
}

/** Fail closed: nobody gets in. */
export class UnservableAuthorizer extends HandshakeAuthorizer {
  readonly #reason: string;

  constructor(reason: string) {
    super();
    this.#reason = reason;
  }

  override decide(event: ConnectEvent): void {
    event.onIdentity({ refused: 'AUTHORIZER_FAILURE', reason: this.#reason });
  }
}
