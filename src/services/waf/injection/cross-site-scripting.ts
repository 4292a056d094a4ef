// Does the text run a script in a page it is put into?
//
// The text is read as a browser would read it in each place where a careless page may have put it: between tags, inside of a tag,
// inside of an attribute's quotes. Text that a page puts into a script of its own is out of reach: everything is code there.
// cross-site-scripting.test.ts lists what is known to be missed.

import { CountedText } from './counted-text.ts';
import { dangerOf } from './html-dangers.ts';
import { type HtmlContext, readHtmlTokens } from './html-tokens.ts';
import { isScriptUrlAlone } from './script-url.ts';

/** The parts that gave the text away: `['<', 'script']`. Undefined: clean. */
export function crossSiteScripting(text: string): readonly string[] | undefined {
  for (const context of ['data', 'attributes', "'", '"', '`'] as const) {
    if (!canBegin(text, context)) continue;
    const found = inspectHtml(new CountedText(text), context);
    if (found !== undefined) return found;
  }
  return isScriptUrlAlone(new CountedText(text)) ? [text.slice(0, 64)] : undefined;
}

function canBegin(text: string, context: HtmlContext): boolean {
  if (context === 'data') return text.includes('<');
  // An attribute without a value does nothing.
  return text.includes('=') && (context === 'attributes' || text.includes(context));
}

/** One reading of the text. */
export function inspectHtml(text: CountedText, context: HtmlContext): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  readHtmlTokens(text, context, (token) => {
    found = dangerOf(token, text);
    return found !== undefined;
  });
  return found;
}
