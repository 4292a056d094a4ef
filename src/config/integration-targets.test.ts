import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { integrationTargets } from './integration-targets.ts';
import { UserError } from './user-error.ts';

const arn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/alb/50dc6c495c0c9188/0467ef3c8400ae65';

function targets(values: Partial<Parameters<typeof integrationTargets>[0]['values']>, environment: Record<string, string> = {}) {
  const none = {
    vpcTarget: new Map(),
    awsEndpoint: undefined,
    awsEndpointAppconfig: undefined,
    awsEndpointEvents: undefined,
    awsEndpointKinesis: undefined,
    awsEndpointSns: undefined,
    awsEndpointSqs: undefined,
    awsEndpointStates: undefined,
    cognitoIssuer: undefined,
  };
  return integrationTargets({ values: { ...none, ...values }, environment });
}

describe('integrationTargets', () => {
  test('addresses of private targets', () => {
    const { vpcTargets } = targets({ vpcTarget: new Map([[arn, 'orders.internal:8080']]) });
    assert.deepEqual(vpcTargets.get(arn), { host: 'orders.internal', port: 8080 });
    assert.deepEqual(targets({ vpcTarget: new Map([[arn, '[::1]:80']]) }).vpcTargets.get(arn), { host: '::1', port: 80 });
  });

  test('endpoints of services', () => {
    const { awsEndpoints } = targets({ awsEndpoint: 'http://localhost:4577', awsEndpointSqs: 'http://localhost:9324/base' });
    assert.deepEqual(
      [...awsEndpoints],
      [
        ['all', 'http://localhost:4577'],
        ['sqs', 'http://localhost:9324/base'],
      ],
    );
  });

  test('the keys of the environment, whole or none', () => {
    const pair = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };
    assert.deepEqual(targets({}, pair).awsCredentials, { accessKeyId: 'AKIA', secretAccessKey: 's' });
    assert.equal(targets({}, { ...pair, AWS_SESSION_TOKEN: 't' }).awsCredentials?.sessionToken, 't');
    assert.equal(targets({}, { AWS_ACCESS_KEY_ID: 'AKIA' }).awsCredentials, undefined);
    assert.equal(targets({}, { ...pair, AWS_SECRET_ACCESS_KEY: '' }).awsCredentials, undefined);
  });

  const refused: [desc: string, values: Parameters<typeof targets>[0], message: RegExp][] = [
    ['no port', { vpcTarget: new Map([[arn, 'orders']]) }, /must be HOST:PORT/],
    ['port 0', { vpcTarget: new Map([[arn, 'orders:0']]) }, /must be HOST:PORT/],
    ['a URL', { vpcTarget: new Map([[arn, 'http://orders:80']]) }, /must be HOST:PORT/],
    ['a target group', { vpcTarget: new Map([[arn.replace('listener', 'targetgroup'), 'a:1']]) }, /no listener/],
    ['no URL', { awsEndpoint: 'localhost:4577' }, /--aws-endpoint is localhost:4577/],
    ['a query', { awsEndpointSqs: 'http://h/?a=b' }, /--aws-endpoint-sqs/],
    ['an issuer that is no URL', { cognitoIssuer: 'localhost/{poolId}' }, /--cognito-issuer/],
    ['a user', { awsEndpointStates: 'http://u:p@h' }, /--aws-endpoint-states/],
  ];
  for (const [desc, values, message] of refused) {
    test(`refused: ${desc}`, () => {
      assert.throws(
        () => targets(values),
        (error) => error instanceof UserError && message.test(error.message),
      );
    });
  }
});
