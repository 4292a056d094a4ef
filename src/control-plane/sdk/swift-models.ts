// The models of an API as Swift classes for AWS's library, which sees them as Objective-C does: by their properties' names.

import { inComment } from './identifiers.ts';
import { type IosClass, type IosType, iosClassIn } from './ios-api.ts';
import { swiftName, swiftText } from './ios-names.ts';

export function swiftType(type: IosType): string {
  switch (type.kind) {
    case 'string':
      return 'String';
    case 'number':
      return 'NSNumber';
    case 'list':
      return `[${swiftType(type.item)}]`;
    case 'class':
      return type.name;
    default:
      return 'Any';
  }
}

/** AWS: these names. Seen: generated models (jsonKeyPathsByPropertyKey, groupJSONTransformer). */
export function swiftModelSource({ name, properties, leftOut }: IosClass): string {
  const variables = properties.map(
    (property) => `
    /** ${inComment(property.wireName)} */
    public var ${swiftName(property.name)}: ${swiftType(property.type)}?
`,
  );
  const omitted = leftOut.map(
    (wireName) => `\n    /* No property: AWS's library takes this name for a path. ${inComment(wireName)} */\n`,
  );
  const keys = properties.map((property) => `        paths["${property.name}"] = ${swiftText(property.wireName)}\n`);
  const transformers = properties.map((property) => {
    const of = iosClassIn(property.type);
    if (of === undefined) return '';
    return `
    @objc class func ${property.name}JSONTransformer() -> ValueTransformer {
        return ValueTransformer.awsmtl_JSON${of.many ? 'Array' : 'Dictionary'}Transformer(withModelClass: ${of.name}.self)
    }
`;
  });
  return `import AWSCore
import Foundation

@objcMembers
public class ${name}: AWSModel {
${variables.join('')}${omitted.join('')}
    public override static func jsonKeyPathsByPropertyKey() -> [AnyHashable: Any]! {
        ${keys.length === 0 ? 'let' : 'var'} paths: [AnyHashable: Any] = [:]
${keys.join('')}        return paths
    }
${transformers.join('')}}
`;
}
