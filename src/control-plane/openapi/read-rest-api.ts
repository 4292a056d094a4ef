// The REST API itself as a document says it: info, the extensions of the root, and what stands before every path.

import type { Input } from '../apigateway/service.ts';
import { present } from '../apigateway/service.ts';
import { type DocumentNode, isObject } from './document-node.ts';
import { type BasepathMode, readBasePath } from './read-api.ts';

export const EXTENSION = 'x-amazon-apigateway-';

/** Swagger 2.0 or OpenAPI 3.0. */
export function isSwagger(root: DocumentNode): boolean {
  if (!isObject(root.value)) throw root.fault('An object must stand here.');
  const swagger = root.member('swagger')?.text();
  if (swagger !== undefined) {
    if (swagger === '2.0') return true;
    throw root.fault(`Swagger ${swagger} is not supported; write 2.0.`);
  }
  const version = root.member('openapi')?.text();
  if (version === undefined) throw root.fault('Neither `swagger` nor `openapi` says which version the document has.');
  if (/^3\.0(\.\d+)?$/.test(version)) return false;
  throw root.fault(`OpenAPI ${version} is not supported; write 3.0.`);
}

export function readRestApi(root: DocumentNode, endpointTypes: readonly string[] | undefined): Input<'CreateRestApi'> {
  const info = root.member('info');
  const title = info?.member('title');
  if (info === undefined || title === undefined) throw (info ?? root).fault('info.title is the name of the API and is missing.');
  const endpoint = readEndpoint(root);
  const types = endpointTypes ?? endpoint?.member('types')?.texts();
  const vpcEndpointIds = endpoint?.member('vpcEndpointIds')?.texts();
  const ipAddressType = endpoint?.member('ipAddressType')?.text();
  const configured = types ?? vpcEndpointIds ?? ipAddressType;
  const policy = root.member(`${EXTENSION}policy`);
  return present({
    name: title.text(),
    description: info.member('description')?.text() || undefined,
    version: info.member('version')?.text(),
    binaryMediaTypes: root.member(`${EXTENSION}binary-media-types`)?.texts(),
    minimumCompressionSize: root.member(`${EXTENSION}minimum-compression-size`)?.number(),
    apiKeySource: root.member(`${EXTENSION}api-key-source`)?.text().toUpperCase() as Input<'CreateRestApi'>['apiKeySource'],
    policy: typeof policy?.value === 'string' ? policy.text() : policy?.json(),
    endpointConfiguration:
      configured === undefined
        ? undefined
        : (present({ types, vpcEndpointIds, ipAddressType }) as Input<'CreateRestApi'>['endpointConfiguration']),
    disableExecuteApiEndpoint: endpoint?.member('disableExecuteApiEndpoint')?.boolean(),
    securityPolicy: root.member(`${EXTENSION}security-policy`)?.text() as Input<'CreateRestApi'>['securityPolicy'],
    endpointAccessMode: root.member(`${EXTENSION}endpoint-access-mode`)?.text() as Input<'CreateRestApi'>['endpointAccessMode'],
  });
}

/**
 * AWS: the extension stands in a server, or at the root. Seen: developer guide, x-amazon-apigateway-endpoint-configuration; of several
 * servers the first is read, noteOtherServers().
 */
function readEndpoint(root: DocumentNode): DocumentNode | undefined {
  const places = [...(root.member('servers')?.items().slice(0, 1) ?? []), root];
  for (const place of places) {
    const endpoint = place.member(`${EXTENSION}endpoint-configuration`);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

/** What is put before every path; Swagger says it in one member. */
export function readRestBasePath(root: DocumentNode, mode: BasepathMode): string {
  const basePath = root.member('basePath');
  if (basePath === undefined || root.member('swagger') === undefined) return readBasePath(root, mode);
  if (mode === 'ignore') return '';
  const segments = basePath
    .text()
    .split('/')
    .filter((segment) => segment !== '');
  return (mode === 'split' ? segments.slice(1) : segments).map((segment) => `/${segment}`).join('');
}
