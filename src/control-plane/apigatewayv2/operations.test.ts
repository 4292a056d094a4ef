import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { StoreError } from '../../store/store-error.ts';
import { awsError, caller, gatewayUnderTest } from './gateway-under-test.ts';
import { notYetEnforced } from './not-yet-enforced.ts';
import { apiGatewayV2Operations } from './operations.ts';

const run = `CreateApi GetApi GetApis UpdateApi DeleteApi DeleteCorsConfiguration
CreateRoute GetRoute GetRoutes UpdateRoute DeleteRoute DeleteRouteRequestParameter
CreateIntegration GetIntegration GetIntegrations UpdateIntegration DeleteIntegration
CreateAuthorizer GetAuthorizer GetAuthorizers UpdateAuthorizer DeleteAuthorizer ResetAuthorizersCache
CreateStage GetStage GetStages UpdateStage DeleteStage DeleteRouteSettings DeleteAccessLogSettings
CreateDeployment GetDeployment GetDeployments UpdateDeployment DeleteDeployment
CreateDomainName GetDomainName GetDomainNames UpdateDomainName DeleteDomainName 
CreateRoutingRule GetRoutingRule ListRoutingRules PutRoutingRule DeleteRoutingRule
CreateApiMapping GetApiMapping GetApiMappings UpdateApiMapping DeleteApiMapping
ImportApi ReimportApi ExportApi TagResource UntagResource GetTags`.split(/\s+/);

const runForWebSocketApis = `CreateModel GetModels GetModel GetModelTemplate UpdateModel DeleteModel
CreateIntegrationResponse GetIntegrationResponses GetIntegrationResponse UpdateIntegrationResponse DeleteIntegrationResponse
CreateRouteResponse GetRouteResponses GetRouteResponse UpdateRouteResponse DeleteRouteResponse`.split(/\s+/);

/** Reads of what cannot be made yet, and of what is made at once. */
const ofWhatIsNotThere = `CreateVpcLink GetVpcLinks GetVpcLink UpdateVpcLink DeleteVpcLink
ListPortals GetPortal ListPortalProducts GetPortalProduct`.split(/\s+/);

describe('the table', () => {
  test('has every operation that is run, and no other', () => {
    const operations = Object.keys(apiGatewayV2Operations({ store: createMemoryStore() }));
    assert.deepEqual(operations.sort(), [...run, ...runForWebSocketApis, ...ofWhatIsNotThere].sort());
  });
});

describe('what is not enforced yet', () => {
  test('a call is refused by the name of the feature', async () => {
    const { call, store } = gatewayUnderTest();
    await assert.rejects(
      call('CreateDomainName', { DomainName: 'a.example', MutualTlsAuthentication: { TruststoreUri: 's3://a/b' } }),
      awsError('BadRequestException', /does not run mutual TLS yet/),
    );
    assert.equal(store.revision(), 0);
  });

  test('every row with a member refuses a value of it in each of its operations', async () => {
    const asking: Readonly<Record<string, unknown>> = {
      MutualTlsAuthentication: { TruststoreUri: 's3://a/b' },
      ConnectionType: 'VPC_LINK',
      TlsConfig: { ServerNameToVerify: 'a' },
      RequestParameters: { a: 'b' },
      ResponseParameters: { 500: { a: 'b' } },
      AccessLogSettings: { Format: 'x' },
      IntegrationUri: 'http://a.example/x?y={id}',
      Target: 'http://a.example/?{id}',
    };
    const operations = apiGatewayV2Operations({ store: createMemoryStore() }) as unknown as Record<
      string,
      (input: unknown, by: typeof caller) => Promise<unknown>
    >;
    for (const { operations: names, member, feature } of notYetEnforced) {
      for (const name of names) {
        const input = { ApiId: 'any', [member]: asking[member] ?? 'something' };
        const refused = awsError('BadRequestException', new RegExp(`^Stagegate does not run .*yet: ${name}`));
        await assert.rejects(operations[name]?.(input, caller) ?? Promise.resolve(), refused, `${name} ${member} ${feature}`);
      }
    }
  });
});

describe('when the store cannot keep a change', () => {
  test('the caller is told to try again, and the reason stays in the log', async () => {
    const failure = new StoreError('full', 'No space left: /secret/path');
    const store: Store = { ...createMemoryStore(), transact: () => Promise.reject(failure) };
    const { call } = gatewayUnderTest({ store });
    await assert.rejects(call('CreateApi', { Name: 'a', ProtocolType: 'HTTP' }), (error: Error & { status?: number }) => {
      awsError('ServiceUnavailableException', /try again/)(error);
      assert.equal(error.status, 503);
      assert.equal(error.cause, failure);
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  });

  test('a bug stays a bug', async () => {
    const store: Store = { ...createMemoryStore(), transact: () => Promise.reject(new RangeError('bug')) };
    const { call } = gatewayUnderTest({ store });
    await assert.rejects(call('CreateApi', { Name: 'a', ProtocolType: 'HTTP' }), RangeError);
  });
});
