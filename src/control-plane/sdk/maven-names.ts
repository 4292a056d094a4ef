// Names that Maven and Gradle take for what they build. They name folders and elements of XML, too.

const NAME_MAX = 200;
const patterns = {
  groupId: /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/,
  artifactId: /^\w[\w.-]*$/,
  version: /^\w[\w.+-]*$/,
} as const;

export function isMavenName(kind: keyof typeof patterns, value: string): boolean {
  return value.length <= NAME_MAX && patterns[kind].test(value);
}
