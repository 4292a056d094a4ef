// What java.net.URI takes for a URI: also a relative one, and characters beyond ASCII.

/** Printable ASCII that stands in no part of a URI. */
const NEVER = ' "<>\\^`{|}';

export function isUri(text: string): boolean {
  const hash = text.indexOf('#');
  const end = hash === -1 ? text.length : hash;
  if (hash !== -1 && !isPart(text.slice(hash + 1), '[]')) return false;
  const rest = text.slice(0, end);
  const colon = rest.search(/[:/?]/);
  let hierarchy = rest;
  if (colon !== -1 && rest[colon] === ':') {
    if (!/^[A-Za-z][A-Za-z0-9+.-]*$/.test(rest.slice(0, colon))) return false;
    hierarchy = rest.slice(colon + 1);
    if (hierarchy.length === 0) return false;
    if (!hierarchy.startsWith('/')) return isPart(hierarchy, '[]');
  }
  const query = hierarchy.indexOf('?');
  if (query !== -1 && !isPart(hierarchy.slice(query + 1), '[]')) return false;
  const path = query === -1 ? hierarchy : hierarchy.slice(0, query);
  if (!path.startsWith('//')) return isPart(path, '');
  const slash = path.indexOf('/', 2);
  const authority = path.slice(2, slash === -1 ? path.length : slash);
  if (authority.length === 0 && slash === -1) return false;
  return isPart(authority, '[]') && isPart(slash === -1 ? '' : path.slice(slash), '');
}

/** Whether all characters may stand here; brackets only where `brackets` allows them. */
function isPart(text: string, brackets: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    const unit = text.charCodeAt(i);
    if (unit < 32 || (unit >= 127 && unit <= 0xa0) || unit === 0x2028 || unit === 0x2029 || NEVER.includes(letter)) return false;
    if ((letter === '[' || letter === ']') && !brackets.includes(letter)) return false;
    if (letter === '#') return false;
    if (letter === '%') {
      if (!/^[0-9A-Fa-f]{2}$/.test(text.slice(i + 1, i + 3))) return false;
      i += 2;
    }
  }
  return true;
}
