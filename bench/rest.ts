// REST APIs beside nginx: MOCK through the console's passthrough template, and with a few values in its answer, beside `return 200`, HTTP_PROXY beside `proxy_pass`, and the
// same with an API key, a usage plan and throttles.

import {
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { passthroughTemplate } from '../src/vtl/testing/passthrough-template.ts';
import type { AwsClients } from '../test/wire/aws-clients.ts';
import type { LoadRequest } from './load.ts';

export const restScenarios = ['rest-mock', 'rest-mock-values', 'rest-get', 'rest-post'] as const;
export type RestScenario = (typeof restScenarios)[number];

const STAGE = 'prod';
const API_KEY = 'bench-key-of-forty-characters-0123456789';
/** Above what one CPU can do, so that every request passes. */
const RATE = 1_000_000;

/** A mock as people write one: its request template says the status code, its response template has a few values of the request. */
const valuesTemplate = `{
  "id": "$input.params('id')",
  "limit": "$input.params('limit')",
  "request": "$context.requestId",
  "body": $input.json('$'),
  "text": "${'x'.repeat(80)}"
}`;

/** A MOCK's template has to say the status code; everything else is what the console writes. */
export const mockTemplate = passthroughTemplate.replace('{\n"body-json"', '{\n"statusCode": 200,\n"body-json"');

/** A template reads every header: there are as many as a browser sends. */
const browserHeaders = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  Accept: 'application/json, text/plain, */*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-US,en;q=0.9,de;q=0.8',
  Referer: 'https://shop.example.com/catalogue/winter',
};

export function isRest(scenario: string): scenario is RestScenario {
  return (restScenarios as readonly string[]).includes(scenario);
}

/** The same for every candidate, but for the Host header and the key of who has one. */
export function restRequest(scenario: RestScenario, base: string, postBody: string): LoadRequest {
  const url = `${base}/${STAGE}/items/42?limit=10`;
  if (scenario === 'rest-mock') return { url, method: 'GET', headers: browserHeaders };
  return scenario === 'rest-post'
    ? { url, method: 'POST', headers: { 'Content-Type': 'application/json' }, body: postBody }
    : { url, method: 'GET', headers: {} };
}

/** `ANY /items/{id}`, deployed. Its id. */
export async function createBenchRestApi(
  { restApis }: AwsClients,
  options: { readonly scenario: RestScenario; readonly upstreamUrl: string; readonly answer: string; readonly keyed: boolean },
): Promise<string> {
  const { id: restApiId = '' } = await restApis.send(new CreateRestApiCommand({ name: options.scenario }));
  const root = (await restApis.send(new GetResourcesCommand({ restApiId }))).items?.[0]?.id;
  const items = await restApis.send(new CreateResourceCommand({ restApiId, parentId: root, pathPart: 'items' }));
  const item = await restApis.send(new CreateResourceCommand({ restApiId, parentId: items.id, pathPart: '{id}' }));
  const method = { restApiId, resourceId: item.id, httpMethod: 'ANY' };
  await restApis.send(
    new PutMethodCommand({
      ...{ ...method, authorizationType: 'NONE', apiKeyRequired: options.keyed },
      requestParameters: { 'method.request.path.id': true },
    }),
  );
  if (options.scenario === 'rest-mock' || options.scenario === 'rest-mock-values') {
    const [request, answer] =
      options.scenario === 'rest-mock' ? [mockTemplate, options.answer] : ['{"statusCode": 200}', valuesTemplate];
    await restApis.send(
      new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates: { 'application/json': request } }),
    );
    await restApis.send(new PutMethodResponseCommand({ ...method, statusCode: '200' }));
    await restApis.send(
      new PutIntegrationResponseCommand({
        ...{ ...method, statusCode: '200' },
        responseTemplates: { 'application/json': answer },
      }),
    );
  } else {
    await restApis.send(
      new PutIntegrationCommand({
        ...{ ...method, type: 'HTTP_PROXY', integrationHttpMethod: 'ANY' },
        uri: `${options.upstreamUrl}/items/{id}`,
        requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
      }),
    );
  }
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: STAGE }));
  if (options.keyed) await meter(restApis, restApiId);
  return restApiId;
}

/** What the one whose API asks for a key sends besides. */
export const keyHeader = { 'X-Api-Key': API_KEY };

async function meter(restApis: AwsClients['restApis'], restApiId: string): Promise<void> {
  const limits = ['rateLimit', 'burstLimit'].map((limit) => ({
    ...{ op: 'replace' as const, path: `/*/*/throttling/${limit}`, value: String(RATE) },
  }));
  await restApis.send(new UpdateStageCommand({ restApiId, stageName: STAGE, patchOperations: limits }));
  const key = await restApis.send(new CreateApiKeyCommand({ name: 'bench', value: API_KEY, enabled: true }));
  const plan = await restApis.send(
    new CreateUsagePlanCommand({
      ...{ name: 'bench', apiStages: [{ apiId: restApiId, stage: STAGE }] },
      ...{ throttle: { rateLimit: RATE, burstLimit: RATE }, quota: { limit: 2 ** 31 - 1, period: 'MONTH' } },
    }),
  );
  await restApis.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }));
}
