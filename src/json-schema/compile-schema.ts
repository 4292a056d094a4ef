// From checked schema documents to schema nodes. Every schema object becomes one node, once, so that schemas that refer to
// themselves end; a list of work stands in for recursion.

import { compileSafeRegex, regexFaultText, type SafeRegex } from '../safe-regex/safe-regex.ts';
import { own } from './check-schema.ts';
import { allOfCheck, anyOfCheck, notCheck, oneOfCheck, schemaDependencyCheck } from './combining-keywords.ts';
import {
  maxItemsCheck,
  maxPropertiesCheck,
  minItemsCheck,
  minPropertiesCheck,
  noAdditionalItemsCheck,
  noAdditionalPropertiesCheck,
  propertyDependencyCheck,
  requiredCheck,
  uniqueItemsCheck,
} from './container-keywords.ts';
import type { JsonNumber } from './decimal.ts';
import { isJsonObject, type JsonObject, type JsonType } from './json-value.ts';
import {
  enumCheck,
  formatKeyword,
  maximumCheck,
  maxLengthCheck,
  minimumCheck,
  minLengthCheck,
  multipleOfCheck,
  patternCheck,
  typeCheck,
} from './scalar-keywords.ts';
import type { SchemaDocument, SchemaDocuments, SchemaPlace } from './schema-documents.ts';
import { pointerPart, syntaxFault, unsupportedFault } from './schema-fault.ts';
import { type Check, SchemaNode } from './schema-node.ts';

const NODES_MAX = 20_000;

/** The node of a document's root; what is wrong is added to the documents' faults. */
export function compileSchemaNodes(documents: SchemaDocuments, document: SchemaDocument): SchemaNode | undefined {
  return new SchemaCompiler(documents).compile({ document, schema: document.root, pointer: '' });
}

class SchemaCompiler {
  readonly #documents: SchemaDocuments;
  readonly #nodes = new Map<JsonObject, SchemaNode>();
  readonly #waiting: (readonly [SchemaNode, SchemaPlace])[] = [];
  readonly #regexes = new Map<string, SafeRegex | undefined>();

  constructor(documents: SchemaDocuments) {
    this.#documents = documents;
  }

