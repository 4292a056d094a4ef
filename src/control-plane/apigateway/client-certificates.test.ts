import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { scope, usageUnderTest } from '../../../test/usage-under-test.ts';
import { keyUnderApi, stageKind } from './documents.ts';
import { awsError } from './gateway-under-test.ts';
import { makeSelfSignedCertificate } from './self-signed-certificate.ts';

describe('makeSelfSignedCertificate', () => {
  const spans: [desc: string, from: string, to: string][] = [
    ['a year', '2026-11-27T01:02:03Z', '2027-11-27T01:02:03Z'],
    ['beyond 2049', '2049-12-31T23:59:59Z', '2050-12-31T23:59:59Z'],
  ];
  for (const [desc, from, to] of spans) {
    test(`OpenSSL reads it, its key and its signature: ${desc}`, async () => {
      const { certificatePem, privateKeyPem } = await makeSelfSignedCertificate('ApiGateway', new Date(from), new Date(to));
      const certificate = new X509Certificate(certificatePem);
      assert.equal(certificate.subject, 'CN=ApiGateway');
      assert.equal(certificate.issuer, 'CN=ApiGateway');
      assert.ok(certificate.verify(certificate.publicKey));
      assert.ok(certificate.checkIssued(certificate));
      assert.ok(certificate.checkPrivateKey(createPrivateKey(privateKeyPem)));
      assert.deepEqual([certificate.validFromDate, certificate.validToDate], [new Date(from), new Date(to)]);
      const another = new X509Certificate(
        (await makeSelfSignedCertificate('ApiGateway', new Date(from), new Date(to))).certificatePem,
      );
      assert.notEqual(another.serialNumber, certificate.serialNumber);
      assert.ok(!certificate.verify(another.publicKey));
    });
  }
});

test('made, read, listed, described, tagged; kept by a stage that uses it, then deleted', async () => {
  const { call, store } = await usageUnderTest();
  const made = await call('GenerateClientCertificate', { description: 'mine' });
  const { clientCertificateId, pemEncodedCertificate, createdDate, expirationDate } = made;
  assert.match(clientCertificateId ?? '', /^[a-z0-9]{6}$/);
  assert.ok(new X509Certificate(pemEncodedCertificate ?? '').verify(new X509Certificate(pemEncodedCertificate ?? '').publicKey));
  assert.equal(Number(expirationDate) - Number(createdDate), 365 * 86_400_000);
  assert.deepEqual(await call('GetClientCertificate', { clientCertificateId }), { ...made, tags: {} });
  assert.deepEqual((await call('GetClientCertificates', {})).items, [made]);
  const patchOperations = [{ op: 'replace' as const, path: '/description', value: 'ours' }];
  assert.equal((await call('UpdateClientCertificate', { clientCertificateId, patchOperations })).description, 'ours');
  const resourceArn = `arn:aws:apigateway:eu-west-1::/clientcertificates/${clientCertificateId}`;
  await call('TagResource', { resourceArn, tags: { a: '1' } });
  assert.deepEqual((await call('GetClientCertificate', { clientCertificateId })).tags, { a: '1' });
  assert.ok(!JSON.stringify(await store.scan('apigateway/client-certificate')).includes('PRIVATE KEY'));

  const stage = keyUnderApi(scope, stageKind, 'pets', 'prod');
  await store.transact((transaction) => transaction.put(stage, { stageName: 'prod', clientCertificateId }));
  await assert.rejects(
    call('DeleteClientCertificate', { clientCertificateId }),
    awsError('BadRequestException', /stage prod of API pets/),
  );
  await store.transact((transaction) => transaction.delete(stage));
  const chat = { scope, kind: 'apigatewayv2/stage', parent: 'chat', id: 'live' };
  await store.transact((transaction) => transaction.put(chat, { stageName: 'live', clientCertificateId }));
  await assert.rejects(
    call('DeleteClientCertificate', { clientCertificateId }),
    awsError('BadRequestException', /stage live of API chat/),
  );
  await store.transact((transaction) => transaction.delete(chat));
  await call('DeleteClientCertificate', { clientCertificateId });
  const unknown = awsError('NotFoundException', 'Invalid Client Certificate identifier specified');
  await assert.rejects(call('GetClientCertificate', { clientCertificateId }), unknown);
  await assert.rejects(call('DeleteClientCertificate', { clientCertificateId }), unknown);
  await assert.rejects(call('UpdateClientCertificate', { clientCertificateId, patchOperations }), unknown);
});

test('BadRequestException for another path', async () => {
  const { call } = await usageUnderTest();
  const { clientCertificateId } = await call('GenerateClientCertificate', {});
  const patchOperations = [{ op: 'replace' as const, path: '/pemEncodedCertificate', value: 'x' }];
  await assert.rejects(
    call('UpdateClientCertificate', { clientCertificateId, patchOperations }),
    awsError('BadRequestException', /Must be one of: \[\/description\]/),
  );
});
