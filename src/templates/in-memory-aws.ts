// The operations that applying a desired state calls, in memory and with a record of the calls. For tests of this folder and
// of the command line: what the real services answer is tested with them.

import { createHash } from 'node:crypto';
import type { AwsCall } from './apply-desired-state.ts';
import { InMemoryRestApis } from './in-memory-rest-apis.ts';

type Item = Record<string, unknown>;

export interface RecordedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Item>;
}

interface StoredFunction {
  configuration: Item;
  tags: Record<string, string>;
  policy: Item[];
  concurrency?: number;
  url?: Item;
  events?: Item;
}

interface StoredApi {
  readonly api: Item;
  readonly integrations: Map<string, Item>;
  readonly routes: Map<string, Item>;
  readonly authorizers: Map<string, Item>;
  readonly stages: Map<string, Item>;
  readonly deployments: Map<string, Item>;
  readonly routeResponses: Map<string, Item>;
}

export class InMemoryAws {
  readonly calls: RecordedCall[] = [];
  readonly functions = new Map<string, StoredFunction>();
  readonly apis = new Map<string, StoredApi>();
  readonly restApis = new InMemoryRestApis();
  readonly logGroups = new Map<string, Item>();
  /** Versions by layer name. */
  readonly layers = new Map<string, Item[]>();
  /** Operations that are refused, with the message. */
  readonly refuse = new Map<string, string>();
  #nextId = 0;

  readonly call: AwsCall = async (service, operation, input) => {
    this.calls.push({ service, operation, input });
    const refusal = this.refuse.get(operation);
    if (refusal !== undefined) throw awsError('InvalidParameterValueException', refusal);
    const run =
      service === 'logs'
        ? this.#logs(operation, input)
        : service === 'lambda'
          ? this.#lambda(operation, input)
          : service === 'apigateway'
            ? this.restApis.run(operation, input)
            : this.#apiGateway(operation, input);
    return structuredClone(run);
  };

  /** Calls that change something. */
  get writes(): readonly RecordedCall[] {
    return this.calls.filter((call) => !/^(Get|List|Describe)/.test(call.operation));
  }

