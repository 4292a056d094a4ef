// Which of a stage's method settings a method has: its own, else those of all methods. `-1` stands for a limit that is not set.

import type { RestMethodSetting, ThrottleSettings } from '../../model/rest-api.ts';
import type { ExecutionLogSettings } from '../../model/rest-api-plan.ts';

/** Undefined when nothing limits the method but the account. */
export function throttleSettingsOf(
  settings: Readonly<Record<string, RestMethodSetting>>,
  resourcePath: string,
  httpMethod: string,
): ThrottleSettings | undefined {
  const own = settingOf(settings, resourcePath, httpMethod);
  const all = Object.hasOwn(settings, '*/*') ? settings['*/*'] : undefined;
  const rateLimit = limit(own?.throttlingRateLimit) ?? limit(all?.throttlingRateLimit);
  const burstLimit = limit(own?.throttlingBurstLimit) ?? limit(all?.throttlingBurstLimit);
  if (rateLimit === undefined && burstLimit === undefined) return undefined;
  return { ...(rateLimit === undefined ? {} : { rateLimit }), ...(burstLimit === undefined ? {} : { burstLimit }) };
}

/**
 * Undefined when the method's responses are not cached. AWS: what is set for all methods caches GET alone, a method's own settings any
 * verb. Seen: developer guide, API caching.
 */
export function cacheSettingsOf(
  settings: Readonly<Record<string, RestMethodSetting>>,
  resourcePath: string,
  httpMethod: string,
): RestMethodSetting | undefined {
  const all = httpMethod === 'GET' && Object.hasOwn(settings, '*/*') ? settings['*/*'] : undefined;
  const chosen = settingOf(settings, resourcePath, httpMethod) ?? all;
  return chosen?.cachingEnabled === true && chosen.cacheTtlInSeconds > 0 ? chosen : undefined;
}

/** Undefined when the method's requests leave no execution log. */
export function executionLogSettingsOf(
  settings: Readonly<Record<string, RestMethodSetting>>,
  resourcePath: string,
  httpMethod: string,
): ExecutionLogSettings | undefined {
  const own = settingOf(settings, resourcePath, httpMethod);
  const all = Object.hasOwn(settings, '*/*') ? settings['*/*'] : undefined;
  const chosen = own?.loggingLevelChosen === true ? own : (all ?? own);
  if (chosen === undefined || chosen.loggingLevel === 'OFF') return undefined;
  return { level: chosen.loggingLevel, dataTrace: chosen.dataTraceEnabled || own?.dataTraceEnabled === true };
}

/** AWS: settings of one method begin as those of all methods; each is replaced by itself. Seen: UpdateStage's patch paths. */
export function hasDetailedMetrics(
  settings: Readonly<Record<string, RestMethodSetting>>,
  resourcePath: string,
  httpMethod: string,
): boolean {
  const all = Object.hasOwn(settings, '*/*') ? settings['*/*'] : undefined;
  return (settingOf(settings, resourcePath, httpMethod) ?? all)?.metricsEnabled === true;
}

/** AWS writes the path of a key in several forms: `~1pets/GET`, `pets/GET`, `/pets/GET`. */
function settingOf(
  settings: Readonly<Record<string, RestMethodSetting>>,
  resourcePath: string,
  httpMethod: string,
): RestMethodSetting | undefined {
  for (const path of [
    resourcePath.replaceAll('/', '~1'),
    resourcePath.slice(1),
    resourcePath,
    resourcePath.slice(1).replaceAll('/', '~1'),
  ]) {
    const key = `${path}/${httpMethod}`;
    if (Object.hasOwn(settings, key)) return settings[key];
  }
  return undefined;
}

function limit(value: number | undefined): number | undefined {
  return value === undefined || value < 0 ? undefined : value;
}
