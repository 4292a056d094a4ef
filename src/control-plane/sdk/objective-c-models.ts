// The models of an API as Objective-C classes for AWS's library: a header and an implementation each.

import { inComment } from './identifiers.ts';
import { type IosClass, type IosType, iosClassIn } from './ios-api.ts';
import { objectiveCText } from './ios-names.ts';

/** The type of a value, up to its name. */
export function objectiveCType(type: IosType): string {
  switch (type.kind) {
    case 'string':
      return 'NSString *';
    case 'number':
      return 'NSNumber *';
    case 'list':
      return `NSArray<${objectiveCType(type.item)}> *`;
    case 'class':
      return `${type.name} *`;
    default:
      return 'id ';
  }
}

function classesIn({ properties }: IosClass): readonly string[] {
  const names = properties.map(({ type }) => iosClassIn(type)?.name).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

export function objectiveCModelHeader(model: IosClass): string {
  // Models may have one another; the headers only name them.
  const known = classesIn(model)
    .filter((name) => name !== model.name)
    .map((name) => `@class ${name};\n`);
  const leftOut = model.leftOut.map(
    (wireName) => `\n/* No property: AWS's library takes this name for a path. ${inComment(wireName)} */\n`,
  );
  const properties = model.properties.map(
    ({ name, wireName, type }) => `
/** ${inComment(wireName)} */
@property (nonatomic, strong, nullable) ${objectiveCType(type)}${name};
`,
  );
  return `#import <Foundation/Foundation.h>
#import <AWSCore/AWSCore.h>

${known.join('')}${known.length === 0 ? '' : '\n'}NS_ASSUME_NONNULL_BEGIN

@interface ${model.name} : AWSModel
${properties.join('')}${leftOut.join('')}
@end

NS_ASSUME_NONNULL_END
`;
}

export function objectiveCModelSource(model: IosClass): string {
  const imports = classesIn(model).map((name) => `#import "${name}.h"\n`);
  const keys = model.properties.map(({ name, wireName }) => `        @"${name}": ${objectiveCText(wireName)},\n`);
  const transformers = model.properties.map(({ name, type }) => {
    const of = iosClassIn(type);
    if (of === undefined) return '';
    return `
+ (NSValueTransformer *)${name}JSONTransformer {
    return [NSValueTransformer awsmtl_JSON${of.many ? 'Array' : 'Dictionary'}TransformerWithModelClass:[${of.name} class]];
}
`;
  });
  return `#import "${model.name}.h"
${imports.filter((line) => line !== `#import "${model.name}.h"\n`).join('')}
@implementation ${model.name}

+ (NSDictionary *)JSONKeyPathsByPropertyKey {
    return @{
${keys.join('')}    };
}
${transformers.join('')}
@end
`;
}
