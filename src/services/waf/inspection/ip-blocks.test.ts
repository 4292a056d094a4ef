import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isInIpRange, parseIpRange } from '../../../iam-policy/ip-range.ts';
import { type IpAddress, IpBlocks, parseIpAddress } from './ip-blocks.ts';

function has(blocks: readonly string[], address: string): boolean {
  return new IpBlocks(blocks).has(parseIpAddress(address) as IpAddress);
}

describe('CIDR blocks', () => {
  const rows: readonly (readonly [desc: string, blocks: readonly string[], address: string, boolean])[] = [
    ['no block', [], '10.0.0.1', false],
    ['one address', ['192.0.2.44/32'], '192.0.2.44', true],
    ['the one after it', ['192.0.2.44/32'], '192.0.2.45', false],
    ['an address with bits after its prefix', ['192.0.2.44/24'], '192.0.2.1', true],
    ['the end of all addresses', ['255.255.255.255/1'], '255.255.255.255', true],
    ['the beginning of all addresses', ['0.0.0.0/1'], '0.0.0.0', true],
    ['a block within another', ['10.0.0.0/8', '10.1.0.0/16'], '10.2.0.0', true],
    ['after a block within another', ['10.0.0.0/8', '10.1.0.0/16'], '10.255.0.0', true],
    ['blocks side by side', ['10.0.1.0/24', '10.0.0.0/24'], '10.0.1.255', true],
    ['the same block twice', ['10.0.0.0/24', '10.0.0.0/24'], '10.0.0.255', true],
    ['version 6 is not version 4', ['::/1'], '10.0.0.1', false],
    ['version 4 is not version 6', ['0.0.0.0/1'], '::1', false],
    ['128 bits', ['2001:db8::1/128'], '2001:0db8:0:0::1', true],
    ['version 4 in the clothes of 6', ['10.0.0.0/8'], '::ffff:a00:1', true],
    ['a block of those', ['::ffff:10.0.0.0/104'], '10.200.0.1', true],
    ['outside of a block of those', ['::ffff:10.0.0.0/104'], '11.0.0.1', false],
  ];
  for (const [desc, blocks, address, expected] of rows) test(desc, () => assert.equal(has(blocks, address), expected));

  test('what is no block is refused', () => {
    for (const block of ['', '10.0.0.0/33', '10.0.0/8', 'example.com', '::ffff:10.0.0.0/95', '::/129', '10.0.0.1/96']) {
      assert.throws(() => new IpBlocks([block]), /no CIDR block/, block);
    }
  });

  test('ten thousand blocks, compared with a look at each of them', () => {
    let state = 2463534242;
    const random = (below: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    // Few different first numbers, so that blocks are in each other and addresses are in blocks.
    const four = (): string => `${[random(4), random(256), random(256), random(256)].join('.')}`;
    const six = (): string => `2001:db8:${random(8)}:${random(65536).toString(16)}::${random(65536).toString(16)}`;
    const blocks = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 === 0 ? `${four()}/${16 + random(17)}` : `${six()}/${50 + random(79)}`,
    );
    const ranges = blocks.map((block) => parseIpRange(block) ?? assert.fail(block));
    const compiled = new IpBlocks(blocks);
    const seen = new Set<boolean>();
    for (let i = 0; i < 300; i++) {
      const address = i % 2 === 0 ? four() : six();
      const expected = ranges.some((range) => isInIpRange(range, address));
      assert.equal(compiled.has(parseIpAddress(address) as IpAddress), expected, address);
      seen.add(expected);
    }
    assert.equal(seen.size, 2, 'some addresses are in a block and some are not');
  });
});
