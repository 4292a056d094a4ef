// Calls are signed for the service that AWS knows, whatever its end point is called.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingAround } from '../http-api/surroundings.ts';
import { planServiceTarget } from './service-plan.ts';

for (const [uri, service, endpoint] of [
  ['email:action/SendEmail', 'ses', 'https://email.us-east-1.amazonaws.com'],
  ['states:action/StartExecution', 'states', 'https://states.us-east-1.amazonaws.com'],
  ['monitoring:action/PutMetricData', 'monitoring', 'https://monitoring.us-east-1.amazonaws.com'],
  ['abc-ats.iotdata:path/topics/t', 'iotdata', 'https://abc-ats.iot.us-east-1.amazonaws.com'],
  ['data-ats.iot:path/topics/t', 'iotdata', 'https://data-ats.iot.us-east-1.amazonaws.com'],
  ['runtime.sagemaker:path/endpoints/e/invocations', 'sagemaker', 'https://runtime.sagemaker.us-east-1.amazonaws.com'],
  ['bedrock-runtime:path/model/m/invoke', 'bedrock', 'https://bedrock-runtime.us-east-1.amazonaws.com'],
  ['bucket.s3:path/k', 's3', 'https://bucket.s3.us-east-1.amazonaws.com'],
] as const) {
  test(uri, () => {
    const target = { uri: `arn:aws:apigateway:us-east-1:${uri}`, method: 'POST' };
    const plan = planServiceTarget(target, { ...nothingAround, hasAwsKeys: true }, false);
    assert.ok('service' in plan);
    assert.deepEqual([plan.service, plan.endpoint], [service, endpoint]);
  });
}
