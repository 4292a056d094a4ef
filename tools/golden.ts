// Rewrites the golden plans from their inputs. Read the diff before you keep it.
import { writeFileSync } from 'node:fs';
import { goldenCases } from '../src/compile/testing/golden-cases.ts';

for (const { name, planFile, plan } of goldenCases()) {
  writeFileSync(planFile, plan);
  console.log(name);
}
