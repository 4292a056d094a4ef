import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceContract } from './contract.ts';
import { SERVICE_NAMES, SERVICES } from './services.ts';

test('the hand table agrees with the generated contracts', () => {
  for (const name of SERVICE_NAMES) {
    const contract = serviceContract(name);
    const { target, queryVersion, protocols } = SERVICES[name];
    if (target !== '') assert.equal(contract.target, target, name);
    if (queryVersion !== '') assert.equal(contract.version, queryVersion, name);
    assert.equal(protocols.includes('awsQuery'), queryVersion !== '', name);
    assert.equal(
      contract.operationNames.every((operation) => contract.httpOf(operation) !== undefined),
      protocols.includes('restJson1'),
      name,
    );
  }
});

test('user operations of Cognito and web identities are unsigned', () => {
  assert.ok(serviceContract('cognito-idp').unsignedOperations.has('InitiateAuth'));
  assert.ok(!serviceContract('cognito-idp').unsignedOperations.has('AdminCreateUser'));
  assert.ok(serviceContract('sts').unsignedOperations.has('AssumeRoleWithWebIdentity'));
});

test('names of the object prototype are no operations and no errors', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(serviceContract('iam').operation(name), undefined);
    assert.equal(serviceContract('iam').error(name), undefined);
    assert.equal(serviceContract('lambda').httpOf(name), undefined);
  }
});

test('errors are found by name and by query code', () => {
  const byName = serviceContract('iam').error('NoSuchEntityException');
  assert.equal(byName?.status, 404);
  assert.equal(serviceContract('iam').error('NoSuchEntity'), byName);
});
