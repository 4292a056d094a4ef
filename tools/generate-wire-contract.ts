// Writes src/aws/generated/<service>.json: the wire shapes of the AWS services, taken from the public schema exports of the
// AWS SDK clients (devDependencies), merged with the enum, length, range and pattern constraints of constraints.json.
//
//   node tools/generate-wire-contract.ts          write
//   node tools/generate-wire-contract.ts --check  fail when what is committed differs
//
// It fails on anything it does not know (a tuple kind, a trait, a constraint without its member) and when a service has
// fewer operations than before, so that an SDK update is a reviewed change.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../src/aws/services.ts';

const root = path.resolve(import.meta.dirname, '..');
const generated = path.join(root, 'src/aws/generated');
const require = createRequire(path.join(root, 'package.json'));

/** [httpLabel, idempotent, idempotencyToken, sensitive, httpPayload, httpResponseCode, httpQueryParams] by bit. */
const BIT_TRAITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
] as const;
const KNOWN_TRAITS: Readonly<Record<'operation' | 'shape' | 'member', ReadonlySet<string>>> = {
  operation: new Set(['http', 'endpoint', 'idempotent']),
  shape: new Set(['error', 'httpError', 'awsQueryError', 'streaming', 'sensitive']),
  member: new Set([
    'jsonName',
    'httpQuery',
    'httpQueryParams',
    'httpHeader',
    'httpLabel',
    'httpPayload',
    'httpResponseCode',
    'idempotencyToken',
    'sensitive',
    'eventPayload',
    'xmlName',
  ]),
};
/** Simple types the runtime reads and writes; +64 is a list of them, +128 a map. */
const KNOWN_SIMPLE = new Set([0, 1, 2, 4, 5, 6, 7, 15, 21, 42]);

type Tuple = readonly unknown[];
type Traits = Readonly<Record<string, unknown>>;
/** Simple type number, -(index + 1) of a shape, or null for no content. */
type Reference = number | null;

interface ConstraintFile {
  readonly shapes: Readonly<Record<string, unknown>>;
  readonly members: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface ClientConfig {
  readonly protocolSettings: Protocol;
  httpAuthSchemeProvider(parameters: Readonly<Record<string, unknown>>): readonly { readonly schemeId: string }[];
}

interface Protocol {
  readonly defaultNamespace: string;
  readonly version: string;
  readonly serviceTarget?: string;
  readonly xmlNamespace?: string;
}

class Snapshot {
  readonly service: ServiceName;
  readonly constraints: ConstraintFile;
  readonly shapes: unknown[] = [];
  readonly indexes = new Map<Tuple, number>();
  readonly constraintsUsed = new Set<string>();

  constructor(service: ServiceName, constraints: ConstraintFile) {
    this.service = service;
    this.constraints = constraints;
  }

  fail(message: string): never {
    throw new Error(`${this.service}: ${message}`);
  }

  reference(schema: unknown): Reference {
    const target = typeof schema === 'function' ? schema() : schema;
    if (target === 'unit') return null;
    if (typeof target === 'number') {
      const base = target >= 128 ? target - 128 : target >= 64 ? target - 64 : target;
      if (!KNOWN_SIMPLE.has(base)) this.fail(`unknown simple type ${target}`);
      return target;
    }
    if (!Array.isArray(target)) return this.fail(`unknown schema ${String(target)}`);
    const known = this.indexes.get(target);
    if (known !== undefined) return -(known + 1);
    const index = this.shapes.length;
    this.indexes.set(target, index);
    this.shapes.push(null);
    this.shapes[index] = this.shape(target);
    return -(index + 1);
  }

  shape(tuple: Tuple): unknown {
    const [kind, , name, traits] = tuple as [number, string, string, unknown];
    const own = this.traits(traits, 'shape', name);
    switch (kind) {
      case 0:
        return [kind, name, own, this.reference(tuple[4])];
      case 1:
        return [kind, name, own, this.element(tuple[4], `${name}.member`)];
      case 2:
        return [kind, name, own, this.element(tuple[4], `${name}.key`), this.element(tuple[5], `${name}.value`)];
      case 3:
      case 4:
      case -3: {
        const names = tuple[4] as readonly string[];
        const members = tuple[5] as readonly unknown[];
        const constraints = this.constraints.members[name] ?? {};
        const used = new Set<string>();
        const written = names.map((member, i) => {
          const [ref, memberTraits] = this.element(members[i], `${name}.${member}`);
          const limits = this.limits(name, member, constraints, used);
          return limits === 0
            ? memberTraits === 0
              ? [member, ref]
              : [member, ref, memberTraits]
            : [member, ref, memberTraits, limits];
        });
        for (const key of Object.keys(constraints)) {
          if (!used.has(key)) this.fail(`constraint for ${name}.${key}, which the SDK does not have`);
        }
        this.constraintsUsed.add(name);
        return [kind, name, own, (tuple[6] as number | undefined) ?? 0, written];
      }
      default:
        return this.fail(`unknown kind ${kind} of shape ${name}`);
    }
  }

  /** [reference, traits or 0] of a list element, map part or structure member. */
  element(schema: unknown, where: string): [Reference, Traits | 0] {
    // A member is [reference, traits]; a shape tuple is longer.
    if (Array.isArray(schema) && schema.length === 2) {
      return [this.reference(schema[0]), this.traits(schema[1], 'member', where)];
    }
    return [this.reference(schema), 0];
  }

