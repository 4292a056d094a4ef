// Claims of a token as HTTP APIs show them to functions and logs: text only.
// AWS: text stays, numbers and booleans become text, a list is `[a b]`, objects are JSON text, null is left out.
// Seen: second-hand measurements of other emulators (Cognito tokens).

export function claimTexts(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null && value !== undefined) texts.push([name, claimText(value)]);
  }
  // Defines own members, also one that is called __proto__.
  return Object.fromEntries(texts);
}

function claimText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map((each) => (each === null ? 'null' : claimText(each))).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
