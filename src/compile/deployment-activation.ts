// Keeps the live pipelines of one kind of API equal to what is deployed: compiles every live stage at start and again when something
// about its API was committed. A stage that cannot be compiled leaves the one before it in place, and says so.

import type { Scope } from '../model/scope.ts';
import type { LiveDeployments, LivePipeline } from './live-deployments.ts';
import type { SlotAllocator } from './slot-allocator.ts';

/** A stage and the deployment it points at; each kind of API has more to them. */
export interface DeployedStage {
  readonly scope: Scope;
  readonly apiId: string;
  readonly stage: { readonly stageName: string };
  readonly snapshot: { readonly deploymentId: string };
}

/** Where definitions come from, in this folder's own words. */
export interface DeployedStages<S extends DeployedStage> {
  /** Every API that exists, deployed or not. */
  apis(): Promise<readonly { readonly scope: Scope; readonly apiId: string }[]>;
  exists(scope: Scope, apiId: string): Promise<boolean>;
  of(scope: Scope, apiId: string): Promise<readonly S[]>;
}

export interface DeploymentActivationOptions<S extends DeployedStage, P extends LivePipeline> {
  readonly deployed: DeployedStages<S>;
  readonly live: LiveDeployments<P>;
  /** The one allocator of the counters buffer; its keys begin with `{account}/{region}/{apiId}/{stage}/`. */
  readonly slots: SlotAllocator;
  /** Throws when the stage cannot be compiled. */
  readonly compile: (deployed: S) => P;
  /** What of a pipeline waits for a setting of the operator, in a sentence or two each. */
  readonly waiting: (pipeline: P) => readonly string[];
  /** A stage that could not be compiled, or something that waits for a setting of the operator. */
  readonly onProblem: (problem: string) => void;
}

/** Sentences hold text of definitions: they are remembered up to a number. */
const TOLD_MAX = 1000;

export class DeploymentActivation<S extends DeployedStage, P extends LivePipeline> {
  readonly #options: DeploymentActivationOptions<S, P>;
  /** What the operator was told already. */
  readonly #told = new Set<string>();

  constructor(options: DeploymentActivationOptions<S, P>) {
    this.#options = options;
  }

  /** Compiles everything that is deployed. */
  async activateAll(): Promise<void> {
    for (const { scope, apiId } of await this.#options.deployed.apis()) await this.refresh(scope, apiId);
  }

  /** Compiles what is deployed of one API now; stages that are gone stop answering. */
  async refresh(scope: Scope, apiId: string): Promise<void> {
    const { deployed, live, slots } = this.#options;
    const prefix = `${scope.account}/${scope.region}/${apiId}/`;
    if (!(await deployed.exists(scope, apiId))) {
      // One that was never of this kind keeps its counters.
      if (!live.has(scope, apiId)) return;
      live.retireApi(scope, apiId);
      slots.release(prefix);
      return;
    }
    live.announce(scope, apiId);
    const stages = await deployed.of(scope, apiId);
    const names = new Set(stages.map((one) => one.stage.stageName));
    for (const stageName of live.stageNames(scope, apiId)) {
      if (names.has(stageName)) continue;
      live.retire(scope, apiId, stageName);
      slots.release(`${prefix}${stageName}/`);
    }
    for (const one of stages) this.#activate(one);
  }

  #activate(one: S): void {
    const { live, compile, waiting, onProblem } = this.#options;
    try {
      const pipeline = compile(one);
      live.activate(pipeline);
      // Each missing setting once: a stage is compiled again for every change of its API.
      for (const sentence of waiting(pipeline)) {
        if (this.#told.has(sentence)) continue;
        if (this.#told.size < TOLD_MAX) this.#told.add(sentence);
        onProblem(sentence);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      onProblem(
        `Stage ${one.stage.stageName} of API ${one.apiId} keeps its former deployment: ${one.snapshot.deploymentId} could not be compiled. ${why}`,
      );
    }
  }
}
