import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerNode, TimerWheel } from './timer-wheel.ts';

class Alarm extends TimerNode {
  readonly firedAt: number[] = [];
  private readonly effect: (() => void) | undefined;

  constructor(effect?: () => void) {
    super();
    this.effect = effect;
  }

  onDeadline(): void {
    this.firedAt.push(performance.now());
    this.effect?.();
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('deadlines are never early and at most 25 ms late', async () => {
  const wheel = new TimerWheel();
  const start = performance.now();
  const alarms = Array.from({ length: 300 }, (_, i) => ({ due: start + i * 2, alarm: new Alarm() }));
  for (const { due, alarm } of alarms) wheel.schedule(alarm, due);
  assert.equal(wheel.size, 300);
  await wait(800);
  let late = 0;
  for (const { due, alarm } of alarms) {
    const [firedAt] = alarm.firedAt;
    assert.equal(alarm.firedAt.length, 1);
    assert.ok(firedAt !== undefined && firedAt >= due);
    if (firedAt - due > 25) late++;
  }
  // The machine may hold the whole process up for a moment.
  assert.ok(late < 100, `${late} of 300 were more than 25 ms late`);
  assert.equal(wheel.size, 0);
});

test('a deadline moves later and earlier, and is cancelled', async () => {
  const wheel = new TimerWheel();
  const now = performance.now();
  const later = new Alarm();
  wheel.schedule(later, now + 20);
  wheel.schedule(later, now + 200);
  const earlier = new Alarm();
  wheel.schedule(earlier, now + 5000);
  wheel.schedule(earlier, now + 20);
  const cancelled = new Alarm();
  wheel.schedule(cancelled, now + 20);
  wheel.cancel(cancelled);
  wheel.cancel(cancelled);
  await wait(120);
  assert.deepEqual([later.firedAt.length, earlier.firedAt.length, cancelled.firedAt.length], [0, 1, 0]);
  await wait(180);
  assert.ok((later.firedAt[0] as number) >= now + 200);
  assert.equal(wheel.size, 0);
});

test('deadlines beyond one turn of the wheel', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000_000;
  t.mock.method(performance, 'now', () => now);
  const wheel = new TimerWheel();
  // Shares the slot of the next (512 ticks of 10 ms apart) and fires a turn earlier.
  const near = new Alarm();
  wheel.schedule(near, now + 180);
  const far = new Alarm();
  wheel.schedule(far, now + 5300);
  const distant = new Alarm();
  wheel.schedule(distant, now + 65_003);
  const start = now;
  for (let i = 0; i < 66_000; i++) {
    now++;
    t.mock.timers.tick(1);
  }
  assert.deepEqual(
    near.firedAt.map((at) => at - start),
    [180],
  );
  assert.deepEqual(
    far.firedAt.map((at) => at - start),
    [5300],
  );
  assert.deepEqual(
    distant.firedAt.map((at) => at - start),
    [65_010],
  );
  assert.equal(wheel.size, 0);
});

test('a stall longer than a turn loses nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000_000;
  t.mock.method(performance, 'now', () => now);
  const wheel = new TimerWheel();
  const alarms = [50, 4000, 5300, 9000, 30_000].map((inMs) => {
    const alarm = new Alarm();
    wheel.schedule(alarm, now + inMs);
    return alarm;
  });
  now += 10_000;
  t.mock.timers.tick(10_000);
  assert.deepEqual(
    alarms.map((alarm) => alarm.firedAt.length),
    [1, 1, 1, 1, 0],
  );
  assert.equal(wheel.size, 1);
});

test('code of a deadline may schedule and cancel others of the same tick', async () => {
  const wheel = new TimerWheel();
  const due = performance.now() + 30;
  const alarms: Alarm[] = [];
  for (let i = 0; i < 20; i++) {
    const mine = i;
    alarms.push(
      new Alarm(() => {
        for (const other of alarms) if (other !== alarms[mine]) wheel.cancel(other);
        if (alarms[mine]?.firedAt.length === 1) wheel.schedule(alarms[mine] as Alarm, performance.now() + 20);
      }),
    );
  }
  for (const alarm of alarms) wheel.schedule(alarm, due);
  await wait(200);
  const fired = alarms.filter((alarm) => alarm.firedAt.length > 0);
  assert.equal(fired.length, 1);
  assert.equal(fired[0]?.firedAt.length, 2);
  assert.equal(wheel.size, 0);
});

test('what a deadline throws is reported and the others fire', async () => {
  const faults: unknown[] = [];
  const wheel = new TimerWheel((error) => faults.push(error));
  const due = performance.now() + 20;
  const after = new Alarm();
  wheel.schedule(after, due);
  wheel.schedule(
    new Alarm(() => {
      throw new Error('bug');
    }),
    due,
  );
  await wait(150);
  assert.equal(faults.length, 1);
  assert.equal(after.firedAt.length, 1);
});

test('random schedules and cancellations: everything fires once, when it should', async () => {
  const wheel = new TimerWheel();
  const start = performance.now();
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const alarms = Array.from({ length: 2000 }, () => ({ alarm: new Alarm(), due: 0 }));
  for (let round = 0; round < 5; round++) {
    for (const entry of alarms) {
      if (random() < 0.2) {
        wheel.cancel(entry.alarm);
        entry.due = 0;
      } else {
        entry.due = start + 100 + random() * 300;
        wheel.schedule(entry.alarm, entry.due);
      }
    }
  }
  assert.equal(wheel.size, alarms.filter((entry) => entry.due > 0).length);
  await wait(600);
  for (const { alarm, due } of alarms) {
    assert.equal(alarm.firedAt.length, due > 0 ? 1 : 0);
    if (due > 0) assert.ok((alarm.firedAt[0] as number) >= due);
  }
  assert.equal(wheel.size, 0);
});

test('dueIn: short waits are exact, long ones at most about a second too short, also after a long rest', async () => {
  const wheel = new TimerWheel();
  const within = (due: number, delay: number, least: number): void => {
    const left = due - performance.now();
    assert.ok(left <= delay && left >= delay - least, `${left} of ${delay} ms are left`);
  };
  await wait(50);
  within(wheel.dueIn(10_000), 10_000, 20);
  const alarm = new Alarm();
  wheel.schedule(alarm, wheel.dueIn(60_000));
  await wait(1300);
  within(wheel.dueIn(10_000), 10_000, 1200);
  within(wheel.dueIn(100), 100, 20);
  wheel.cancel(alarm);
  await wait(50);
  within(wheel.dueIn(10_000), 10_000, 20);
});
