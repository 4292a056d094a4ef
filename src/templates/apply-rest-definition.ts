// What a deployment of a REST API freezes: authorizers, models, the validator, gateway responses, resources and methods.

import { isDeepStrictEqual } from 'node:util';
import type { ApplySession } from './apply-desired-state.ts';
import type { DesiredRestApi, DesiredRestMethod } from './desired-rest-api.ts';
import {
  authorizerSubject,
  type DesiredState,
  gatewayResponseSubject,
  methodSubject,
  modelSubject,
  REST_API_SUBJECT,
} from './desired-state.ts';
import { inParallel } from './in-parallel.ts';
import {
  type Answer,
  authorizerMembers,
  isMethod,
  methodCalls,
  plain,
  type RestReferences,
  withoutEmpty,
} from './rest-api-input.ts';

const PAGING = { items: 'items', token: 'position', nextToken: 'position' };
/** Every API has them. */
const DEFAULT_MODELS = ['Empty', 'Error'];

/** True when something was changed. */
export async function applyRestDefinition(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  rootResourceId: string,
  isNew: boolean,
): Promise<boolean> {
  const run = new DefinitionRun(session, desired, api);
  await run.apply(rootResourceId, isNew);
  return run.isChanged;
}

class DefinitionRun {
  isChanged = false;
  readonly #session: ApplySession;
  readonly #restApiId: string;
  readonly #api: DesiredRestApi;

  constructor(session: ApplySession, desired: DesiredState, api: DesiredRestApi) {
    this.#session = session;
    this.#restApiId = desired.restApiId;
    this.#api = api;
  }

  async apply(rootResourceId: string, isNew: boolean): Promise<void> {
    const authorizers = await this.#authorizers(isNew ? [] : await this.#list('GetAuthorizers'));
    const goneModels = await this.#models(isNew ? [] : await this.#list('GetModels'));
    const validator = await this.#validator(isNew ? [] : await this.#list('GetRequestValidators'));
    await this.#gatewayResponses(isNew ? [] : await this.#list('GetGatewayResponses'));
    const found = isNew ? [{ id: rootResourceId, path: '/' }] : await this.#list('GetResources', { embed: ['methods'] });
    await this.#methods(found, { authorizers: authorizers.ids, validatorId: validator.id });
    // AWS refuses to delete what a method still refers to.
    await authorizers.removeGone();
    await goneModels();
    await validator.removeGone();
  }

