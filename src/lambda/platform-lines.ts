// Lambda's own log lines around an invocation: INIT_START, START, END, REPORT, as text or as JSON.

import type { InitializationType } from './environment-variables.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';

/** `INIT_START`: an environment is starting. */
export function initStartLine(version: FunctionVersion, initializationType: InitializationType): string {
  if (version.logFormat === 'JSON') {
    return platformRecord('platform.initStart', {
      initializationType,
      phase: 'init',
      runtimeVersion: runtimeVersionName(version.runtime),
      runtimeVersionArn: version.runtimeVersionArn,
      functionName: version.functionName,
      functionVersion: version.version,
    });
  }
  return `INIT_START Runtime Version: ${runtimeVersionName(version.runtime)}\tRuntime Version ARN: ${version.runtimeVersionArn}`;
}

/** `INIT_REPORT`: a start that did not succeed. */
export function initReportLine(
  version: FunctionVersion,
  initializationType: InitializationType,
  durationMs: number,
  status: 'error' | 'timeout',
  errorType?: string,
): string {
  if (version.logFormat === 'JSON') {
    const metrics = { durationMs: round(durationMs) };
    return platformRecord('platform.initReport', { initializationType, phase: 'init', status, metrics, errorType });
  }
  const error = errorType === undefined ? '' : `\tError Type: ${errorType}`;
  return `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: init\tStatus: ${status}${error}`;
}

/** `START RequestId: … Version: $LATEST` */
export function startLine(version: FunctionVersion, invocation: Invocation): string {
  if (version.logFormat === 'JSON') {
    return platformRecord('platform.start', { requestId: invocation.requestId, version: version.version });
  }
  return `START RequestId: ${invocation.requestId} Version: ${version.version}`;
}

/** `END RequestId: …`; JSON logs have no such line. */
export function endLine(version: FunctionVersion, invocation: Invocation): string | undefined {
  return version.logFormat === 'JSON' ? undefined : `END RequestId: ${invocation.requestId}`;
}

/** `REPORT RequestId: …` with the figures of the invocation. */
export function reportLine(version: FunctionVersion, invocation: Invocation, maxMemoryUsedMb: number): string {
  const billedMs = Math.ceil(invocation.durationMs);
  if (version.logFormat === 'JSON') {
    return platformRecord('platform.report', {
      requestId: invocation.requestId,
      metrics: {
        durationMs: round(invocation.durationMs),
        billedDurationMs: billedMs,
        memorySizeMB: version.memoryMb,
        maxMemoryUsedMB: maxMemoryUsedMb,
        ...(invocation.initDurationMs !== undefined && { initDurationMs: round(invocation.initDurationMs) }),
      },
      status: invocation.status,
      ...(invocation.errorType !== undefined && { errorType: invocation.errorType }),
    });
  }
  // AWS: every field of the line ends with a tab. Seen: test/parity, test_invocation_type_event_error.
  let line = `REPORT RequestId: ${invocation.requestId}\tDuration: ${invocation.durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\tMemory Size: ${version.memoryMb} MB\tMax Memory Used: ${maxMemoryUsedMb} MB\t`;
  if (invocation.initDurationMs !== undefined) line += `Init Duration: ${invocation.initDurationMs.toFixed(2)} ms\t`;
  if (invocation.status === 'timeout') line += 'Status: timeout';
  else if (invocation.errorType !== undefined) line += `Status: error\tError Type: ${invocation.errorType}`;
  return line;
}

/** `platform.runtimeDone`, which only telemetry has. */
export function runtimeDoneLine(invocation: Invocation): string {
  return platformRecord('platform.runtimeDone', {
    requestId: invocation.requestId,
    status: invocation.status,
    ...(invocation.errorType !== undefined && { errorType: invocation.errorType }),
    metrics: { durationMs: round(invocation.durationMs) },
  });
}

/** A line that a function or an extension printed, as telemetry has it. */
export function printedLine(type: 'function' | 'extension', record: string): string {
  return JSON.stringify({ time: new Date().toISOString(), type, record });
}

function platformRecord(type: string, record: object): string {
  return JSON.stringify({ time: new Date().toISOString(), type, record });
}

// AWS names the exact build (`python:3.12.v38`); ours is the Node that runs, or nothing more than the name.
function runtimeVersionName(runtime: string): string {
  if (!runtime.startsWith('nodejs'))
    return runtime.replace(/^(python|ruby|java|dotnet)(?=\d)|^provided\.?/, (name) => `${name.replace('.', '')}:`);
  return `${runtime.replace(/^nodejs/, 'nodejs:').replace(/\.x$/, '')}.${process.version}`;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
