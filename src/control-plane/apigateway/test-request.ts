// The request that nobody sent, as TestInvokeMethod and TestInvokeAuthorizer describe it.

import { badRequest } from './refusals.ts';

interface TestHeaders {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Ours; AWS gives no figure for a test. The request line of a real request has the same. */
const TARGET_LENGTH_MAX = 10_240;

/** `/pets/5?q=1` */
export function testTarget(pathWithQueryString: string): string {
  if (pathWithQueryString.length > TARGET_LENGTH_MAX || /[\x00-\x20\x7f]/.test(pathWithQueryString)) throw invalidPath();
  return pathWithQueryString.startsWith('/') ? pathWithQueryString : `/${pathWithQueryString}`;
}

export const invalidPath = () => badRequest('Invalid pathWithQueryString specified');

/** Those with several values win over those with one. Control characters have no place in a header. */
export function testHeaders({ headers = {}, multiValueHeaders = {} }: TestHeaders): [string, string][] {
  const several = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const names = new Set(several.map(([name]) => name.toLowerCase()));
  const all = [...Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())), ...several];
  return all.map(([name, value]) => {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || /[\x00-\x08\x0a-\x1f\x7f]/.test(value)) {
      throw badRequest(`Invalid header specified: ${name.slice(0, 200)}`);
    }
    return [name, value];
  });
}
