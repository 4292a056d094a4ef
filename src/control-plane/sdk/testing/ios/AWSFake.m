// A stand-in for AWS's mobile library, for GNUstep: it makes requests of calls as AWSAPIGatewayClient and Mantle do, and sends them.
// It does not sign. Written for tests: what it makes, it keeps.
#import <AWSAPIGateway/AWSAPIGateway.h>
#import <AWSCore/AWSSignature.h>
#import <AWSCore/AWSSynchronizedMutableDictionary.h>

/** What an object has: the old runtime cannot add variables to classes that are declared without. */
static NSMutableDictionary *valuesOf(id object) {
    static NSMutableDictionary *all = nil;
    if (all == nil) all = [NSMutableDictionary new];
    NSValue *key = [NSValue valueWithPointer:object];
    NSMutableDictionary *values = [all objectForKey:key];
    if (values == nil) {
        values = [NSMutableDictionary dictionary];
        [all setObject:values forKey:key];
        [object retain];
    }
    return values;
}

static id get(id object, NSString *name) {
    return [valuesOf(object) objectForKey:name];
}

static void set(id object, NSString *name, id value) {
    if (value == nil) [valuesOf(object) removeObjectForKey:name];
    else [valuesOf(object) setObject:value forKey:name];
}

@implementation AWSTask
- (id)result { return get(self, @"result"); }
- (NSError *)error { return get(self, @"error"); }
@end

@implementation AWSMTLModel
- (id)copyWithZone:(NSZone *)zone { return [self retain]; }
- (NSDictionary *)dictionaryValue { return valuesOf(self); }
@end

/** Properties have no accessors of their own in the old runtime: any `x` and `setX:` is one, where `x` is a property. */
@implementation AWSModel
+ (NSDictionary *)JSONKeyPathsByPropertyKey { return nil; }

- (NSString *)propertyOf:(SEL)selector {
    NSDictionary *keys = [[self class] JSONKeyPathsByPropertyKey];
    NSString *name = NSStringFromSelector(selector);
    if ([keys objectForKey:name] != nil) return name;
    if (![name hasPrefix:@"set"] || ![name hasSuffix:@":"]) return nil;
    NSString *rest = [name substringWithRange:NSMakeRange(3, [name length] - 4)];
    NSString *lower = [[[rest substringToIndex:1] lowercaseString] stringByAppendingString:[rest substringFromIndex:1]];
    return [keys objectForKey:lower] != nil ? lower : nil;
}

- (NSMethodSignature *)methodSignatureForSelector:(SEL)selector {
    if ([self propertyOf:selector] == nil) return [super methodSignatureForSelector:selector];
    return [NSMethodSignature signatureWithObjCTypes:[NSStringFromSelector(selector) hasSuffix:@":"] ? "v@:@" : "@@:"];
}

- (void)forwardInvocation:(NSInvocation *)invocation {
    NSString *name = [self propertyOf:[invocation selector]];
    id value = get(self, name);
    if ([NSStringFromSelector([invocation selector]) hasSuffix:@":"]) {
        [invocation getArgument:&value atIndex:2];
        set(self, name, value);
    } else {
        [invocation setReturnValue:&value];
    }
}
@end

static NSValueTransformer *transformerOf(Class modelClass, NSString *name) {
    SEL selector = NSSelectorFromString([name stringByAppendingString:@"JSONTransformer"]);
    return [modelClass respondsToSelector:selector] ? [modelClass performSelector:selector] : nil;
}

static id modelOf(Class modelClass, NSDictionary *json) {
    id model = [[modelClass new] autorelease];
    NSDictionary *paths = [modelClass JSONKeyPathsByPropertyKey];
    for (NSString *name in paths) {
        id value = [json valueForKeyPath:[paths objectForKey:name]];
        NSValueTransformer *transformer = transformerOf(modelClass, name);
        if (value == [NSNull null]) value = nil;
        set(model, name, transformer == nil || value == nil ? value : [transformer transformedValue:value]);
    }
    return model;
}

