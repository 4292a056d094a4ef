// A request's headers and some that a web ACL put behind them.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { HeaderView } from '../../http1/message.ts';

export class HeadersWithMore implements HeaderView {
  readonly #received: HeaderView;
  readonly #more: readonly string[];

  /** `more`: name and value in turn; a name that was received is replaced. */
  constructor(received: HeaderView, more: readonly string[]) {
    this.#received = received;
    this.#more = more;
  }

  get(lowerCaseName: string): string | undefined {
    return this.#added(lowerCaseName) ?? this.#received.get(lowerCaseName);
  }

  get raw(): readonly string[] {
    const list: string[] = [];
    const { raw } = this.#received;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] as string;
      if (this.#added(name.toLowerCase()) === undefined) list.push(name, raw[i + 1] as string);
    }
    return [...list, ...this.#more];
  }

  forwardTo(block: HeaderBlock, drop: ReadonlySet<string>, titleCase: boolean): number {
    const names = this.#more.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    const dropped = this.#received.forwardTo(block, new Set([...drop, ...names]), titleCase);
    for (let i = 0; i + 1 < this.#more.length; i += 2) {
      const name = this.#more[i] as string;
      if (!drop.has(name.toLowerCase())) block.add(name, this.#more[i + 1] as string);
    }
    return dropped;
  }

  #added(lowerCaseName: string): string | undefined {
    for (let i = 0; i + 1 < this.#more.length; i += 2) {
      if ((this.#more[i] as string).toLowerCase() === lowerCaseName) return this.#more[i + 1];
    }
    return undefined;
  }
}
