// The client of an API in Objective-C: a class of AWS's library's client with a method for each method of the API.
// AWS: these declarations. Seen: generated clients (defaultClient, registerClientWithConfiguration:forKey:, clientForKey:,
// removeClientForKey:, backgroundCheckPut:).

import { inComment } from './identifiers.ts';
import { type IosApi, type IosMethod, type IosParameter, iosClassIn, iosParametersOf } from './ios-api.ts';
import { isOfMethodFamily, objectiveCText } from './ios-names.ts';
import { undeclaredCall } from './ios-project.ts';

export function objectiveCClientHeader({ client, methods, classes }: IosApi, apiName: string): string {
  const declarations = methods.map((method) => {
    // Automatic reference counting would take the task of `newGet` for the caller's own.
    const attribute = isOfMethodFamily(method.name) ? ' __attribute__((objc_method_family(none)))' : '';
    return `
/**
 ${method.verb} ${inComment(method.path)}
${method.bodyLeftOut ? ` The body is no object of a model: to send one, call invoke:.\n` : ''}
 @return A task; its result is ${answerInWords(method)}.
 */
${signature(method)}${attribute};
`;
  });
  return `#import <Foundation/Foundation.h>
#import <AWSAPIGateway/AWSAPIGateway.h>

${classes.map(({ name }) => `#import "${name}.h"\n`).join('')}
NS_ASSUME_NONNULL_BEGIN

/**
 ${inComment(apiName)}

 Requests have the API key in APIKey; with a credentials provider in the configuration they are signed.
 */
@interface ${client} : AWSAPIGatewayClient

/** The client with AWSServiceManager's default configuration, or with what Info.plist says under AWS and ${client}. */
+ (instancetype)defaultClient;

/** Makes a client that clientForKey: finds. The configuration may not be changed then. */
+ (void)registerClientWithConfiguration:(AWSServiceConfiguration *)configuration forKey:(NSString *)key;

/** The client that was registered under the key, or that Info.plist has under it; otherwise nil. */
+ (nullable instancetype)clientForKey:(NSString *)key;

/** Lets the client of the key go. */
+ (void)removeClientForKey:(NSString *)key;
${declarations.join('')}
@end

NS_ASSUME_NONNULL_END
`;
}

function answerInWords({ answer }: IosMethod): string {
  const of = iosClassIn(answer);
  if (of !== undefined) return of.many ? `an array of ${of.name}` : of.name;
  return 'the JSON of the answer, nil for none';
}

function signature(method: IosMethod): string {
  const parameters = [
    ...iosParametersOf(method).map(({ name, required }) => [required ? 'NSString *' : 'nullable NSString *', name] as const),
    ...(method.body === undefined ? [] : [[`${method.body.type} *`, method.body.name] as const]),
  ];
  // The first parameter has no label.
  const parts = parameters.map(([type, name], i) => `${i === 0 ? '' : ` ${name}`}:(${type})${name}`);
  return `- (AWSTask *)${method.name}${parts.join('')}`;
}

export function objectiveCClientSource({ client, methods }: IosApi, invokeUrl: string): string {
  const greedyPath = `
/** What a greedy parameter holds, with its slashes: AWS's library would encode them. */
static NSString *greedyPath(NSString *value) {
    NSString *kept = @"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    return [value stringByAddingPercentEncodingWithAllowedCharacters:[NSCharacterSet characterSetWithCharactersInString:kept]];
}
`;
  return `#import "${client}.h"
#import <AWSCore/AWSCore.h>
#import <AWSCore/AWSSignature.h>
#import <AWSCore/AWSSynchronizedMutableDictionary.h>

/* AWS's library has it, and does not declare it. */
${undeclaredCall}
static NSString *const infoKey = @"${client}";
static NSString *const invokeURL = ${objectiveCText(invokeUrl)};
static AWSSynchronizedMutableDictionary *clients = nil;
${methods.some(({ greedy }) => greedy !== undefined) ? greedyPath : ''}
@implementation ${client}

+ (void)initialize {
    if (self == [${client} class]) {
        clients = [AWSSynchronizedMutableDictionary new];
    }
}

+ (AWSServiceConfiguration *)configurationOf:(AWSServiceInfo *)info {
    return [[AWSServiceConfiguration alloc] initWithRegion:info.region credentialsProvider:info.cognitoCredentialsProvider];
}

+ (instancetype)defaultClient {
    static ${client} *client = nil;
    @synchronized([${client} class]) {
        if (client == nil) {
            AWSServiceInfo *info = [[AWSInfo defaultAWSInfo] defaultServiceInfo:infoKey];
            AWSServiceConfiguration *configuration = [AWSServiceManager defaultServiceManager].defaultServiceConfiguration;
            if (info != nil) {
                configuration = [self configurationOf:info];
            } else if (configuration == nil) {
                configuration = [[AWSServiceConfiguration alloc] initWithRegion:AWSRegionUnknown credentialsProvider:nil];
            }
            client = [[${client} alloc] initWithConfiguration:configuration];
        }
        return client;
    }
}

+ (void)registerClientWithConfiguration:(AWSServiceConfiguration *)configuration forKey:(NSString *)key {
    [clients setObject:[[${client} alloc] initWithConfiguration:configuration] forKey:key];
}

+ (instancetype)clientForKey:(NSString *)key {
    @synchronized([${client} class]) {
        if ([clients objectForKey:key] == nil) {
            AWSServiceInfo *info = [[AWSInfo defaultAWSInfo] serviceInfo:infoKey forKey:key];
            if (info != nil) {
                [self registerClientWithConfiguration:[self configurationOf:info] forKey:key];
            }
        }
        return [clients objectForKey:key];
    }
}

+ (void)removeClientForKey:(NSString *)key {
    [clients removeObjectForKey:key];
}

- (instancetype)init {
    @throw [NSException exceptionWithName:NSInternalInconsistencyException
                                   reason:@"Use + defaultClient or + clientForKey: instead."
                                 userInfo:nil];
}

- (instancetype)initWithConfiguration:(AWSServiceConfiguration *)given {
    self = [super init];
    if (self != nil) {
        AWSServiceConfiguration *configuration = [given copy];
        AWSEndpoint *endpoint = [[AWSEndpoint alloc] initWithRegion:configuration.regionType
                                                            service:AWSServiceAPIGateway
                                                                URL:[NSURL URLWithString:invokeURL]];
        AWSSignatureV4Signer *signer = [[AWSSignatureV4Signer alloc] initWithCredentialsProvider:configuration.credentialsProvider
                                                                                        endpoint:endpoint];
        configuration.baseURL = endpoint.URL;
        configuration.requestInterceptors = @[[AWSNetworkingRequestInterceptor new], signer];
        self.configuration = configuration;
    }
    return self;
}
${methods.map(implementation).join('')}
@end
`;
}

function implementation(method: IosMethod): string {
  const { verb, path, beforeGreedy, inPath, greedy, query, headers, body, answer } = method;
  const url =
    greedy === undefined
      ? objectiveCText(path)
      : `[${objectiveCText(beforeGreedy)} stringByAppendingString:greedyPath(${greedy.name})]`;
  const pathParameters = inPath.map(({ wireName, name }) => `${objectiveCText(wireName)}: ${name}`);
  const of = iosClassIn(answer);
  return `
${signature(method)} {
    NSDictionary *pathParameters = @{${pathParameters.join(', ')}};
    ${dictionary('queryParameters', query, [])}
    ${dictionary('headerParameters', headers, ['Content-Type', 'Accept'])}
    return [self invokeHTTPRequest:@"${verb}"
                         URLString:${url}
                    pathParameters:pathParameters
                   queryParameters:queryParameters
                  headerParameters:headerParameters
                              body:${body?.name ?? 'nil'}
                     responseClass:${of === undefined ? 'nil' : `[${of.name} class]`}];
}
`;
}

/** A dictionary of what is always there, of JSON's type, and of the parameters that are given. */
function dictionary(name: string, parameters: readonly IosParameter[], always: readonly string[]): string {
  const first = `@{${always.map((header) => `@"${header}": @"application/json"`).join(', ')}}`;
  if (parameters.length === 0) return `NSDictionary *${name} = ${first};`;
  const lines = parameters.map(
    (parameter) => `    if (${parameter.name} != nil) {
        [${name} setObject:${parameter.name} forKey:${objectiveCText(parameter.wireName)}];
    }`,
  );
  return [`NSMutableDictionary *${name} = [${first} mutableCopy];`, ...lines].join('\n');
}
