// The operations of API Gateway v1 that applying a desired state calls, in memory and with ids that count up. For tests.

type Item = Record<string, unknown>;

interface StoredRestApi {
  readonly api: Item;
  /** By collection (`Authorizer`, `Model`, …), then by id or name. */
  readonly collections: Map<string, Map<string, Item>>;
  readonly resources: Map<string, { readonly id: string; readonly path: string; readonly methods: Map<string, Item> }>;
  readonly deployments: Item[];
  readonly stages: Map<string, Item>;
}

export class InMemoryRestApis {
  readonly apis = new Map<string, StoredRestApi>();
  readonly plans = new Map<string, Item>();
  readonly keys = new Map<string, Item>();
  #nextId = 0;

  run(operation: string, input: Readonly<Item>): Item {
    if (/Usage|ApiKey/.test(operation)) return this.#usage(operation, input);
    if (operation === 'CreateRestApi') return this.#createApi(input);
    const id = String(input['restApiId'] ?? String(input['resourceArn']).split('/').at(-1));
    const stored = this.apis.get(id);
    if (stored === undefined) throw notFound(`Invalid API identifier specified 000000000000:${id}`);
    const { restApiId: _, ...members } = input;
    switch (operation) {
      case 'GetRestApi':
        return stored.api;
      case 'UpdateRestApi':
        for (const { op, path, value } of input['patchOperations'] as { op: string; path: string; value: string }[]) {
          if (path.startsWith('/endpointConfiguration/')) patchEndpoint(stored.api, op, path, value);
          else if (op === 'remove') delete stored.api[path.slice(1)];
          else stored.api[path.slice(1)] = value;
        }
        return stored.api;
      case 'DeleteRestApi':
        this.apis.delete(id);
        return {};
      case 'TagResource':
        stored.api['tags'] = { ...(stored.api['tags'] as Item), ...(input['tags'] as Item) };
        return {};
      case 'GetResources':
        return {
          items: [...stored.resources.values()].map(({ methods, ...resource }) => ({
            ...resource,
            ...(methods.size === 0 ? {} : { resourceMethods: Object.fromEntries(methods) }),
          })),
        };
      case 'CreateDeployment': {
        const deployment = { id: this.#id('d'), createdDate: new Date(0), description: input['description'] };
        stored.deployments.push(deployment);
        const stageName = String(input['stageName']);
        const frozen = structuredClone([...stored.resources].map(([, { path, methods }]) => [path, Object.fromEntries(methods)]));
        stored.stages.set(stageName, { ...stored.stages.get(stageName), stageName, deploymentId: deployment.id, frozen });
        return deployment;
      }
      case 'GetDeployments':
        return { items: stored.deployments };
      case 'GetStage': {
        const stage = stored.stages.get(String(input['stageName']));
        if (stage === undefined) throw notFound('Invalid stage identifier specified');
        return stage;
      }
      case 'UpdateStage': {
        const stage = stored.stages.get(String(input['stageName']));
        if (stage === undefined) throw notFound('Invalid stage identifier specified');
        return updateStage(stage, input['patchOperations'] as readonly Patch[]);
      }
      default:
        return /Resource$|Method|Integration/.test(operation)
          ? this.#resource(stored, operation, members)
          : this.#collection(stored, operation, members);
    }
  }

  #id(prefix: string): string {
    this.#nextId += 1;
    return `${prefix}${this.#nextId}`;
  }

