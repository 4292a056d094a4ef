// What generated clients use of AWS's mobile library for iOS, declared as the library declares it, so that they compile without it.
// Seen: headers of aws-sdk-ios.
#ifndef AWSCORE_H
#define AWSCORE_H

#import <Foundation/Foundation.h>

@interface AWSTask : NSObject
@property (nonatomic, readonly) id result;
@property (nonatomic, readonly) NSError *error;
#ifdef __BLOCKS__
- (AWSTask *)continueWithBlock:(id (^)(AWSTask *task))block;
#endif
@end

@protocol AWSMTLJSONSerializing
+ (NSDictionary *)JSONKeyPathsByPropertyKey;
@end

@interface AWSMTLModel : NSObject <NSCopying>
- (NSDictionary *)dictionaryValue;
@end

@interface AWSModel : AWSMTLModel <AWSMTLJSONSerializing>
@end

@interface NSValueTransformer (AWSMTLPredefinedTransformerAdditions)
+ (NSValueTransformer *)awsmtl_JSONDictionaryTransformerWithModelClass:(Class)modelClass;
+ (NSValueTransformer *)awsmtl_JSONArrayTransformerWithModelClass:(Class)modelClass;
@end

typedef NS_ENUM(NSInteger, AWSRegionType) { AWSRegionUnknown, AWSRegionUSEast1 };
typedef NS_ENUM(NSInteger, AWSServiceType) { AWSServiceUnknown, AWSServiceAPIGateway };

@protocol AWSCredentialsProvider <NSObject>
@end

@interface AWSStaticCredentialsProvider : NSObject <AWSCredentialsProvider>
- (instancetype)initWithAccessKey:(NSString *)accessKey secretKey:(NSString *)secretKey;
@end

@interface AWSCognitoCredentialsProvider : NSObject <AWSCredentialsProvider>
@end

@interface AWSNetworkingConfiguration : NSObject <NSCopying>
@property (nonatomic, strong) NSURL *baseURL;
@property (nonatomic, strong) NSArray *requestInterceptors;
@end

@interface AWSServiceConfiguration : AWSNetworkingConfiguration
@property (nonatomic, assign, readonly) AWSRegionType regionType;
@property (nonatomic, strong, readonly) id<AWSCredentialsProvider> credentialsProvider;
- (instancetype)initWithRegion:(AWSRegionType)regionType credentialsProvider:(id<AWSCredentialsProvider>)credentialsProvider;
@end

@interface AWSServiceManager : NSObject
@property (nonatomic, copy) AWSServiceConfiguration *defaultServiceConfiguration;
+ (instancetype)defaultServiceManager;
@end

@interface AWSEndpoint : NSObject
@property (nonatomic, readonly) NSURL *URL;
- (instancetype)initWithRegion:(AWSRegionType)regionType service:(AWSServiceType)serviceType URL:(NSURL *)URL;
@end

@interface AWSServiceInfo : NSObject
@property (nonatomic, readonly) AWSCognitoCredentialsProvider *cognitoCredentialsProvider;
@property (nonatomic, readonly) AWSRegionType region;
@end

@interface AWSInfo : NSObject
+ (instancetype)defaultAWSInfo;
- (AWSServiceInfo *)defaultServiceInfo:(NSString *)serviceName;
- (AWSServiceInfo *)serviceInfo:(NSString *)serviceName forKey:(NSString *)key;
@end

@interface AWSNetworkingRequestInterceptor : NSObject
@end

#endif
