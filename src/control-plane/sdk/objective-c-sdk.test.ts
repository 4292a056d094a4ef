// The Objective-C SDK of an API: what is in it, and that a compiler takes it, as for iOS, whatever the API calls things.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { objectiveCSdk } from './objective-c-sdk.ts';
import { hostileApi, invokeUrl } from './testing/hostile-api.ts';
import { checkObjectiveC } from './testing/objective-c.ts';
import { petStoreApi } from './testing/pet-store-api.ts';

const noClang = spawnSync('clang', ['--version']).status !== 0;
const skip = noClang && process.env['CI'] !== 'true' ? 'clang is not on the PATH: generated Objective-C is not compiled' : false;

const root = 'aws-apigateway-ios-objc';
const filesOf = (snapshot: RestApiSnapshot = petStoreApi(), classPrefix = 'PET') =>
  objectiveCSdk({ snapshot, invokeUrl, classPrefix });

describe('the Objective-C SDK', () => {
  test('its files', () => {
    assert.deepEqual(Object.keys(filesOf()), [
      `${root}/Podfile`,
      `${root}/README.md`,
      ...['PETPetStoreClient', 'PETPet', 'PETPet_owner', 'PETPet_visits_item'].flatMap((name) => [
        `${root}/generated-src/${name}.h`,
        `${root}/generated-src/${name}.m`,
      ]),
    ]);
  });

  test('a method has its parameters by place', () => {
    const source = filesOf()[`${root}/generated-src/PETPetStoreClient.m`] ?? '';
    const at = source.indexOf('- (AWSTask *)petsPetIdGet');
    assert.equal(
      source.slice(at, source.indexOf('\n}\n', at) + 3),
      `- (AWSTask *)petsPetIdGet:(NSString *)petId page:(NSString *)page xKind:(nullable NSString *)xKind {
    NSDictionary *pathParameters = @{@"petId": petId};
    NSMutableDictionary *queryParameters = [@{} mutableCopy];
    if (page != nil) {
        [queryParameters setObject:page forKey:@"page"];
    }
    NSMutableDictionary *headerParameters = [@{@"Content-Type": @"application/json", @"Accept": @"application/json"} mutableCopy];
    if (xKind != nil) {
        [headerParameters setObject:xKind forKey:@"X-Kind"];
    }
    return [self invokeHTTPRequest:@"GET"
                         URLString:@"/pets/{petId}"
                    pathParameters:pathParameters
                   queryParameters:queryParameters
                  headerParameters:headerParameters
                              body:nil
                     responseClass:[PETPet class]];
}
`,
    );
    assert.match(source, /- \(AWSTask \*\)filesKindProxyPut:\(NSString \*\)kind proxy:\(NSString \*\)proxy \{/);
    assert.match(source, /URLString:\[@"\/files\/\{kind\}\/" stringByAppendingString:greedyPath\(proxy\)\]/);
    assert.match(source, /invokeURL = @"https:\/\/abc\.execute-api\.us-east-1\.amazonaws\.com\/prod";/);
  });

  test('objects of models are sent, and lists of them are read', () => {
    const header = filesOf()[`${root}/generated-src/PETPetStoreClient.h`] ?? '';
    assert.match(header, /petsPut:\(PETPet \*\)body;/);
    assert.match(header, /The body is no object of a model: to send one, call invoke:\.\n[^/]*\*\/\n- \(AWSTask \*\)petsPost;/);
    assert.match(header, /result is an array of PETPet\.\n \*\/\n- \(AWSTask \*\)petsGet;/);
    assert.match(header, /- \(AWSTask \*\)newGet __attribute__\(\(objc_method_family\(none\)\)\);/);
  });

  test('a model has a property for each member', () => {
    const header = filesOf()[`${root}/generated-src/PETPet.h`] ?? '';
    const source = filesOf()[`${root}/generated-src/PETPet.m`] ?? '';
    assert.deepEqual(
      [...header.matchAll(/^@property \(nonatomic, strong, nullable\) (.*);$/gm)].map((found) => found[1]),
      [
        'NSString *displayName',
        'NSNumber *age',
        'NSArray<PETPet *> *friends',
        'PETPet_owner *owner',
        'NSArray<PETPet_visits_item *> *visits',
        'NSArray<NSArray<id > *> *matrix',
        'id theNewOwner',
        'NSString *_description',
        'NSNumber *_in',
        'NSNumber *func',
      ],
    );
    assert.match(header, /\/\* No property: AWS's library takes this name for a path\. a\.b \*\//);
    assert.match(source, /@"displayName": @"display-name",/);
    assert.match(source, /@"theNewOwner": @"newOwner",/);
    assert.deepEqual(
      [...source.matchAll(/(\w+)JSONTransformer \{\n.*awsmtl_JSON(\w+)TransformerWithModelClass:\[(\w+) class\]/g)].map((found) =>
        found.slice(1),
      ),
      [
        ['friends', 'Array', 'PETPet'],
        ['owner', 'Dictionary', 'PETPet_owner'],
        ['visits', 'Array', 'PETPet_visits_item'],
      ],
    );
  });

  test('clang takes it, and what its README says', { skip }, () => {
    const files = filesOf();
    const blocks = [...(files[`${root}/README.md`] ?? '').matchAll(/```objc\n([^`]*)```/g)].map((found) => found[1] ?? '');
    assert.equal(blocks.length, 3);
    const lines = blocks.join('').split('\n');
    const imports = lines.filter((line) => line.startsWith('#import'));
    const use = `${imports.join('\n')}
void use(void);
void use(void) {
${lines.filter((line) => !line.startsWith('#import')).join('\n')}
}
`;
    checkObjectiveC({ ...files, 'use.m': use });
  });

  test('clang takes an API whose names are reserved, alike, or try to leave strings and comments', { skip }, () => {
    const files = filesOf(hostileApi());
    // What leaves its string or comment is no Objective-C, or a function that nobody declared.
    checkObjectiveC(files);
    assert.equal(new Set(Object.keys(files).map((name) => name.toLowerCase())).size, Object.keys(files).length);
  });

  test('clang takes prefixes that make names of the system of those of models', { skip }, () => {
    const api = hostileApi();
    const models = ['String', 'Array', 'Number', 'Task', 'Model', 'Dictionary'].flatMap((name) =>
      api.models.filter((one) => one.name === 'String').map((one) => ({ ...one, id: name, name })),
    );
    for (const prefix of ['NS', 'AWS']) checkObjectiveC(filesOf({ ...api, methods: [], models }, prefix));
  });

  test('the check finds what is wrong', { skip }, () => {
    const property = '@property (nonatomic, strong) NSString *newOwner;';
    const wrong = `#import <AWSCore/AWSCore.h>\n@interface A : AWSModel\n${property}\n@end\n@implementation A\n@end\n`;
    assert.throws(() => checkObjectiveC({ 'A.m': wrong }), /naming convention/);
  });
});
