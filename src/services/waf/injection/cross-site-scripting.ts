// Cross-site scripting: whether a text would run code in a page that shows it.
//
// The text is read as HTML in five places that a page may put it: between tags, and within an attribute's value without quotes, in
// single quotes, in double quotes and in back-ticks. Every pass reads each character a bounded number of times.

import { dangerousAttribute, dangerousUrl } from './html-attributes.ts';
import { type HtmlAttribute, readAttribute } from './html-tokens.ts';

/** Tags that run code, load something, or change what the page around them is. */
const DANGEROUS_TAGS: ReadonlySet<string> = new Set([
  ...[
    'applet',
    'base',
    'bgsound',
    'comment',
    'embed',
    'form',
    'frame',
    'frameset',
    'handler',
    'iframe',
    'image',
    'import',
    'isindex',
  ],
  ...[
    'layer',
    'link',
    'listener',
    'marquee',
    'math',
    'meta',
    'noscript',
    'object',
    'script',
    'style',
    'template',
    'vmlframe',
    'xml',
    'xss',
  ],
]);
/** Names that begin so: `svg`, `svg:a`, `xsl:template`. */
const DANGEROUS_PREFIXES = ['svg', 'xsl'];
const ATTRIBUTES_MAX = 200;
/**
 * So often a text is read over, for tags that begin within tags. A page has no such; what goes on beyond it is made to be read for
 * ever, and counts as an attack.
 */
const READINGS_MAX = 16;
const READ_AT_LEAST = 4096;

/** How much may still be read. */
interface Budget {
  left: number;
}

/** Undefined: clean; otherwise the words that gave it away. `text` is latin1. */
export function crossSiteScripting(text: string): readonly string[] | undefined {
  // NUL is passed over by some that read HTML.
  const html = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return betweenTags(html) ?? scriptUrl(html) ?? withinValues(html);
}

function betweenTags(html: string): readonly string[] | undefined {
  const budget = budgetFor(html);
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    const found = markup(html, at + 1, budget);
    if (found !== undefined) return found;
    if (budget.left < 0) return ['<'];
  }
  return undefined;
}

function budgetFor(html: string): Budget {
  return { left: READINGS_MAX * html.length + READ_AT_LEAST };
}

/** What stands behind `<`. */
function markup(html: string, start: number, budget: Budget): readonly string[] | undefined {
  const first = html[start] ?? '';
  if (first === '!' || first === '?') return declaration(html, start, budget);
  const from = first === '/' ? start + 1 : start;
  if (!/[A-Za-z]/.test(html[from] ?? '')) return undefined;
  let end = from;
  while (end < html.length && end - from < 64 && !/[\s/>]/.test(html[end] as string)) end++;
  const name = html.slice(from, end).toLowerCase();
  if (isDangerousTag(name)) return ['<', name];
  return attributes(html, end, ['<', name], budget);
}

function isDangerousTag(name: string): boolean {
  return DANGEROUS_TAGS.has(name) || DANGEROUS_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Document types, processing instructions, and comments that old browsers look into. */
function declaration(html: string, start: number, budget: Budget): readonly string[] | undefined {
  const head = html.slice(start, start + 12).toLowerCase();
  if (head.startsWith('!doctype') || head.startsWith('!entity') || head.startsWith('![cdata[')) return ['<', head.slice(0, 8)];
  if (/^\?(?:xml|import)/.test(head)) return ['<', head.slice(0, 4)];
  if (!head.startsWith('!--')) return undefined;
  const end = html.indexOf('-->', start);
  const comment = html.slice(start + 3, end < 0 ? undefined : end);
  budget.left -= comment.length;
  const told = /`|\[if|\bxml|\bimport|\bentity/i.exec(comment)?.[0];
  return told === undefined ? undefined : ['<!--', told];
}

/** The attributes of a tag, from behind its name to its end. */
function attributes(html: string, start: number, before: readonly string[], budget: Budget): readonly string[] | undefined {
  let at = start;
  for (let count = 0; count < ATTRIBUTES_MAX; count++) {
    const attribute: HtmlAttribute | undefined = readAttribute(html, at);
    if (attribute === undefined) return undefined;
    const found = dangerousAttribute(attribute);
    if (found !== undefined) return [...before, ...found];
    budget.left -= attribute.end - at;
    if (budget.left < 0) return undefined;
    at = attribute.end;
  }
  return undefined;
}

/** As if the text stood in an attribute's value: behind the quote that ends it more attributes may come. */
function withinValues(html: string): readonly string[] | undefined {
  for (const quote of ['"', "'", '`', ' '] as const) {
    const at = quote === ' ' ? html.search(/[\s/]/) : html.indexOf(quote);
    if (at < 0) continue;
    const found = attributes(html, at + 1, quote === ' ' ? [] : [quote], budgetFor(html));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A link to code, where the whole text is a URL. */
function scriptUrl(html: string): readonly string[] | undefined {
  const scheme = dangerousUrl(html);
  // Titles begin so, too: code goes on without a space and calls or sets something.
  return scheme !== undefined && /^[^:]{0,64}:\s?\S*[(`=[]/.test(html.trimStart()) ? [scheme] : undefined;
}
