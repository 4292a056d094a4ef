// An exported document as YAML.

import { Document, visit } from 'yaml';

/**
 * Texts that a reader of YAML 1.1 takes for dates, numbers or booleans are quoted (`2012-10-17`, `12:30`, `yes`, `=`), for many tools read
 * that version; and nothing is an alias of something else.
 */
export function yamlText(document: object): string {
  const written = new Document(document, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(written, {
    Scalar: (_key, node) => {
      if (node.value === '=') node.type = 'QUOTE_DOUBLE';
    },
  });
  return written.toString({ lineWidth: 0 });
}
