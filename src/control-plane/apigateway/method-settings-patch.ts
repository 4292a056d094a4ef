// The settings of a stage's methods: `/{resource}/{VERB}/throttling/burstLimit` and so on, `/*/*/…` for all methods.
// AWS: a setting is kept under the path as it was addressed, `~1pets/GET` or `pets/GET`. Seen: aws-cli examples, update-stage; recorded
// answer, test_create_update_stages.

import type { AwsError } from '../../aws/aws-error.ts';
import type { RestMethodSetting, RestStage } from '../../model/rest-api.ts';
import { isTrue } from '../patch/patch-rows.ts';
import type { PatchRow } from '../patch/patch-table.ts';
import { badRequest } from './refusals.ts';

/** What a method has when its first setting is set. AWS: these; the account's limits for throttling. Seen: recorded answers. */
const defaults: RestMethodSetting = {
  metricsEnabled: false,
  loggingLevel: 'OFF',
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};

const allMethods = '*/*';
/** Ours: 300 resources with all eight verbs. */
const SETTINGS_MAX = 2_400;

type Read = (value: string) => Partial<RestMethodSetting>;

const strategies = ['FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'] as const;

const settings: Readonly<Record<string, Read>> = {
  'metrics/enabled': (value) => ({ metricsEnabled: isTrue(value) }),
  'logging/dataTrace': (value) => ({ dataTraceEnabled: isTrue(value) }),
  'logging/loglevel': (value) => ({ loggingLevel: oneOf(value, ['OFF', 'ERROR', 'INFO'] as const), loggingLevelChosen: true }),
  'throttling/burstLimit': (value) => ({ throttlingBurstLimit: number(value, /^(?:-1|\d{1,9})$/) }),
  'throttling/rateLimit': (value) => ({ throttlingRateLimit: number(value, /^(?:-1(?:\.0+)?|\d{1,9}(?:\.\d{1,9})?)$/) }),
  'caching/ttlInSeconds': (value) => ({ cacheTtlInSeconds: timeToLive(value) }),
  'caching/enabled': (value) => ({ cachingEnabled: isTrue(value) }),
  'caching/dataEncrypted': (value) => ({ cacheDataEncrypted: isTrue(value) }),
  'caching/requireAuthorizationForCacheControl': (value) => ({ requireAuthorizationForCacheControl: isTrue(value) }),
  'caching/unauthorizedCacheControlHeaderStrategy': (value) => ({
    unauthorizedCacheControlHeaderStrategy: oneOf(value, strategies),
  }),
};

/** AWS: a verb or a star. Seen: cdk-preflight's deployed cases, stage-method-setting-http-method. */
const verbs = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY', '*'];

/** `refusal` is AWS's sentence for a path that is no setting's. */
export const methodSettingRows = (refusal: (path: string) => AwsError): readonly PatchRow<RestStage>[] =>
  Object.entries(settings).map(([tail, read]) => ({
    path: `/{method+}/${tail}`,
    ops: ['replace'],
    apply(stage, { path, value = '' }) {
      const method = path.slice(1, -(tail.length + 1));
      const known = new Map(Object.entries(stage.methodSettings));
      if (!method.includes('/') || !verbs.includes(method.slice(method.lastIndexOf('/') + 1))) throw refusal(path);
      if (!known.has(method) && known.size >= SETTINGS_MAX)
        throw badRequest(`A stage can have settings for at most ${SETTINGS_MAX} methods`);
      // AWS: what is set for all methods is where one method begins. Seen: recorded answer, test_create_update_stages.
      const former = known.get(method) ?? known.get(allMethods) ?? defaults;
      known.set(method, { ...former, ...read(value) });
      return { ...stage, methodSettings: Object.fromEntries(known) };
    },
  }));

/** The last row of all: any path may be a method's. */
export const methodSettingRemoval: PatchRow<RestStage> = {
  path: '/{method+}',
  ops: ['remove'],
  apply(stage, { path }) {
    const method = path.slice(1);
    if (!Object.hasOwn(stage.methodSettings, method)) {
      throw badRequest(`Cannot remove method setting ${method} because there is no method setting for this method `);
    }
    const { [method]: _, ...methodSettings } = stage.methodSettings;
    return { ...stage, methodSettings };
  },
};

// The words are ours where nothing else is said.

function number(value: string, form: RegExp): number {
  if (!form.test(value)) throw badRequest(`Invalid throttling limit specified: ${value}`);
  return Number(value);
}

function timeToLive(value: string): number {
  const seconds = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
  if (seconds <= 3600) return seconds;
  // AWS: these words. Seen: cdk-preflight's deployed cases, stage-cache-ttl-range.
  throw badRequest('Invalid time-to-live setting, must be an integer no greater than 3600');
}

function oneOf<T extends string>(value: string, values: readonly T[]): T {
  const found = values.find((each) => each === value.toUpperCase());
  if (found === undefined) throw badRequest(`Invalid value specified: ${value}. Valid options are ${values.join(',')}`);
  return found;
}
