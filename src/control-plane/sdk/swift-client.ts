// The client of an API in Swift: a class of AWS's library's client with a method for each method of the API.
// AWS: these declarations. Seen: generated clients (default(), registerClient(withConfiguration:forKey:), client(forKey:),
// removeClient(forKey:), categoryListGet(id:)).

import { inComment } from './identifiers.ts';
import { type IosApi, type IosMethod, type IosParameter, iosClassIn, iosParametersOf } from './ios-api.ts';
import { swiftName, swiftText } from './ios-names.ts';

export function swiftClientSource({ client, methods }: IosApi, apiName: string, invokeUrl: string): string {
  const greedyPath = `
    /** What a greedy parameter holds, with its slashes: AWS's library would encode them. */
    private static func greedyPath(_ value: String) -> String {
        let kept = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
        return value.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
    }
`;
  return `import AWSAPIGateway
import AWSCore
import Foundation

/**
 ${inComment(apiName)}

 Requests have the API key in apiKey; with a credentials provider in the configuration they are signed.
 */
public class ${client}: AWSAPIGatewayClient {

    static let AWSInfoClientKey = "${client}"

    private static let clients = AWSSynchronizedMutableDictionary()

    private static let defaultClient: ${client} = {
        let info: AWSServiceInfo? = AWSInfo.default().defaultServiceInfo(AWSInfoClientKey)
        let common: AWSServiceConfiguration? = AWSServiceManager.default().defaultServiceConfiguration
        if let info = info {
            return ${client}.made(of: info)
        }
        if let common = common {
            return ${client}(configuration: common)
        }
        let none: AWSServiceConfiguration = AWSServiceConfiguration(region: .Unknown, credentialsProvider: nil)
        return ${client}(configuration: none)
    }()

    private class func made(of info: AWSServiceInfo) -> ${client} {
        let provider = info.cognitoCredentialsProvider
        let configuration: AWSServiceConfiguration = AWSServiceConfiguration(region: info.region, credentialsProvider: provider)
        return ${client}(configuration: configuration)
    }

    /** The client with AWSServiceManager's default configuration, or with what Info.plist says under AWS and ${client}. */
    public class func \`default\`() -> ${client} {
        return defaultClient
    }

    /** Makes a client that client(forKey:) finds. The configuration may not be changed then. */
    public class func registerClient(withConfiguration configuration: AWSServiceConfiguration, forKey key: String) {
        clients.setObject(${client}(configuration: configuration), forKey: key as NSString)
    }

    /** The client that was registered under the key, or that Info.plist has under it. There must be one. */
    public class func client(forKey key: String) -> ${client} {
        objc_sync_enter(${client}.self)
        defer { objc_sync_exit(${client}.self) }
        if let known = clients.object(forKey: key) as? ${client} {
            return known
        }
        let info: AWSServiceInfo? = AWSInfo.default().serviceInfo(AWSInfoClientKey, forKey: key)
        guard let found = info else {
            fatalError("No client is registered for the key " + key)
        }
        let client = ${client}.made(of: found)
        clients.setObject(client, forKey: key as NSString)
        return client
    }

    /** Lets the client of the key go. */
    public class func removeClient(forKey key: String) {
        clients.remove(key)
    }

    init(configuration given: AWSServiceConfiguration) {
        super.init()
        let own = given.copy() as! AWSServiceConfiguration
        let url = URL(string: ${swiftText(invokeUrl)})
        let endpoint: AWSEndpoint = AWSEndpoint(region: own.regionType, service: .APIGateway, url: url)
        let signer: AWSSignatureV4Signer = AWSSignatureV4Signer(credentialsProvider: own.credentialsProvider, endpoint: endpoint)
        own.baseURL = endpoint.url
        own.requestInterceptors = [AWSNetworkingRequestInterceptor(), signer]
        self.configuration = own
    }
${methods.some(({ greedy }) => greedy !== undefined) ? greedyPath : ''}${methods.map((method) => swiftMethod(method, client)).join('')}}
`;
}

/** What a task of the method has for its result. */
function resultType({ answer }: IosMethod): string {
  const of = iosClassIn(answer);
  if (of === undefined) return 'AnyObject';
  return of.many ? 'NSArray' : of.name;
}

function answerInWords({ answer }: IosMethod): string {
  const of = iosClassIn(answer);
  if (of === undefined) return 'the JSON of the answer, nil for none';
  return of.many ? `an array of ${of.name}` : of.name;
}

function swiftMethod(method: IosMethod, client: string): string {
  const { name, verb, path, beforeGreedy, inPath, greedy, query, headers, body, answer, bodyLeftOut } = method;
  const parameters = [
    ...iosParametersOf(method).map((one) => `${swiftName(one.name)}: String${one.required ? '' : '?'}`),
    ...(body === undefined ? [] : [`${swiftName(body.name)}: ${body.type}`]),
  ];
  const url =
    greedy === undefined ? swiftText(path) : `${swiftText(beforeGreedy)} + ${client}.greedyPath(${swiftName(greedy.name)})`;
  const pathParameters = inPath.map((one) => `${swiftText(one.wireName)}: ${swiftName(one.name)}`);
  const of = iosClassIn(answer);
  const result = resultType(method);
  return `
    /**
     ${verb} ${inComment(path)}
${bodyLeftOut ? '     The body is no object of a model: to send one, call invoke(_:).\n' : ''}
     - returns: A task; its result is ${answerInWords(method)}.
     */
    public func ${swiftName(name)}(${parameters.join(', ')}) -> AWSTask<${result}> {
        let pathParameters: [String: Any] = [${pathParameters.length === 0 ? ':' : pathParameters.join(', ')}]
${dictionary('queryParameters', query, [])}
${dictionary('headerParameters', headers, ['Content-Type', 'Accept'])}
        return self.invokeHTTPRequest("${verb}", urlString: ${url},
            pathParameters: pathParameters, queryParameters: queryParameters, headerParameters: headerParameters,
            body: ${body === undefined ? 'nil' : swiftName(body.name)}, responseClass: ${of === undefined ? 'nil' : `${of.name}.self`})${result === 'AnyObject' ? '' : ` as! AWSTask<${result}>`}
    }
`;
}

/** A dictionary of what is always there, of JSON's type, and of the parameters that are given. */
function dictionary(name: string, parameters: readonly IosParameter[], always: readonly string[]): string {
  const entries = always.map((header) => `"${header}": "application/json"`);
  const first = `${name}: [String: Any] = [${entries.length === 0 ? ':' : entries.join(', ')}]`;
  if (parameters.length === 0) return `        let ${first}`;
  const lines = parameters.map((parameter) => {
    const value = swiftName(parameter.name);
    const assignment = `${name}[${swiftText(parameter.wireName)}] = ${value}`;
    return parameter.required ? `        ${assignment}` : `        if let ${value} = ${value} { ${assignment} }`;
  });
  return [`        var ${first}`, ...lines].join('\n');
}