  limits(
    shape: string,
    member: string,
    constraints: Readonly<Record<string, string>>,
    used: Set<string>,
  ): string | Readonly<Record<string, string>> | 0 {
    const found: Record<string, string> = {};
    for (const [key, name] of Object.entries(constraints)) {
      const [owner, part = ''] = key.split('.') as [string, string?];
      if (owner !== member) continue;
      if (this.constraints.shapes[name] === undefined) this.fail(`constraint ${name} of ${shape}.${key} is not defined`);
      used.add(key);
      found[part] = name;
    }
    const parts = Object.keys(found);
    if (parts.length === 0) return 0;
    return parts.length === 1 && parts[0] === '' ? (found[''] as string) : found;
  }

  traits(traits: unknown, where: 'operation' | 'shape' | 'member', name: string): Traits | 0 {
    const result: Record<string, unknown> = {};
    if (typeof traits === 'number') {
      for (let bit = 0; 1 << bit <= traits; bit++) {
        if ((traits & (1 << bit)) === 0) continue;
        result[BIT_TRAITS[bit] ?? this.fail(`unknown trait bit ${bit} of ${name}`)] = 1;
      }
    } else if (typeof traits === 'object' && traits !== null) {
      Object.assign(result, traits);
    } else {
      this.fail(`unknown traits ${String(traits)} of ${name}`);
    }
    for (const trait of Object.keys(result)) {
      if (!KNOWN_TRAITS[where].has(trait)) this.fail(`unknown ${where} trait ${trait} of ${name}`);
    }
    return Object.keys(result).length === 0 ? 0 : result;
  }
}

function isTuple(value: unknown, kinds: readonly number[]): value is Tuple {
  return Array.isArray(value) && kinds.includes(value[0]) && typeof value[1] === 'string' && typeof value[2] === 'string';
}

async function snapshot(service: ServiceName, constraints: ConstraintFile): Promise<string> {
  const { clientPackage } = SERVICES[service];
  const main = require.resolve(clientPackage);
  const module = (await import(pathToFileURL(main).href)) as Record<string, unknown>;
  const { version: release } = JSON.parse(
    readFileSync(path.join(root, 'node_modules', clientPackage, 'package.json'), 'utf8'),
  ) as {
    version: string;
  };
  const { protocolSettings: protocol, httpAuthSchemeProvider } = configOf(module, service);
  const result = new Snapshot(service, constraints);
  const operations: Record<string, unknown> = {};
  const errors: Record<string, Reference> = {};
  // Sorted, so that the order of exports cannot make a difference.
  for (const key of Object.keys(module).sort()) {
    const value = module[key];
    if (isTuple(value, [9])) {
      const name = value[2] as string;
      operations[name] = [result.traits(value[3], 'operation', name), result.reference(value[4]), result.reference(value[5])];
    } else if (isTuple(value, [-3]) && !(value[1] as string).startsWith('smithy.ts.sdk.synthetic')) {
      errors[value[2] as string] = result.reference(value);
    }
  }
  for (const shape of Object.keys(constraints.members)) {
    if (!result.constraintsUsed.has(shape)) result.fail(`constraints for ${shape}, which no operation reaches`);
  }
  const isUnsigned = (operation: string): boolean =>
    httpAuthSchemeProvider({ operation, region: 'us-east-1', Region: 'us-east-1' })[0]?.schemeId === 'smithy.api#noAuth';
  const head = {
    source: `${clientPackage} ${release}`,
    namespace: protocol.defaultNamespace,
    version: protocol.version,
    target: protocol.serviceTarget,
    xmlNamespace: protocol.xmlNamespace,
    unsigned: Object.keys(operations).filter(isUnsigned),
  };
  // One shape a line: compact, and a reviewer can read the difference.
  const lines = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(',\n');
  const entries = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n');
  return (
    `${JSON.stringify(head).slice(0, -1)},\n` +
    `"operations":{\n${entries(operations)}\n},\n` +
    `"errors":{\n${entries(errors)}\n},\n` +
    `"constraints":{\n${entries(constraints.shapes)}\n},\n` +
    `"shapes":[\n${lines(result.shapes)}\n]}\n`
  );
}

function configOf(module: Readonly<Record<string, unknown>>, service: ServiceName): ClientConfig {
  const client = Object.entries(module).find(
    ([name, value]) => typeof value === 'function' && name.endsWith('Client') && !name.startsWith('_'),
  )?.[1] as (new (options: object) => { config: ClientConfig; destroy(): void }) | undefined;
  if (client === undefined) throw new Error(`${service}: no client class in its package`);
  const instance = new client({ region: 'us-east-1' });
  instance.destroy();
  return instance.config;
}

function operationCount(text: string): number {
  return Object.keys((JSON.parse(text) as { operations: object }).operations).length;
}

const check = process.argv.includes('--check');
const allConstraints = JSON.parse(readFileSync(path.join(generated, 'constraints.json'), 'utf8')) as Record<
  ServiceName,
  ConstraintFile
>;
const drifted: string[] = [];
let operations = 0;
for (const service of SERVICE_NAMES) {
  const file = path.join(generated, `${service}.json`);
  const text = await snapshot(service, allConstraints[service]);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const count = operationCount(text);
  operations += count;
  if (before !== undefined && count < operationCount(before)) {
    throw new Error(`${service}: the SDK has ${count} operations, the committed contract ${operationCount(before)}`);
  }
  if (before === text) continue;
  if (check) drifted.push(service);
  else writeFileSync(file, text);
}
if (drifted.length > 0) {
  process.stderr.write(
    `The wire contract differs from the installed SDK clients: ${drifted.join(', ')}. Run \`npm run generate\`.\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`Wire contract: ${SERVICE_NAMES.length} services, ${operations} operations.\n`);
}
