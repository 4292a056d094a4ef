// The table of an API type's `$context` variables as mapping templates walk it: `$context.stage` is a text, `$context.identity` a map.

import { ContextMap } from '../../vtl/vtl-value.ts';

type Read<Source> = (source: Source) => string | undefined;

export class VariableTree<Source> {
  /** The names directly under `$context`, in order. */
  readonly names: ReadonlySet<string>;
  readonly #leaves = new Map<string, Read<Source>>();
  /** `a.b` of the others by their `a`, whose readers then are by `b`. */
  readonly #branches = new Map<string, [member: string, read: Read<Source>][]>();

  /** `variables` by what follows `$context.`; `others` are names directly under it that are not in the table. */
  constructor(variables: ReadonlyMap<string, Read<Source>>, others: readonly string[] = []) {
    const names = new Set<string>();
    for (const [name, read] of variables) {
      const [top = '', member] = name.split('.');
      names.add(top);
      const members = this.#branches.get(top);
      if (member === undefined) this.#leaves.set(name, read);
      else if (members === undefined) this.#branches.set(top, [[member, read]]);
      else members.push([member, read]);
    }
    for (const name of others) names.add(name);
    this.names = names;
  }

  /** A text, or a map made for the caller; undefined when nothing under this name has a value. */
  read(source: Source, name: string): string | ContextMap | undefined {
    const leaf = this.#leaves.get(name);
    if (leaf !== undefined) return leaf(source);
    const branch = this.branch(source, name);
    return branch.size === 0 ? undefined : branch;
  }

  /** The members of `name` that have a value, and those in `shownEmpty` in any case. */
  branch(source: Source, name: string, shownEmpty?: ReadonlySet<string>): ContextMap {
    const branch = new ContextMap();
    for (const [member, read] of this.#branches.get(name) ?? []) {
      const value = read(source) ?? (shownEmpty?.has(member) === true ? '' : undefined);
      if (value !== undefined) branch.set(member, value);
    }
    return branch;
  }
}
