// Names that stand twice in one object of a JSON text. JSON.parse takes the last and says nothing; somebody lost a route by that.

/** As many are told; more have the same cause. */
const DUPLICATES_MAX = 20;

/** JSON pointers of names that stand more than once. `text` must be valid JSON. */
export function duplicateNames(text: string): readonly string[] {
  const found = new Set<string>();
  /** The containers around the place: an object's names so far, or a list's count of items. */
  const around: { readonly names: Set<string> | undefined; name: string; count: number }[] = [];
  let nameIsNext = false;
  for (let i = 0; i < text.length && found.size < DUPLICATES_MAX; i++) {
    const character = text[i];
    const inner = around.at(-1);
    if (character === '"') {
      const end = endOfString(text, i);
      if (nameIsNext && inner?.names !== undefined) {
        inner.name = JSON.parse(text.slice(i, end + 1)) as string;
        if (inner.names.has(inner.name)) found.add(pointerTo(around));
        inner.names.add(inner.name);
        nameIsNext = false;
      }
      i = end;
    } else if (character === '{' || character === '[') {
      around.push({ names: character === '{' ? new Set() : undefined, name: '', count: 0 });
      nameIsNext = character === '{';
    } else if (character === '}' || character === ']') {
      around.pop();
      nameIsNext = false;
    } else if (character === ',' && inner !== undefined) {
      inner.count += 1;
      nameIsNext = inner.names !== undefined;
    }
  }
  return [...found];
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function pointerTo(around: readonly { readonly names: unknown; readonly name: string; readonly count: number }[]): string {
  return around
    .map(({ names, name, count }) => (names === undefined ? String(count) : name.replaceAll('~', '~0').replaceAll('/', '~1')))
    .map((name) => `/${name}`)
    .join('');
}
