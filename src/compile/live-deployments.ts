// Which pipeline answers for (API, stage) now. A change makes the API's entry anew and swaps one reference; requests that run keep the
// pipeline they began with.

import type { HttpApiPipeline } from '../data-plane/http-api/pipeline.ts';
import { TextTable } from '../data-plane/text-table.ts';
import type { Scope } from '../model/scope.ts';

/** What is known of the pipelines of every kind of API. */
export interface LivePipeline {
  readonly plan: { readonly scope: Scope; readonly apiId: string; readonly stageName: string };
}

/** The stages of one API that answer now. */
export interface LiveApi<P extends LivePipeline = HttpApiPipeline> {
  readonly scope: Scope;
  readonly apiId: string;
  /** By name. Requests bring the name as text that was never seen: see TextTable. */
  readonly stages: Pick<TextTable<P>, 'get' | 'size' | 'entries'>;
}

export class LiveDeployments<P extends LivePipeline = HttpApiPipeline> {
  /** Grows with every change: what was found before it may not be found any more. */
  #version = 0;
  /** By apiId; ids chosen by users may exist in more than one region. The newest comes first. */
  readonly #apis = new Map<string, readonly LiveApi<P>[]>();

  get version(): number {
    return this.#version;
  }

  /** The API with this id, in `region` when one is named and known there. */
  find(apiId: string, region?: string): LiveApi<P> | undefined {
    const apis = this.#apis.get(apiId);
    if (apis === undefined || apis.length === 1 || region === undefined) return apis?.[0];
    return apis.find((api) => api.scope.region === region) ?? apis[0];
  }

  /** From now on `pipeline` answers for its API's stage. */
  activate(pipeline: P): void {
    const { scope, apiId, stageName } = pipeline.plan;
    const others = this.#stagesBut(scope, apiId, stageName);
    this.#put(scope, apiId, [...others, [stageName, pipeline]]);
  }

  /** The stage answers no more; the API is still known (404, not 403). */
  retire(scope: Scope, apiId: string, stageName: string): void {
    if (this.has(scope, apiId)) this.#put(scope, apiId, this.#stagesBut(scope, apiId, stageName));
  }

  /** An API that has no stage yet, or has one: known, so that it answers 404 rather than 403. */
  announce(scope: Scope, apiId: string): void {
    if (!this.has(scope, apiId)) this.#put(scope, apiId, []);
  }

  /** The API is gone. */
  retireApi(scope: Scope, apiId: string): void {
    const rest = (this.#apis.get(apiId) ?? []).filter((api) => !isIn(api, scope));
    if (rest.length === 0) this.#apis.delete(apiId);
    else this.#apis.set(apiId, rest);
    this.#version++;
  }

  /** The names of the API's stages that answer now. */
  stageNames(scope: Scope, apiId: string): readonly string[] {
    return (this.#find(scope, apiId)?.stages.entries() ?? []).map(([name]) => name);
  }

  /** Every live pipeline, for listings and figures. */
  pipelines(): readonly P[] {
    return [...this.#apis.values()].flat().flatMap((api) => api.stages.entries().map(([, pipeline]) => pipeline));
  }

  has(scope: Scope, apiId: string): boolean {
    return this.#find(scope, apiId) !== undefined;
  }

  #find(scope: Scope, apiId: string): LiveApi<P> | undefined {
    return this.#apis.get(apiId)?.find((api) => isIn(api, scope));
  }

  #stagesBut(scope: Scope, apiId: string, stageName: string): (readonly [string, P])[] {
    return (this.#find(scope, apiId)?.stages.entries() ?? []).filter(([name]) => name !== stageName);
  }

  #put(scope: Scope, apiId: string, named: readonly (readonly [string, P])[]): void {
    const stages = new TextTable<P>();
    for (const [name, pipeline] of named) stages.set(name, pipeline);
    const others = (this.#apis.get(apiId) ?? []).filter((other) => !isIn(other, scope));
    this.#apis.set(apiId, Object.freeze([Object.freeze({ scope, apiId, stages }), ...others]));
    this.#version++;
  }
}

function isIn(api: { readonly scope: Scope }, scope: Scope): boolean {
  return api.scope.account === scope.account && api.scope.region === scope.region;
}
