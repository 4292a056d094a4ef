import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, onTheWire } from './gateway-under-test.ts';
import { webSocketGateway } from './websocket-gateway-under-test.ts';

const schema = JSON.stringify({
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'OrderModel',
  type: 'object',
  required: ['qty'],
  properties: { qty: { type: 'number' }, note: { type: 'string' } },
});

describe('models', () => {
  test('are made, read, listed, changed and deleted', async () => {
    const { call, ApiId } = await webSocketGateway();
    const made = onTheWire(await call('CreateModel', { ApiId, Name: 'OrderModel', Description: 'one order', Schema: schema }));
    const { modelId, ...model } = made;
    assert.match(String(modelId), /^[a-z0-9]{6}$/);
    assert.deepEqual(model, { contentType: 'application/json', description: 'one order', name: 'OrderModel', schema });
    const ModelId = String(modelId);
    assert.deepEqual(onTheWire(await call('GetModel', { ApiId, ModelId })), made);
    const changed = await call('UpdateModel', { ApiId, ModelId, Name: 'Order', Description: '', Schema: '{"type":"object"}' });
    assert.deepEqual(changed, { ContentType: 'application/json', ModelId, Name: 'Order', Schema: '{"type":"object"}' });
    assert.deepEqual((await call('GetModels', { ApiId })).Items, [changed]);
    await call('DeleteModel', { ApiId, ModelId });
    await assert.rejects(
      call('GetModel', { ApiId, ModelId }),
      awsError('NotFoundException', `Invalid Model identifier specified ${ModelId}`),
    );
  });

  test('a sample template, also through a reference', async () => {
    const { call, ApiId } = await webSocketGateway();
    await call('CreateModel', { ApiId, Name: 'Item', Schema: schema });
    const reference = { $ref: `https://apigateway.amazonaws.com/restapis/${ApiId}/models/Item` };
    const { ModelId } = await call('CreateModel', {
      ApiId,
      Name: 'Order',
      Schema: JSON.stringify({ type: 'object', properties: { item: reference } }),
    });
    const { Value } = await call('GetModelTemplate', { ApiId, ModelId });
    assert.match(Value, /^#set\(\$inputRoot = \$input\.path\('\$'\)\)/);
    assert.match(Value, /"qty" : 3\.1415/);
  });

  test('of JSON under each of its names', async () => {
    const { call, ApiId } = await webSocketGateway();
    for (const [index, ContentType] of ['text/x-json', 'application/vnd.a+json', 'application/json; charset=utf-8'].entries()) {
      assert.equal(
        (await call('CreateModel', { ApiId, Name: `M${index}`, Schema: schema, ContentType })).ContentType,
        ContentType,
      );
    }
  });

  const rows: readonly { readonly desc: string; readonly input: object; readonly message: RegExp }[] = [
    { desc: 'no name', input: { Name: '' }, message: /Model name must be non-empty/ },
    { desc: 'a name with blanks', input: { Name: 'a b' }, message: /Model name must be alphanumeric: a b/ },
    { desc: 'no schema', input: { Schema: '' }, message: /Model schema must have at least 1 property/ },
    { desc: 'a schema that is no JSON', input: { Schema: '{' }, message: /Invalid model/ },
    { desc: 'a keyword with the wrong value', input: { Schema: '{"type":"number","minimum":"x"}' }, message: /Invalid model/ },
    {
      desc: 'XML',
      input: { ContentType: 'application/xml' },
      message: /does not run models of the content type application\/xml yet/,
    },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc} › BadRequestException`, async () => {
      const { call, store, ApiId } = await webSocketGateway();
      const before = store.revision();
      const whole = { ApiId, Name: 'A', Schema: schema, ...input };
      await assert.rejects(call('CreateModel', whole), awsError('BadRequestException', message));
      assert.equal(store.revision(), before);
      const { ModelId } = await call('CreateModel', { ApiId, Name: 'B', Schema: schema });
      await assert.rejects(call('UpdateModel', { ApiId, ModelId, ...input }), awsError('BadRequestException', message));
    });
  }

  test('a name exists once › ConflictException', async () => {
    const { call, ApiId } = await webSocketGateway();
    await call('CreateModel', { ApiId, Name: 'A', Schema: schema });
    const { ModelId } = await call('CreateModel', { ApiId, Name: 'B', Schema: schema });
    const refused = awsError('ConflictException', 'Model name already exists for this API');
    await assert.rejects(call('CreateModel', { ApiId, Name: 'A', Schema: schema }), refused);
    await assert.rejects(call('UpdateModel', { ApiId, ModelId, Name: 'A' }), refused);
  });

  test('one that is in use stays, and keeps its name › ConflictException', async () => {
    const { call, ApiId } = await webSocketGateway();
    const model = async (Name: string, Schema = schema) => (await call('CreateModel', { ApiId, Name, Schema })).ModelId;
    const ids = { Route: await model('Route'), Response: await model('Response'), Other: await model('Other') };
    await model('Referring', JSON.stringify({ $ref: `https://apigateway.amazonaws.com/restapis/${ApiId}/models/Other` }));
    const { RouteId } = await call('CreateRoute', { ApiId, RouteKey: 'send', RequestModels: { a: 'Route' } });
    await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default', ResponseModels: { a: 'Response' } });
    const places = { Route: 'route request: send', Response: 'route response: send', Other: 'model: Referring' };
    for (const [name, place] of Object.entries(places)) {
      const ModelId = ids[name as keyof typeof ids];
      await assert.rejects(
        call('DeleteModel', { ApiId, ModelId }),
        awsError('ConflictException', `Cannot delete model '${name}', is referenced in ${place}`),
      );
      await assert.rejects(
        call('UpdateModel', { ApiId, ModelId, Name: 'New' }),
        awsError('ConflictException', `Cannot rename model '${name}', is referenced in ${place}`),
      );
      await call('UpdateModel', { ApiId, ModelId, Description: 'kept' });
    }
  });
});
