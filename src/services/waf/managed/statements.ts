// The statements that managed rules are made of, in the documents that users' rules are made of too.

import type { ComparisonOperator } from '@aws-sdk/client-wafv2';
import type { StatementDocument, TextTransformationDocument } from '../rule-document.ts';
import type { Place, Transformations } from './places.ts';

/** True when one of the patterns is found in the place: in any of its decodings, after `transformations`. */
export function matchesAny(place: Place, transformations: Transformations, patterns: readonly string[]): StatementDocument {
  const statements = place.decodings.flatMap((decoding) =>
    patterns.map((pattern) => ({
      RegexMatchStatement: {
        RegexString: pattern,
        FieldToMatch: place.field,
        TextTransformations: inOrder([...decoding, ...transformations]),
      },
    })),
  );
  return anyOf(statements);
}

/** Patterns in small letters, whatever case the request has them in. */
export function matchesAnyCase(place: Place, patterns: readonly string[]): StatementDocument {
  return matchesAny(place, ['LOWERCASE'], patterns);
}

export function hasXss(place: Place): StatementDocument {
  return anyOf(
    place.decodings.map((decoding) => ({
      XssMatchStatement: { FieldToMatch: place.field, TextTransformations: inOrder(decoding) },
    })),
  );
}

/** AWS: the rules of the SQL database group use the low sensitivity. Seen: its documentation. */
export function hasSqlInjection(place: Place): StatementDocument {
  return anyOf(
    place.decodings.map((decoding) => ({
      SqliMatchStatement: { FieldToMatch: place.field, TextTransformations: inOrder(decoding), SensitivityLevel: 'LOW' },
    })),
  );
}

/** Compares bytes as they were received. */
export function sizeIs(operator: ComparisonOperator, size: number, { field }: Pick<Place, 'field'>): StatementDocument {
  return {
    SizeConstraintStatement: {
      ...{ FieldToMatch: field, ComparisonOperator: operator, Size: size },
      TextTransformations: inOrder([]),
    },
  };
}

export function equals({ field }: Place, text: string): StatementDocument {
  return {
    ByteMatchStatement: {
      ...{ FieldToMatch: field, PositionalConstraint: 'EXACTLY', SearchString: Buffer.from(text).toString('base64') },
      TextTransformations: inOrder([]),
    },
  };
}

export function not(statement: StatementDocument): StatementDocument {
  return { NotStatement: { Statement: statement } };
}

/** At least one statement. */
export function anyOf(statements: readonly StatementDocument[]): StatementDocument {
  const [only] = statements;
  return statements.length === 1 && only !== undefined ? only : { OrStatement: { Statements: statements } };
}

function inOrder(types: Transformations): TextTransformationDocument[] {
  const applied: Transformations = types.length === 0 ? ['NONE'] : types;
  return applied.map((Type, Priority) => ({ Priority, Type }));
}
