// Statements, compiled: each becomes a function that looks at one request.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html

import type { ComparisonOperator, SensitivityLevel } from '@aws-sdk/client-wafv2';
import { compileSafeRegex, type SafeRegex } from '../../../safe-regex/safe-regex.ts';
import type { FieldToMatchDocument, StatementDocument, TextTransformationDocument } from '../rule-document.ts';
import { byteMatch } from './byte-match.ts';
import { forwardedIps } from './forwarded-ip.ts';
import { IpBlocks } from './ip-blocks.ts';
import type { CompileStatement, Inspection, MatchDetail, Matcher, StatementContext } from './matcher.ts';
import { type PartText, requestPart } from './request-parts.ts';
import { transformedTexts } from './transformed-texts.ts';

/** What knows attacks. Undefined: the text is clean; otherwise what gave it away. */
export interface Detectors {
  sqlInjection(text: string, sensitivity: 'LOW' | 'HIGH'): readonly string[] | undefined;
  crossSiteScripting(text: string): readonly string[] | undefined;
}

/** A look at one text; true when it matches. */
type Look = (part: PartText, location: string, details: MatchDetail[]) => boolean;

interface Looks {
  readonly FieldToMatch?: FieldToMatchDocument | undefined;
  readonly TextTransformations?: readonly TextTransformationDocument[] | undefined;
}

const never: Matcher = () => false;

export function newStatementCompiler(detectors: Detectors): CompileStatement {
  return compile;

  function compile(statement: StatementDocument, context: StatementContext): Matcher {
    const { AndStatement: and, OrStatement: or, NotStatement: not, LabelMatchStatement: label } = statement;
    if (and !== undefined) return every((and.Statements ?? []).map((inner) => compile(inner, context)));
    if (or !== undefined) return some((or.Statements ?? []).map((inner) => compile(inner, context)));
    if (not !== undefined) return opposite(compile(not.Statement ?? {}, context));
    if (label !== undefined) return labelMatcher(label.Key ?? '', label.Scope === 'NAMESPACE', context.labelPrefix);
    if (statement.IPSetReferenceStatement !== undefined) return ipMatcher(statement.IPSetReferenceStatement, context);
    const { ByteMatchStatement: bytes, SizeConstraintStatement: size, RegexMatchStatement: regex } = statement;
    const { RegexPatternSetReferenceStatement: patterns, SqliMatchStatement: sql, XssMatchStatement: xss } = statement;
    if (bytes !== undefined) {
      const matches = byteMatch(Buffer.from(bytes.SearchString ?? '', 'base64').toString('latin1'), bytes.PositionalConstraint);
      return looking(bytes, ({ text }) => matches(text));
    }
    if (size !== undefined) {
      const fits = comparison(size.ComparisonOperator, Number(size.Size));
      return looking(size, ({ text }) => fits(text.length));
    }
    if (regex !== undefined) return looking(regex, patternLook([regex.RegexString ?? '']));
    if (patterns !== undefined) return looking(patterns, patternLook(context.regexPatternSet(patterns.ARN ?? '') ?? []));
    if (sql !== undefined) return looking(sql, sqlLook(sql.SensitivityLevel ?? 'LOW'));
    if (xss !== undefined) return looking(xss, xssLook);
    throw new Error(`A statement ${Object.keys(statement).join()} is not compiled here.`);
  }

  function sqlLook(sensitivityLevel: SensitivityLevel): Look {
    return (part, location, details) => {
      const matchedData = detectors.sqlInjection(part.text, sensitivityLevel);
      if (matchedData === undefined) return false;
      details.push({ conditionType: 'SQL_INJECTION', sensitivityLevel, location, matchedData, ...named(part) });
      return true;
    };
  }

  function xssLook(part: PartText, location: string, details: MatchDetail[]): boolean {
    const matchedData = detectors.crossSiteScripting(part.text);
    if (matchedData === undefined) return false;
    details.push({ conditionType: 'XSS', location, matchedData, ...named(part) });
    return true;
  }
}

