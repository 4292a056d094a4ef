// Names in generated code, made of what people called things, and text that stays inside a comment.

/** `pet-item` -> `PetItem`. Letters, digits and perhaps a leading underscore. */
export function pascalName(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9]+/)
    .map(upperFirst)
    .join('');
  return /^[A-Za-z]/.test(name) ? name : `_${name}`;
}

/** `X-Kind` -> `xKind` */
export function camelName(text: string): string {
  return lowerFirst(pascalName(text));
}

/** `GetABOp` -> `get_ab_op`, `X-Kind` -> `x_kind` */
export function snakeName(text: string): string {
  const name = text
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(name) ? name : `_${name}`;
}

/** One line that ends no comment of C, Java, Swift, Ruby or XML, begins none, and is no setting of Ruby or of an editor (`-*-`). */
export function inComment(text: string): string {
  return text
    .replaceAll(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('\\u', '\\ u')
    .replaceAll('-*-', '- * -')
    .replaceAll('-->', '-- >');
}

/** One line of Markdown, without markup. */
export function inMarkdown(text: string): string {
  return inComment(text).replaceAll(/[<>[\]`]/g, '');
}

/** In a table of Markdown. */
export function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

export function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}

export function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** For names of files: file systems may not tell cases apart. */
export function caseless(name: string): string {
  return name.toLowerCase();
}
