// The members of generated Java classes: a field, a setter, a getter and a fluent setter each, under names that are free.

import { FreeNames } from './free-names.ts';
import { upperFirst } from './identifiers.ts';
import { javaMemberName } from './java-names.ts';
import type { SdkType } from './sdk-models.ts';

export interface JavaMember {
  /** Of the field and of the fluent setter. */
  readonly name: string;
  readonly type: string;
}

/** What every object has, what every generated class has, and the packages that the code names. */
const TAKEN =
  'clone equals finalize fromJson fromResponse hashCode java com notify notifyAll sdkRequestConfig sdkResponseMetadata toJson toString wait';

/** Names of the members of one class. */
export class JavaMemberNames {
  readonly #names = new FreeNames();
  /** `setA` may be the setter of `a`, or the fluent setter of `setA`. */
  readonly #methods = new Set<string>(TAKEN.split(' '));

  take(text: string): string {
    for (;;) {
      const name = this.#names.take(javaMemberName(text));
      const methods = [name, `get${upperFirst(name)}`, `set${upperFirst(name)}`];
      if (methods.some((method) => this.#methods.has(method))) continue;
      for (const method of methods) this.#methods.add(method);
      return name;
    }
  }
}

/** Types of the package of models; java.lang is spelled out, because a model may be called String. */
export function javaType(type: SdkType): string {
  switch (type.kind) {
    case 'string':
      return 'java.lang.String';
    case 'integer':
      return 'java.lang.Integer';
    case 'number':
      return 'java.lang.Double';
    case 'boolean':
      return 'java.lang.Boolean';
    case 'list':
      return `java.util.List<${javaType(type.item)}>`;
    case 'class':
      return type.name;
    default:
      return 'java.lang.Object';
  }
}

/** An expression that makes a value of `type` of what SdkJson has read. */
export function javaFromJson(type: SdkType, expression: string, depth = 0): string {
  switch (type.kind) {
    case 'string':
    case 'integer':
    case 'number':
      return `SdkJson.${type.kind}(${expression})`;
    case 'boolean':
      return `SdkJson.bool(${expression})`;
    case 'list':
      return `SdkJson.list(${expression}, item${depth} -> ${javaFromJson(type.item, `item${depth}`, depth + 1)})`;
    case 'class':
      return `${type.name}.fromJson(${expression})`;
    default:
      return expression;
  }
}

export function javaFields(members: readonly JavaMember[]): string {
  return members.map(({ name, type }) => `\n    private ${type} ${name};\n`).join('');
}

/** `owner`: the class that they are of. */
export function javaAccessors(owner: string, members: readonly JavaMember[]): string {
  return members
    .map(({ name, type }) => {
      const accessor = upperFirst(name);
      return `
    public ${type} get${accessor}() {
        return this.${name};
    }

    public void set${accessor}(${type} value) {
        this.${name} = value;
    }

    public ${owner} ${name}(${type} value) {
        this.${name} = value;
        return this;
    }
`;
    })
    .join('');
}
