// The arguments of a query string, and what is done to it before it is taken apart.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-preparse-transformation.html

import type { PreParseTextTransformationType } from '@aws-sdk/client-wafv2';
import type { Document } from '../rule-document.ts';
import { budgetOf } from './inspection-budget.ts';
import type { Inspection } from './matcher.ts';
import type { RequestPart } from './request-part.ts';
import { inOrder, lowerCase, type TransformText } from './text-transformations.ts';
import { urlDecode, urlDecodeUnicode } from './transformations/url-decode.ts';
import { worked } from './worked.ts';

export type PreParseTransformations = Document<
  readonly { Priority: number | undefined; Type: PreParseTextTransformationType | undefined }[]
>;

interface QueryArgument {
  /** As it came. */
  readonly name: string;
  readonly value: string;
  /** There is no equals sign. */
  readonly bare: boolean;
}

const PRE_PARSE: Readonly<Record<PreParseTextTransformationType, TransformText>> = {
  NONE: (query) => query,
  URL_DECODE: urlDecode,
  URL_DECODE_UNI: urlDecodeUnicode,
  COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA: combineDuplicates,
  REPLACE_SEMICOLONS_WITH_AMPERSANDS: (query) => query.replaceAll(';', '&'),
};

/** The values of one argument, each of them. Names are the same whatever their case and however they are encoded. */
export function singleQueryArgument(name: string, preParse: PreParseTransformations | undefined): RequestPart {
  const wanted = lowerCase(Buffer.from(name).toString('latin1'));
  const parsed = argumentsReader(preParse);
  return {
    key: `argument ${JSON.stringify(wanted)} of ${parsed.key}`,
    location: 'SINGLE_QUERY_ARG',
    texts: (inspection) =>
      parsed
        .read(inspection)
        .filter((argument) => lowerCase(argument.name) === wanted || lowerCase(urlDecode(argument.name)) === wanted)
        .map((argument) => ({ text: argument.value, fieldName: argument.name })),
  };
}

/** The values of all arguments. What has no equals sign is looked at itself: it may be all there is in the query. */
export function allQueryArguments(preParse: PreParseTransformations | undefined): RequestPart {
  const parsed = argumentsReader(preParse);
  return {
    key: parsed.key,
    location: 'ALL_QUERY_ARGS',
    texts: (inspection) =>
      parsed.read(inspection).map(({ name, value, bare }) => ({ text: bare ? name : value, fieldName: name })),
  };
}

function argumentsReader(preParse: PreParseTransformations | undefined): {
  readonly key: string;
  readonly read: (inspection: Inspection) => readonly QueryArgument[];
} {
  const steps = inOrder(preParse);
  const key = `arguments(${steps.join()})`;
  const parse = (inspection: Inspection): readonly QueryArgument[] => {
    let { query } = inspection.request;
    for (const step of steps) {
      if (!budgetOf(inspection).spend(query.length, 1)) return [];
      query = PRE_PARSE[step](query);
    }
    return parseArguments(query);
  };
  return { key, read: (inspection) => worked(inspection, `parsed ${key}`, () => parse(inspection)) };
}

function parseArguments(query: string): QueryArgument[] {
  return query.split('&').flatMap((piece): QueryArgument[] => {
    if (piece === '') return [];
    const equals = piece.indexOf('=');
    if (equals === -1) return [{ name: piece, value: '', bare: true }];
    return [{ name: piece.slice(0, equals), value: piece.slice(equals + 1), bare: false }];
  });
}

/** AWS: `a=1&b=2&a=3` becomes `a=1,3&b=2`. Seen: the developer guide. */
function combineDuplicates(query: string): string {
  const values = new Map<string, string[]>();
  for (const { name, value } of parseArguments(query)) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return [...values].map(([name, all]) => `${name}=${all.join()}`).join('&');
}
