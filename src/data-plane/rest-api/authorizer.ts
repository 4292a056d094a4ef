// What the conductor knows of an authorizer: it is asked once per request, and answers at once or later.

import type { AuthDecision } from './auth-decision.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './refusal.ts';

/** The authorizer of one method. It is a field of the matched method: nobody looks an authorizer up by a path. */
export abstract class Authorizer {
  /**
   * A decision lets the request pass, a refusal ends it. Undefined: the authorizer waits for something and calls
   * `exchange.onAuthDecision()` exactly once, perhaps before this returns. It keeps its own deadline; an exchange that was ended
   * meanwhile (the client went away) ignores the call.
   */
  abstract decide(exchange: Exchange): AuthDecision | Refusal | undefined;
}
