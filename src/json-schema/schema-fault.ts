// What is wrong with a schema, and what AWS says about it.

export interface SchemaFault {
  /** JSON pointer to the place: `/properties/age/minimum`. */
  readonly pointer: string;
  /** What is wrong there, in our words. */
  readonly what: string;
  /** AWS's error for it. */
  readonly error: string;
}

/** AWS names no place and no reason. Seen: public reports of CreateModel and UpdateModel, one error for each fault. */
const INVALID = 'Invalid model schema specified';

export function syntaxFault(pointer: string, what: string): SchemaFault {
  return { pointer, what, error: INVALID };
}

/** AWS: a reference to another model is the URL of one. Seen: two public reports of imports (2024) whose schemas referred to other sites. */
export function foreignReferenceFault(pointer: string, what: string): SchemaFault {
  return { pointer, what, error: 'Model reference must be in canonical form' };
}

/** A schema that AWS would take and that cannot be run here: the answer says so. */
export function unsupportedFault(pointer: string, what: string): SchemaFault {
  return { pointer, what, error: `${INVALID}. At ${pointer}: ${what}` };
}

/** AWS: unknown keywords are refused, by name. Seen: public reports, `Unsupported keyword(s): ["example"]`. */
export function unknownKeywordsFault(pointer: string, keywords: readonly string[]): SchemaFault {
  return {
    pointer,
    what: `unknown keywords: ${keywords.join(', ')}`,
    error: `${INVALID}. Unsupported keyword(s): [${keywords.map((keyword) => JSON.stringify(keyword)).join(',')}]`,
  };
}

/** The message of the BadRequestException that CreateModel and UpdateModel answer. */
export function invalidModelMessage(faults: readonly SchemaFault[]): string {
  const errors = faults.slice(0, 20).map(({ error }) => error);
  return `Invalid model specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`;
}

/** `a/b` as a part of a JSON pointer. */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
