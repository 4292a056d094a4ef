// The header fields of a received message as seen by those who use it: look-ups, the raw list, and forwarding without
// anything that belonged to the connection it came from.

import { fieldKind, isProtectedName } from './field-name.ts';
import { OFFSETS_PER_FIELD } from './field-section.ts';
import type { HeaderBlock } from './header-block.ts';
import { inOnePiece } from './latin1.ts';
import type { HeaderView } from './message.ts';

/**
 * Fields as offsets into the head's text. Values are substrings of that text: copy a value that is kept beyond the
 * exchange, or it keeps the whole head alive.
 */
export class HeaderFields implements HeaderView {
  private readonly text: string;
  private readonly offsets: readonly number[];
  private readonly nominates: boolean;
  readonly repeats: boolean;
  reading: object | undefined = undefined;
  /** What was forwarded last, when the same section is forwarded again and again. */
  private forwarded: Forwarded | undefined = undefined;

  /**
   * `nominates`: a Connection field names other fields, which then are not forwarded unless they are protected.
   * `repeats`: several messages carry these fields, one after the other.
   */
  constructor(text: string, offsets: readonly number[], nominates: boolean, repeats: boolean) {
    this.text = text;
    this.offsets = offsets;
    this.nominates = nominates;
    this.repeats = repeats;
  }

  get(lowerCaseName: string): string | undefined {
    const { text, offsets } = this;
    let found: string | undefined;
    for (let i = 0; i < offsets.length; i += OFFSETS_PER_FIELD) {
      const start = offsets[i] as number;
      if ((offsets[i + 1] as number) - start !== lowerCaseName.length || !sameName(text, start, lowerCaseName)) continue;
      const value = text.substring(offsets[i + 2] as number, offsets[i + 3] as number);
      found = found === undefined ? value : `${found},${value}`;
    }
    return found;
  }

  get raw(): readonly string[] {
    const { text, offsets } = this;
    const list: string[] = [];
    for (let i = 0; i < offsets.length; i += OFFSETS_PER_FIELD) {
      list.push(text.substring(offsets[i] as number, offsets[i + 1] as number));
      list.push(text.substring(offsets[i + 2] as number, offsets[i + 3] as number));
    }
    return list;
  }

  forwardTo(block: HeaderBlock, drop: ReadonlySet<string>, titleCase: boolean): number {
    if (!this.repeats) {
      const { lines, dropped } = this.linesWithout(drop, titleCase);
      block.addTrusted(lines);
      return dropped;
    }
    let last = this.forwarded;
    if (last === undefined || last.drop !== drop || last.titleCase !== titleCase) {
      const { lines, dropped } = this.linesWithout(drop, titleCase);
      // In one piece: it is written many times.
      last = { drop, titleCase, lines: inOnePiece(lines), dropped };
      this.forwarded = last;
    }
    block.addTrusted(last.lines);
    return last.dropped;
  }

  private linesWithout(drop: ReadonlySet<string>, titleCase: boolean): { readonly lines: string; readonly dropped: number } {
    const { text, offsets } = this;
    const dropped = dropTable(drop);
    const nominated = this.nominates ? this.nominated() : undefined;
    let out = '';
    let runStart = -1;
    let runEnd = 0;
    let droppedFields = 0;
    for (let i = 0; i < offsets.length; i += OFFSETS_PER_FIELD) {
      const start = offsets[i] as number;
      const nameEnd = offsets[i + 1] as number;
      const isDropped = dropped.has(text, start, nameEnd - start);
      if (isDropped) droppedFields++;
      const kept =
        (offsets[i + 4] as number) <= fieldKind.host &&
        !isDropped &&
        (nominated === undefined || !nominated.has(text.substring(start, nameEnd).toLowerCase()));
      if (
        kept &&
        isPlainLine(text, nameEnd, offsets[i + 2] as number, offsets[i + 3] as number) &&
        (!titleCase || isTitleCase(text, start, nameEnd))
      ) {
        if (runStart < 0) runStart = start;
        runEnd = (offsets[i + 3] as number) + 2;
        continue;
      }
      if (runStart >= 0) {
        out += text.substring(runStart, runEnd);
        runStart = -1;
      }
      if (kept) {
        const name = text.substring(start, nameEnd);
        out += `${titleCase ? toTitleCase(name) : name}: ${text.substring(offsets[i + 2] as number, offsets[i + 3] as number)}\r\n`;
      }
    }
    if (runStart >= 0) out += text.substring(runStart, runEnd);
    return { lines: out, dropped: droppedFields };
  }

  /** Lower-case names that Connection fields nominate, without those it may not remove. */
  private nominated(): Set<string> {
    const names = new Set<string>();
    for (const part of (this.get('connection') ?? '').split(',')) {
      const name = part.trim().toLowerCase();
      if (name !== '' && !isProtectedName(name)) names.add(name);
    }
    return names;
  }
}

/** The lines that a section's fields are forwarded as, for one set of names to leave out. */
interface Forwarded {
  readonly drop: ReadonlySet<string>;
  readonly titleCase: boolean;
  readonly lines: string;
  readonly dropped: number;
}

/** `accept-encoding` → `Accept-Encoding`; the letters after the first of each part become lower case. */
export function toTitleCase(name: string): string {
  let out = '';
  let partStart = 0;
  for (let i = 0; i <= name.length; i++) {
    if (i < name.length && name.charCodeAt(i) !== 0x2d) continue;
    out += name.charAt(partStart).toUpperCase() + name.substring(partStart + 1, i + 1).toLowerCase();
    partStart = i + 1;
  }
  return out;
}

/** One space after the colon and none at the end: such lines can be copied as they are. */
function isPlainLine(text: string, nameEnd: number, valueStart: number, valueEnd: number): boolean {
  return valueStart === nameEnd + 2 && text.charCodeAt(nameEnd + 1) === 0x20 && text.charCodeAt(valueEnd) === 0x0d;
}

function isTitleCase(text: string, start: number, end: number): boolean {
  let partStart = true;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (partStart ? code >= 0x61 && code <= 0x7a : code >= 0x41 && code <= 0x5a) return false;
    partStart = code === 0x2d;
  }
  return true;
}

function sameName(text: string, start: number, lowerName: string): boolean {
  for (let i = 0; i < lowerName.length; i++) {
    const code = text.charCodeAt(start + i);
    if ((code >= 0x41 && code <= 0x5a ? code | 0x20 : code) !== lowerName.charCodeAt(i)) return false;
  }
  return true;
}

/** A set of names by their length, so that most fields are passed without making a string of their name. */
class DropTable {
  private readonly byLength: (string[] | undefined)[] = [];

  constructor(names: ReadonlySet<string>) {
    for (const name of names) {
      const sameLength = this.byLength[name.length];
      if (sameLength === undefined) this.byLength[name.length] = [name];
      else sameLength.push(name);
    }
  }

  has(text: string, start: number, length: number): boolean {
    const names = this.byLength[length];
    if (names === undefined) return false;
    for (const name of names) if (sameName(text, start, name)) return true;
    return false;
  }
}

// Sets are made when a deployment is compiled and do not change afterwards, so a table is built once for each.
const dropTables = new WeakMap<ReadonlySet<string>, DropTable>();
let lastSet: ReadonlySet<string> | undefined;
let lastTable: DropTable | undefined;

function dropTable(names: ReadonlySet<string>): DropTable {
  if (names === lastSet && lastTable !== undefined) return lastTable;
  let table = dropTables.get(names);
  if (table === undefined) {
    table = new DropTable(names);
    dropTables.set(names, table);
  }
  lastSet = names;
  lastTable = table;
  return table;
}
