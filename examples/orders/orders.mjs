// The five functions of serverless.yml, as an ES module. Orders live as long as the function's process.

const orders = new Map([
  ['17', { id: '17', item: 'a teapot', price: 40 }],
  ['18', { id: '18', item: 'two cups', price: 12 }],
]);

/** An object without a status code is sent as JSON with status 200 (payload format 2.0). */
export const list = async () => ({ orders: [...orders.values()], currency: process.env.CURRENCY });

export const create = async (event) => {
  const { item, price } = JSON.parse(event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : (event.body ?? '{}'));
  if (typeof item !== 'string' || typeof price !== 'number') {
    return { statusCode: 400, body: JSON.stringify({ message: 'item and price are needed' }) };
  }
  const order = { id: event.requestContext.requestId, item, price };
  console.log(`order ${order.id}: ${item}`);
  return { statusCode: 201, headers: { location: `/orders/${encodeURIComponent(order.id)}` }, body: JSON.stringify(order) };
};

export const get = async (event) => {
  const order = orders.get(event.pathParameters.id);
  return order ?? { statusCode: 404, body: JSON.stringify({ message: `no order ${event.pathParameters.id}` }) };
};

/** Payload format 1.0: the path is event.path, and headers may have several values. */
export const receipt = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain' },
  multiValueHeaders: { 'set-cookie': ['seen=yes', `order=${event.pathParameters.id}`] },
  body: `${process.env.SHOP}: receipt for order ${event.pathParameters.id} (${event.httpMethod} ${event.path})\n`,
});

export const fallback = async (event) => ({
  statusCode: 404,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: `nothing at ${event.rawPath}`, try: '/orders' }),
});
