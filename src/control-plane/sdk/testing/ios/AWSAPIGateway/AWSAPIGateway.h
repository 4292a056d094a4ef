// The client that generated clients derive from, as AWS's mobile library for iOS declares it.
#import <AWSCore/AWSCore.h>

@interface AWSAPIGatewayClient : NSObject
@property (nonatomic, strong) AWSServiceConfiguration *configuration;
@property (nonatomic, strong) NSString *APIKey;
@end
