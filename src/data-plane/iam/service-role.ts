// The role that an integration with an AWS service names. Calls are signed with the gateway's own keys, so that its policies are not
// asked: what they allow is for the service to say. That it lets itself be assumed is asked, when the role is known here.

import type { ServiceRolePlan } from '../../model/integration-credentials.ts';
import type { RoleLookup } from './role-lookup.ts';

export class ServiceRole {
  readonly #plan: ServiceRolePlan;
  readonly #sourceAccount: string;
  readonly #roles: RoleLookup;

  constructor(plan: ServiceRolePlan, sourceAccount: string, roles: RoleLookup) {
    this.#plan = plan;
    this.#sourceAccount = sourceAccount;
    this.#roles = roles;
  }

  /** Why the service is not called, for the developer. Asked with every request: a trust policy changes apart from the API. */
  refusal(): string | undefined {
    const { roleArn, sourceArn } = this.#plan;
    const isUntrusting = this.#roles(roleArn, { sourceArn, sourceAccount: this.#sourceAccount }) === 'untrusting';
    // AWS: this sentence. From memory of its execution logs.
    return isUntrusting ? `API Gateway does not have permission to assume the provided role ${roleArn}` : undefined;
  }
}

/** Undefined where nobody is asked. */
export function serviceRole(
  plan: ServiceRolePlan | undefined,
  sourceAccount: string,
  roles: RoleLookup | undefined,
): ServiceRole | undefined {
  return plan === undefined || roles === undefined ? undefined : new ServiceRole(plan, sourceAccount, roles);
}
