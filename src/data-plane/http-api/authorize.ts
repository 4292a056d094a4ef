// Who may call a route. Only routes without authorization can be planned so far; the stage exists so that no integration can be
// started without a decision.

import type { RoutePlan } from '../../model/http-api-plan.ts';

/** The proof that a request may reach its integration. Nobody else makes one. */
export interface AuthDecision {
  readonly authorizationType: 'NONE';
  /** Keeps object literals elsewhere from passing as a decision. */
  readonly [decided]: true;
}

declare const decided: unique symbol;

const open = { authorizationType: 'NONE' } as AuthDecision;

/** The decision for a matched route. */
export function authorize(_route: Pick<RoutePlan, 'authorizationType'>): AuthDecision {
  return open;
}
