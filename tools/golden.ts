// Rewrites the golden files from their inputs: plans of deployments, calls of service files. Read the diff before you keep it.
import { writeFileSync } from 'node:fs';
import { goldenCases as planCases } from '../src/compile/testing/golden-cases.ts';
import { goldenCases as serviceFileCases } from '../src/templates/golden-cases.ts';

for (const { name, planFile, plan } of planCases()) {
  writeFileSync(planFile, plan);
  console.log(name);
}
for (const { name, callsFile, calls } of await serviceFileCases()) {
  writeFileSync(callsFile, calls);
  console.log(name);
}
