// SqliMatchStatement and XssMatchStatement.

import type { StatementDocument } from '../rule-document.ts';
import { bytesOf, compileInspectedTexts, type PartStatement } from './inspected-texts.ts';
import { budgetOf } from './inspection-budget.ts';
import type { Inspection, MatchDetail, Matcher } from './matcher.ts';
import type { PartText } from './request-part.ts';
import { worked } from './worked.ts';

type SqliMatch = NonNullable<StatementDocument['SqliMatchStatement']>;
type XssMatch = NonNullable<StatementDocument['XssMatchStatement']>;

/** What knows injections from other texts. Both give what gave the injection away, or undefined when there is none. */
export interface Detectors {
  readonly sqlInjection: (text: string, sensitivity: 'LOW' | 'HIGH') => readonly string[] | undefined;
  readonly crossSiteScripting: (text: string) => readonly string[] | undefined;
}

type DetailOfKind = Pick<MatchDetail, 'conditionType' | 'sensitivityLevel'>;

/** AWS: LOW unless said otherwise. Seen: the API reference. */
export function sqliMatch(statement: SqliMatch, { sqlInjection }: Detectors): Matcher {
  const sensitivityLevel = statement.SensitivityLevel ?? 'LOW';
  return injectionMatch(statement, { conditionType: 'SQL_INJECTION', sensitivityLevel }, (text) =>
    sqlInjection(text, sensitivityLevel),
  );
}

export function xssMatch(statement: XssMatch, { crossSiteScripting }: Detectors): Matcher {
  return injectionMatch(statement, { conditionType: 'XSS' }, crossSiteScripting);
}

interface Found {
  readonly part: PartText;
  readonly matchedData: readonly string[];
}

/** Detecting is the dearest look of all: what several statements look at is looked at once. */
function injectionMatch(
  statement: PartStatement,
  kind: DetailOfKind,
  detect: (text: string) => readonly string[] | undefined,
): Matcher {
  const texts = compileInspectedTexts(statement);
  const key = `${kind.conditionType} ${kind.sensitivityLevel} in ${texts.key}`;
  return (inspection) => {
    const parts = texts.of(inspection);
    if (typeof parts === 'boolean') return parts;
    const first = worked(inspection, key, () => firstFound(inspection, parts, detect));
    if (first === CLEAN) return false;
    const { part, matchedData } = first;
    inspection.details.push({
      ...kind,
      location: texts.location,
      matchedData,
      ...(part.fieldName === undefined ? {} : { matchedFieldName: part.fieldName }),
    });
    return true;
  };
}

const CLEAN = 'clean';

function firstFound(
  inspection: Inspection,
  parts: readonly PartText[],
  detect: (text: string) => readonly string[] | undefined,
): Found | typeof CLEAN {
  if (!budgetOf(inspection).spend(bytesOf(parts), parts.length)) return CLEAN;
  for (const part of parts) {
    const matchedData = detect(part.text);
    if (matchedData !== undefined) return { part, matchedData };
  }
  return CLEAN;
}
