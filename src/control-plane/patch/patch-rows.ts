// The rows that most nouns have: a text, a flag, a map of names, a list of values.

import { AwsError } from '../../aws/aws-error.ts';
import type { PatchOp } from './patch-operation.ts';
import type { PatchRow } from './patch-table.ts';

/** Ours: AWS gives no figures. */
const ENTRIES_MAX = 1_000;

type Members = Readonly<Record<string, unknown>>;

/** `replace /member`; an empty value takes the member away. `check` may throw, or give another value than the one sent. */
export function textRow<State extends object>(
  member: string,
  options: { readonly path?: string; readonly ops?: readonly PatchOp[]; readonly check?: (value: string) => unknown } = {},
): PatchRow<State> {
  const { path = `/${member}`, ops = ['replace'], check = (value) => value } = options;
  return {
    path,
    ops,
    apply: (state, { op, value }) => withMember(state, member, op === 'remove' || !value ? undefined : check(value)),
  };
}

/** `replace /member`: `true` in any case is true, everything else and nothing are false. AWS: so. Seen: recorded UpdateMethod. */
export function flagRow<State extends object>(member: string, path = `/${member}`): PatchRow<State> {
  return { path, ops: ['replace'], apply: (state, { value }) => withMember(state, member, isTrue(value)) };
}

export function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

interface EntryOptions {
  /** What an entry holds; the text itself when left out. May throw. */
  readonly read?: (value: string, name: string) => unknown;
  /** Throws for a name that cannot be. */
  readonly checkName?: (name: string) => void;
  /** AWS's words for an entry that is not there. */
  readonly missing?: string;
  /** Thrown for a value that is not there; an empty text is kept when left out. */
  readonly empty?: string;
  /** Whether a `replace` of what is not there makes it. */
  readonly replaceMakes?: boolean;
}

/** `add|replace|remove /member/{name}`. The map goes with its last entry. */
export function entryRow<State extends object>(member: string, options: EntryOptions = {}): PatchRow<State> {
  const {
    read = (value) => value,
    checkName,
    missing = 'Invalid parameter name specified',
    empty,
    replaceMakes = false,
  } = options;
  return {
    path: `/${member}/{name}`,
    ops: ['add', 'replace', 'remove'],
    apply(state, { op, value }, name) {
      const entries = new Map(Object.entries(((state as Members)[member] ?? {}) as Members));
      if (op !== 'remove' && empty !== undefined && !value) throw new AwsError('BadRequestException', empty);
      if (op !== 'add' && !entries.has(name) && !(op === 'replace' && replaceMakes))
        throw new AwsError('NotFoundException', missing);
      if (op === 'remove') entries.delete(name);
      else {
        checkName?.(name);
        entries.set(name, read(value ?? '', name));
        assertNotTooMany(entries.size, member);
      }
      return withMember(state, member, entries.size === 0 ? undefined : Object.fromEntries(entries));
    },
  };
}

/** `add|remove /member` with the item as the value. */
export function itemRow<State extends object>(member: string, options: { readonly path?: string } = {}): PatchRow<State> {
  return {
    path: options.path ?? `/${member}`,
    ops: ['add', 'remove'],
    apply(state, { op, value = '', path }) {
      if (value === '') throw new AwsError('BadRequestException', `Invalid patch value specified for path ${path}`);
      const items = ((state as Members)[member] ?? []) as readonly string[];
      if (op === 'remove' && !items.includes(value)) {
        throw new AwsError('NotFoundException', `${value} was not found at ${path}`);
      }
      const others = items.filter((item) => item !== value);
      const left = op === 'add' ? [...others, value] : others;
      assertNotTooMany(left.length, member);
      return withMember(state, member, left.length === 0 ? undefined : left);
    },
  };
}

/** `state` with one member set, or without it. */
export function withMember<State extends object>(state: State, member: string, value: unknown): State {
  const { [member]: _, ...others } = state as Members;
  // The caller names a member of State and gives a value of its type.
  return (value === undefined ? others : { ...others, [member]: value }) as State;
}

function assertNotTooMany(count: number, member: string): void {
  if (count > ENTRIES_MAX) throw new AwsError('BadRequestException', `There can be at most ${ENTRIES_MAX} ${member}`);
}
