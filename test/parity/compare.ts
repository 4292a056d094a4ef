// Compares an answer of ours with a recorded one. Recorded answers are normalised: `<uuid:1>` is "some id, the same wherever it
// stands in this test", 111111111111 the account, `<region>` the region, `date` a time.

/** What the placeholders of one test stand for so far. */
export type Bindings = Map<string, string>;

export interface Difference {
  /** Where: `get_response.Configuration.Layers.0`. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface CompareOptions {
  readonly account: string;
  /** Members that AWS has added to its answers since the recording; having them is no difference. */
  readonly laterMembers: ReadonlySet<string>;
  /** Functions are made in another language than those of the recording: any runtime stands for any other. */
  readonly anyRuntime?: boolean;
}

/** Every place where `actual` is not what was recorded. Binds placeholders as it goes. */
export function compare(
  expected: unknown,
  actual: unknown,
  path: string,
  bindings: Bindings,
  options: CompareOptions,
): Difference[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [{ path, expected, actual }];
    return expected.flatMap((item, index) => compare(item, actual[index], `${path}.${index}`, bindings, options));
  }
  if (typeof expected === 'object' && expected !== null) {
    const value = typeof actual === 'string' ? parsedObject(actual) : actual;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, expected, actual }];
    const members = value as Record<string, unknown>;
    const differences: Difference[] = [];
    for (const [name, member] of Object.entries(expected)) {
      if (name in members) differences.push(...compare(member, members[name], `${path}.${name}`, bindings, options));
      else differences.push({ path: `${path}.${name}`, expected: member, actual: undefined });
    }
    for (const [name, member] of Object.entries(members)) {
      if (name in expected || options.laterMembers.has(name)) continue;
      differences.push({ path: `${path}.${name}`, expected: undefined, actual: member });
    }
    return differences;
  }
  if (typeof expected === 'string') {
    return matches(expected, actual, bindings, options) ? [] : [{ path, expected: bound(expected, bindings), actual }];
  }
  return expected === actual ? [] : [{ path, expected, actual }];
}

/** True when `actual` is the recorded text with its placeholders filled in; binds the new ones. */
function matches(expected: string, actual: unknown, bindings: Bindings, { account, anyRuntime }: CompareOptions): boolean {
  if (typeof actual !== 'string' && typeof actual !== 'number') return false;
  const text = String(actual);
  if (expected === 'date' || expected === 'datetime') return !Number.isNaN(Date.parse(text));
  if (expected === 'code-sha256') return /^[A-Za-z0-9+/]{43}=$/.test(text);
  // A function URL, with its id left out.
  if (/^(function|lambda)-url$/.test(expected)) return /^https:\/\/[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws\/$/.test(text);
  if (expected === text) return true;
  if (anyRuntime === true && isRuntime(expected) && isRuntime(text)) return true;
  const names: string[] = [];
  let pattern = '';
  for (const piece of expected.split(/(<[A-Za-z][\w -]*(?::\d+)?>|111111111111|\/var\/task\/)/)) {
    if (piece === '111111111111') pattern += account;
    // Functions without a file system of their own see where their code really lies.
    else if (piece === '/var/task/') pattern += '/[^"\\n]+/';
    else if (piece === '<region>') pattern += '[a-z]{2}-[a-z]+-\\d';
    else if (piece === '<partition>') pattern += 'aws';
    else if (/^<[A-Za-z][\w -]*(:\d+)?>$/.test(piece)) {
      const known = bindings.get(piece);
      if (known !== undefined) pattern += escaped(known);
      else if (names.includes(piece)) pattern += `\\${names.indexOf(piece) + 1}`;
      else {
        names.push(piece);
        pattern += '([\\s\\S]+?)';
      }
    } else pattern += escaped(piece);
  }
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (found === null) return false;
  names.forEach((name, index) => {
    // Only numbered placeholders are promised to be the same everywhere.
    if (name.includes(':')) bindings.set(name, found[index + 1] ?? '');
  });
  return true;
}

function bound(expected: string, bindings: Bindings): string {
  return expected.replaceAll(/<[A-Za-z][\w -]*:\d+>/g, (name) => {
    const value = bindings.get(name);
    return value === undefined ? name : `${name}=${value}`;
  });
}

function isRuntime(text: string): boolean {
  return /^(python|nodejs)\d[\d.]*x?$/.test(text);
}

function parsedObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
