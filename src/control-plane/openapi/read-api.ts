// The API itself: info, tags, CORS, and where the document says that it is served.

import type { Input } from '../apigatewayv2/service.ts';
import { present } from '../apigatewayv2/service.ts';
import type { DocumentNode } from './document-node.ts';

export type BasepathMode = 'ignore' | 'prepend' | 'split';

export function readApi(root: DocumentNode): Omit<Input<'CreateApi'>, 'ProtocolType'> {
  const info = root.member('info');
  const title = info?.member('title');
  if (info === undefined || title === undefined) throw (info ?? root).fault('info.title is the name of the API and is missing.');
  const tags = readTags(root);
  return present({
    Name: title.text(),
    Description: info.member('description')?.text(),
    Version: info.member('version')?.text(),
    CorsConfiguration: readCors(root.member('x-amazon-apigateway-cors')),
    DisableExecuteApiEndpoint: readDisableExecuteApiEndpoint(root),
    Tags: Object.keys(tags).length === 0 ? undefined : tags,
  });
}

/** AWS: a tag of the document with this extension becomes a tag of the API. Seen: developer guide, x-amazon-apigateway-tag-value. */
function readTags(root: DocumentNode): Record<string, string> {
  const tags: [string, string][] = [];
  for (const tag of root.member('tags')?.items() ?? []) {
    const value = tag.member('x-amazon-apigateway-tag-value');
    if (value !== undefined) tags.push([tag.member('name')?.text() ?? '', value.text()]);
  }
  return Object.fromEntries(tags);
}

function readCors(cors: DocumentNode | undefined): Input<'CreateApi'>['CorsConfiguration'] {
  if (cors === undefined) return undefined;
  return present({
    AllowCredentials: cors.member('allowCredentials')?.boolean(),
    AllowHeaders: cors.member('allowHeaders')?.texts(),
    AllowMethods: cors.member('allowMethods')?.texts(),
    AllowOrigins: cors.member('allowOrigins')?.texts(),
    ExposeHeaders: cors.member('exposeHeaders')?.texts(),
    MaxAge: cors.member('maxAge')?.number(),
  });
}

/** AWS: the extension stands in a server, or at the root. Seen: developer guide, x-amazon-apigateway-endpoint-configuration. */
function readDisableExecuteApiEndpoint(root: DocumentNode): boolean | undefined {
  const places = [...(root.member('servers')?.items() ?? []), root];
  for (const place of places) {
    const disabled = place.member('x-amazon-apigateway-endpoint-configuration')?.member('disableExecuteApiEndpoint');
    if (disabled !== undefined) return disabled.boolean();
  }
  return undefined;
}

/**
 * What is put before every path. AWS: from the variable `basePath` of the first server, otherwise from the path of its URL; `prepend`
 * takes all of it, `split` all but the first segment. Seen: developer guide, "Set the OpenAPI basePath property".
 */
export function readBasePath(root: DocumentNode, mode: BasepathMode): string {
  if (mode === 'ignore') return '';
  const server = root.member('servers')?.items()[0];
  if (server === undefined) return '';
  const variables = new Map((server.member('variables')?.entries() ?? []).map(([name, node]) => [name, node.member('default')]));
  const url = (server.member('url')?.text() ?? '').replace(
    /\{([^{}]+)\}/g,
    (_, name: string) => variables.get(name)?.text() ?? '',
  );
  const path = variables.get('basePath')?.text() ?? url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '');
  const segments = path.split('/').filter((segment) => segment !== '');
  const kept = mode === 'split' ? segments.slice(1) : segments;
  return kept.map((segment) => `/${segment}`).join('');
}
