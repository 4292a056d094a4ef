// The SDK of type swift: a class for the client, and one for each model, on AWS's mobile library for iOS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-generate-sdk-ios-swift.html

import { type IosSdk, iosApi } from './ios-api.ts';
import { swiftName } from './ios-names.ts';
import { type IosLanguage, iosReadme, podfile, undeclaredCall } from './ios-project.ts';
import { swiftClientSource } from './swift-client.ts';
import { swiftModelSource } from './swift-models.ts';

// AWS: this folder and the names of the headers. Seen: READMEs of generated clients.
const ROOT = 'aws-apigateway-ios-swift';
const BRIDGE = 'AWSApiGatewayBridge.h';
const BRIDGING_HEADER = 'Bridging_Header.h';

/** Swift sees of AWS's library what this declares: the library has it, and does not declare it. */
const bridge = `#import <AWSAPIGateway/AWSAPIGateway.h>

${undeclaredCall}`;

const language: IosLanguage = {
  name: 'swift',
  install: `Then add the files of \`generated-src\` to the
project, and write \`generated-src/${BRIDGING_HEADER}\` into the build setting "Objective-C Bridging Header"; a bridging header that is
there already needs a line \`#import "${BRIDGE}"\` instead.`,
  example: ({ client }, { name, body }, args) => {
    const given = [...args.map((arg) => `${arg}: "…"`), ...(body === undefined ? [] : [`${body.name}: ${swiftName(body.name)}`])];
    return `let client = ${client}.default()
client.${name}(${given.join(', ')}).continueWith { (task) -> Any? in
    if let error = task.error {
        print(error)
    } else if let result = task.result {
        print(result)
    }
    return nil
}
`;
  },
  apiKey: 'client.apiKey = "…"',
  credentials: `let provider = AWSStaticCredentialsProvider(accessKey: "…", secretKey: "…")
AWSServiceManager.default().defaultServiceConfiguration =
    AWSServiceConfiguration(region: .USEast1, credentialsProvider: provider)`,
};

/** Files by their paths. */
export function swiftSdk(options: IosSdk): Readonly<Record<string, string>> {
  const { snapshot, invokeUrl } = options;
  const api = iosApi(options);
  const files: Record<string, string> = {
    [`${ROOT}/Podfile`]: podfile(true),
    [`${ROOT}/README.md`]: iosReadme(language, api, options),
    [`${ROOT}/generated-src/${BRIDGE}`]: bridge,
    [`${ROOT}/generated-src/${BRIDGING_HEADER}`]: `#import "${BRIDGE}"\n`,
    [`${ROOT}/generated-src/${api.client}.swift`]: swiftClientSource(api, snapshot.restApi.name, invokeUrl),
  };
  for (const model of api.classes) files[`${ROOT}/generated-src/${model.name}.swift`] = swiftModelSource(model);
  return files;
}
