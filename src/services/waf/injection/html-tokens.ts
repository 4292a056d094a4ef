// Attributes of HTML tags, as browsers read them.

export interface HtmlAttribute {
  /** In small letters. */
  readonly name: string;
  /** Undefined without `=`. */
  readonly value: string | undefined;
  /** Where the next one may begin. */
  readonly end: number;
}

const SPACE = /[\s/]/;

/** The next attribute; undefined at the end of the tag or of the text. */
export function readAttribute(html: string, start: number): HtmlAttribute | undefined {
  let at = start;
  while (at < html.length && SPACE.test(html[at] as string)) at++;
  if (at >= html.length || html[at] === '>') return undefined;
  const nameStart = at;
  // A sign of equality in front belongs to the name.
  at++;
  while (at < html.length && !/[\s/>=]/.test(html[at] as string)) at++;
  const name = html
    .slice(nameStart, at)
    .replace(/^["'`]+/, '')
    .toLowerCase();
  let next = at;
  while (next < html.length && /\s/.test(html[next] as string)) next++;
  if (html[next] !== '=') return { name, value: undefined, end: at };
  next++;
  while (next < html.length && /\s/.test(html[next] as string)) next++;
  const quote = html[next];
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = html.indexOf(quote, next + 1);
    const end = close < 0 ? html.length : close;
    return { name, value: html.slice(next + 1, end), end: close < 0 ? end : end + 1 };
  }
  let end = next;
  while (end < html.length && !/[\s>]/.test(html[end] as string)) end++;
  return { name, value: html.slice(next, end), end };
}
