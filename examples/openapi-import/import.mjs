// Imports openapi.yml into a running Stagegate and gives it a stage: `node import.mjs`. With an API id it takes that API's place.
// The same with the AWS CLI is in the README.
import { readFileSync } from 'node:fs';

const control = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';
const backend = process.env.BACKEND ?? '127.0.0.1:3000';
const [apiId] = process.argv.slice(2);

async function call(method, path, body) {
  const response = await fetch(control + path, { method, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

const body = readFileSync(new URL('openapi.yml', import.meta.url), 'utf8');
const path = apiId === undefined ? '/v2/apis' : `/v2/apis/${apiId}`;
const api = await call('PUT', `${path}?basepath=prepend&failOnWarnings=true`, { body });
if (apiId === undefined) {
  await call('POST', `/v2/apis/${api.apiId}/stages`, { stageName: '$default', autoDeploy: true, stageVariables: { backend } });
}
const { apiUrl } = await (await fetch(`${control}/_stagegate/health`)).json();
console.log(`http://${api.apiId}.execute-api.localhost:${new URL(apiUrl).port}/v1/pets`);
