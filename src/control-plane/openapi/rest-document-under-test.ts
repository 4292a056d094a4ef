// Documents of REST APIs for the tests of this folder.

const mock = `x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: 200}}`;

/** A Swagger document with one GET operation for each path. */
export function documentOf(paths: readonly string[], more = ''): Uint8Array {
  const items = paths.map((one) => `  ${one}:\n    get:\n      responses: {200: {description: ok}}\n      ${mock}\n`);
  return bytes(`swagger: '2.0'\ninfo: {title: pets, version: '1'}\n${more}paths:\n${items.join('')}`);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
