// How fuzz cases are made: seeded, so that a case can be made again from its numbers.

/** One random change: a byte, a cut, a piece from `pieces`, a repetition, a line, or a splice with one of `seeds`. */
export function mutate(wire: string, seeds: readonly string[], pieces: readonly string[], random: () => number): string {
  const at = Math.floor(random() * (wire.length + 1));
  const length = 1 + Math.floor(random() * 4);
  switch (Math.floor(random() * 9)) {
    case 0:
      return wire.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + wire.slice(at + 1);
    case 1:
      return wire.slice(0, at) + wire.slice(at + length);
    case 2:
      return wire.slice(0, at) + pick(pieces, random) + wire.slice(at);
    case 3:
      return wire.slice(0, at) + pick(pieces, random) + wire.slice(at + length);
    case 4:
      return wire.slice(0, at) + wire.slice(at, at + length * 8) + wire.slice(at);
    case 5:
      return mutateLines(wire, random);
    case 6:
      return wire.slice(0, at) + swapCase(wire.slice(at, at + length * 4)) + wire.slice(at + length * 4);
    case 7: {
      const lineEnd = wire.indexOf('\r\n', at);
      return lineEnd < 0 ? wire : `${wire.slice(0, lineEnd + 2)}${pick(pieces, random)}${wire.slice(lineEnd + 2)}`;
    }
    default:
      return wire.slice(0, at) + pick(seeds, random).slice(Math.floor(random() * 20));
  }
}

/** Doubles, drops or swaps whole lines. */
function mutateLines(wire: string, random: () => number): string {
  const lines = wire.split('\r\n');
  const first = Math.floor(random() * lines.length);
  const second = Math.floor(random() * lines.length);
  const kind = random();
  if (kind < 0.4) lines.splice(second, 0, lines[first] as string);
  else if (kind < 0.7) lines.splice(first, 1);
  else [lines[first], lines[second]] = [lines[second] as string, lines[first] as string];
  return lines.join('\r\n');
}

function swapCase(text: string): string {
  return text.replace(/[a-zA-Z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

/** One of a list. */
export function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] as string;
}

/** A small seeded generator; its numbers are the same everywhere. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
