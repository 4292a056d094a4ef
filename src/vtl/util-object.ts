// `$util`.

import { parseJson } from '../json-path/parse-json.ts';
import { HostObject } from './members.ts';
import { failed, methodTable } from './methods/method-table.ts';
import { textOf } from './print-value.ts';
import type { Run } from './run.ts';
import type { Value } from './vtl-value.ts';

const utilMethods = methodTable<UtilObject>({
  'escapeJavaScript(o)': (_self, [value], run) => escapeJavaScript(given(value, run), run),
  'parseJson(s)': (_self, [text], run) => {
    run.step(text.length >> 4);
    const parsed = parseJson(text);
    if (parsed.fault === undefined) return parsed.value;
    throw failed(`$util.parseJson, at ${parsed.fault.position}: ${parsed.fault.message}`);
  },
  'urlEncode(o)': (_self, [value], run) => run.made(urlEncode(given(value, run))),
  'urlDecode(o)': (_self, [value], run) => run.made(urlDecode(given(value, run))),
  'base64Encode(o)': (_self, [value], run) => run.made(Buffer.from(given(value, run), 'utf8').toString('base64')),
  'base64Decode(o)': (_self, [value], run) => run.made(Buffer.from(given(value, run), 'base64').toString('utf8')),
});

export class UtilObject extends HostObject {
  readonly methods = utilMethods;
  readonly className = 'java.lang.Object';

  property(): Value {
    return undefined;
  }

  override toString(): string {
    return '';
  }
}

export const utilObject = new UtilObject();

/** AWS: null is the text `null`. Seen: recorded answers and LocalStack's account of the service. */
function given(value: Value, run: Run): string {
  return typeof value === 'string' ? value : textOf(value, run);
}

/** What each ASCII character is escaped as; '' for those that stay. Commons Lang 2's rules: `'` and `/` are escaped, too. */
const escapes: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const letter = '\b\t\n\f\r"\'/\\'.indexOf(String.fromCharCode(code));
  if (letter >= 0) return `\\${`btnfr"'/\\`.charAt(letter)}`;
  return code < 32 ? hexEscape(code) : '';
});

/** The pieces between two escaped characters are copied whole: paths and user agents have some slashes, most texts have nothing. */
function escapeJavaScript(text: string, run: Run): string {
  let made = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const escaped = code < 128 ? (escapes[code] as string) : hexEscape(code);
    if (escaped === '') continue;
    made += text.substring(from, at) + escaped;
    from = at + 1;
  }
  if (from === 0) {
    run.step(1 + (text.length >> 6));
    return text;
  }
  return run.made(made + text.substring(from));
}

function hexEscape(code: number): string {
  return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** As an HTML form: a blank is `+`, and `*` stays. */
function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed().replaceAll('\ufffd', '?'))
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(text: string): string {
  const blanks = text.replaceAll('+', ' ');
  const broken = blanks.search(/%(?![0-9a-fA-F]{2})/);
  if (broken >= 0) throw failed(`$util.urlDecode: '%' at ${broken} is not followed by two digits.`);
  // Bytes that are no UTF-8 become replacement characters, as in Java.
  return blanks.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
