// What is around the sources of both SDKs for iOS: a Podfile for AWS's library, what they use of it, and a README.

import { inComment } from './identifiers.ts';
import { type IosApi, type IosMethod, type IosSdk, iosParametersOf } from './ios-api.ts';

/** In this one and in later ones a client may set its configuration. Whoever uses the client may take a later one. */
const LIBRARY_VERSION = '2.13';

/** What calls the API, which AWS's library has and does not declare. */
export const undeclaredCall = `@interface AWSAPIGatewayClient ()

- (AWSTask *)invokeHTTPRequest:(NSString *)HTTPMethod
                     URLString:(NSString *)URLString
                pathParameters:(NSDictionary *)pathParameters
               queryParameters:(NSDictionary *)queryParameters
              headerParameters:(NSDictionary *)headerParameters
                          body:(id)body
                 responseClass:(Class)responseClass;

@end
`;

export function podfile(frameworks: boolean): string {
  return `source 'https://cdn.cocoapods.org/'

platform :ios, '12.0'
${frameworks ? 'use_frameworks!\n' : ''}
# Write the name of your target here.
target 'YourXcodeTarget' do
  pod 'AWSAPIGateway', '~> ${LIBRARY_VERSION}'
end
`;
}

export interface IosLanguage {
  /** In Markdown. */
  readonly name: string;
  /** How the sources come into a project. */
  readonly install: string;
  /** A call of the client. */
  readonly example: (api: IosApi, method: IosMethod, args: readonly string[]) => string;
  /** A configuration with credentials. */
  readonly credentials: string;
  readonly apiKey: string;
}

export function iosReadme(language: IosLanguage, api: IosApi, { snapshot, invokeUrl }: IosSdk): string {
  // A method with a few parameters says most.
  const method = api.methods.find((one) => [1, 2, 3].includes(iosParametersOf(one).length)) ?? api.methods[0];
  const args = method === undefined ? [] : iosParametersOf(method).map(({ name }) => name);
  return `# Client of the REST API ${inComment(snapshot.restApi.name)}

The client needs AWS's mobile library for iOS. With [CocoaPods](https://cocoapods.org/): put the \`Podfile\` beside the project, write
your target into it, and run \`pod install\`. ${language.install}

\`\`\`${language.name}
${method === undefined ? '' : language.example(api, method, args)}\`\`\`

Where methods ask for an API key:

\`\`\`${language.name}
${language.apiKey}
\`\`\`

For methods with AWS_IAM, before the client is asked for:

\`\`\`${language.name}
${language.credentials}
\`\`\`

An answer with a status from 400 on is an error of the task; its \`userInfo\` has the body as \`AWSAPIGatewayErrorHTTPBodyKey\`. AWS's
library sends objects of models only: where a body is something else, call \`invoke:\` of the client with an \`AWSAPIGatewayRequest\`.
Members of a model that have a dot in their names, or begin with \`@\`, have no property: that library takes such names for paths.

The API was at ${invokeUrl} when the client was made. iOS calls plain
\`http://\` addresses only where \`NSAppTransportSecurity\` in the app's Info.plist allows it.
`;
}