  async #authorizers(found: readonly Answer[]) {
    const ids = new Map<string, string>();
    const byName = new Map(found.map((item) => [String(item['name']), item]));
    for (const authorizer of this.#api.authorizers) {
      const { name } = authorizer;
      const wanted = authorizerMembers(authorizer);
      const current = byName.get(name);
      byName.delete(name);
      if (current === undefined) {
        const created = await this.#change('CreateAuthorizer', wanted, authorizerSubject(name));
        this.#session.changed('created', 'authorizer', name);
        ids.set(name, String(created['id']));
        continue;
      }
      ids.set(name, String(current['id']));
      const patchOperations = authorizerPatch(wanted, current);
      if (patchOperations.length === 0) continue;
      await this.#change('UpdateAuthorizer', { authorizerId: current['id'], patchOperations }, authorizerSubject(name));
      this.#session.changed('updated', 'authorizer', name);
    }
    const removeGone = async () => {
      for (const [name, { id }] of byName) {
        await this.#change('DeleteAuthorizer', { authorizerId: id });
        this.#session.changed('deleted', 'authorizer', name);
      }
    };
    return { ids, removeGone };
  }

  async #models(found: readonly Answer[]): Promise<() => Promise<void>> {
    const byName = new Map(found.map((item) => [String(item['name']), item]));
    for (const name of DEFAULT_MODELS) byName.delete(name);
    for (const model of this.#api.models) {
      const current = byName.get(model.name);
      byName.delete(model.name);
      if (current === undefined) {
        await this.#change('CreateModel', { ...model }, modelSubject(model.name));
        continue;
      }
      const patchOperations = [
        ...(current['schema'] === model.schema ? [] : [{ op: 'replace', path: '/schema', value: model.schema }]),
        ...((current['description'] ?? '') === (model.description ?? '')
          ? []
          : [{ op: 'replace', path: '/description', value: model.description ?? '' }]),
      ];
      if (patchOperations.length === 0) continue;
      await this.#change('UpdateModel', { modelName: model.name, patchOperations }, modelSubject(model.name));
    }
    return async () => {
      for (const name of byName.keys()) await this.#change('DeleteModel', { modelName: name });
    };
  }

  async #validator(found: readonly Answer[]) {
    const name = this.#api.validator;
    const current = found.find((item) => item['name'] === name);
    const removeGone = async () => {
      for (const item of found) {
        if (item !== current) await this.#change('DeleteRequestValidator', { requestValidatorId: item['id'] });
      }
    };
    if (name === undefined || current !== undefined) {
      return { id: current === undefined ? undefined : String(current['id']), removeGone };
    }
    const input = { name, validateRequestBody: true, validateRequestParameters: true };
    const created = await this.#change('CreateRequestValidator', input);
    return { id: String(created['id']), removeGone };
  }

  async #gatewayResponses(found: readonly Answer[]): Promise<void> {
    const own = new Map(
      found.filter((item) => item['defaultResponse'] !== true).map((item) => [String(item['responseType']), item]),
    );
    for (const response of this.#api.gatewayResponses) {
      const current = own.get(response.responseType);
      own.delete(response.responseType);
      const same =
        current !== undefined &&
        isDeepStrictEqual(plain(current['responseParameters'] ?? {}), plain(response.responseParameters)) &&
        isDeepStrictEqual(plain(templatesOf(current['responseTemplates'])), plain(templatesOf(response.responseTemplates))) &&
        (response.statusCode === undefined || current['statusCode'] === response.statusCode);
      if (same) continue;
      await this.#change('PutGatewayResponse', withoutEmpty({ ...response }), gatewayResponseSubject(response.responseType));
    }
    for (const responseType of own.keys()) await this.#change('DeleteGatewayResponse', { responseType });
  }

  async #methods(found: readonly Answer[], references: RestReferences): Promise<void> {
    const { methods } = this.#api;
    const paths = new Set(methods.flatMap(({ path }) => pathsTo(path)));
    const ids = new Map(found.map((item) => [String(item['path']), String(item['id'])]));
    const kept = new Map<string, Answer>();
    for (const resource of found) {
      const path = String(resource['path']);
      // What is below a resource goes with it.
      if (path !== '/' && !paths.has(path)) {
        if (isTopOfGone(path, paths)) await this.#change('DeleteResource', { resourceId: resource['id'] });
        for (const verb of Object.keys((resource['resourceMethods'] ?? {}) as Answer)) {
          this.#session.changed('deleted', 'method', `${verb} ${path}`);
        }
        ids.delete(path);
        continue;
      }
      for (const [verb, method] of Object.entries((resource['resourceMethods'] ?? {}) as Record<string, Answer>)) {
        kept.set(methodSubject(verb, path), method);
      }
    }
    for (const path of [...paths].sort((a, b) => a.split('/').length - b.split('/').length)) {
      if (ids.has(path)) continue;
      const at = path.lastIndexOf('/');
      const input = { parentId: ids.get(at === 0 ? '/' : path.slice(0, at)), pathPart: path.slice(at + 1) };
      const created = await this.#change('CreateResource', input, subjectAt(path, methods));
      ids.set(path, String(created['id']));
    }
    const wanted = new Set(methods.map(({ httpMethod, path }) => methodSubject(httpMethod, path)));
    for (const subject of kept.keys()) {
      if (wanted.has(subject)) continue;
      const [, verb = '', path = ''] = subject.split(' ');
      await this.#change('DeleteMethod', { resourceId: ids.get(path), httpMethod: verb });
      this.#session.changed('deleted', 'method', `${verb} ${path}`);
    }
    await inParallel(methods, (method) => this.#method(method, String(ids.get(method.path)), kept, references));
  }

  async #method(
    method: DesiredRestMethod,
    resourceId: string,
    kept: ReadonlyMap<string, Answer>,
    references: RestReferences,
  ): Promise<void> {
    const { httpMethod, path } = method;
    const subject = methodSubject(httpMethod, path);
    const current = kept.get(subject);
    if (current !== undefined && isMethod(current, method, references)) return;
    // The stage serves what was deployed: nobody sees the method gone.
    if (current !== undefined) await this.#change('DeleteMethod', { resourceId, httpMethod }, subject);
    for (const [operation, members] of methodCalls(method, references)) {
      await this.#change(operation, { resourceId, httpMethod, ...members }, subject);
    }
    this.#session.changed(current === undefined ? 'created' : 'updated', 'method', `${httpMethod} ${path}`);
  }

  #list(operation: string, more: Answer = {}): Promise<Answer[]> {
    return this.#session.list('apigateway', operation, { restApiId: this.#restApiId, limit: 500, ...more }, PAGING);
  }

  #change(operation: string, input: Answer, subject = REST_API_SUBJECT): Promise<Answer> {
    this.isChanged = true;
    return this.#session.call('apigateway', operation, { restApiId: this.#restApiId, ...input }, subject);
  }
}

/** AWS: this one when none is given. Seen: recorded answers. */
function templatesOf(templates: unknown): unknown {
  const isThere = Object.keys((templates ?? {}) as Answer).length > 0;
  return isThere ? templates : { 'application/json': '{"message":$context.error.messageString}' };
}

/** `/a/{b}` -> `/a`, `/a/{b}`. */
function pathsTo(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

function isTopOfGone(path: string, paths: ReadonlySet<string>): boolean {
  const at = path.lastIndexOf('/');
  return at === 0 || paths.has(path.slice(0, at));
}

/** The first method at or below a path: it is why the resource is there. */
function subjectAt(path: string, methods: readonly DesiredRestMethod[]): string {
  const one = methods.find((method) => method.path === path || method.path.startsWith(`${path}/`));
  return one === undefined ? REST_API_SUBJECT : methodSubject(one.httpMethod, one.path);
}

function authorizerPatch(wanted: Answer, current: Answer): readonly Answer[] {
  const { providerARNs: wantedPools, ...texts } = wanted;
  const patch: Answer[] = [];
  const names = ['type', 'authorizerUri', 'identitySource', 'identityValidationExpression', 'authorizerResultTtlInSeconds'];
  for (const name of names) {
    if (String(texts[name] ?? '') === String(current[name] ?? '')) continue;
    const value = texts[name];
    if (value !== undefined) patch.push({ op: 'replace', path: `/${name}`, value: String(value) });
    else if (name === 'identitySource') patch.push({ op: 'remove', path: `/${name}` });
    else patch.push({ op: 'replace', path: `/${name}`, value: '' });
  }
  const pools = (wantedPools ?? []) as readonly string[];
  const currentPools = (current['providerARNs'] ?? []) as readonly string[];
  for (const pool of pools) if (!currentPools.includes(pool)) patch.push({ op: 'add', path: '/providerARNs', value: pool });
  for (const pool of currentPools) if (!pools.includes(pool)) patch.push({ op: 'remove', path: '/providerARNs', value: pool });
  return patch;
}
