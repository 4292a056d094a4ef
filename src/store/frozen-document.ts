// Documents are JSON: what is read is what survives a trip to disk, and nobody can change it in place.

/** The document as JSON text. Throws a TypeError for what JSON cannot say (undefined, functions, BigInt, cycles). */
export function toDocumentText(document: unknown): string {
  const text: string | undefined = JSON.stringify(document);
  if (text === undefined) throw new TypeError('A document must be a JSON value.');
  return text;
}

/** The document of a JSON text, deeply frozen. */
export function fromDocumentText(text: string): unknown {
  const document: unknown = JSON.parse(text);
  const waiting: unknown[] = [document];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    Object.freeze(value);
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return document;
}
