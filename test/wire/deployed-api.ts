// The two things nearly every test needs first: a function made from a zip, and an HTTP API in front of it.

import { setTimeout as sleep } from 'node:timers/promises';
import { CreateApiCommand, CreateIntegrationCommand, CreateRouteCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
} from '@aws-sdk/client-lambda';
import type { AwsClients } from './aws-clients.ts';
import { zipFile } from './zip-file.ts';

export const account = '000000000000';
export const role = `arn:aws:iam::${account}:role/test`;

export interface FunctionOptions {
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly memorySize?: number;
  readonly runtime?: 'nodejs22.x' | 'nodejs20.x' | 'nodejs24.x';
}

/** Creates a Node function whose module `index.mjs` is `source` (it exports `handler`) and waits until it is Active. */
export async function createFunction(
  clients: AwsClients,
  name: string,
  source: string,
  options: FunctionOptions = {},
): Promise<FunctionConfiguration> {
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime: options.runtime ?? 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipFile({ 'index.mjs': source }) },
      Timeout: options.timeout ?? 10,
      MemorySize: options.memorySize ?? 128,
      Environment: options.environment === undefined ? undefined : { Variables: { ...options.environment } },
    }),
  );
  return await activeFunction(clients, name);
}

/** Waits until a function is Active and its last update is over. */
export async function activeFunction(clients: AwsClients, name: string): Promise<FunctionConfiguration> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { Configuration: configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: name }));
    if (configuration?.State === 'Failed') throw new Error(`function ${name} failed: ${configuration.StateReason}`);
    if (configuration?.State === 'Active' && configuration.LastUpdateStatus !== 'InProgress') return configuration;
    await sleep(50);
  }
  throw new Error(`function ${name} did not become Active`);
}

/** Lets every route of an API invoke a function. */
export async function allowApi(
  clients: AwsClients,
  functionName: string,
  apiId: string,
  statementId = `api-${apiId}`,
): Promise<void> {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: functionName,
      StatementId: statementId,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${account}:${apiId}/*/*`,
    }),
  );
}

export interface ApiOptions {
  readonly name?: string;
  readonly stageName?: string;
  readonly payloadFormatVersion?: '1.0' | '2.0';
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** An HTTP API by hand: one Lambda proxy integration, the given routes on it, one auto-deployed stage. The API's id. */
export async function createLambdaApi(
  clients: AwsClients,
  functionArn: string,
  routeKeys: readonly string[],
  options: ApiOptions = {},
): Promise<string> {
  const { ApiId: apiId = '' } = await clients.apis.send(
    new CreateApiCommand({ Name: options.name ?? 'by-hand', ProtocolType: 'HTTP' }),
  );
  const { IntegrationId: integrationId } = await clients.apis.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
      PayloadFormatVersion: options.payloadFormatVersion ?? '2.0',
    }),
  );
  for (const routeKey of routeKeys) {
    await clients.apis.send(
      new CreateRouteCommand({ ApiId: apiId, RouteKey: routeKey, Target: `integrations/${integrationId}` }),
    );
  }
  await clients.apis.send(
    new CreateStageCommand({
      ApiId: apiId,
      StageName: options.stageName ?? '$default',
      AutoDeploy: true,
      StageVariables: options.stageVariables === undefined ? undefined : { ...options.stageVariables },
    }),
  );
  await allowApi(clients, functionArn.split(':')[6] ?? '', apiId);
  return apiId;
}

/** The Host header of the host form. */
export function hostOf(apiId: string): string {
  return `${apiId}.execute-api.localhost`;
}

/** A function that answers with the event it received. */
export const echoSource = `export const handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(event),
});`;