static NSDictionary *jsonOf(id model) {
    NSMutableDictionary *json = [NSMutableDictionary dictionary];
    NSDictionary *paths = [[model class] JSONKeyPathsByPropertyKey];
    for (NSString *name in [model dictionaryValue]) {
        NSValueTransformer *transformer = transformerOf([model class], name);
        id value = get(model, name);
        [json setObject:transformer == nil ? value : [transformer reverseTransformedValue:value] forKey:[paths objectForKey:name]];
    }
    return json;
}

@interface ModelTransformer : NSValueTransformer {
    Class modelClass;
    BOOL many;
}
@end

@implementation ModelTransformer
- (id)initWithClass:(Class)aClass many:(BOOL)isMany {
    self = [super init];
    modelClass = aClass;
    many = isMany;
    return self;
}

- (id)each:(id)value read:(BOOL)read {
    if (!many) return read ? modelOf(modelClass, value) : jsonOf(value);
    NSMutableArray *all = [NSMutableArray array];
    for (id one in value) [all addObject:read ? modelOf(modelClass, one) : jsonOf(one)];
    return all;
}

- (id)transformedValue:(id)value { return [self each:value read:YES]; }
- (id)reverseTransformedValue:(id)value { return [self each:value read:NO]; }
@end

@implementation NSValueTransformer (AWSMTLPredefinedTransformerAdditions)
+ (NSValueTransformer *)awsmtl_JSONDictionaryTransformerWithModelClass:(Class)modelClass {
    return [[[ModelTransformer alloc] initWithClass:modelClass many:NO] autorelease];
}
+ (NSValueTransformer *)awsmtl_JSONArrayTransformerWithModelClass:(Class)modelClass {
    return [[[ModelTransformer alloc] initWithClass:modelClass many:YES] autorelease];
}
@end

@implementation AWSStaticCredentialsProvider
- (instancetype)initWithAccessKey:(NSString *)accessKey secretKey:(NSString *)secretKey {
    set(self, @"accessKey", accessKey);
    return self;
}
@end

@implementation AWSCognitoCredentialsProvider
@end

@implementation AWSNetworkingConfiguration
- (NSURL *)baseURL { return get(self, @"baseURL"); }
- (void)setBaseURL:(NSURL *)url { set(self, @"baseURL", url); }
- (NSArray *)requestInterceptors { return get(self, @"requestInterceptors"); }
- (void)setRequestInterceptors:(NSArray *)interceptors { set(self, @"requestInterceptors", interceptors); }
- (id)copyWithZone:(NSZone *)zone {
    id copy = [[self class] new];
    [valuesOf(copy) addEntriesFromDictionary:valuesOf(self)];
    return copy;
}
@end

@implementation AWSServiceConfiguration
- (instancetype)initWithRegion:(AWSRegionType)regionType credentialsProvider:(id<AWSCredentialsProvider>)credentialsProvider {
    set(self, @"regionType", [NSNumber numberWithInteger:regionType]);
    set(self, @"credentialsProvider", credentialsProvider);
    return self;
}
- (AWSRegionType)regionType { return [get(self, @"regionType") integerValue]; }
- (id<AWSCredentialsProvider>)credentialsProvider { return get(self, @"credentialsProvider"); }
@end

@implementation AWSServiceManager
+ (instancetype)defaultServiceManager {
    static AWSServiceManager *manager = nil;
    if (manager == nil) manager = [self new];
    return manager;
}
- (AWSServiceConfiguration *)defaultServiceConfiguration { return get(self, @"configuration"); }
- (void)setDefaultServiceConfiguration:(AWSServiceConfiguration *)configuration { set(self, @"configuration", configuration); }
@end

@implementation AWSEndpoint
- (instancetype)initWithRegion:(AWSRegionType)regionType service:(AWSServiceType)serviceType URL:(NSURL *)URL {
    set(self, @"URL", URL);
    return self;
}
- (NSURL *)URL { return get(self, @"URL"); }
@end

@implementation AWSServiceInfo
- (AWSCognitoCredentialsProvider *)cognitoCredentialsProvider { return nil; }
- (AWSRegionType)region { return AWSRegionUnknown; }
@end

