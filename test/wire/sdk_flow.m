// What an app does with the Objective-C SDK of the calculator API: as in the developer guide. Prints a line for each step.
#import "SIMPLE_CALCSimpleCalcClient.h"
#include <stdio.h>

static void say(NSString *step, NSString *what) {
    printf("%s %s\n", [step UTF8String], [what UTF8String]);
}

static NSString *problemOf(AWSTask *task) {
    return task.error == nil ? @"none" : [NSString stringWithFormat:@"%ld %@", (long)[task.error code],
                                                                    [[[task.error userInfo] objectForKey:@"HTTPBody"] description]];
}

int main(int argc, const char **argv) {
    @autoreleasepool {
        SIMPLE_CALCSimpleCalcClient *client = [SIMPLE_CALCSimpleCalcClient defaultClient];
        say(@"same client", client == [SIMPLE_CALCSimpleCalcClient defaultClient] ? @"yes" : @"no");

        SIMPLE_CALCResult *result = [client aBOpGet:@"1" b:@"2" op:@"-"].result;
        say(@"path", [result.output.c description]);
        result = [client rootGet:@"1" b:@"2" op:@"+"].result;
        say(@"query", [NSString stringWithFormat:@"%@ %@", result.output.c, NSStringFromClass([result class])]);

        SIMPLE_CALCInput *input = [SIMPLE_CALCInput new];
        input.a = @3;
        input.b = @4;
        input.op = @"*";
        result = [client rootPost:input].result;
        say(@"body", [NSString stringWithFormat:@"%@ of %@", result.output.c, result.input.op]);

        AWSTask *refused = [client rootGet:@"1" b:@"0" op:@"div"];
        say(@"refused", [NSString stringWithFormat:@"%ld %@", (long)[refused.error code],
                                  [[[refused.error userInfo] objectForKey:@"HTTPBody"] objectForKey:@"reason"]]);
        NSString *none = nil;
        say(@"missing", [client rootGet:@"1" b:@"2" op:none].error == nil ? @"no error" : @"an error");

        NSDictionary *echo = [client filesProxyPut:@"one/two three%ü" xKind:@"a b"].result;
        say(@"plain", [NSString stringWithFormat:@"%@ %@", [echo objectForKey:@"path"], [echo objectForKey:@"kind"]]);
        echo = [client filesProxyPut:@"x" xKind:nil].result;
        say(@"no header", [[echo objectForKey:@"kind"] description]);

        SIMPLE_CALCOrder *order = [SIMPLE_CALCOrder new];
        order.best = input;
        order.all = @[[SIMPLE_CALCInput new], input];
        order.theNew = @(YES);
        echo = [client ordersPost:order].result;
        NSData *body = [[echo objectForKey:@"body"] dataUsingEncoding:NSUTF8StringEncoding];
        NSDictionary *sent = [NSJSONSerialization JSONObjectWithData:body options:0 error:NULL];
        say(@"nested", [NSString stringWithFormat:@"%@ %@ %@", [[sent objectForKey:@"best"] objectForKey:@"a"],
                                 [[[sent objectForKey:@"all"] objectAtIndex:1] objectForKey:@"op"], [sent objectForKey:@"new"]]);

        say(@"no key", problemOf([client keyedGet]));
        client.APIKey = [NSString stringWithUTF8String:argv[1]];
        say(@"key", problemOf([client keyedGet]));

        AWSStaticCredentialsProvider *provider = [[AWSStaticCredentialsProvider alloc] initWithAccessKey:@"a" secretKey:@"b"];
        AWSServiceConfiguration *configuration = [[AWSServiceConfiguration alloc] initWithRegion:AWSRegionUSEast1
                                                                             credentialsProvider:provider];
        [SIMPLE_CALCSimpleCalcClient registerClientWithConfiguration:configuration forKey:@"mine"];
        SIMPLE_CALCSimpleCalcClient *mine = [SIMPLE_CALCSimpleCalcClient clientForKey:@"mine"];
        say(@"own client", mine != nil && mine != client && mine.configuration != configuration ? @"yes" : @"no");
        say(@"its credentials", mine.configuration.credentialsProvider == provider ? @"yes" : @"no");
        say(@"its signer", NSStringFromClass([[mine.configuration.requestInterceptors lastObject] class]));
        [SIMPLE_CALCSimpleCalcClient removeClientForKey:@"mine"];
        say(@"removed", [SIMPLE_CALCSimpleCalcClient clientForKey:@"mine"] == nil ? @"yes" : @"no");
    }
    return 0;
}
