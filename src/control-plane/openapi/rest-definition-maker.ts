// Makes what a document says within a REST API. What is there under the same name is changed and keeps its id.

import type { RequestValidator, RestAuthorizer, RestModel, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import {
  authorizerKind,
  type KindUnderApi,
  keyUnderApi,
  loadAll,
  methodId,
  methodKind,
  modelKind,
  requestValidatorKind,
  resourceKind,
} from '../apigateway/documents.ts';
import { present } from '../apigateway/service.ts';
import { makeDocumentationParts } from './make-documentation-parts.ts';
import { warnOfMissingModel } from './read-rest-models.ts';
import type { RestDefinition, WantedIntegration, WantedMethod } from './rest-definition.ts';
import type { RestImporter } from './rest-importer.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

export class RestDefinitionMaker {
  readonly #run: RestImporter;
  readonly #transaction: Transaction;
  readonly #scope: Scope;
  readonly #restApiId: string;

  constructor(run: RestImporter, transaction: Transaction, scope: Scope, restApiId: string) {
    this.#run = run;
    this.#transaction = transaction;
    this.#scope = scope;
    this.#restApiId = restApiId;
  }

  /** Throws AwsError that names everything that was refused. */
  async make(definition: RestDefinition): Promise<void> {
    const restApiId = this.#restApiId;
    await this.#makeModels(definition);
    const validatorIds = new Map<string, string>();
    for (const { at, input } of definition.requestValidators) {
      const what = `Unable to create request validator '${input.name}'`;
      const id = await this.#keepingId<RequestValidator>(requestValidatorKind, input.name ?? '', async () => {
        return (await this.#run.make('CreateRequestValidator', { restApiId, ...input }, at, what))?.id;
      });
      validatorIds.set(input.name ?? '', id ?? '');
    }
    const authorizerIds = new Map<string, string>();
    for (const { at, input } of definition.authorizers) {
      const what = `Unable to create authorizer '${input.name}'`;
      const id = await this.#keepingId<RestAuthorizer>(authorizerKind, input.name ?? '', async () => {
        return (await this.#run.make('CreateAuthorizer', { restApiId, ...input }, at, what))?.id;
      });
      authorizerIds.set(input.name ?? '', id ?? '');
    }
    for (const { at, input } of definition.gatewayResponses) {
      const what = `Unable to put gateway response '${input.responseType}'`;
      await this.#run.make('PutGatewayResponse', { restApiId, ...input }, at, what);
    }
    // Without them their methods would only fail again.
    this.#run.throwIfAny();
    const resourceIds = await this.#makeResources(definition.methods);
    for (const method of definition.methods) {
      const resourceId = resourceIds.get(method.path);
      if (resourceId !== undefined) await this.#makeMethod(resourceId, method, authorizerIds, validatorIds);
    }
    await this.#document(definition);
    this.#run.throwIfAny();
  }

  /** Takes away the resources and authorizers that the document does not have. */
  async dropOthers({ methods, authorizers }: RestDefinition): Promise<void> {
    const paths = new Set(methods.flatMap(({ path }) => prefixesOf(path)));
    for (const { id, path } of await this.#all<RestResource>(resourceKind)) {
      if (path !== '/' && !paths.has(path)) await this.#delete(resourceKind, id);
    }
    const names = new Set(authorizers.map(({ input }) => input.name));
    for (const { id, name } of await this.#all<RestAuthorizer>(authorizerKind)) {
      if (!names.has(name)) await this.#delete(authorizerKind, id);
    }
  }

  async #makeModels({ models, methods }: RestDefinition): Promise<void> {
    const refused = new Set<string>();
    const restApiId = this.#restApiId;
    const former = new Map((await this.#all<RestModel>(modelKind)).map((model) => [model.name, model]));
    for (const model of models) {
      const { at, name, description } = model;
      const known = former.get(name);
      if (known !== undefined) await this.#delete(modelKind, name);
      const input = () =>
        present({ restApiId, name, description, contentType: 'application/json', schema: model.schema(restApiId) });
      const made = await this.#run.make('CreateModel', input, at, `Unable to create model for '${name}'`);
      if (made === undefined) refused.add(name);
      if (known === undefined || made === undefined) continue;
      const key = keyUnderApi(this.#scope, modelKind, restApiId, name);
      const kept = await this.#transaction.get<RestModel>(key);
      if (kept !== undefined) await this.#transaction.put(key, { ...kept, id: known.id });
    }
    for (const { httpMethod, method, responses } of methods) {
      for (const named of [method.requestModels, ...responses.map(({ responseModels }) => responseModels)]) {
        for (const [mediaType, name] of Object.entries(named ?? {})) {
          if (refused.has(name)) warnOfMissingModel(name, mediaType, httpMethod, this.#run.notes);
        }
      }
    }
  }

  /** Every path has a resource for each of its segments. */
  async #makeResources(methods: readonly WantedMethod[]): Promise<ReadonlyMap<string, string>> {
    const restApiId = this.#restApiId;
    const ids = new Map((await this.#all<RestResource>(resourceKind)).map(({ path, id }) => [path, id]));
    const refused = new Set<string>();
    for (const { at, path } of methods) {
      for (const prefix of prefixesOf(path)) {
        if (ids.has(prefix) || refused.has(prefix)) continue;
        const end = prefix.lastIndexOf('/');
        const parentId = ids.get(prefix.slice(0, end) || '/');
        if (parentId === undefined) break;
        const input = { restApiId, parentId, pathPart: prefix.slice(end + 1) };
        const made = await this.#run.make('CreateResource', input, at, `Unable to create resource at path '${prefix}'`);
        if (made?.id === undefined) refused.add(prefix);
        else ids.set(prefix, made.id);
      }
    }
    return ids;
  }

  async #makeMethod(
    resourceId: string,
    wanted: WantedMethod,
    authorizerIds: ReadonlyMap<string, string>,
    validatorIds: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { at, httpMethod, authorizer, requestValidator } = wanted;
    const names = { restApiId: this.#restApiId, resourceId, httpMethod };
    await this.#delete(methodKind, methodId(resourceId, httpMethod));
    const input = present({
      ...names,
      ...wanted.method,
      authorizerId: authorizer === undefined ? undefined : authorizerIds.get(authorizer),
      // One that nobody defined is refused by its name.
      requestValidatorId: requestValidator && (validatorIds.get(requestValidator) ?? requestValidator),
    });
    // AWS: "on" for a method and "for" for its integration. Seen: public reports of imports (`page[size]`); ustayready/fireprox#37.
    const where = `resource at path '${wanted.path}'`;
    const made = await this.#run.make('PutMethod', input, at, `Unable to put method '${httpMethod}' on ${where}`);
    if (made === undefined) return;
    for (const response of wanted.responses) {
      const what = `Unable to put response '${response.statusCode}' of method '${httpMethod}' on ${where}`;
      await this.#run.make('PutMethodResponse', { ...names, ...response }, at, what);
    }
    if (wanted.integration !== undefined) await this.#makeIntegration(names, wanted.integration, where);
  }

  async #makeIntegration(names: { httpMethod: string }, wanted: WantedIntegration, where: string): Promise<void> {
    const { at, input, responses } = wanted;
    const what = `Unable to put integration on '${names.httpMethod}' for ${where}`;
    const made = await this.#run.make('PutIntegration', { ...names, ...input }, at, what);
    if (made === undefined) return;
    for (const response of responses) {
      const each = `Unable to put integration response on '${names.httpMethod}' for ${where}`;
      await this.#run.make('PutIntegrationResponse', { ...names, ...response }, at, each);
    }
  }

  async #document({ at, documentation }: RestDefinition): Promise<void> {
    if (documentation === undefined) return;
    const restApiId = this.#restApiId;
    const { version, description, parts } = documentation;
    await makeDocumentationParts(this.#run, this.#transaction, { scope: this.#scope, restApiId }, parts);
    if (version === undefined) return;
    const { items = [] } = await this.#run.perform('GetDocumentationVersions', { restApiId, limit: 500 });
    // A version is never changed: a document that is imported again has its parts in the version from before.
    if (items.some((item) => item.version === version)) return;
    const input = present({ restApiId, documentationVersion: version, description });
    await this.#run.make('CreateDocumentationVersion', input, at, `Unable to create documentation version '${version}'`);
  }

  /** Makes something anew in place of what has this name, whose id others may refer to. */
  async #keepingId<T extends Named>(
    kind: KindUnderApi,
    name: string,
    create: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const former = (await this.#all<T>(kind)).find((each) => each.name === name);
    if (former !== undefined) await this.#delete(kind, former.id);
    const id = await create();
    if (former === undefined || id === undefined) return id;
    const made = await this.#transaction.get<T>(keyUnderApi(this.#scope, kind, this.#restApiId, id));
    await this.#delete(kind, id);
    await this.#transaction.put(keyUnderApi(this.#scope, kind, this.#restApiId, former.id), { ...made, id: former.id });
    return former.id;
  }

  #all<T>(kind: KindUnderApi): Promise<readonly T[]> {
    return loadAll<T>(this.#transaction, this.#scope, kind, this.#restApiId);
  }

  async #delete(kind: KindUnderApi, id: string): Promise<void> {
    await this.#transaction.delete(keyUnderApi(this.#scope, kind, this.#restApiId, id));
  }
}

/** `/a/b` -> `/a`, `/a/b`; `/` has none. */
function prefixesOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}
