// Texts that nobody would think of, the same ones in every run, for the tests.

/** `count` texts of up to `piecesMax` of the pieces each. */
export function* randomTexts(count: number, piecesMax: number, pieces: readonly string[]): Generator<string> {
  let state = 20_260_101;
  const below = (limit: number): number => {
    // A linear congruence: its high bits are random enough.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let made = 0; made < count; made++) {
    yield Array.from({ length: below(piecesMax + 1) }, () => pieces[below(pieces.length)]).join('');
  }
}
