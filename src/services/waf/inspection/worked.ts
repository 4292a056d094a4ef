// What one request was asked already: rules look at the same places again and again.

import type { Inspection } from './matcher.ts';

/** What `key` stands for, worked out when it is first asked for. One key always stands for one kind of thing. */
export function worked<T>(inspection: Inspection, key: string, work: () => T): T {
  const known = inspection.worked.get(key);
  if (known !== undefined) return known as T;
  const result = work();
  inspection.worked.set(key, result);
  return result;
}
