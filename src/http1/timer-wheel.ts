// Deadlines by the tens of thousands for the price of a linked list: one coarse wheel per thread, one Node timer behind it.
// A deadline that only moves later is not even re-linked; the wheel notices when its old slot comes round.

import { performance } from 'node:perf_hooks';

const TICK_MS = 10;
const SLOTS = 512;
const MASK = SLOTS - 1;
/** How long the wheel sleeps at most while nothing is due. */
const LONGEST_SLEEP_TICKS = 100;

/** Waits from this on are reckoned from the wheel's last reading of the clock. */
const COARSE_MS = 3000;

/** Something with a deadline. Extend it, so that a connection or a call is its own timer and nothing more is allocated. */
export abstract class TimerNode {
  /** When onDeadline is wanted, in performance.now() milliseconds. Written by the wheel only. */
  dueMs: number;
  /** The slot's tick, or -1 when not in the wheel. */
  tick: number;
  previousNode: TimerNode | null;
  nextNode: TimerNode | null;

  /** Written out, because V8 makes the objects of classes that extend one without a constructor half as fast: 43 instead of 20 ns. */
  constructor() {
    this.dueMs = 0;
    this.tick = -1;
    this.previousNode = null;
    this.nextNode = null;
  }

  /** Called once per schedule, never early and at most two ticks late on an idle thread. It may schedule again. */
  abstract onDeadline(): void;
}

/** Hashed timer wheel with 10 ms ticks. It holds no process open and runs only while it holds a node. */
export class TimerWheel {
  private readonly heads: (TimerNode | null)[] = new Array<TimerNode | null>(SLOTS).fill(null);
  private readonly onFault: (error: unknown) => void;
  private readonly wake = (): void => this.onWake();
  private timer: NodeJS.Timeout | null = null;
  private wakeTick = 0;
  /** The last tick whose slot was emptied of what was due. */
  private doneTick = 0;
  private held = 0;
  private latestMs = 0;
  /** The node to visit next while a slot is emptied; moved on when that very node is cancelled meanwhile. */
  private cursor: TimerNode | null = null;

  /** `onFault` hears what a deadline's own code threw; the others are served all the same. */
  constructor(onFault: (error: unknown) => void = reportFault) {
    this.onFault = onFault;
  }

  /** How many nodes wait. */
  get size(): number {
    return this.held;
  }

  /**
   * `delayMs` from now, in performance.now() milliseconds. Waits of some seconds may be up to a second shorter: for them the last
   * reading of the clock will do, and a wheel that holds nodes reads it that often.
   */
  dueIn(delayMs: number): number {
    return (delayMs < COARSE_MS || this.held === 0 ? performance.now() : this.latestMs) + delayMs;
  }

  /** Wants `node.onDeadline()` at `dueMs` (performance.now() milliseconds), instead of any earlier wish of that node. */
  schedule(node: TimerNode, dueMs: number): void {
    node.dueMs = dueMs;
    const tick = Math.ceil(dueMs / TICK_MS);
    if (node.tick >= 0) {
      // The slot it sits in comes first and will pass it on.
      if (node.tick <= tick) return;
      this.unlink(node);
    }
    this.link(node, tick);
  }

  cancel(node: TimerNode): void {
    if (node.tick >= 0) this.unlink(node);
  }

  private link(node: TimerNode, wantedTick: number): void {
    if (this.held === 0) {
      this.latestMs = performance.now();
      this.doneTick = Math.floor(this.latestMs / TICK_MS);
    }
    const tick = wantedTick > this.doneTick ? wantedTick : this.doneTick + 1;
    const slot = tick & MASK;
    const head = this.heads[slot] as TimerNode | null;
    node.tick = tick;
    node.previousNode = null;
    node.nextNode = head;
    if (head !== null) head.previousNode = node;
    this.heads[slot] = node;
    this.held++;
    if (this.timer === null || tick < this.wakeTick) this.sleepUntil(Math.min(tick, this.doneTick + LONGEST_SLEEP_TICKS));
  }

  private unlink(node: TimerNode): void {
    if (node === this.cursor) this.cursor = node.nextNode;
    if (node.previousNode === null) this.heads[node.tick & MASK] = node.nextNode;
    else node.previousNode.nextNode = node.nextNode;
    if (node.nextNode !== null) node.nextNode.previousNode = node.previousNode;
    node.previousNode = null;
    node.nextNode = null;
    node.tick = -1;
    this.held--;
    if (this.held === 0 && this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private sleepUntil(tick: number): void {
    if (this.timer !== null) {
      if (this.wakeTick <= tick) return;
      clearTimeout(this.timer);
    }
    this.wakeTick = tick;
    this.timer = setTimeout(this.wake, Math.max(1, Math.ceil(tick * TICK_MS - performance.now())));
    this.timer.unref();
  }

  private onWake(): void {
    this.timer = null;
    this.latestMs = performance.now();
    const nowTick = Math.floor(this.latestMs / TICK_MS);
    // After a stall longer than a turn of the wheel every slot is visited once, which finds everything that is due.
    const from = Math.max(this.doneTick + 1, nowTick - SLOTS + 1);
    this.doneTick = Math.max(this.doneTick, nowTick);
    for (let tick = from; tick <= nowTick; tick++) this.visit(tick & MASK, nowTick);
    if (this.held > 0) this.sleepUntil(this.nextTick());
  }

  private visit(slot: number, nowTick: number): void {
    this.cursor = this.heads[slot] as TimerNode | null;
    while (this.cursor !== null) {
      const node: TimerNode = this.cursor;
      this.cursor = node.nextNode;
      if (node.tick > nowTick) continue;
      this.unlink(node);
      const wantedTick = Math.ceil(node.dueMs / TICK_MS);
      if (wantedTick > nowTick) this.link(node, wantedTick);
      else this.fire(node);
    }
  }

  private fire(node: TimerNode): void {
    try {
      node.onDeadline();
    } catch (error) {
      this.onFault(error);
    }
  }

  private nextTick(): number {
    for (let tick = this.doneTick + 1; tick < this.doneTick + LONGEST_SLEEP_TICKS; tick++) {
      if (this.heads[tick & MASK] !== null) return tick;
    }
    return this.doneTick + LONGEST_SLEEP_TICKS;
  }
}

function reportFault(error: unknown): void {
  console.error(error);
}
