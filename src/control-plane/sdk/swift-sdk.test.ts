// The Swift SDK of an API: what is in it, and that its syntax is Swift's whatever the API calls things. No compiler checks its types.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { swiftSdk } from './swift-sdk.ts';
import { hostileApi, invokeUrl } from './testing/hostile-api.ts';
import { checkObjectiveC } from './testing/objective-c.ts';
import { petStoreApi } from './testing/pet-store-api.ts';
import { withSwiftSyntax } from './testing/swift-syntax.ts';

const noClang = spawnSync('clang', ['--version']).status !== 0;
const skip = noClang && process.env['CI'] !== 'true' ? 'clang is not on the PATH: the bridging header is not compiled' : false;

const root = 'aws-apigateway-ios-swift';
const filesOf = (snapshot: RestApiSnapshot = petStoreApi()) => swiftSdk({ snapshot, invokeUrl, classPrefix: 'PET' });

describe('the Swift SDK', () => {
  test('its files', () => {
    assert.deepEqual(Object.keys(filesOf()), [
      `${root}/Podfile`,
      `${root}/README.md`,
      `${root}/generated-src/AWSApiGatewayBridge.h`,
      `${root}/generated-src/Bridging_Header.h`,
      ...['PETPetStoreClient', 'PETPet', 'PETPet_owner', 'PETPet_visits_item'].map(
        (name) => `${root}/generated-src/${name}.swift`,
      ),
    ]);
    assert.match(filesOf()[`${root}/Podfile`] ?? '', /^use_frameworks!$/m);
  });

  test('a method has its parameters by place', () => {
    const source = filesOf()[`${root}/generated-src/PETPetStoreClient.swift`] ?? '';
    const at = source.indexOf('    public func petsPetIdGet');
    assert.equal(
      source.slice(at, source.indexOf('\n    }\n', at) + 7),
      `    public func petsPetIdGet(petId: String, page: String, xKind: String?) -> AWSTask<PETPet> {
        let pathParameters: [String: Any] = ["petId": petId]
        var queryParameters: [String: Any] = [:]
        queryParameters["page"] = page
        var headerParameters: [String: Any] = ["Content-Type": "application/json", "Accept": "application/json"]
        if let xKind = xKind { headerParameters["X-Kind"] = xKind }
        return self.invokeHTTPRequest("GET", urlString: "/pets/{petId}",
            pathParameters: pathParameters, queryParameters: queryParameters, headerParameters: headerParameters,
            body: nil, responseClass: PETPet.self) as! AWSTask<PETPet>
    }
`,
    );
    assert.match(source, /public func petsGet\(\) -> AWSTask<NSArray> \{/);
    assert.match(source, /public func petsPut\(body: PETPet\) -> AWSTask<AnyObject> \{/);
    assert.match(source, /call invoke\(_:\)\.\n[^/]*\*\/\n {4}public func petsPost\(\) -> AWSTask<AnyObject>/);
    assert.match(source, /urlString: "\/files\/\{kind\}\/" \+ PETPetStoreClient\.greedyPath\(proxy\),/);
    assert.match(source, /URL\(string: "https:\/\/abc\.execute-api\.us-east-1\.amazonaws\.com\/prod"\)/);
  });

  test('a model has a property for each member', () => {
    assert.equal(
      filesOf()[`${root}/generated-src/PETPet.swift`]?.replaceAll(/ {4}\/\*\* .* \*\/\n/g, ''),
      `import AWSCore
import Foundation

@objcMembers
public class PETPet: AWSModel {

    public var displayName: String?

    public var age: NSNumber?

    public var friends: [PETPet]?

    public var owner: PETPet_owner?

    public var visits: [PETPet_visits_item]?

    public var matrix: [[Any]]?

    public var theNewOwner: Any?

    public var _description: String?

    public var _in: NSNumber?

    public var \`func\`: NSNumber?

    /* No property: AWS's library takes this name for a path. a.b */

    public override static func jsonKeyPathsByPropertyKey() -> [AnyHashable: Any]! {
        var paths: [AnyHashable: Any] = [:]
        paths["displayName"] = "display-name"
        paths["age"] = "age"
        paths["friends"] = "friends"
        paths["owner"] = "owner"
        paths["visits"] = "visits"
        paths["matrix"] = "matrix"
        paths["theNewOwner"] = "newOwner"
        paths["_description"] = "description"
        paths["_in"] = "in"
        paths["func"] = "func"
        return paths
    }

    @objc class func friendsJSONTransformer() -> ValueTransformer {
        return ValueTransformer.awsmtl_JSONArrayTransformer(withModelClass: PETPet.self)
    }

    @objc class func ownerJSONTransformer() -> ValueTransformer {
        return ValueTransformer.awsmtl_JSONDictionaryTransformer(withModelClass: PETPet_owner.self)
    }

    @objc class func visitsJSONTransformer() -> ValueTransformer {
        return ValueTransformer.awsmtl_JSONArrayTransformer(withModelClass: PETPet_visits_item.self)
    }
}
`,
    );
  });

  for (const [desc, api] of [
    ['an API', petStoreApi()],
    ['an API whose names are reserved, alike, or try to leave strings and comments', hostileApi()],
  ] as const) {
    test(`the grammar takes ${desc}`, async () => {
      const files = filesOf(api);
      assert.equal(new Set(Object.keys(files).map((name) => name.toLowerCase())).size, Object.keys(files).length);
      const readme = (files[`${root}/README.md`] ?? '').matchAll(/```swift\n([^`]*)```/g);
      const sources = Object.entries(files).filter(([name]) => name.endsWith('.swift'));
      await withSwiftSyntax((syntaxOf) => {
        for (const [name, source] of [...sources, ...[...readme].map((found) => ['README', found[1] ?? ''] as const)]) {
          const { errors, names, interpolations, declared } = syntaxOf(source);
          assert.deepEqual({ name, errors, interpolations }, { name, errors: [], interpolations: [] });
          assert.ok(!names.has('Escaped'), `a name became code in ${name}`);
          // The grammar lets keywords pass for names where the compiler does not.
          assert.deepEqual(
            declared.filter((one) =>
              /^(?:_|class|default|extension|func|if|import|in|init|nil|protocol|self|Self|super|true)$/.test(one),
            ),
            [],
          );
        }
      });
    });
  }

  test('the grammar finds what is wrong', async () => {
    await withSwiftSyntax((syntaxOf) => {
      assert.notDeepEqual(syntaxOf('public class A { var a: = 1 }').errors, []);
      assert.ok(syntaxOf('let a = "" + Escaped()').names.has('Escaped'));
      assert.deepEqual(syntaxOf('let a = "\\(b)"').interpolations, ['b']);
      assert.deepEqual(syntaxOf('class A { var func: String?; func b(in: Int) {} }').declared.toSorted(), ['b', 'func', 'in']);
    });
  });

  test('clang takes the bridging header', { skip }, () => {
    checkObjectiveC({ ...filesOf(), 'use.m': '#import "Bridging_Header.h"\n' });
  });
});
