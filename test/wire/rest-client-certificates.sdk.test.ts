// Client certificates of stages: a real https backend asks for one and says whose it was.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteClientCertificateCommand,
  GenerateClientCertificateCommand,
  NotFoundException,
  PutIntegrationCommand,
  PutMethodCommand,
  TestInvokeMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let backend: Server;
let restApiId = '';
let resourceId = '';
/** PEM by id. */
const certificates = new Map<string, string>();

const pem = (name: string) => readFileSync(path.join(import.meta.dirname, '../../src/http1/testdata', name));

before(async () => {
  const options = {
    cert: pem('localhost-cert.pem'),
    key: pem('localhost-key.pem'),
    requestCert: true,
    rejectUnauthorized: false,
  };
  backend = createServer(options, (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerX509Certificate();
    response.end(shown === undefined ? 'nobody' : shown.fingerprint256);
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  const { restApis } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'mutual' }));
  restApiId = created.id ?? '';
  resourceId = created.rootResourceId ?? '';
  const at = { restApiId, resourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  const uri = `https://localhost:${(backend.address() as AddressInfo).port}/`;
  const tlsConfig = { insecureSkipVerification: true };
  await restApis.send(new PutIntegrationCommand({ ...at, type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri, tlsConfig }));
  const { id: deploymentId } = await restApis.send(new CreateDeploymentCommand({ restApiId }));
  for (const stageName of ['blue', 'green']) await restApis.send(new CreateStageCommand({ restApiId, stageName, deploymentId }));
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  backend?.closeAllConnections();
  backend?.close();
  data.remove();
});

async function makeCertificate(): Promise<string> {
  const made = await clients.restApis.send(new GenerateClientCertificateCommand({}));
  certificates.set(made.clientCertificateId ?? '', made.pemEncodedCertificate ?? '');
  return made.clientCertificateId ?? '';
}

const fingerprint = (id: string) => new X509Certificate(certificates.get(id) ?? '').fingerprint256;

const show = (stageName: string, value: string) =>
  clients.restApis.send(
    new UpdateStageCommand({ restApiId, stageName, patchOperations: [{ op: 'replace', path: '/clientCertificateId', value }] }),
  );

const shownBy = async (stageName: string) =>
  (await rawRequest(server.port, { method: 'GET', target: `/${stageName}`, host: hostOf(restApiId) })).text();

test('a backend sees the certificate of the stage, and that of no other', async () => {
  assert.equal(await shownBy('blue'), 'nobody');
  const [one, two] = [await makeCertificate(), await makeCertificate()];
  await show('blue', one);
  await show('green', two);
  assert.equal(await shownBy('blue'), fingerprint(one));
  // Kept connections are used again, each for its own certificate.
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await Promise.all([shownBy('blue'), shownBy('green')]), [fingerprint(one), fingerprint(two)]);
  }
  await show('blue', two);
  assert.equal(await shownBy('blue'), fingerprint(two));
  await show('blue', '');
  assert.equal(await shownBy('blue'), 'nobody');
  await clients.restApis.send(new DeleteClientCertificateCommand({ clientCertificateId: one }));
});

test('a test of a method shows the one it is given', async () => {
  const id = await makeCertificate();
  const names = { restApiId, resourceId, httpMethod: 'GET' };
  const { body } = await clients.restApis.send(new TestInvokeMethodCommand({ ...names, clientCertificateId: id }));
  assert.equal(body, fingerprint(id));
});

test('404: a certificate that is not there', async () => {
  await assert.rejects(show('blue', 'a1b2c3'), NotFoundException);
});

test('it is shown after a restart', async () => {
  const id = await makeCertificate();
  await show('blue', id);
  clients.destroy();
  await server.stop();
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  assert.equal(await shownBy('blue'), fingerprint(id));
});