  compile(root: SchemaPlace): SchemaNode | undefined {
    const node = this.#nodeOf(root);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      this.#fill(...next);
      if (this.#nodes.size > NODES_MAX) {
        this.#documents.faults.push(syntaxFault('', `the schema has more than ${NODES_MAX} parts`));
        return undefined;
      }
    }
    if (this.#documents.faults.length > 0) return undefined;
    const loop = findLoop([...this.#nodes.values()]);
    if (loop === undefined) {
      shortenReferences(this.#nodes.values());
      return node;
    }
    this.#documents.faults.push(syntaxFault(loop, 'the schema refers to itself for the same value'));
    return undefined;
  }

  #nodeOf(place: SchemaPlace): SchemaNode {
    let node = this.#nodes.get(place.schema);
    if (node === undefined) {
      node = new SchemaNode(place.pointer);
      this.#nodes.set(place.schema, node);
      this.#waiting.push([node, place]);
    }
    return node;
  }

  #fill(node: SchemaNode, place: SchemaPlace): void {
    const { schema, document, pointer } = place;
    const reference = own(schema, '$ref');
    // What stands beside a reference is not looked at.
    if (typeof reference === 'string') {
      const target = this.#documents.resolve(document, reference, `${pointer}/$ref`);
      if (target === undefined) return;
      node.target = this.#nodeOf(target);
      node.sameValue.push([node.target, `${pointer}/$ref`]);
      return;
    }
    const checks = [...this.#scalarChecks(place), ...this.#containerChecks(place), ...this.#combiningChecks(node, place)];
    checks.sort((a, b) => compareKeywords(a.keyword, b.keyword));
    for (const check of checks) node.add(check);
    this.#addItems(node, place);
    this.#addMembers(node, place);
  }

  #scalarChecks({ schema, pointer }: SchemaPlace): Check[] {
    const checks: (Check | undefined)[] = [
      given(schema, 'type', (type: JsonType | JsonType[]) => typeCheck(Array.isArray(type) ? type : [type])),
      given(schema, 'enum', (values: readonly unknown[]) => enumCheck(values)),
      given(schema, 'multipleOf', (divisor: JsonNumber) => multipleOfCheck(divisor)),
      given(schema, 'minimum', (limit: JsonNumber) => minimumCheck(limit, own(schema, 'exclusiveMinimum') === true)),
      given(schema, 'maximum', (limit: JsonNumber) => maximumCheck(limit, own(schema, 'exclusiveMaximum') === true)),
      given(schema, 'minLength', minLengthCheck),
      given(schema, 'maxLength', maxLengthCheck),
      given(schema, 'format', formatKeyword),
      given(schema, 'pattern', (pattern: string) => {
        const regex = this.#regex(pattern, `${pointer}/pattern`);
        return regex === undefined ? undefined : patternCheck(pattern, regex);
      }),
    ];
    return checks.filter((check) => check !== undefined);
  }

  #containerChecks(place: SchemaPlace): Check[] {
    const { schema } = place;
    const listed = own(schema, 'items');
    const checks: (Check | undefined)[] = [
      given(schema, 'minItems', minItemsCheck),
      given(schema, 'maxItems', maxItemsCheck),
      given(schema, 'uniqueItems', (unique: boolean) => (unique ? uniqueItemsCheck : undefined)),
      given(schema, 'required', requiredCheck),
      given(schema, 'minProperties', minPropertiesCheck),
      given(schema, 'maxProperties', maxPropertiesCheck),
    ];
    // Without `items`, or with one schema for all, there are no additional items.
    if (own(schema, 'additionalItems') === false && Array.isArray(listed)) checks.push(noAdditionalItemsCheck(listed.length));
    if (own(schema, 'additionalProperties') === false) {
      const known = new Set(Object.keys(objectOf(schema, 'properties')));
      checks.push(
        noAdditionalPropertiesCheck(
          known,
          this.#patternProperties(place).flatMap(([regex]) => regex ?? []),
        ),
      );
    }
    return checks.filter((check) => check !== undefined);
  }