  #lambda(operation: string, input: Readonly<Item>): Item {
    if (operation === 'ListFunctions') return { Functions: [...this.functions.values()].map((one) => one.configuration) };
    if (/Layer/.test(operation)) return this.#layer(operation, input);
    const name = String(input['FunctionName'] ?? String(input['Resource']).split(':').at(-1));
    if (operation === 'CreateFunction') {
      if (this.functions.has(name)) throw awsError('ResourceConflictException', `Function already exist: ${name}`);
      const { Code: _, Tags: tags = {}, ...rest } = input;
      const configuration = withLayerArns(rest);
      this.functions.set(name, { configuration, tags: { ...(tags as Record<string, string>) }, policy: [] });
      return configuration;
    }
    const stored = this.functions.get(name);
    if (stored === undefined) throw awsError('ResourceNotFoundException', `Function not found: ${name}`);
    switch (operation) {
      case 'GetFunction':
        return {
          Configuration: stored.configuration,
          Tags: stored.tags,
          ...(stored.concurrency === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: stored.concurrency } }),
        };
      case 'PutFunctionConcurrency':
        stored.concurrency = Number(input['ReservedConcurrentExecutions']);
        return {};
      case 'DeleteFunctionConcurrency':
        delete stored.concurrency;
        return {};
      case 'ListTags':
        return { Tags: stored.tags };
      case 'UpdateFunctionConfiguration':
        stored.configuration = { ...stored.configuration, ...withLayerArns(input) };
        if ((input['DeadLetterConfig'] as { TargetArn?: string } | undefined)?.TargetArn === '')
          delete stored.configuration['DeadLetterConfig'];
        return stored.configuration;
      case 'UpdateFunctionCode':
        return stored.configuration;
      case 'TagResource':
        Object.assign(stored.tags, input['Tags']);
        return {};
      case 'UntagResource':
        for (const key of input['TagKeys'] as string[]) delete stored.tags[key];
        return {};
      case 'GetPolicy':
        if (stored.policy.length === 0) throw awsError('ResourceNotFoundException', 'The resource you requested does not exist.');
        return { Policy: JSON.stringify({ Version: '2012-10-17', Statement: stored.policy }) };
      case 'AddPermission':
        stored.policy.push({
          Sid: input['StatementId'],
          Effect: 'Allow',
          Principal: { Service: input['Principal'] },
          Action: input['Action'],
          Condition: { ArnLike: { 'AWS:SourceArn': input['SourceArn'] } },
        });
        return {};
      case 'RemovePermission':
        stored.policy = stored.policy.filter((statement) => statement['Sid'] !== input['StatementId']);
        return {};
      case 'GetFunctionUrlConfig':
        if (stored.url === undefined) throw nothingThere();
        return stored.url;
      case 'CreateFunctionUrlConfig':
      case 'UpdateFunctionUrlConfig':
        stored.url = { ...stored.url, ...input, Cors: asKept(input['Cors'] as Item | undefined) };
        if (Object.keys((input['Cors'] as Item | undefined) ?? {}).length === 0) delete stored.url['Cors'];
        return stored.url;
      case 'DeleteFunctionUrlConfig':
        delete stored.url;
        return {};
      case 'GetFunctionEventInvokeConfig':
        if (stored.events === undefined) throw nothingThere();
        return stored.events;
      case 'PutFunctionEventInvokeConfig':
        stored.events = { ...input };
        return stored.events;
      case 'DeleteFunctionEventInvokeConfig':
        delete stored.events;
        return {};
      case 'DeleteFunction':
        this.functions.delete(name);
        return {};
      default:
        throw new Error(`no in-memory version of ${operation}`);
    }
  }

  #logs(operation: string, input: Readonly<Item>): Item {
    const name = String(input['logGroupName']);
    if (operation === 'DescribeLogGroups') return { logGroups: [...this.logGroups.values()] };
    if (operation === 'CreateLogGroup') this.logGroups.set(name, { logGroupName: name });
    if (operation === 'PutRetentionPolicy') this.logGroups.set(name, { ...input });
    return {};
  }

  #layer(operation: string, input: Readonly<Item>): Item {
    const name = String(input['LayerName']);
    const versions = this.layers.get(name) ?? [];
    this.layers.set(name, versions);
    if (operation === 'ListLayerVersions') return { LayerVersions: versions.toReversed() };
    if (operation === 'GetLayerVersion') return versions[Number(input['VersionNumber']) - 1] ?? {};
    if (operation !== 'PublishLayerVersion') throw new Error(`no in-memory version of ${operation}`);
    const { ZipFile: archive } = input['Content'] as { ZipFile: Buffer };
    const Version = versions.length + 1;
    versions.push({
      Version,
      LayerVersionArn: `arn:aws:lambda:us-east-1:000000000000:layer:${name}:${Version}`,
      Description: input['Description'],
      Content: { CodeSha256: createHash('sha256').update(archive).digest('base64') },
    });
    return versions.at(-1) ?? {};
  }

  #apiGateway(operation: string, input: Readonly<Item>): Item {
    if (operation === 'CreateApi') {
      const id = String((input['Tags'] as Record<string, string>)['_custom_id_']);
      const stored: StoredApi = {
        api: { ...input, ApiId: id },
        integrations: new Map(),
        routes: new Map(),
        authorizers: new Map(),
        stages: new Map(),
        deployments: new Map(),
        routeResponses: new Map(),
      };
      this.apis.set(id, stored);
      return stored.api;
    }
    const id = String(input['ApiId'] ?? String(input['ResourceArn']).split('/').at(-1));
    const stored = this.apis.get(id);
    if (stored === undefined) throw awsError('NotFoundException', `Invalid API identifier specified 000000000000:${id}`);
    const { ApiId: _, ...rest } = input;
    const add = (map: Map<string, Item>, idName: string): Item => {
      this.#nextId += 1;
      const item = { ...rest, [idName]: `${idName.slice(0, 1).toLowerCase()}${this.#nextId}` };
      map.set(String(item[idName]), item);
      return item;
    };
    const change = (map: Map<string, Item>, key: unknown): Item => {
      const item = map.get(String(key));
      if (item === undefined) throw awsError('NotFoundException', `Invalid identifier specified ${String(key)}`);
      return Object.assign(item, rest);
    };
    switch (operation) {
      case 'GetApi':
        return stored.api;
      case 'UpdateApi':
        return Object.assign(stored.api, rest);
      case 'DeleteApi':
        this.apis.delete(id);
        return {};
      case 'DeleteCorsConfiguration':
        delete stored.api['CorsConfiguration'];
        return {};
      case 'TagResource':
        stored.api['Tags'] = { ...(stored.api['Tags'] as Item), ...(input['Tags'] as Item) };
        return {};
      case 'UntagResource':
        for (const key of input['TagKeys'] as string[]) delete (stored.api['Tags'] as Item)[key];
        return {};
      case 'CreateDeployment': {
        const deployment = add(stored.deployments, 'DeploymentId');
        const stage = stored.stages.get(String(input['StageName']));
        if (stage !== undefined) stage['DeploymentId'] = deployment['DeploymentId'];
        return deployment;
      }
      case 'GetDeployments':
        return { Items: [...stored.deployments.values()] };
      case 'GetStages':
        return { Items: [...stored.stages.values()] };
      case 'DeleteDeployment':
        stored.deployments.delete(String(input['DeploymentId']));
        return {};
      case 'GetRouteResponses':
        return { Items: [...stored.routeResponses.values()].filter((one) => one['RouteId'] === input['RouteId']) };
      case 'CreateRouteResponse':
        return add(stored.routeResponses, 'RouteResponseId');
      case 'DeleteRouteResponse':
        stored.routeResponses.delete(String(input['RouteResponseId']));
        return {};
      case 'GetIntegrations':
        return { Items: [...stored.integrations.values()] };
      case 'GetRoutes':
        return { Items: [...stored.routes.values()] };
      case 'GetAuthorizers':
        return { Items: [...stored.authorizers.values()] };
      case 'CreateAuthorizer':
        return add(stored.authorizers, 'AuthorizerId');
      case 'UpdateAuthorizer':
        return change(stored.authorizers, input['AuthorizerId']);
      case 'DeleteAuthorizer':
        stored.authorizers.delete(String(input['AuthorizerId']));
        return {};
      case 'DeleteAccessLogSettings':
        delete stored.stages.get(String(input['StageName']))?.['AccessLogSettings'];
        return {};
      case 'CreateIntegration':
        return add(stored.integrations, 'IntegrationId');
      case 'CreateRoute':
        return add(stored.routes, 'RouteId');
      case 'UpdateIntegration':
        return change(stored.integrations, input['IntegrationId']);
      case 'UpdateRoute':
        return change(stored.routes, input['RouteId']);
      case 'DeleteIntegration':
        stored.integrations.delete(String(input['IntegrationId']));
        return {};
      case 'DeleteRoute':
        stored.routes.delete(String(input['RouteId']));
        return {};
      case 'CreateStage':
        stored.stages.set(String(input['StageName']), { ...rest });
        return rest;
      case 'GetStage':
      case 'UpdateStage':
        return change(stored.stages, input['StageName']);
      default:
        throw new Error(`no in-memory version of ${operation}`);
    }
  }
}

/** Named by their ARNs, read as objects. */
function withLayerArns(input: Readonly<Item>): Item {
  const layers = input['Layers'] as readonly string[] | undefined;
  const { Layers: _, ...rest } = input;
  if (layers === undefined) return rest;
  return layers.length === 0 ? { ...rest, Layers: [] } : { ...rest, Layers: layers.map((Arn) => ({ Arn })) };
}

function nothingThere(): Error {
  return awsError('ResourceNotFoundException', 'The resource you requested does not exist.');
}

/** An error as the operations throw it. */
function awsError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: 'AwsError', code });
}

/** Names of headers come back in lower case, as from the service. */
function asKept(cors: Item | undefined): Item {
  return Object.fromEntries(
    Object.entries(cors ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) && name.endsWith('Headers') ? value.map((header) => String(header).toLowerCase()) : value,
    ]),
  );
}
