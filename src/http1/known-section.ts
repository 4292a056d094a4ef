// A header section that the same peer sent before on the same connection. Clients repeat theirs byte for byte from one request to the
// next and backends often do, so it is compared (eight bytes at a time) instead of parsed, checked and copied again.

import { HeaderFields } from './header-view.ts';
import { latin1Text } from './latin1.ts';
import { viewOf } from './view-of-bytes.ts';

/** Longer sections are not remembered: what a connection holds stays small. */
const SECTION_BYTES_MAX = 2048;
/** After so many sections in a row that were new, only now and then one is remembered. */
const MISSES_MAX = 4;
const RETRY_AFTER = 32;

/** One section and what its parser found in it (`F`). One per connection; never shared between peers. */
export class KnownSection<F> {
  /** Valid while `length` is not 0. */
  facts: F | undefined = undefined;
  headers: HeaderFields = noFields;
  length = 0;
  private memory: Buffer | undefined = undefined;
  private view: DataView | undefined = undefined;
  private misses = 0;
  /** Where another section differed last: what changes from one request to the next (a token, say) mostly stands at one place. */
  private differedAt = 0;

  /** True when the bytes from `from` on, which end before `stop`, are this section again. */
  matches(bytes: Buffer, from: number, stop: number): boolean {
    const { length, view, memory } = this;
    if (length === 0 || view === undefined || memory === undefined || from + length > stop) return false;
    const other = viewOf(bytes);
    const words = length & ~7;
    const first = this.differedAt;
    // As doubles, which are equal when their bytes are: the only two that are not alike and equal are the zeros, and a section that
    // was found good holds no zero byte. One that is no number equals nothing and is parsed again.
    if (first < words && view.getFloat64(first, true) !== other.getFloat64(from + first, true)) return false;
    for (let i = 0; i < words; i += 8) {
      if (view.getFloat64(i, true) === other.getFloat64(from + i, true)) continue;
      this.differedAt = i;
      return false;
    }
    for (let i = words; i < length; i++) if (memory[i] !== bytes[from + i]) return false;
    this.misses = 0;
    return true;
  }

  /** True when a section that did not match should be remembered. */
  wants(length: number): boolean {
    if (length > SECTION_BYTES_MAX) return false;
    return ++this.misses <= MISSES_MAX || this.misses % RETRY_AFTER === 0;
  }

  /** Remembers the section from `from` to `to`, which was parsed and found good. `offsets` are relative to `from`. */
  learn(bytes: Buffer, from: number, to: number, offsets: readonly number[], nominates: boolean, facts: F): void {
    const length = to - from;
    if (this.memory === undefined || this.memory.length < length) {
      this.memory = Buffer.allocUnsafeSlow(length);
      this.view = new DataView(this.memory.buffer, this.memory.byteOffset, this.memory.length);
    }
    bytes.copy(this.memory, 0, from, to);
    this.length = length;
    this.facts = facts;
    this.headers = new HeaderFields(latin1Text(bytes, from, to), offsets, nominates, true);
  }
}

const noFields = new HeaderFields('', [], false, false);
