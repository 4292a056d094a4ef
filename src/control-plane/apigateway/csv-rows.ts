// Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line ends and doubled quotes.

/** Rows of fields; an empty line is no row. Undefined when a quote is not closed or stands inside an unquoted field. */
export function parseCsvRows(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const endRow = (): void => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    if (field === undefined) return undefined;
    row.push(field.value);
    at = field.end;
    if (at >= text.length) {
      endRow();
      return rows;
    }
    if (text[at] === ',') at++;
    else {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      endRow();
      if (at >= text.length) return rows;
    }
  }
}

interface Field {
  readonly value: string;
  readonly end: number;
}

function plainField(text: string, start: number): Field | undefined {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') {
    if (text[end] === '"') return undefined;
    end++;
  }
  return { value: text.slice(start, end).trim(), end };
}

function quotedField(text: string, start: number): Field | undefined {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return undefined;
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at++;
  }
  if (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') return undefined;
  return { value, end: at };
}
