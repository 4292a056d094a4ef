// Media types as REST APIs compare them: without parameters, in lower case, and of a list the first alone.

/** `text/html; q=0.9, image/png` -> `text/html`; undefined for none. AWS: only the first counts. Seen: developer guide, binary support. */
export function mediaTypeOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const end = value.search(/[;,]/);
  const type = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
  return type === '' ? undefined : type;
}
