// The SDK of type objectivec: a class for the client, and one for each model, on AWS's mobile library for iOS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-generate-sdk-ios.html

import { type IosSdk, iosApi } from './ios-api.ts';
import { type IosLanguage, iosReadme, podfile } from './ios-project.ts';
import { objectiveCClientHeader, objectiveCClientSource } from './objective-c-client.ts';
import { objectiveCModelHeader, objectiveCModelSource } from './objective-c-models.ts';

// Like the folder of the Swift SDK.
const ROOT = 'aws-apigateway-ios-objc';

const language: IosLanguage = {
  name: 'objc',
  install: 'Then add the files of `generated-src` to the project.',
  example: ({ client }, { name, body }, args) => {
    const [first, ...others] = [...args.map((arg) => [arg, '@"…"']), ...(body === undefined ? [] : [[body.name, body.name]])];
    const call = `${name}${first === undefined ? '' : `:${first[1]}`}${others.map(([label, value]) => ` ${label}:${value}`).join('')}`;
    return `#import "${client}.h"

${client} *client = [${client} defaultClient];
[[client ${call}] continueWithBlock:^id(AWSTask *task) {
    if (task.error) {
        NSLog(@"%@", task.error);
    } else {
        NSLog(@"%@", task.result);
    }
    return nil;
}];
`;
  },
  apiKey: 'client.APIKey = @"…";',
  credentials: `AWSStaticCredentialsProvider *provider = [[AWSStaticCredentialsProvider alloc] initWithAccessKey:@"…" secretKey:@"…"];
AWSServiceConfiguration *configuration = [[AWSServiceConfiguration alloc] initWithRegion:AWSRegionUSEast1
                                                                     credentialsProvider:provider];
AWSServiceManager.defaultServiceManager.defaultServiceConfiguration = configuration;`,
};

/** Files by their paths. */
export function objectiveCSdk(options: IosSdk): Readonly<Record<string, string>> {
  const { snapshot, invokeUrl } = options;
  const api = iosApi(options);
  const files: Record<string, string> = {
    [`${ROOT}/Podfile`]: podfile(false),
    [`${ROOT}/README.md`]: iosReadme(language, api, options),
    [`${ROOT}/generated-src/${api.client}.h`]: objectiveCClientHeader(api, snapshot.restApi.name),
    [`${ROOT}/generated-src/${api.client}.m`]: objectiveCClientSource(api, invokeUrl),
  };
  for (const model of api.classes) {
    files[`${ROOT}/generated-src/${model.name}.h`] = objectiveCModelHeader(model);
    files[`${ROOT}/generated-src/${model.name}.m`] = objectiveCModelSource(model);
  }
  return files;
}
