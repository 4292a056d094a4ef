// The models of requests as validators. A model that cannot be compiled lets no body pass: nothing is waved through.

import type { SchemaCompiler } from '../../data-plane/rest-api/method-request.ts';
import { compileJsonSchema, validationErrorString } from '../../json-schema/json-schema.ts';

/** `models`: the schemas that this one may refer to, by name. */
export const compileSchema: SchemaCompiler = (schema, models) => {
  const compiled = compileJsonSchema(schema, {
    resolveModel: (name) => (Object.hasOwn(models, name) ? models[name] : undefined),
    // Whether such keywords may be in a model is decided when it is created.
    unknownKeywords: 'ignore',
  });
  if (compiled.schema === undefined) {
    const [fault] = compiled.faults;
    return () => `the model cannot be used: at ${fault?.pointer || 'its root'}: ${fault?.what}`;
  }
  return (value) => {
    const errors = compiled.schema.validate(value);
    return errors.length === 0 ? undefined : validationErrorString(errors);
  };
};

/** For one stage: methods that take the same model share its validator. */
export function sharingSchemaCompiler(): SchemaCompiler {
  const validators = new Map<string, ReturnType<SchemaCompiler>>();
  return (schema, models) => {
    const key = JSON.stringify([schema, models]);
    const known = validators.get(key);
    if (known !== undefined) return known;
    const validator = compileSchema(schema, models);
    validators.set(key, validator);
    return validator;
  };
}
