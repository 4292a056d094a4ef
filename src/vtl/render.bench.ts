// How long the console's passthrough template takes per rendering, after it was compiled.
//
//   node src/vtl/render.bench.ts
//
// Batches are timed one by one and the median is told, so that a moment of other work on the machine does not count.

import { compileTemplate } from './template.ts';
import { passthroughInput, passthroughTemplate } from './testing/passthrough-template.ts';

const BATCH = 2000;
const BATCHES = 60;

const { template, fault } = compileTemplate(passthroughTemplate);
if (template === undefined) throw new Error(fault.message);

let length = 0;
const times: number[] = [];
for (let batch = 0; batch < BATCHES; batch++) {
  const start = performance.now();
  for (let count = 0; count < BATCH; count++) {
    const rendered = template.render(passthroughInput);
    if (rendered.output === undefined) throw new Error(rendered.fault.message);
    // A text of many parts is put together when it is read, as whoever sends it does.
    length += Buffer.byteLength(rendered.output);
  }
  times.push(((performance.now() - start) * 1000) / BATCH);
}
const settled = times.slice(BATCHES / 3).sort((one, other) => one - other);
const median = settled[Math.floor(settled.length / 2)] as number;
const best = settled[0] as number;
process.stdout.write(
  `passthrough template, ${Math.round(length / BATCH / BATCHES)} bytes: median ${median.toFixed(2)} us, best ${best.toFixed(2)} us\n`,
);