  #combiningChecks(node: SchemaNode, place: SchemaPlace): Check[] {
    const { schema, pointer } = place;
    const same = (value: JsonObject, at: string): SchemaNode => {
      const child = this.#child(place, value, at);
      node.sameValue.push([child, `${pointer}/${at}`]);
      return child;
    };
    const list = (keyword: string): SchemaNode[] =>
      (own(schema, keyword) as JsonObject[]).map((value, i) => same(value, `${keyword}/${i}`));
    const checks: (Check | undefined)[] = [
      given(schema, 'allOf', () => allOfCheck(list('allOf'))),
      given(schema, 'anyOf', () => anyOfCheck(list('anyOf'))),
      given(schema, 'oneOf', () => oneOfCheck(list('oneOf'))),
      given(schema, 'not', (value: JsonObject) => notCheck(same(value, 'not'))),
    ];
    // AWS: names before schemas. Seen: json-schema-validator, DependenciesValidator.
    const dependencies = Object.entries(objectOf(schema, 'dependencies'));
    for (const [name, value] of dependencies) {
      if (Array.isArray(value)) checks.push(propertyDependencyCheck(name, value as string[]));
    }
    for (const [name, value] of dependencies) {
      if (!isJsonObject(value)) continue;
      checks.push(schemaDependencyCheck(name, same(value, `dependencies/${pointerPart(name)}`)));
    }
    return checks.filter((check) => check !== undefined);
  }

  #addItems(node: SchemaNode, place: SchemaPlace): void {
    const items = own(place.schema, 'items');
    const additional = own(place.schema, 'additionalItems');
    if (isJsonObject(items)) node.restItems = this.#child(place, items, 'items');
    if (!Array.isArray(items)) return;
    node.listedItems = items.map((item, i) => this.#child(place, item as JsonObject, `items/${i}`));
    if (isJsonObject(additional)) node.restItems = this.#child(place, additional, 'additionalItems');
  }

  #addMembers(node: SchemaNode, place: SchemaPlace): void {
    for (const [name, value] of Object.entries(objectOf(place.schema, 'properties'))) {
      node.properties.set(name, this.#child(place, value as JsonObject, `properties/${pointerPart(name)}`));
    }
    node.patterns = this.#patternProperties(place).flatMap(([regex, at, value]) =>
      regex === undefined ? [] : [[regex, this.#child(place, value, at)] as const],
    );
    const additional = own(place.schema, 'additionalProperties');
    if (isJsonObject(additional)) node.additional = this.#child(place, additional, 'additionalProperties');
  }

  #patternProperties({ schema, pointer }: SchemaPlace): (readonly [SafeRegex | undefined, at: string, JsonObject])[] {
    return Object.entries(objectOf(schema, 'patternProperties')).map(([pattern, value]) => {
      const at = `patternProperties/${pointerPart(pattern)}`;
      return [this.#regex(pattern, `${pointer}/${at}`), at, value as JsonObject] as const;
    });
  }

  /** One automaton for all uses of a pattern; a fault is said once. */
  #regex(pattern: string, at: string): SafeRegex | undefined {
    if (this.#regexes.has(pattern)) return this.#regexes.get(pattern);
    const compiled = compileSafeRegex(pattern, { dialect: 'ecma' });
    if (compiled.regex === undefined) {
      const what = `the pattern cannot be used: ${regexFaultText(compiled.fault)}`;
      const unsupported = compiled.fault.what.includes('not supported') || compiled.fault.what.includes('too large');
      this.#documents.faults.push(unsupported ? unsupportedFault(at, what) : syntaxFault(at, what));
    }
    this.#regexes.set(pattern, compiled.regex);
    return compiled.regex;
  }

  #child(place: SchemaPlace, schema: JsonObject, at: string): SchemaNode {
    return this.#nodeOf({ document: place.document, schema, pointer: `${place.pointer}/${at}` });
  }
}

/** The keyword's check when the schema has it. Its value was found to be right by checkSchema. */
function given<Value>(schema: JsonObject, keyword: string, make: (value: Value) => Check | undefined): Check | undefined {
  return Object.hasOwn(schema, keyword) ? make(schema[keyword] as Value) : undefined;
}

function objectOf(schema: JsonObject, keyword: string): JsonObject {
  const value = own(schema, keyword);
  return isJsonObject(value) ? value : {};
}

function compareKeywords(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'format' || b === 'format') return a === 'format' ? 1 : -1;
  return a < b ? -1 : 1;
}

/** Where a schema comes back to itself without going to an item or a member; validation would not end. */
function findLoop(nodes: readonly SchemaNode[]): string | undefined {
  const done = new Set<SchemaNode>();
  for (const start of nodes) {
    const open = new Set<SchemaNode>();
    const path: { readonly node: SchemaNode; next: number }[] = [];
    if (done.has(start)) continue;
    path.push({ node: start, next: 0 });
    open.add(start);
    while (path.length > 0) {
      const step = path.at(-1) as { readonly node: SchemaNode; next: number };
      const edge = step.node.sameValue[step.next++];
      if (edge === undefined) {
        open.delete(step.node);
        done.add(step.node);
        path.pop();
      } else if (open.has(edge[0])) {
        return edge[1];
      } else if (!done.has(edge[0])) {
        open.add(edge[0]);
        path.push({ node: edge[0], next: 0 });
      }
    }
  }
  return undefined;
}

/** Makes every reference lead to the schema at its end. */
function shortenReferences(nodes: Iterable<SchemaNode>): void {
  for (const node of nodes) {
    let end = node;
    while (end.target !== undefined) end = end.target;
    for (let at: SchemaNode = node; at.target !== undefined; ) {
      const next: SchemaNode = at.target;
      at.target = end;
      at = next;
    }
  }
}
