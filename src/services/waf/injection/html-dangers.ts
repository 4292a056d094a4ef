// What runs scripts in a page, or takes the page over: tags, attributes, comments.
//
// AWS: does not publish its list. The families are those that such detectors agree on. Tags of browsers that are no more (`comment`,
// `listener`, `xml`) are left out: they are ordinary names of XML.

import { type CountedText, END } from './counted-text.ts';
import type { HtmlToken } from './html-tokens.ts';
import { isScriptUrl } from './script-url.ts';

const VALUE_MAX = 64;

/** The parts of the token that make it dangerous; undefined when nothing does. */
export function dangerOf(token: HtmlToken, text: CountedText): readonly string[] | undefined {
  switch (token.kind) {
    case 'tag':
      return isDangerousTag(token.name) ? ['<', token.name] : undefined;
    case 'attribute':
      if (isDangerousAttribute(token, text)) return [token.name, '=', text.cut(token.from, token.to, VALUE_MAX)];
      return DANGEROUS_WITH_ATTRIBUTES.has(token.tag) ? ['<', token.tag, token.name] : undefined;
    case 'comment':
      return isDangerousComment(text, token.from, token.to) ? ['<!--', text.cut(token.from, token.to, VALUE_MAX)] : undefined;
    case 'declaration':
      return DECLARATION.test(text.cut(token.from, token.to, 8)) ? ['<!', text.cut(token.from, token.to, VALUE_MAX)] : undefined;
    case 'instruction':
      return INSTRUCTION.test(text.cut(token.from, token.to, 16)) ? ['<?', text.cut(token.from, token.to, VALUE_MAX)] : undefined;
  }
}

/** Whatever their attributes. */
const TAGS: ReadonlySet<string> = new Set(
  'script iframe style noscript frameset math xss noembed noframes plaintext xmp layer ilayer bgsound isindex fencedframe portal'.split(
    ' ',
  ),
);
const TAG_PREFIXES = ['svg', 'xsl', 'animate'] as const;

/** Without attributes these do nothing, and they are names of XML and of types: `<link>`, `List<Object>`. */
const DANGEROUS_WITH_ATTRIBUTES: ReadonlySet<string> = new Set('object embed applet base link meta form frame param'.split(' '));

function isDangerousTag(name: string): boolean {
  // A script of another namespace is a script: <x:script>
  return TAGS.has(name) || TAG_PREFIXES.some((prefix) => name.startsWith(prefix)) || name.endsWith(':script');
}

/** What follows `on`, the beginning of it at least. Not all words: `online=1`, `only=2`. */
const EVENT = new RegExp(
  `^on(?:${`abort activate afterprint afterupdate animation auxclick beforeactivate beforecopy beforecut beforedeactivate beforeeditfocus
  beforeinput beforematch beforepaste beforeprint beforescriptexecute beforetoggle beforeunload beforeupdate beforexrselect begin blur
  bounce cancel canplay cellchange change click close command contentvisibility contextmenu controlselect copy cuechange cut dataavailable
  datasetc dblclick deactivate devicelight devicemotion deviceorientation drag drop durationchange emptied end error errorupdate filterchange finish focus formdata
  fullscreen gesture gotpointer hashchange help input invalid key languagechange layoutcomplete load losecapture lostpointer message
  mouse move mozfullscreen ms offline online orientation pagehide pageshow pagereveal pageswap paste pause play pointer popstate progress
  propertychange ratechange readystatechange rejectionhandled repeat reset resize reverse row scroll search securitypolicy seek
  select show slotchange snapchang stalled start stop storage submit suspend syncrestored timeerror timeout timeupdate toggle touch trackchange transition unhandled
  unload urlflip volumechange waiting webkit wheel zoom afterscriptexecute`
    .split(/\s+/)
    .join('|')})`,
);

/** Their values are URLs. */
const URL_ATTRIBUTES: ReadonlySet<string> = new Set(
  `action archive background by cite classid code codebase data dynsrc folder formaction from href icon longdesc lowsrc manifest ping
  poster profile src to usemap value values xlink:href`.split(/\s+/),
);

function isDangerousAttribute(token: HtmlToken & { readonly kind: 'attribute' }, text: CountedText): boolean {
  const { name, tag, from, to } = token;
  if (EVENT.test(name) || name === 'srcdoc' || name.startsWith('xmlns') || name.startsWith('xlink')) return true;
  // Any style of a tag in the text. Of a tag around the text, which may be no page at all, one that has a declaration.
  if (name === 'style') return tag !== '' || hasDeclaration(text, from, to);
  if (name === 'filter') return tag !== '';
  if (name === 'attributename') return isAttributeToSet(text.cut(from, to, VALUE_MAX).trim().toLowerCase());
  return URL_ATTRIBUTES.has(name) && isScriptUrl(text, from, to);
}

function hasDeclaration(text: CountedText, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.code(at);
    // : ( or a backslash that may stand for either.
    if (code === 0x3a || code === 0x28 || code === 0x5c) return true;
  }
  return false;
}

/** <set attributeName=href to=javascript:…> */
function isAttributeToSet(name: string): boolean {
  return EVENT.test(name) || name === 'style' || name === 'filter' || URL_ATTRIBUTES.has(name);
}

const DECLARATION = /^(?:doctype|entity|import|\[if|element|attlist)/i;
/** The declaration of a document's version and encoding is harmless: every SOAP message begins with it. */
const INSTRUCTION = /^(?:import|xml-|xml:namespace)/i;
const COMMENT = /^\s{0,9}(?:\[if|xml|import|entity)/i;

function isDangerousComment(text: CountedText, from: number, to: number): boolean {
  if (COMMENT.test(text.cut(from, to, 24))) return true;
  for (let at = from, code = text.code(at); at < to && code !== END; code = text.code(++at)) {
    // Old browsers took back-ticks for quotes, of comments as well.
    if (code === 0x60) return true;
  }
  return false;
}
