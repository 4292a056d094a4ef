// The models of an API as Java classes: a field, a getter and a setter for each property.

import type { RestModel } from '../../model/rest-api.ts';
import { FreeNames } from './free-names.ts';
import { lowerFirst, upperFirst } from './sdk-methods.ts';

/** Schemas nest no deeper in classes; what lies below is an Object. */
const DEPTH_MAX = 16;
/** Classes of one SDK. */
const CLASSES_MAX = 1_000;
/** A model without properties, which every API has. */
const EMPTY_MODEL = 'Empty';

// The Java Language Specification, 3.9.
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float ' +
    'for goto if implements import instanceof int interface long native new package private protected public return short static ' +
    'strictfp super switch synchronized this throw throws transient try void volatile while true false null _'
  ).split(' '),
);

type Schema = Readonly<Record<string, unknown>>;

/** Java types of models, and the source of every class that they need. */
export class JavaModels {
  readonly #package: string;
  readonly #models: ReadonlyMap<string, RestModel>;
  /** Class of a model by the model's name. */
  readonly #classes = new Map<string, string>();
  /** Each class is a file. */
  readonly #names = new FreeNames(caseless);
  /** Classes of models that are still to be written: models refer to one another in chains as long as they like. */
  readonly #pending: { readonly name: string; readonly schema: Schema }[] = [];
  /** Models that are nothing but another model, on the way to what they are. */
  readonly #followed = new Set<string>();
  readonly #sources = new Map<string, string>();

  /** `javaPackage`: where the classes go. */
  constructor(models: readonly RestModel[], javaPackage: string) {
    this.#package = javaPackage;
    this.#models = new Map(models.map((model) => [model.name, model]));
  }

  /** The type of a model's values, for code in any package; undefined for `Empty` and for a model that is not there. */
  typeOf(modelName: string | undefined): string | undefined {
    const model = modelName === undefined || modelName === EMPTY_MODEL ? undefined : this.#models.get(modelName);
    if (model === undefined) return undefined;
    const known = this.#classes.get(model.name);
    if (known !== undefined) return `${this.#package}.${known}`;
    const schema = schemaOf(model);
    if (schema['type'] !== 'array' && !isObject(schema['properties'])) {
      if (this.#followed.has(model.name)) return 'Object';
      this.#followed.add(model.name);
      const type = this.#type(schema, model.name, 0);
      this.#followed.delete(model.name);
      return type;
    }
    const name = this.#freeClass(model.name);
    if (name === undefined) return 'Object';
    this.#classes.set(model.name, name);
    this.#pending.push({ name, schema });
    return `${this.#package}.${name}`;
  }

  /** The source of every class that the types so far need, by class. */
  sources(): ReadonlyMap<string, string> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift())
      this.#write(next.name, next.schema, 0);
    return this.#sources;
  }

  #type(schema: unknown, hint: string, depth: number): string {
    if (!isObject(schema) || depth > DEPTH_MAX) return 'Object';
    const ref = schema['$ref'];
    if (typeof ref === 'string') return this.typeOf(/\/models\/([A-Za-z0-9]+)$/.exec(ref)?.[1]) ?? 'Object';
    switch (schema['type']) {
      case 'string':
        return 'String';
      case 'integer':
        return 'Integer';
      case 'number':
        return 'java.math.BigDecimal';
      case 'boolean':
        return 'Boolean';
      case 'array':
        return `java.util.List<${this.#type(schema['items'], `${hint}Item`, depth + 1)}>`;
      default: {
        if (!isObject(schema['properties'])) return 'Object';
        const name = this.#freeClass(hint);
        if (name === undefined) return 'Object';
        this.#write(name, schema, depth);
        return `${this.#package}.${name}`;
      }
    }
  }

  #write(name: string, schema: Schema, depth: number): void {
    // Its place among the files, before those of its members.
    this.#sources.set(name, '');
    this.#sources.set(name, schema['type'] === 'array' ? this.#list(name, schema, depth) : this.#class(name, schema, depth));
  }

  #list(name: string, { items }: Schema, depth: number): string {
    const item = this.#type(items, `${name}Item`, depth + 1);
    return `package ${this.#package};\n\npublic class ${name} extends java.util.ArrayList<${item}> {\n}\n`;
  }

  #class(name: string, { properties }: Schema, depth: number): string {
    const fields: string[] = [];
    const accessors: string[] = [];
    const names = new FreeNames();
    for (const [property, schema] of Object.entries(properties as Schema)) {
      const type = this.#type(schema, `${name}${javaClassName(property)}`, depth + 1);
      const field = names.take(javaMemberName(property));
      const accessor = upperFirst(field);
      fields.push(
        `    @com.google.gson.annotations.SerializedName(${javaText(property)})\n    private ${type} ${field} = null;\n`,
      );
      accessors.push(
        `    public ${type} get${accessor}() {\n        return ${field};\n    }\n`,
        `    public void set${accessor}(${type} ${field}) {\n        this.${field} = ${field};\n    }\n`,
      );
    }
    return `package ${this.#package};\n\npublic class ${name} {\n${[...fields, ...accessors].join('\n')}}\n`;
  }

  #freeClass(hint: string): string | undefined {
    return this.#names.size >= CLASSES_MAX ? undefined : this.#names.take(javaClassName(hint));
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

/** `pet-item` -> `PetItem` */
export function javaClassName(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9]+/)
    .map(upperFirst)
    .join('');
  return /^[A-Za-z]/.test(name) ? name : `_${name}`;
}

/** `X-Kind` -> `xKind`; no keyword of Java. */
export function javaMemberName(text: string): string {
  const name = lowerFirst(javaClassName(text));
  // `getClass` is every object's own.
  return KEYWORDS.has(name) || name === 'class' ? `_${name}` : name;
}

/** `int` and `class` name nothing of one's own. */
export function isJavaKeyword(text: string): boolean {
  return KEYWORDS.has(text);
}

/** A string of Java, as its source has it. */
export function javaText(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, '\\$&').replaceAll(/[^ -~]/g, (character) => {
    return [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('');
  });
  return `"${escaped}"`;
}

function caseless(name: string): string {
  return name.toLowerCase();
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
