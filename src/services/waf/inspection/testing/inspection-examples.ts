// Requests for the tests of rules.

import type { StatementDocument } from '../../rule-document.ts';
import { newStatementCompiler } from '../compile-statement.ts';
import type { Inspection, StatementContext } from '../matcher.ts';
import type { WebRequest } from '../web-request.ts';

export interface RequestExample extends Partial<Omit<WebRequest, 'body'>> {
  /** Text in UTF-8, or bytes as latin1 when there is no character above them. */
  readonly body?: string;
  readonly labels?: readonly string[];
}

/** A request without anything in it, but for what is given. */
export function inspectionOf({ labels = [], body = '', ...request }: RequestExample = {}): Inspection {
  return {
    request: {
      ...{ clientIp: '192.0.2.1', method: 'GET', path: '/', query: '', headers: [] },
      ...{ body, bodyLength: body.length, ...request },
    },
    ...{ labels: new Set(labels), now: 0, details: [], worked: new Map() },
  };
}

export const exampleContext: StatementContext = {
  labelPrefix: 'awswaf:111122223333:webacl:shop:',
  ipSet: (arn) => (arn === 'ips' ? ['10.0.0.0/8', '192.0.2.0/31', '2001:db8::/32'] : undefined),
  regexPatternSet: (arn) => (arn === 'patterns' ? ['^b[ao]t$', 'evil\\d+'] : undefined),
};

/** Detectors that find the words `sqli` and, when they look closely, `maybe`; and `xss`. */
export const compileExample = newStatementCompiler({
  sqlInjection: (text, sensitivity) => wordIn(text, sensitivity === 'HIGH' ? ['sqli', 'maybe'] : ['sqli']),
  crossSiteScripting: (text) => wordIn(text, ['xss']),
});

function wordIn(text: string, words: readonly string[]): readonly string[] | undefined {
  const word = words.find((one) => text.includes(one));
  return word === undefined ? undefined : [word];
}

/** Whether a statement matches a request. */
export function matches(statement: StatementDocument, request: RequestExample | Inspection = {}): boolean {
  const inspection = 'worked' in request ? request : inspectionOf(request);
  return compileExample(statement, exampleContext)(inspection);
}

/** As a statement has what it searches for. */
export function searchString(text: string): string {
  return Buffer.from(text).toString('base64');
}
