// `${stageVariables.name}` in the URIs of REST APIs: put in when the stage is planned. AWS: a variable that is not set is empty.
// Seen: LocalStack's account of the service.

const REFERENCE = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

export function renderStageVariables(uri: string, variables: Readonly<Record<string, string>>): string {
  return uri.replace(REFERENCE, (_, name: string) => (Object.hasOwn(variables, name) ? (variables[name] as string) : ''));
}
