// JSON from strangers, read so that nobody else can read it differently: valid UTF-8, no member twice, not deeper than asked.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A JSON object without prototype, or what is wrong with the text. */
export type StrictJson =
  | { readonly object: Readonly<Record<string, unknown>> }
  | { readonly object: undefined; readonly fault: string };

/** Reads a JSON object. `depthMax` counts braces and brackets that are open at once. Never throws. */
export function parseStrictJson(bytes: Uint8Array, depthMax: number): StrictJson {
  try {
    const text = utf8.decode(bytes);
    const fault = findFault(text, depthMax);
    if (fault !== undefined) return { object: undefined, fault };
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { object: undefined, fault: 'is not a JSON object' };
    }
    // Without a prototype, `constructor` and `__proto__` are members like any other, and absent when they are not there.
    return { object: Object.assign(Object.create(null), value) as Readonly<Record<string, unknown>> };
  } catch {
    return { object: undefined, fault: 'is not JSON in UTF-8' };
  }
}

/**
 * Depth and repeated members, found without recursion; everything else is left to JSON.parse. Throws on a name that is no JSON
 * string.
 */
function findFault(text: string, depthMax: number): string | undefined {
  /** For each open brace the names seen in it, for each open bracket undefined. */
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let awaitsName = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: {
        const end = endOfString(text, i);
        if (names !== undefined && awaitsName) {
          const literal = text.slice(i, end + 1);
          // Escapes are undone: "iss" and "\u0069ss" are the same member.
          const name = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
          if (names.has(name)) return 'has a member twice';
          names.add(name);
          awaitsName = false;
        }
        i = end;
        break;
      }
      case 0x7b:
      case 0x5b:
        if (open.length >= depthMax) return `is nested deeper than ${depthMax}`;
        names = text.charCodeAt(i) === 0x7b ? new Set() : undefined;
        awaitsName = names !== undefined;
        open.push(names);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        names = open.at(-1);
        awaitsName = false;
        break;
      case 0x2c:
        awaitsName = names !== undefined;
        break;
    }
  }
  return undefined;
}

/** The index of the closing quote, or the last index when there is none. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x5c) i++;
    else if (unit === 0x22) return i;
  }
  return text.length;
}
