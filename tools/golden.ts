// Rewrites the golden files from their inputs: plans of deployments, definitions of OpenAPI documents, calls of service files. Read the diff before you keep it.
import { writeFileSync } from 'node:fs';
import { goldenCases as planCases } from '../src/compile/testing/golden-cases.ts';
import { restGoldenCases } from '../src/compile/testing/rest-golden-cases.ts';
import { webSocketGoldenCases } from '../src/compile/testing/websocket-golden-cases.ts';
import { goldenCases as openApiCases } from '../src/control-plane/openapi/golden-cases.ts';
import { goldenCases as serviceFileCases } from '../src/templates/golden-cases.ts';

for (const { name, planFile, plan } of [...planCases(), ...restGoldenCases(), ...webSocketGoldenCases()]) {
  writeFileSync(planFile, plan);
  console.log(name);
}
for (const { name, definitionFile, definition } of openApiCases()) {
  writeFileSync(definitionFile, definition);
  console.log(name);
}
for (const { name, callsFile, calls } of await serviceFileCases()) {
  writeFileSync(callsFile, calls);
  console.log(name);
}
