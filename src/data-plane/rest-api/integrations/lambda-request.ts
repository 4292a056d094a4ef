// What a Lambda custom integration asks of Invoke beyond the event: its mapped headers and query are Invoke's own.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax

import type { FunctionCallOptions } from '../../function-call-options.ts';
import type { MappedRequest, MappedValues } from '../integration-request.ts';

/** Undefined for a plain invocation, which most are. */
export function functionCallOptions({
  headers,
  query,
}: Pick<MappedRequest, 'headers' | 'query'>): FunctionCallOptions | undefined {
  if (headers.size === 0 && query.size === 0) return undefined;
  const clientContext = mappedHeader(headers, 'x-amz-client-context');
  const qualifier = query.get('Qualifier');
  return {
    isDryRun: invocationType(headers) === 'DryRun',
    wantsLog: mappedHeader(headers, 'x-amz-log-type') === 'Tail',
    ...(clientContext === undefined || clientContext === '' ? {} : { clientContext }),
    ...(qualifier === undefined || qualifier === '' ? {} : { qualifier }),
  };
}

export function invocationType(headers: MappedValues): string | undefined {
  return mappedHeader(headers, 'x-amz-invocation-type');
}

function mappedHeader(headers: MappedValues, lowerCaseName: string): string | undefined {
  for (const [name, value] of headers) if (name.toLowerCase() === lowerCaseName) return value;
  return undefined;
}
