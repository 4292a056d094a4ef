// The $disconnect events of connections that are over: so many at once, the others in turn. Ten thousand clients that leave together must
// not ask for ten thousand functions.

const AT_ONCE = 64;

export class Departures {
  readonly #waiting: ((done: () => void) => void)[] = [];
  #running = 0;
  #whenNone: (() => void)[] = [];

  /** `depart` is called now or later, and must call `done` once. */
  add(depart: (done: () => void) => void): void {
    this.#waiting.push(depart);
    this.#next();
  }

  /** Resolves when none runs or waits. */
  idle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenNone.push(resolve));
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const depart = this.#waiting.shift();
      if (depart === undefined) break;
      this.#running++;
      let isDone = false;
      depart(() => {
        if (isDone) return;
        isDone = true;
        this.#running--;
        // In a later turn: functions that answer at once must not make a chain of calls.
        setImmediate(proceed, this);
      });
    }
    if (this.#running === 0) for (const tell of this.#whenNone.splice(0)) tell();
  }

  proceed(): void {
    this.#next();
  }
}

function proceed(departures: Departures): void {
  departures.proceed();
}
