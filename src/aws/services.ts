// The AWS services that Stagegate knows on the wire: what the SDK's schemas do not say about them.

/** How requests and answers are spelled. The first protocol of a service is the one its current SDKs prefer. */
export type Protocol = 'restJson1' | 'awsJson1.0' | 'awsJson1.1' | 'awsQuery' | 'rpcv2Cbor';

/** Our key of a service, as AWS CLI and endpoint prefixes spell it. */
export type ServiceName =
  | 'apigateway'
  | 'apigatewayv2'
  | 'apigatewaymanagementapi'
  | 'lambda'
  | 'cognito-idp'
  | 'wafv2'
  | 'cloudwatch'
  | 'logs'
  | 'xray'
  | 'iam'
  | 'sts'
  | 'cloudformation';

/** What is known of a service besides its shapes. */
export interface ServiceFacts {
  /** The service part of the SigV4 credential scope. */
  readonly signingName: string;
  readonly protocols: readonly Protocol[];
  /** What stands before the dot of X-Amz-Target and in rpcv2Cbor paths; '' for services that have neither. */
  readonly target: string;
  /** The Version parameter of awsQuery requests; '' for services that have none. */
  readonly queryVersion: string;
  /** Error code of an input that breaks a modelled constraint. */
  readonly validationCode: string;
  /** Whether body members are named `createRestApiInput.name` in validation texts, or just `name`. */
  readonly validationPathNamesInput: boolean;
  /** The SDK client package the shapes are taken from. */
  readonly clientPackage: string;
}

// AWS: validation codes. Seen: recorded answers for apigateway, lambda, cloudwatch, iam, logs; sts from its documentation page
// of common errors; cognito-idp, wafv2, xray, cloudformation and apigatewayv2 follow their protocol family.
export const SERVICES: Readonly<Record<ServiceName, ServiceFacts>> = {
  apigateway: {
    signingName: 'apigateway',
    protocols: ['restJson1'],
    target: '',
    queryVersion: '',
    validationCode: 'ValidationException',
    validationPathNamesInput: true,
    clientPackage: '@aws-sdk/client-api-gateway',
  },
  apigatewayv2: {
    signingName: 'apigateway',
    protocols: ['restJson1'],
    target: '',
    queryVersion: '',
    validationCode: 'BadRequestException',
    validationPathNamesInput: true,
    clientPackage: '@aws-sdk/client-apigatewayv2',
  },
  apigatewaymanagementapi: {
    signingName: 'execute-api',
    protocols: ['restJson1'],
    target: '',
    queryVersion: '',
    validationCode: 'BadRequestException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-apigatewaymanagementapi',
  },
  lambda: {
    signingName: 'lambda',
    protocols: ['restJson1'],
    target: '',
    queryVersion: '',
    validationCode: 'ValidationException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-lambda',
  },
  'cognito-idp': {
    signingName: 'cognito-idp',
    protocols: ['awsJson1.1'],
    target: 'AWSCognitoIdentityProviderService',
    queryVersion: '',
    validationCode: 'InvalidParameterException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-cognito-identity-provider',
  },
  wafv2: {
    signingName: 'wafv2',
    protocols: ['awsJson1.1'],
    target: 'AWSWAF_20190729',
    queryVersion: '',
    validationCode: 'ValidationException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-wafv2',
  },
  cloudwatch: {
    signingName: 'monitoring',
    protocols: ['rpcv2Cbor', 'awsJson1.0', 'awsQuery'],
    target: 'GraniteServiceVersion20100801',
    queryVersion: '2010-08-01',
    validationCode: 'ValidationError',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-cloudwatch',
  },
  logs: {
    signingName: 'logs',
    protocols: ['awsJson1.1'],
    target: 'Logs_20140328',
    queryVersion: '',
    validationCode: 'InvalidParameterException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-cloudwatch-logs',
  },
  xray: {
    signingName: 'xray',
    protocols: ['restJson1'],
    target: '',
    queryVersion: '',
    validationCode: 'InvalidRequestException',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-xray',
  },
  iam: {
    signingName: 'iam',
    protocols: ['awsQuery'],
    target: '',
    queryVersion: '2010-05-08',
    validationCode: 'ValidationError',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-iam',
  },
  sts: {
    signingName: 'sts',
    protocols: ['awsQuery'],
    target: '',
    queryVersion: '2011-06-15',
    validationCode: 'ValidationError',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-sts',
  },
  cloudformation: {
    signingName: 'cloudformation',
    protocols: ['awsQuery'],
    target: '',
    queryVersion: '2010-05-15',
    validationCode: 'ValidationError',
    validationPathNamesInput: false,
    clientPackage: '@aws-sdk/client-cloudformation',
  },
};

/** All services, in the order in which unsigned requests are tried. */
export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];

/** Guard for names that come from outside. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(SERVICES, name);
}