function named({ name }: PartText): Pick<MatchDetail, 'matchedFieldName'> {
  return name === undefined ? {} : { matchedFieldName: name };
}

/** AWS: a part that is not there matches nothing; several texts are tried one by one. */
function looking({ FieldToMatch = {}, TextTransformations }: Looks, look: Look): Matcher {
  const texts = transformedTexts(requestPart(FieldToMatch), TextTransformations);
  const { location } = requestPart(FieldToMatch);
  return (inspection) => {
    const found = texts(inspection);
    if (typeof found === 'string') return found === 'match';
    for (const part of found) if (look(part, location, inspection.details)) return true;
    return false;
  };
}

function patternLook(patterns: readonly string[]): Look {
  const compiled: SafeRegex[] = [];
  for (const pattern of patterns) {
    const { regex } = compileSafeRegex(pattern);
    // Patterns are compiled when they are written: one that cannot be is a bug.
    if (regex === undefined) throw new Error(`The pattern ${pattern} does not compile.`);
    compiled.push(regex);
  }
  return (part, location, details) => {
    for (const regex of compiled) {
      if (!finds(regex, part.text)) continue;
      details.push({ conditionType: 'REGEX', location, matchedData: [], ...named(part) });
      return true;
    }
    return false;
  };
}

/** What costs too much to look at is taken for an attack: whoever writes rules means to be safe. */
function finds(regex: SafeRegex, text: string): boolean {
  try {
    return regex.find(text);
  } catch (error) {
    if (error instanceof Error && error.name === 'RegexTooExpensive') return true;
    throw error;
  }
}

function comparison(operator: ComparisonOperator | undefined, size: number): (length: number) => boolean {
  switch (operator) {
    case 'EQ':
      return (length) => length === size;
    case 'NE':
      return (length) => length !== size;
    case 'LE':
      return (length) => length <= size;
    case 'LT':
      return (length) => length < size;
    case 'GE':
      return (length) => length >= size;
    default:
      return (length) => length > size;
  }
}

function every(matchers: readonly Matcher[]): Matcher {
  return (inspection) => matchers.every((matches) => matches(inspection));
}

function some(matchers: readonly Matcher[]): Matcher {
  return (inspection) => matchers.some((matches) => matches(inspection));
}

/** What made the inner statement match is no reason for the outer one. */
function opposite(matches: Matcher): Matcher {
  return (inspection) => {
    const before = inspection.details.length;
    const found = matches(inspection);
    inspection.details.length = before;
    return !found;
  };
}

/**
 * AWS: a key is a whole label, or the end of one of the rule set's own, cut at a colon; a namespace ends with a colon and stands
 * anywhere in front of the label's name, whole parts of it. Seen: WAF developer guide, "Label match rule statement".
 */
function labelMatcher(key: string, isNamespace: boolean, prefix: string): Matcher {
  const own = `${prefix}${key}`;
  if (isNamespace) {
    return ({ labels }) => {
      for (const label of labels) if (label.startsWith(key) || label.startsWith(own) || label.includes(`:${key}`)) return true;
      return false;
    };
  }
  return ({ labels }) => {
    if (labels.has(key) || labels.has(own)) return true;
    for (const label of labels) if (label.startsWith(prefix) && label.endsWith(`:${key}`)) return true;
    return false;
  };
}

type IpSetReference = NonNullable<StatementDocument['IPSetReferenceStatement']>;

function ipMatcher({ ARN = '', IPSetForwardedIPConfig: forwarded }: IpSetReference, context: StatementContext): Matcher {
  const addresses = context.ipSet(ARN);
  if (addresses === undefined) return never;
  const blocks = new IpBlocks(addresses);
  if (forwarded === undefined) return ({ request }) => blocks.has(request.clientIp);
  const { HeaderName = '', FallbackBehavior, Position = 'FIRST' } = forwarded;
  return ({ request }: Inspection) => {
    const ips = forwardedIps(request.headers, HeaderName, Position);
    if (ips === 'absent') return false;
    return ips === 'invalid' ? FallbackBehavior === 'MATCH' : ips.some((address) => blocks.has(address));
  };
}