  #createApi(input: Readonly<Item>): Item {
    const id = String((input['tags'] as Record<string, string>)['_custom_id_']);
    const rootResourceId = this.#id('root');
    const stored: StoredRestApi = {
      api: { ...input, id, rootResourceId },
      collections: new Map(),
      resources: new Map([[rootResourceId, { id: rootResourceId, path: '/', methods: new Map() }]]),
      deployments: [],
      stages: new Map(),
    };
    this.apis.set(id, stored);
    return stored.api;
  }

  #resource(stored: StoredRestApi, operation: string, input: Readonly<Item>): Item {
    if (operation === 'CreateResource') {
      const parent = stored.resources.get(String(input['parentId']));
      if (parent === undefined) throw notFound('Invalid Resource identifier specified');
      const id = this.#id('r');
      const path = `${parent.path === '/' ? '' : parent.path}/${String(input['pathPart'])}`;
      stored.resources.set(id, { id, path, methods: new Map() });
      return { id, path };
    }
    const { resourceId, httpMethod, ...members } = input;
    const resource = stored.resources.get(String(resourceId));
    if (resource === undefined) throw notFound('Invalid Resource identifier specified');
    if (operation === 'DeleteResource') {
      for (const [id, { path }] of stored.resources) {
        if (path === resource.path || path.startsWith(`${resource.path}/`)) stored.resources.delete(id);
      }
      return {};
    }
    const verb = String(httpMethod);
    if (operation === 'DeleteMethod') {
      resource.methods.delete(verb);
      return {};
    }
    if (operation === 'PutMethod') {
      resource.methods.set(verb, { httpMethod: verb, ...members });
      return {};
    }
    const method = resource.methods.get(verb);
    if (method === undefined) throw notFound('Invalid Method identifier specified');
    const put = (owner: Item, member: string) => {
      owner[member] = { ...(owner[member] as Item | undefined), [String(members['statusCode'])]: members };
      return {};
    };
    if (operation === 'PutMethodResponse') return put(method, 'methodResponses');
    if (operation === 'PutIntegrationResponse') return put(method['methodIntegration'] as Item, 'integrationResponses');
    const { integrationHttpMethod, ...rest } = members;
    method['methodIntegration'] = {
      ...rest,
      ...(integrationHttpMethod === undefined ? {} : { httpMethod: integrationHttpMethod }),
    };
    return {};
  }

  /** Create…, Put…, Get…s, Update… and Delete… of what has an id or a name. */
  #collection(stored: StoredRestApi, operation: string, input: Readonly<Item>): Item {
    const [, verb = '', noun = ''] = /^(Create|Put|Get|Update|Delete)([A-Za-z]+?)s?$/.exec(operation) ?? [];
    const items = stored.collections.get(noun) ?? new Map<string, Item>();
    stored.collections.set(noun, items);
    const named = String(input['authorizerId'] ?? input['modelName'] ?? input['requestValidatorId'] ?? input['responseType']);
    if (verb === 'Get') return { items: [...items.values()] };
    if (verb === 'Delete') return { deleted: items.delete(named) };
    if (verb === 'Update') {
      const item = items.get(named);
      if (item === undefined) throw notFound(`Invalid ${noun} identifier specified`);
      for (const { path, value } of input['patchOperations'] as { path: string; value: string }[]) {
        const former = item[path.slice(1)];
        item[path.slice(1)] = typeof former === 'number' ? Number(value) : value;
      }
      return item;
    }
    const id = noun === 'Model' ? String(input['name']) : noun === 'GatewayResponse' ? named : this.#id(noun[0]!.toLowerCase());
    const item = { id, ...input };
    items.set(id, item);
    return item;
  }

  #usage(operation: string, input: Readonly<Item>): Item {
    const plan = this.plans.get(String(input['usagePlanId']));
    switch (operation) {
      case 'GetUsagePlans':
        return { items: [...this.plans.values()] };
      case 'CreateUsagePlan': {
        const quota = input['quota'] as Item | undefined;
        const item = { id: this.#id('p'), ...input, ...(quota === undefined ? {} : { quota: { offset: 0, ...quota } }) };
        this.plans.set(item.id, item);
        return item;
      }
      case 'UpdateUsagePlan':
        for (const { op, path, value } of input['patchOperations'] as { op: string; path: string; value: string }[]) {
          const [section = '', member] = path.slice(1).split('/');
          if (section === 'apiStages' || plan === undefined) continue;
          if (op === 'remove') delete plan[section];
          else plan[section] = { ...(plan[section] as Item), [String(member)]: member === 'period' ? value : Number(value) };
        }
        return {};
      case 'DeleteUsagePlan':
        this.plans.delete(String(input['usagePlanId']));
        return {};
      case 'GetUsagePlanKeys':
        return {
          items: ((plan?.['keyIds'] ?? []) as string[]).map((id) => this.keys.get(id)).filter((key) => key !== undefined),
        };
      case 'CreateUsagePlanKey':
        if (plan !== undefined) plan['keyIds'] = [...((plan['keyIds'] ?? []) as string[]), String(input['keyId'])];
        return {};
      case 'GetApiKeys':
        return { items: [...this.keys.values()] };
      case 'CreateApiKey': {
        const item = { id: this.#id('k'), ...input };
        this.keys.set(item.id, item);
        return item;
      }
      case 'UpdateApiKey':
        for (const { path, value } of input['patchOperations'] as { path: string; value: string }[]) {
          const key = this.keys.get(String(input['apiKey']));
          if (key !== undefined) key[path.slice(1)] = path === '/enabled' ? value === 'true' : value;
        }
        return {};
      case 'DeleteApiKey':
        this.keys.delete(String(input['apiKey']));
        return {};
      default:
        throw new Error(`no in-memory version of ${operation}`);
    }
  }
}

function notFound(message: string): Error {
  return Object.assign(new Error(message), { name: 'AwsError', code: 'NotFoundException' });
}

interface Patch {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
}

/** The settings of all methods, the access log, and whether requests are traced. */
function updateStage(stage: Item, patches: readonly Patch[]): Item {
  const names: Readonly<Record<string, string>> = {
    '/*/*/metrics/enabled': 'metricsEnabled',
    '/*/*/logging/loglevel': 'loggingLevel',
    '/*/*/logging/dataTrace': 'dataTraceEnabled',
  };
  for (const { op, path, value } of patches) {
    const name = names[path];
    const settings = (stage['methodSettings'] ?? {}) as Item;
    if (name !== undefined) {
      const setting = name === 'loggingLevel' ? value : value === 'true';
      stage['methodSettings'] = { ...settings, '*/*': { ...(settings['*/*'] as Item | undefined), [name]: setting } };
    } else if (path === '/tracingEnabled') stage['tracingEnabled'] = value === 'true';
    else if (op === 'remove') delete stage[path.slice(1)];
    else stage['accessLogSettings'] = { ...(stage['accessLogSettings'] as Item | undefined), [path.split('/')[2] ?? '']: value };
  }
  return stage;
}

function patchEndpoint(api: Item, op: string, path: string, value: string): void {
  const endpoint = { ...(api['endpointConfiguration'] as Item) };
  if (path.startsWith('/endpointConfiguration/types/')) endpoint['types'] = [value];
  else {
    const others = ((endpoint['vpcEndpointIds'] ?? []) as readonly string[]).filter((id) => id !== value);
    endpoint['vpcEndpointIds'] = op === 'add' ? [...others, value] : others;
  }
  api['endpointConfiguration'] = endpoint;
}
