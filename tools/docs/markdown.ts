// The little Markdown that generated pages need.

/** A table row; a bar inside a cell does not end it. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** `` `a`, `b`, `c` `` broken into lines of at most about 120 characters. */
export function nameList(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, name] of names.entries()) {
    const piece = `\`${name}\`${index === names.length - 1 ? '' : ','}`;
    if (line !== '' && line.length + piece.length > 118) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? piece : ` ${piece}`;
  }
  return line === '' ? lines : [...lines, line];
}
