// The models of an API as Java classes for Gson: a field, a getter and a setter for each property.

import type { RestModel } from '../../model/rest-api.ts';
import { FreeNames } from './free-names.ts';
import { caseless, upperFirst } from './identifiers.ts';
import { javaMemberName, javaText } from './java-names.ts';
import { type SdkClass, SdkModels, type SdkType } from './sdk-models.ts';

/** Java types of models, and the source of every class that they need. */
export class JavaModels {
  readonly #package: string;
  readonly #models: SdkModels;

  /** `javaPackage`: where the classes go. */
  constructor(models: readonly RestModel[], javaPackage: string) {
    this.#package = javaPackage;
    // Each class is a file.
    this.#models = new SdkModels(models, { names: new FreeNames(caseless), listClasses: true });
  }

  /** The type of a model's values, for code in any package; undefined for `Empty` and for a model that is not there. */
  typeOf(modelName: string | undefined): string | undefined {
    const type = this.#models.typeOf(modelName);
    return type === undefined ? undefined : this.#type(type);
  }

  /** The source of every class that the types so far need, by class. */
  sources(): ReadonlyMap<string, string> {
    return new Map(this.#models.classes().map((one) => [one.name, this.#source(one)]));
  }

  #type(type: SdkType): string {
    switch (type.kind) {
      case 'string':
        return 'String';
      case 'integer':
        return 'Integer';
      case 'number':
        return 'java.math.BigDecimal';
      case 'boolean':
        return 'Boolean';
      case 'list':
        return `java.util.List<${this.#type(type.item)}>`;
      case 'class':
        return `${this.#package}.${type.name}`;
      default:
        return 'Object';
    }
  }

  #source({ name, listOf, properties }: SdkClass): string {
    if (listOf !== undefined) {
      return `package ${this.#package};\n\npublic class ${name} extends java.util.ArrayList<${this.#type(listOf)}> {\n}\n`;
    }
    const fields: string[] = [];
    const accessors: string[] = [];
    const names = new FreeNames();
    for (const property of properties) {
      const type = this.#type(property.type);
      const field = names.take(javaMemberName(property.name));
      const accessor = upperFirst(field);
      fields.push(
        `    @com.google.gson.annotations.SerializedName(${javaText(property.name)})\n    private ${type} ${field} = null;\n`,
      );
      accessors.push(
        `    public ${type} get${accessor}() {\n        return ${field};\n    }\n`,
        `    public void set${accessor}(${type} ${field}) {\n        this.${field} = ${field};\n    }\n`,
      );
    }
    return `package ${this.#package};\n\npublic class ${name} {\n${[...fields, ...accessors].join('\n')}}\n`;
  }
}
