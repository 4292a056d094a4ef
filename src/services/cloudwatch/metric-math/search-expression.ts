// The text inside SEARCH('…'): `{AWS/EC2,InstanceId} MetricName="CPUUtilization" NOT (test OR staging)`.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html

import { type MathProblem, mathProblem } from './math-problem.ts';
import { SearchReader } from './search-reader.ts';
import { findsWords, type SearchWords, searchWords } from './search-words.ts';

/** Where a value is looked for: in one property, or (undefined) in all names and values of the metric. */
type SearchProperty = string | undefined;

export type SearchTerm =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'not'; readonly term: SearchTerm }
  /** In quotes: the whole name or value, with its case. */
  | { readonly kind: 'exact'; readonly property: SearchProperty; readonly value: string }
  | { readonly kind: 'partial'; readonly property: SearchProperty; readonly words: SearchWords };

export interface SearchExpression {
  readonly kind: 'search';
  /** The namespace and the exact set of dimension names. */
  readonly schema: { readonly namespace: string; readonly dimensions: readonly string[] } | undefined;
  readonly term: SearchTerm | undefined;
}

/** What identifies a metric. */
export interface SearchedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}

/** AWS: Seen: user guide, "Search expression limits". */
const LENGTH_MAX = 1_024;

/** Brackets and NOTs inside one another; ours. */
const DEPTH_MAX = 32;

export function parseSearchExpression(text: string): SearchExpression | MathProblem {
  if (text.length > LENGTH_MAX) return mathProblem(`A search has at most ${LENGTH_MAX} characters`, LENGTH_MAX);
  const reader = new SearchReader(text);
  const schema = reader.take('{') ? readSchema(reader) : undefined;
  // AWS: a comma may follow the schema. Seen: user guide, "CloudWatch search expression examples".
  if (schema !== undefined) reader.take(',');
  const term = reader.problem !== undefined || reader.isAtEnd ? undefined : readAlternatives(reader, undefined, 0);
  if (reader.problem === undefined && !reader.isAtEnd) reader.fail('Unexpected character in the search');
  if (reader.problem === undefined && schema === undefined && term === undefined) reader.fail('The search is empty');
  return reader.problem ?? { kind: 'search', schema, term };
}

function readSchema(reader: SearchReader): SearchExpression['schema'] {
  const names: string[] = [];
  do {
    const name = reader.quoted() ?? reader.until('},{"').trim();
    if (name === '') return reader.fail('A name is missing in the schema of the search');
    names.push(name);
  } while (reader.take(','));
  if (!reader.take('}')) return reader.fail('The schema of the search is not closed with }');
  const [namespace = '', ...dimensions] = names;
  return { namespace, dimensions };
}

type Reading = SearchTerm | undefined;

function readAlternatives(reader: SearchReader, property: SearchProperty, depth: number): Reading {
  if (depth > DEPTH_MAX) return reader.fail(`The search is nested more than ${DEPTH_MAX} deep`);
  const terms: SearchTerm[] = [];
  do {
    const term = readConjunction(reader, property, depth);
    if (term === undefined) return undefined;
    terms.push(term);
  } while (reader.takeWord('OR'));
  return terms.length === 1 ? terms[0] : { kind: 'or', terms };
}

/** Terms side by side are joined by AND. */
function readConjunction(reader: SearchReader, property: SearchProperty, depth: number): Reading {
  const terms: SearchTerm[] = [];
  do {
    const term = readTerm(reader, property, depth);
    if (term === undefined) return undefined;
    terms.push(term);
  } while (reader.takeWord('AND') || !(reader.isAtEnd || reader.isNext(')') || reader.isNextWord('OR')));
  return terms.length === 1 ? terms[0] : { kind: 'and', terms };
}

function readTerm(reader: SearchReader, property: SearchProperty, depth: number): Reading {
  if (reader.takeWord('NOT')) {
    if (depth > DEPTH_MAX) return reader.fail(`The search is nested more than ${DEPTH_MAX} deep`);
    const term = readTerm(reader, property, depth + 1);
    return term === undefined ? undefined : { kind: 'not', term };
  }
  if (reader.take('(')) {
    const term = readAlternatives(reader, property, depth + 1);
    if (term !== undefined && !reader.take(')')) return reader.fail('A bracket of the search is not closed');
    return term;
  }
  if (reader.isNextWord('AND') || reader.isNextWord('OR')) return reader.fail('AND and OR stand between two terms');
  const exact = reader.quoted();
  const value = exact ?? reader.until(' \t\r\n()"={}');
  if (reader.problem !== undefined) return undefined;
  if (reader.take('=')) {
    if (property !== undefined) return reader.fail('A property cannot stand inside another one');
    if (value === '') return reader.fail('The name of the property is missing before =');
    if (value.startsWith(':')) return reader.fail(`${value} is not supported here: there is one account`);
    return readTerm(reader, value, depth);
  }
  if (exact !== undefined) return { kind: 'exact', property, value };
  const words = searchWords(value);
  if (words.parts.length === 0) return reader.fail('A term of the search needs a letter or a digit');
  return { kind: 'partial', property, words };
}

/** Whether SEARCH finds the metric. */
export function matchesSearch(search: SearchExpression, metric: SearchedMetric): boolean {
  const { schema, term } = search;
  if (schema !== undefined) {
    // AWS: a namespace alone finds the metrics without dimensions. Seen: user guide, "CloudWatch search expression examples".
    if (metric.namespace !== schema.namespace || metric.dimensions.length !== schema.dimensions.length) return false;
    if (!metric.dimensions.every(({ name }) => schema.dimensions.includes(name))) return false;
  }
  return term === undefined || matchesTerm(term, metric);
}

function matchesTerm(term: SearchTerm, metric: SearchedMetric): boolean {
  switch (term.kind) {
    case 'and':
      return term.terms.every((part) => matchesTerm(part, metric));
    case 'or':
      return term.terms.some((part) => matchesTerm(part, metric));
    case 'not':
      return !matchesTerm(term.term, metric);
    case 'exact':
      return searchedTexts(term.property, metric).includes(term.value);
    case 'partial':
      return searchedTexts(term.property, metric).some((text) => findsWords(term.words, text));
  }
}

function searchedTexts(property: SearchProperty, { namespace, metricName, dimensions }: SearchedMetric): readonly string[] {
  if (property === 'MetricName') return [metricName];
  if (property === 'Namespace') return [namespace];
  if (property !== undefined) return dimensions.filter(({ name }) => name === property).map(({ value }) => value);
  return [metricName, namespace, ...dimensions.flatMap(({ name, value }) => [name, value])];
}
