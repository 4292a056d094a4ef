// Names and strings of Objective-C and Swift. Models are read and written through Objective-C's key-value coding in both languages:
// no property may be called like what every object has.

import { FreeNames } from './free-names.ts';
import { camelName, upperFirst } from './identifiers.ts';

// Keywords of C and Objective-C, and what the headers of the system define as something else. Swift's own classes are seen from
// Objective-C, too.
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'alignas alignof asm assert auto bool break bycopy byref case char class complex const continue default do double else enum errno ' +
    'extern false float for goto i386 if imaginary in inline inout int linux long nil nonnull noreturn nullable offsetof oneway out ' +
    'register restrict return self short signed sizeof static stderr stdin stdout struct super switch true typedef typeof union ' +
    'unix unsigned void volatile while'
  ).split(' '),
);

// Of NSObject, of key-value coding and of AWSModel.
// AWS: `description` is `_description`. Seen: generated models.
const MEMBERS: ReadonlySet<string> = new Set(
  (
    'attributeKeys autoContentAccessingProxy autorelease classCode classDescription className classForArchiver classForCoder ' +
    'classForKeyedArchiver classForPortCoder copyWithZone dealloc debugDescription description dictionaryValue finalize hash ' +
    'isAccessibilityElement isFault isProxy nilValueForKey objectSpecifier observationInfo observers propertyKeys release retain ' +
    'retainCount scriptingProperties shouldGroupAccessibilityChildren superclass toManyRelationshipKeys toOneRelationshipKeys ' +
    'valuesForKeysWithDictionary version zone'
  ).split(' '),
);

// The Swift Programming Language, "Keywords and punctuation"; what is reserved in some places only is taken for reserved in all.
const SWIFT_KEYWORDS: ReadonlySet<string> = new Set(
  (
    'actor any as associatedtype async await break case catch class continue default defer deinit do each else enum extension ' +
    'fallthrough false fileprivate for func get guard if import in indirect init inout internal is let macro nil open operator ' +
    'override precedencegroup private protocol public repeat rethrows return self set some static struct subscript super switch ' +
    'throw throws true try typealias var where while willSet didSet'
  ).split(' '),
);

/** A method of such a name hands over what it returns, under automatic reference counting; one of `init…` makes its own object. */
const FAMILY = /^_*(?:alloc|copy|init|mutableCopy|new)(?![a-z])/;

export function isOfMethodFamily(name: string): boolean {
  return FAMILY.test(name);
}

/** Types that the code names: no class of the API may be called so, whatever the prefix. */
const TYPES =
  'AWSAPIGatewayClient AWSApiGatewayBridge AWSEndpoint AWSInfo AWSModel AWSNetworkingRequestInterceptor AWSServiceConfiguration ' +
  'AWSServiceInfo AWSServiceManager AWSSignatureV4Signer AWSSynchronizedMutableDictionary AWSTask Any AnyHashable AnyObject ' +
  'Bridging_Header CharacterSet NSArray NSCharacterSet NSDictionary NSException NSMutableDictionary NSNumber NSObject NSString NSURL ' +
  'NSValueTransformer String URL ValueTransformer';

/** Names of classes; each is a file. */
export function iosClassNames(): FreeNames {
  const names = new FreeNames((name) => name.toLowerCase());
  for (const type of TYPES.split(' ')) names.take(type);
  return names;
}

/** `X-Kind` -> `xKind`: a name for a parameter in both languages. Swift's keywords are for `swiftName` to quote. */
export function iosParameterName(text: string): string {
  const name = camelName(text);
  // A lone underscore is no name of Swift.
  return KEYWORDS.has(name) || name === '_' ? `_${name}` : name;
}

/** The same for a property. */
export function iosPropertyName(text: string): string {
  const name = iosParameterName(text);
  // An underscore takes a name out of no family of methods.
  if (isOfMethodFamily(name)) return `the${upperFirst(name)}`;
  return MEMBERS.has(name) || name.startsWith('accessibility') ? `_${name}` : name;
}

/** The name as Swift's source has it. */
export function swiftName(name: string): string {
  return SWIFT_KEYWORDS.has(name) ? `\`${name}\`` : name;
}

/** A string of Objective-C, as its source has it: nothing but ASCII, and no trigraph. */
export function objectiveCText(text: string): string {
  const escaped = text
    .toWellFormed()
    .replaceAll(/["\\?]/g, '\\$&')
    .replaceAll(/[^ -~]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
    );
  return `@"${escaped}"`;
}

/** A string of Swift, as its source has it: with its backslashes escaped, nothing in it is an interpolation. */
export function swiftText(text: string): string {
  const escaped = text
    .toWellFormed()
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return `"${escaped}"`;
}
