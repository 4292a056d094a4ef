// The syntax of Swift, by tree-sitter's grammar: there is no Swift compiler for this in Debian. It finds what does not parse; that types
// fit, it does not see, and it lets some keywords pass for names.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);

async function swiftParser(): Promise<Parser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(
    await Language.load(await readFile(require.resolve('@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm'))),
  );
  return parser;
}

export interface SwiftSyntax {
  /** What does not parse. */
  readonly errors: readonly string[];
  /** Names that are declared or referred to. */
  readonly names: ReadonlySet<string>;
  /** Expressions inside of strings. */
  readonly interpolations: readonly string[];
  /** Names of variables, parameters and functions, as they are written where they are declared. */
  readonly declared: readonly string[];
}

/** Calls `use` with what reads a source. */
export async function withSwiftSyntax<T>(use: (syntaxOf: (source: string) => SwiftSyntax) => T): Promise<T> {
  const parser = await swiftParser();
  try {
    return use((source) => {
      const tree = parser.parse(source);
      if (tree === null) throw new Error('The parser gave up');
      const found = {
        errors: [] as string[],
        names: new Set<string>(),
        interpolations: [] as string[],
        declared: [] as string[],
      };
      visit(tree.rootNode, found);
      tree.delete();
      return found;
    });
  } finally {
    parser.delete();
  }
}

interface Found {
  readonly errors: string[];
  readonly names: Set<string>;
  readonly interpolations: string[];
  readonly declared: string[];
}

function visit(root: Node, found: Found): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.isError || node.isMissing) found.errors.push(`${node.startPosition.row + 1}: ${node.text.slice(0, 200)}`);
    if (node.type === 'simple_identifier' || node.type === 'type_identifier') found.names.add(node.text);
    if (node.type === 'interpolated_expression') found.interpolations.push(node.text);
    if (node.type === 'parameter' || node.type === 'function_declaration') {
      const name = node.childForFieldName('name');
      if (name !== null) found.declared.push(name.text);
    }
    if (node.type === 'property_declaration') found.declared.push(node.childForFieldName('name')?.text ?? '');
    open.push(...node.children.filter((child) => child !== null));
  }
}
