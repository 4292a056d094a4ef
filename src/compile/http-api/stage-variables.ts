// `${stageVariables.name}` in an integration URI: put in when the stage is planned, so the request path never sees one.

const REFERENCE = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

export type Substituted = { readonly text: string } | { readonly missing: string };

/** The URI with every reference replaced, or the name of the first variable that the stage does not set. */
export function putInStageVariables(uri: string, variables: Readonly<Record<string, string>>): Substituted {
  let missing: string | undefined;
  const text = uri.replace(REFERENCE, (_, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === undefined ? { text } : { missing };
}
