// Keeps the live pipelines equal to what is deployed: plans and assembles every live stage at start and again when something
// about its API was committed. A stage that cannot be compiled leaves the one before it in place, and says so.

import type { DataPlanePorts, Upstreams } from '../data-plane/ports.ts';
import type { HttpApiSnapshot } from '../model/deployment-snapshot.ts';
import type { Stage } from '../model/http-api.ts';
import type { HttpApiPlan } from '../model/http-api-plan.ts';
import type { Scope } from '../model/scope.ts';
import { assembleHttpApi } from './http-api/assemble.ts';
import { type AccountLimits, counterKeyPrefix, planHttpApi } from './http-api/plan.ts';
import type { Surroundings } from './http-api/surroundings.ts';
import type { LiveDeployments } from './live-deployments.ts';
import { SlotAllocator } from './slot-allocator.ts';

/** A stage and the deployment it points at. */
export interface DeployedStage {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stage: Stage;
  readonly snapshot: HttpApiSnapshot;
}

/** Where definitions come from, in this folder's own words. */
export interface DeployedStages {
  /** Every API that exists, deployed or not. */
  apis(): Promise<readonly { readonly scope: Scope; readonly apiId: string }[]>;
  exists(scope: Scope, apiId: string): Promise<boolean>;
  of(scope: Scope, apiId: string): Promise<readonly DeployedStage[]>;
}

export interface DeploymentActivationOptions {
  readonly deployed: DeployedStages;
  readonly live: LiveDeployments;
  readonly ports: DataPlanePorts;
  readonly upstreams: Upstreams;
  /** Undefined lifts the limit that all APIs of an account and region share. */
  readonly accountLimits: AccountLimits | undefined;
  readonly surroundings: Surroundings;
  /** A stage that could not be compiled, or a route that waits for a setting of the operator, in a sentence or two. */
  readonly onProblem: (problem: string) => void;
}

/** Reasons hold text of definitions: they are remembered up to a number. */
const TOLD_MAX = 1000;

export class DeploymentActivation {
  readonly #options: DeploymentActivationOptions;
  readonly #slots: SlotAllocator;
  /** What the operator was told already. */
  readonly #told = new Set<string>();

  constructor(options: DeploymentActivationOptions) {
    this.#options = options;
    this.#slots = new SlotAllocator(options.ports.counters);
  }

  /** Compiles everything that is deployed. */
  async activateAll(): Promise<void> {
    for (const { scope, apiId } of await this.#options.deployed.apis()) await this.refresh(scope, apiId);
  }

  /** Compiles what is deployed of one API now; stages that are gone stop answering. */
  async refresh(scope: Scope, apiId: string): Promise<void> {
    const { deployed, live } = this.#options;
    if (!(await deployed.exists(scope, apiId))) {
      live.retireApi(scope, apiId);
      this.#slots.release(counterKeyPrefix({ scope, apiId }));
      return;
    }
    live.announce(scope, apiId);
    const stages = await deployed.of(scope, apiId);
    const names = new Set(stages.map((one) => one.stage.stageName));
    for (const pipeline of live.pipelines()) {
      const { plan } = pipeline;
      if (plan.apiId !== apiId || plan.scope.region !== scope.region || plan.scope.account !== scope.account) continue;
      if (names.has(plan.stageName)) continue;
      live.retire(scope, apiId, plan.stageName);
      this.#slots.release(counterKeyPrefix({ scope, apiId }, plan.stageName));
    }
    for (const one of stages) this.#activate(one);
  }

  #activate(one: DeployedStage): void {
    const { live, ports, upstreams, accountLimits, surroundings, onProblem } = this.#options;
    try {
      const plan = planHttpApi(one.snapshot, one.stage, this.#slots, accountLimits, surroundings);
      live.activate(assembleHttpApi(plan, ports, upstreams));
      this.#tellWhatIsMissing(plan);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      onProblem(
        `Stage ${one.stage.stageName} of API ${one.apiId} keeps its former deployment: ${one.snapshot.deploymentId} could not be compiled. ${why}`,
      );
    }
  }
  /** Each missing setting once: a stage is compiled again for every change of its API. */
  #tellWhatIsMissing(plan: HttpApiPlan): void {
    for (const { routeKey, integration } of plan.routes) {
      if (integration.type !== 'UNSERVABLE' || integration.waitsForOperator !== true || this.#told.has(integration.reason))
        continue;
      if (this.#told.size < TOLD_MAX) this.#told.add(integration.reason);
      this.#options.onProblem(`Route "${routeKey}" of API ${plan.apiId} answers 500. ${integration.reason}`);
    }
  }
}
