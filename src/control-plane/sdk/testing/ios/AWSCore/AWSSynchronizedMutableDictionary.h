// The dictionary of clients of AWS's mobile library for iOS, as generated clients use it.
#import <Foundation/Foundation.h>

@interface AWSSynchronizedMutableDictionary : NSObject
- (id)objectForKey:(id)aKey;
- (void)setObject:(id)anObject forKey:(id<NSCopying>)aKey;
- (void)removeObjectForKey:(id)aKey;
@end
