// The tests of tcp-transport.test.ts once more, where Node does not give out its stream binding: everything goes through the streams.

import assert from 'node:assert/strict';

Object.assign(process, { binding: undefined });
const { canReadDirectly } = await import('./stream-handle.ts');
assert.equal(canReadDirectly, false);
await import('./tcp-transport.test.ts');