@implementation AWSInfo
+ (instancetype)defaultAWSInfo { return nil; }
- (AWSServiceInfo *)defaultServiceInfo:(NSString *)serviceName { return nil; }
- (AWSServiceInfo *)serviceInfo:(NSString *)serviceName forKey:(NSString *)key { return nil; }
@end

@implementation AWSNetworkingRequestInterceptor
@end

@implementation AWSSignatureV4Signer
- (instancetype)initWithCredentialsProvider:(id<AWSCredentialsProvider>)credentialsProvider endpoint:(AWSEndpoint *)endpoint {
    set(self, @"provider", credentialsProvider);
    return self;
}
@end

@implementation AWSSynchronizedMutableDictionary
- (id)objectForKey:(id)aKey { return get(self, aKey); }
- (void)setObject:(id)anObject forKey:(id<NSCopying>)aKey { set(self, (NSString *)aKey, anObject); }
- (void)removeObjectForKey:(id)aKey { set(self, aKey, nil); }
@end

static NSString *encoded(NSString *text) {
    NSString *kept = @"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    return [text stringByAddingPercentEncodingWithAllowedCharacters:[NSCharacterSet characterSetWithCharactersInString:kept]];
}

@implementation AWSAPIGatewayClient
- (AWSServiceConfiguration *)configuration { return get(self, @"configuration"); }
- (void)setConfiguration:(AWSServiceConfiguration *)configuration { set(self, @"configuration", configuration); }
- (NSString *)APIKey { return get(self, @"APIKey"); }
- (void)setAPIKey:(NSString *)key { set(self, @"APIKey", key); }

- (AWSTask *)invokeHTTPRequest:(NSString *)HTTPMethod
                     URLString:(NSString *)URLString
                pathParameters:(NSDictionary *)pathParameters
               queryParameters:(NSDictionary *)queryParameters
              headerParameters:(NSDictionary *)headerParameters
                          body:(id)body
                 responseClass:(Class)responseClass {
    NSMutableString *url = [NSMutableString stringWithFormat:@"%@%@", [self.configuration.baseURL absoluteString], URLString];
    for (NSString *name in pathParameters) {
        NSString *value = encoded([pathParameters objectForKey:name]);
        [url replaceOccurrencesOfString:[NSString stringWithFormat:@"{%@}", name] withString:value options:NSLiteralSearch
                                  range:NSMakeRange(0, [url length])];
    }
    NSString *between = @"?";
    for (NSString *name in [[queryParameters allKeys] sortedArrayUsingSelector:@selector(compare:)]) {
        [url appendFormat:@"%@%@=%@", between, encoded(name), encoded([queryParameters objectForKey:name])];
        between = @"&";
    }
    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:[NSURL URLWithString:url]];
    [request setHTTPMethod:HTTPMethod];
    [request setAllHTTPHeaderFields:headerParameters];
    if (self.APIKey != nil) [request addValue:self.APIKey forHTTPHeaderField:@"x-api-key"];
    if (body != nil) [request setHTTPBody:[NSJSONSerialization dataWithJSONObject:jsonOf(body) options:0 error:NULL]];
    NSHTTPURLResponse *response = nil;
    NSError *error = nil;
    NSData *answer = [NSURLConnection sendSynchronousRequest:request returningResponse:&response error:&error];
    NSInteger status = error == nil ? [response statusCode] : 599;
    id json = [answer length] == 0 ? nil : [NSJSONSerialization JSONObjectWithData:answer options:NSJSONReadingAllowFragments error:NULL];
    AWSTask *task = [[AWSTask new] autorelease];
    if (status >= 400) {
        NSDictionary *info = json == nil ? @{} : @{@"HTTPBody": json};
        set(task, @"error", [NSError errorWithDomain:@"com.amazonaws.AWSAPIGatewayErrorDomain" code:status / 100 == 4 ? 1 : 2 userInfo:info]);
        return task;
    }
    if (responseClass != Nil && [json isKindOfClass:[NSDictionary class]]) json = modelOf(responseClass, json);
    if (responseClass != Nil && [json isKindOfClass:[NSArray class]]) {
        json = [[[[ModelTransformer alloc] initWithClass:responseClass many:YES] autorelease] transformedValue:json];
    }
    set(task, @"result", json);
    return task;
}
@end
