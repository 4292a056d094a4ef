// The signer of AWS's mobile library for iOS, as generated clients use it.
#import <AWSCore/AWSCore.h>

@interface AWSSignatureV4Signer : NSObject
- (instancetype)initWithCredentialsProvider:(id<AWSCredentialsProvider>)credentialsProvider endpoint:(AWSEndpoint *)endpoint;
@end
