// What generated clients use of Apple's Foundation, so that a compiler can check them as it would for iOS: with automatic reference
// counting, which the headers of GNUstep do not bear.
typedef signed char BOOL;
typedef long NSInteger;
typedef unsigned long NSUInteger;
typedef struct _NSZone NSZone;
#define nil ((void *)0)
#define YES ((BOOL)1)
#define NO ((BOOL)0)
#define NS_ASSUME_NONNULL_BEGIN _Pragma("clang assume_nonnull begin")
#define NS_ASSUME_NONNULL_END _Pragma("clang assume_nonnull end")
#define NS_ENUM(type, name) enum name : type name; enum name : type

@class NSMethodSignature;

@protocol NSObject
- (NSUInteger)hash;
- (Class)superclass;
- (Class)class;
- (instancetype)self;
- (NSZone *)zone;
- (BOOL)isProxy;
@end

@protocol NSCopying
- (id)copyWithZone:(NSZone *)zone;
@end

__attribute__((objc_root_class))
@interface NSObject <NSObject>
+ (void)initialize;
+ (instancetype)alloc;
+ (instancetype)new;
+ (Class)class;
- (instancetype)init;
- (id)copy;
- (id)mutableCopy;
@end

@interface NSString : NSObject <NSCopying>
- (NSString *)stringByAppendingString:(NSString *)string;
- (NSString *)stringByAddingPercentEncodingWithAllowedCharacters:(id)characters;
@end

// As in Foundation, where every object has a description and may be watched.
@interface NSObject (Described)
@property (readonly, copy) NSString *description;
@property (readonly, copy) NSString *debugDescription;
@property void *observationInfo;
- (void)setNilValueForKey:(NSString *)key;
@end

@interface NSNumber : NSObject
+ (NSNumber *)numberWithInt:(int)value;
+ (NSNumber *)numberWithDouble:(double)value;
@end

@interface NSArray<ObjectType> : NSObject
+ (instancetype)arrayWithObjects:(const id[])objects count:(NSUInteger)count;
@end

@interface NSDictionary : NSObject
+ (instancetype)dictionaryWithObjects:(const id[])objects forKeys:(const id[])keys count:(NSUInteger)count;
@end

@interface NSMutableDictionary : NSDictionary
- (void)setObject:(id)object forKey:(id<NSCopying>)key;
@end

@interface NSCharacterSet : NSObject
+ (instancetype)characterSetWithCharactersInString:(NSString *)string;
@end

@interface NSURL : NSObject
+ (instancetype)URLWithString:(NSString *)string;
@end

@interface NSError : NSObject
@end

@interface NSException : NSObject
+ (NSException *)exceptionWithName:(NSString *)name reason:(NSString *)reason userInfo:(NSDictionary *)userInfo;
@end
extern NSString *const NSInternalInconsistencyException;

@interface NSValueTransformer : NSObject
@end

void NSLog(NSString *format, ...);
