// What a definition can ask for and this gateway keeps without running it. It is accepted because whole templates carry it and everything
// else in them works; it is said, once per feature, so that nobody believes in it. Whoever builds a feature deletes its row.

import type { RestApi, RestMethodSetting, RestStage } from '../../model/rest-api.ts';

interface NotYetRun<Noun> {
  /** Begins "… is kept and not run yet". */
  readonly feature: string;
  readonly asksForIt: (noun: Noun) => boolean;
}

const anySetting = (stage: RestStage, asks: (setting: RestMethodSetting) => boolean) =>
  Object.values(stage.methodSettings).some(asks);

export const notYetRunOnStages: readonly NotYetRun<RestStage>[] = [
  { feature: 'Caching of responses', asksForIt: (stage) => stage.cacheClusterEnabled },
  { feature: 'X-Ray tracing', asksForIt: (stage) => stage.tracingEnabled },
  { feature: 'Access logging of a REST API', asksForIt: (stage) => stage.accessLogSettings !== undefined },
  {
    feature: 'Execution logging',
    asksForIt: (stage) => anySetting(stage, ({ loggingLevel, dataTraceEnabled }) => loggingLevel !== 'OFF' || dataTraceEnabled),
  },
  { feature: 'Detailed metrics of a REST API', asksForIt: (stage) => anySetting(stage, ({ metricsEnabled }) => metricsEnabled) },
  { feature: 'The web ACL of a stage', asksForIt: (stage) => stage.webAclArn !== undefined },
  { feature: 'A client certificate', asksForIt: (stage) => stage.clientCertificateId !== undefined },
];

export const notYetRunOnApis: readonly NotYetRun<RestApi>[] = [
  {
    feature: 'A TLS security policy',
    asksForIt: (api) => api.securityPolicy !== undefined || api.endpointAccessMode !== undefined,
  },
  { feature: 'A private endpoint', asksForIt: (api) => api.endpointConfiguration.types.includes('PRIVATE') },
];

/** Says each feature once. */
export class NotYetRunNotices {
  readonly #said = new Set<string>();
  readonly #onNotice: (notice: string) => void;

  constructor(onNotice: (notice: string) => void) {
    this.#onNotice = onNotice;
  }

  stage(stage: RestStage): void {
    this.#say(notYetRunOnStages, stage, `stage ${stage.stageName}`);
  }

  restApi(restApi: RestApi): void {
    this.#say(notYetRunOnApis, restApi, `REST API ${restApi.id}`);
  }

  #say<Noun>(rows: readonly NotYetRun<Noun>[], noun: Noun, where: string): void {
    for (const { feature, asksForIt } of rows) {
      if (this.#said.has(feature) || !asksForIt(noun)) continue;
      this.#said.add(feature);
      this.#onNotice(`${feature} is kept and not run yet (first asked for by ${where}).`);
    }
  }
}
