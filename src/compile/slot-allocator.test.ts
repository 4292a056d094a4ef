import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CountersFull, SlotAllocator } from './slot-allocator.ts';

const buffer = (words: number) => new Int32Array(new SharedArrayBuffer(words * 4));

describe('SlotAllocator', () => {
  test('a key keeps its words, so a redeploy keeps its bucket', () => {
    const slots = new SlotAllocator(buffer(16));
    const first = slots.allocate('a/x', 4);
    const second = slots.allocate('a/y', 4);
    assert.notEqual(first, second);
    assert.equal(slots.allocate('a/x', 4), first);
  });

  test('released words are zeroed and given again, only to the same size', () => {
    const counters = buffer(12);
    const slots = new SlotAllocator(counters);
    const first = slots.allocate('a/x', 4);
    slots.allocate('b/x', 8);
    counters[first] = 99;
    slots.release('a/');
    assert.equal(counters[first], 0);
    assert.throws(() => slots.allocate('c/x', 8), CountersFull);
    assert.equal(slots.allocate('c/x', 4), first);
  });

  test('a full buffer is refused in words that help', () => {
    assert.throws(
      () => new SlotAllocator(buffer(2)).allocate('api/stage', 4),
      /No room for the counters of api\/stage: all 2 words/,
    );
  });
});
