// The models of an API as classes, in no language yet: what each has, and which models lead to no class at all.

import type { RestModel } from '../../model/rest-api.ts';
import type { FreeNames } from './free-names.ts';
import { pascalName, upperFirst } from './identifiers.ts';

/** Schemas nest no deeper in classes; what lies below is anything. */
const DEPTH_MAX = 16;
/** Classes of one SDK. */
const CLASSES_MAX = 1_000;
const NAME_MAX = 150;
/** A model without properties, which every API has. */
const EMPTY_MODEL = 'Empty';

export type SdkType =
  | { readonly kind: 'string' | 'integer' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'list'; readonly item: SdkType }
  | { readonly kind: 'class'; readonly name: string };

export interface SdkProperty {
  /** As JSON has it. */
  readonly name: string;
  readonly type: SdkType;
}

export interface SdkClass {
  readonly name: string;
  /** What it is a list of; then it has no properties. */
  readonly listOf?: SdkType;
  readonly properties: readonly SdkProperty[];
}

export interface SdkModelOptions {
  /** Names that classes may not have are taken. */
  readonly names: FreeNames;
  /** Before each name of a class. */
  readonly prefix?: string;
  /** Whether a model that is an array has a class of its own. */
  readonly listClasses?: boolean;
  /** Between a class and what it has inside: `Pet_owner`, `Pet_tags_item`. Without it they are `PetOwner`, `PetTagsItem`. */
  readonly separator?: string;
}

const ANY: SdkType = { kind: 'any' };

type Schema = Readonly<Record<string, unknown>>;

/** Types of models, and every class that they need. */
export class SdkModels {
  readonly #names: FreeNames;
  readonly #prefix: string;
  readonly #listClasses: boolean;
  readonly #separator: string | undefined;
  readonly #models: ReadonlyMap<string, RestModel>;
  /** Class of a model by the model's name. */
  readonly #ofModels = new Map<string, SdkType>();
  /** Classes that are still to be made: models refer to one another in chains as long as they like. */
  readonly #pending: { readonly name: string; readonly schema: Schema }[] = [];
  /** Models that are nothing but another model, on the way to what they are. */
  readonly #followed = new Set<string>();
  /** By name; undefined while its properties are looked at, so that it has its place before their classes. */
  readonly #classes = new Map<string, SdkClass | undefined>();
  #named = 0;

  constructor(models: readonly RestModel[], { names, prefix = '', listClasses = false, separator }: SdkModelOptions) {
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.#names = names;
    this.#prefix = prefix;
    this.#listClasses = listClasses;
    this.#separator = separator;
  }

  /** The type of a model's values; undefined for `Empty` and for a model that is not there. */
  typeOf(modelName: string | undefined): SdkType | undefined {
    const model = modelName === undefined || modelName === EMPTY_MODEL ? undefined : this.#models.get(modelName);
    if (model === undefined) return undefined;
    const known = this.#ofModels.get(model.name);
    if (known !== undefined) return known;
    const schema = schemaOf(model);
    if (!isObject(schema['properties']) && !(this.#listClasses && schema['type'] === 'array')) {
      if (this.#followed.has(model.name)) return ANY;
      this.#followed.add(model.name);
      const type = this.#type(schema, model.name, 0);
      this.#followed.delete(model.name);
      return type;
    }
    const name = this.#freeName(model.name);
    if (name === undefined) return ANY;
    const type: SdkType = { kind: 'class', name };
    this.#ofModels.set(model.name, type);
    this.#pending.push({ name, schema });
    return type;
  }

  /** Every class that the types so far need. */
  classes(): readonly SdkClass[] {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      this.#make(next.name, next.schema, 0);
    }
    return [...this.#classes.values()].filter((one) => one !== undefined);
  }

  #type(schema: unknown, hint: string, depth: number): SdkType {
    if (!isObject(schema) || depth > DEPTH_MAX) return ANY;
    const ref = schema['$ref'];
    if (typeof ref === 'string') return this.typeOf(/\/models\/([A-Za-z0-9]+)$/.exec(ref)?.[1]) ?? ANY;
    const type = schema['type'];
    if (type === 'string' || type === 'integer' || type === 'number' || type === 'boolean') return { kind: type };
    if (type === 'array') return { kind: 'list', item: this.#type(schema['items'], this.#inside(hint, 'item'), depth + 1) };
    if (!isObject(schema['properties'])) return ANY;
    const name = this.#freeName(hint);
    if (name === undefined) return ANY;
    this.#make(name, schema, depth);
    return { kind: 'class', name };
  }

  #make(name: string, schema: Schema, depth: number): void {
    this.#classes.set(name, undefined);
    const hint = name.slice(this.#prefix.length);
    if (schema['type'] === 'array' && this.#listClasses) {
      const listOf = this.#type(schema['items'], this.#inside(hint, 'item'), depth + 1);
      this.#classes.set(name, { name, listOf, properties: [] });
      return;
    }
    const properties = Object.entries(schema['properties'] as Schema).map(([property, of]) => {
      return { name: property, type: this.#type(of, this.#inside(hint, property), depth + 1) };
    });
    this.#classes.set(name, { name, properties });
  }

  /** What a class inside another is called, before it is free. */
  #inside(hint: string, part: string): string {
    if (this.#separator === undefined) return `${hint}${pascalName(part)}`;
    return `${hint}${this.#separator}${part.replaceAll(/\W+/g, '_')}`;
  }

  #freeName(hint: string): string | undefined {
    if (this.#named >= CLASSES_MAX) return undefined;
    this.#named++;
    const given = this.#separator === undefined ? pascalName(hint) : upperFirst(hint);
    // Classes are files; and no class is called like a member.
    const name = `${this.#prefix}${given}`.replace(/^_+/, 'Model').slice(0, NAME_MAX);
    return this.#names.take(name);
  }
}

function schemaOf({ schema }: RestModel): Schema {
  try {
    const parsed: unknown = JSON.parse(schema ?? '{}');
    return isObject(parsed) ? parsed : {};
  } catch {
    // A model that is not JSON has no class.
    return {};
  }
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
