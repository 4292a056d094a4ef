// Two kinds of API share ids and counters: what one activation does not serve it does not release.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../model/scope.ts';
import { DeploymentActivation } from './deployment-activation.ts';
import { LiveDeployments, type LivePipeline } from './live-deployments.ts';
import { SlotAllocator } from './slot-allocator.ts';

const scope: Scope = { account: '000000000000', region: 'us-east-1' };
const prefix = '000000000000/us-east-1/chat/';

function activationOf(apis: Set<string>, slots: SlotAllocator) {
  const live = new LiveDeployments<LivePipeline>();
  const deployedOf = (apiId: string) => ({ scope, apiId, stage: { stageName: 'prod' }, snapshot: { deploymentId: 'd' } });
  const activation = new DeploymentActivation({
    deployed: {
      apis: async () => [...apis].map((apiId) => ({ scope, apiId })),
      exists: async (_scope, apiId) => apis.has(apiId),
      of: async (_scope, apiId) => (apis.has(apiId) ? [deployedOf(apiId)] : []),
    },
    live,
    slots,
    compile: ({ apiId }) => {
      slots.allocate(`${prefix}prod/metrics`, 8);
      return { plan: { scope, apiId, stageName: 'prod' } };
    },
    waiting: () => [],
    onProblem: assert.fail,
  });
  return { live, activation };
}

test('an API of another kind keeps its counters', async () => {
  const slots = new SlotAllocator(new Int32Array(new SharedArrayBuffer(4096)));
  const chats = new Set(['chat']);
  const ofChats = activationOf(chats, slots);
  const others = activationOf(new Set(), slots);
  await ofChats.activation.activateAll();
  const slot = slots.allocate(`${prefix}prod/metrics`, 8);
  await others.activation.refresh(scope, 'chat');
  // A key that is known gets its slot again; one that was released would make room for the next.
  const next = slots.allocate('somebody else', 8);
  assert.notEqual(next, slot);
  assert.equal(slots.allocate(`${prefix}prod/metrics`, 8), slot);

  chats.delete('chat');
  await ofChats.activation.refresh(scope, 'chat');
  assert.equal(ofChats.live.find('chat'), undefined);
  assert.equal(slots.allocate('the next', 8), slot, 'released by whoever served it');
});
