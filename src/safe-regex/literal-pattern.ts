// The literal text in a pattern: all of it, or what every match begins with. Such patterns, and such beginnings, are searched
// for by the runtime's own string functions.

import { onlyMember } from './character-set.ts';
import type { PatternNode } from './pattern-node.ts';

export interface LiteralStart {
  readonly text: string;
  /** The pattern is this text and nothing else. */
  readonly whole: boolean;
}

export function literalStartOf(node: PatternNode): LiteralStart {
  const units: string[] = [];
  const whole = collect(node, units);
  return { text: units.join(''), whole };
}

/** Adds the characters that must come first; whether that was all of the node. */
function collect(node: PatternNode, units: string[]): boolean {
  switch (node.kind) {
    case 'set': {
      const codePoint = onlyMember(node.set);
      // Half a character could be found inside a whole one.
      if (codePoint === undefined || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return false;
      units.push(String.fromCodePoint(codePoint));
      return true;
    }
    case 'group':
      return collect(node.part, units);
    case 'sequence':
      return node.parts.every((part) => collect(part, units));
    default:
      return false;
  }
}
