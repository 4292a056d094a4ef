// REPLACE_COMMENTS and REMOVE_COMMENTS_CHAR.

/** Each `/*` to its end, or to the end of the text, becomes one space. */
export function replaceComments(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let start = text.indexOf('/*'); start !== -1; start = text.indexOf('/*', from)) {
    pieces.push(text.slice(from, start), ' ');
    const end = text.indexOf('*/', start + 2);
    if (end === -1) return pieces.join('');
    from = end + 2;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

/** What begins and ends comments is deleted: `/*`, and their ends, `--`, `#`. */
export function removeCommentCharacters(text: string): string {
  return text.replace(/\/\*|\*\/|--|#/g, '');
}
