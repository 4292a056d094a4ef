// Attributes that run code, and URLs that are code.

import { htmlEntityDecode } from '../inspection/transformations/html-entities.ts';
import type { HtmlAttribute } from './html-tokens.ts';

/** Events of HTML, SVG and of browsers past, without `on`: a name that begins so is one. */
const EVENTS: readonly string[] = [
  ...[
    'abort',
    'activate',
    'after',
    'animation',
    'auxclick',
    'before',
    'begin',
    'blur',
    'bounce',
    'cancel',
    'canplay',
    'cellchange',
  ],
  ...[
    'change',
    'click',
    'close',
    'contentvisibility',
    'contextmenu',
    'controlselect',
    'copy',
    'cuechange',
    'cut',
    'dataavailable',
  ],
  ...[
    'datasetc',
    'dblclick',
    'deactivate',
    'device',
    'drag',
    'drop',
    'durationchange',
    'emptied',
    'end',
    'error',
    'filterchange',
  ],
  ...[
    'finish',
    'focus',
    'formchange',
    'formdata',
    'forminput',
    'fullscreen',
    'gamepad',
    'gesture',
    'gotpointer',
    'hashchange',
    'help',
  ],
  ...[
    'input',
    'invalid',
    'key',
    'languagechange',
    'layoutcomplete',
    'load',
    'losecapture',
    'lostpointer',
    'media',
    'message',
    'mouse',
  ],
  ...['move', 'offline', 'open', 'orientation', 'outofsync', 'page', 'paste', 'pause', 'play', 'pointer', 'popstate', 'progress'],
  ...[
    'propertychange',
    'ratechange',
    'readystatechange',
    'rejectionhandled',
    'repeat',
    'reset',
    'resize',
    'resume',
    'reverse',
    'row',
  ],
  ...[
    'scroll',
    'search',
    'securitypolicy',
    'seek',
    'select',
    'show',
    'slotchange',
    'stalled',
    'start',
    'stop',
    'storage',
    'submit',
  ],
  ...['suspend', 'syncrestored', 'timeerror', 'timeupdate', 'toggle', 'touch', 'trackchange', 'transition', 'unhandledrejection'],
  ...['unload', 'urlflip', 'volumechange', 'waiting', 'webkit', 'wheel', 'zoom'],
];

/** Attributes that are dangerous whatever they say. */
const DANGEROUS: ReadonlySet<string> = new Set([
  'attributename',
  'filter',
  'srcdoc',
  'style',
  'dynsrc',
  'lowsrc',
  'datasrc',
  'dataformatas',
]);

/** Attributes that hold a URL. */
const URLS: ReadonlySet<string> = new Set([
  ...[
    'action',
    'background',
    'by',
    'data',
    'folder',
    'formaction',
    'from',
    'href',
    'poster',
    'src',
    'to',
    'values',
    'xlink:href',
  ],
]);

/** The words that make an attribute dangerous; undefined for one that is not. */
export function dangerousAttribute({ name, value }: HtmlAttribute): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (isEvent(name) || DANGEROUS.has(name) || name.startsWith('xmlns') || (name.startsWith('xlink') && name !== 'xlink:href')) {
    return [name, '=', value.slice(0, 64)];
  }
  const scheme = URLS.has(name) ? dangerousUrl(value) : undefined;
  return scheme === undefined ? undefined : [name, '=', scheme];
}

function isEvent(name: string): boolean {
  if (!name.startsWith('on') || name.length < 5) return false;
  const event = name.slice(2);
  return EVENTS.some((known) => event.startsWith(known));
}

/** The scheme of a URL that is code. Entities, white space and controls do not hide it: browsers pass over them. */
export function dangerousUrl(value: string): string | undefined {
  const head = htmlEntityDecode(value.slice(0, 512))
    .replace(/[\0-\x20\x7f-\xa0]+/g, '')
    .toLowerCase();
  const scheme = /^(?:javascript|vbscript|livescript|mocha|view-source):/.exec(head)?.[0];
  if (scheme !== undefined) return scheme;
  return /^data:(?:[^,]{0,64}(?:html|svg|xml|script)[^,]{0,64},|[^,]{0,64},.{0,64}(?:<|%3c))/.exec(head) ? 'data:' : undefined;
}
