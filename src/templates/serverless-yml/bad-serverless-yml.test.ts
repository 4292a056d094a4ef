import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../../config/nearest-name.ts';
import { noFeatures } from '../running-features.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

interface Row {
  readonly desc: string;
  readonly yml: string;
  readonly lenient?: boolean;
  /** Each problem and its fix, in the order of the file. */
  readonly problems: readonly string[];
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-bad-yml-'));
for (const name of ['handler.js', 'typed.ts', 'module.mts']) writeFileSync(path.join(folder, name), '');
writeFileSync(path.join(folder, 'fails.cjs'), `throw new Error('no database');`);
writeFileSync(
  path.join(folder, 'asks.cjs'),
  `exports.circle = ({ resolveVariable }) => resolveVariable('self:functions.c.description'); exports.nothing = ({ resolveVariable }) => resolveVariable('env:NOBODY');`,
);
after(() => rmSync(folder, { recursive: true }));

function problemsOf({ yml, lenient = false }: Row): string[] {
  const file = path.join(folder, 'serverless.yml');
  writeFileSync(file, yml);
  const reading = readServerlessYml({
    file,
    environment: {},
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient,
    nearestName,
    // What an enforced feature refuses has tests of its own; here nothing further runs.
    features: noFeatures,
  });
  const hasErrors = reading.problems.some((problem) => problem.severity === 'error');
  assert.equal(reading.desired === undefined, hasErrors, 'a state comes back exactly when there are no errors');
  return reading.problems.flatMap(({ place, severity, code, what, fix }) => [
    `${path.basename(place.file)}:${place.line}:${place.column} ${severity} ${code} ${what}`,
    `fix: ${fix}`,
  ]);
}

const rows: readonly Row[] = [
  {
    desc: 'lines below a value that are indented further',
    yml: `service: s
provider: { name: aws }
functions:
  hello:
    handler: handler.hello
      events: []
`,
    problems: [
      'serverless.yml:5:14 error SG_YAML This value cannot have properties of its own.',
      'fix: Give the lines below it the indentation of this one, or quote the text when it holds ": ".',
    ],
  },
  {
    desc: 'a tab as indentation',
    yml: `service: s
provider:
	name: aws
`,
    problems: [
      'serverless.yml:3:1 error SG_YAML Tabs are not allowed as indentation.',
      'fix: Indent with spaces; YAML does not allow tabs.',
    ],
  },
  {
    desc: 'a key twice',
    yml: `service: s
provider: { name: aws }
service: t
`,
    problems: ['serverless.yml:3:1 error SG_YAML Map keys must be unique.', 'fix: Remove one of the two.'],
  },
  {
    desc: 'an unclosed quote',
    yml: `service: 's
provider: aws
`,
    problems: ['serverless.yml:3:1 error SG_YAML A text in quotes is not closed.', 'fix: Add the closing quote.'],
  },
  {
    desc: 'an unknown anchor',
    yml: `service: s
provider: { name: aws }
functions: *nope
`,
    problems: ['serverless.yml:3:12 error SG_YAML There is no anchor &nope.', 'fix: Define the anchor above this line.'],
  },
  {
    desc: 'an unknown tag',
    yml: `service: s
provider: { name: aws }
custom: { a: !Nope x }
`,
    problems: [
      'serverless.yml:3:20 error SG_YAML The tag !Nope is not known.',
      'fix: Use a CloudFormation function such as !Ref or !Sub.',
    ],
  },
  {
    desc: 'a list instead of a map',
    yml: `- a
- b
`,
    problems: [
      'serverless.yml:1:1 error SG_YAML The file holds no map of properties.',
      'fix: Begin with service: NAME and provider: { name: aws }.',
    ],
  },
  {
    desc: 'a service and a provider that are left empty',
    yml: `service:
provider:
`,
    problems: [
      'serverless.yml:1:1 error SG_BAD_VALUE The file has no service name.',
      'fix: Add service: my-service.',
      'serverless.yml:2:1 error SG_BAD_VALUE The file has no provider.',
      'fix: Add provider: { name: aws, runtime: nodejs22.x }.',
    ],
  },
  {
    desc: 'no service and no provider',
    yml: `functions: {}
`,
    problems: [
      'serverless.yml:1:1 error SG_BAD_VALUE The file has no service name.',
      'fix: Add service: my-service.',
      'serverless.yml:1:1 error SG_BAD_VALUE The file has no provider.',
      'fix: Add provider: { name: aws, runtime: nodejs22.x }.',
    ],
  },
  {
    desc: 'a bad service name',
    yml: `service: 1st_service
provider: aws
`,
    problems: [
      'serverless.yml:1:10 error SG_BAD_VALUE service must be a letter followed by letters, digits and -, but it is "1st_service".',
      'fix: For example: service: my-service',
    ],
  },
  {
    desc: 'a region and a stage that are none',
    yml: `service: s
provider:
  name: aws
  region: here
  stage: a b
`,
    problems: [
      'serverless.yml:4:11 error SG_BAD_VALUE "here" is no AWS region.',
      'fix: Use a region such as eu-central-1.',
      'serverless.yml:5:10 error SG_BAD_VALUE "a b" is no name for a stage.',
      'fix: Use letters, digits, - and _.',
    ],
  },
  {
    desc: 'another provider',
    yml: `service: s
provider: { name: google }
`,
    problems: [
      'serverless.yml:2:19 error SG_UNSUPPORTED The provider is google; Stagegate runs AWS services.',
      'fix: Set it to aws.',
    ],
  },
  {
    desc: 'an unknown property of the service, misspelt',
    yml: `service: s
provder: { name: aws }
`,
    problems: [
      'serverless.yml:1:1 error SG_BAD_VALUE The file has no provider.',
      'fix: Add provider: { name: aws, runtime: nodejs22.x }.',
      'serverless.yml:2:1 error SG_UNKNOWN_PROPERTY The property provder does not exist.',
      'fix: Did you mean provider?',
    ],
  },
  {
    desc: 'an unknown property of the provider',
    yml: `service: s
provider:
  name: aws
  runtme: nodejs22.x
`,
    problems: [
      'serverless.yml:4:3 error SG_UNKNOWN_PROPERTY The property provider.runtme does not exist.',
      'fix: Did you mean runtime?',
    ],
  },
  {
    desc: 'an unknown property of a function',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handlr: h.a
`,
    problems: [
      'serverless.yml:4:3 error SG_BAD_VALUE functions.a has no handler.',
      'fix: Add handler: FILE.EXPORT, e.g. handler.hello.',
      'serverless.yml:5:5 error SG_UNKNOWN_PROPERTY The property functions.a.handlr does not exist.',
      'fix: Did you mean handler?',
    ],
  },
  {
    desc: 'a handler without an export',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler }
`,
    problems: [
      'serverless.yml:4:17 error SG_BAD_VALUE functions.a.handler is "handler", which names no export of a file.',
      'fix: Write FILE.EXPORT, e.g. src/orders.list for the export list of src/orders.js.',
    ],
  },
  {
    desc: 'a handler that is a list',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: [handler.a] }
`,
    problems: [
      'serverless.yml:4:17 error SG_BAD_VALUE functions.a.handler must be a text, but it is a list.',
      'fix: For example: handler.hello',
    ],
  },
  {
    desc: 'no handler',
    yml: `service: s
provider: { name: aws }
functions:
  a: { timeout: 3 }
`,
    problems: [
      'serverless.yml:4:3 error SG_BAD_VALUE functions.a has no handler.',
      'fix: Add handler: FILE.EXPORT, e.g. handler.hello.',
    ],
  },
  {
    desc: 'a timeout out of range',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, timeout: 901 }
`,
    problems: [
      'serverless.yml:4:37 error SG_BAD_VALUE functions.a.timeout must be a whole number from 1 to 900, but it is the number 901.',
      'fix: Set it to a number in that range.',
    ],
  },
  {
    desc: 'a memory size that is a text',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, memorySize: lots }
`,
    problems: [
      'serverless.yml:4:40 error SG_BAD_VALUE functions.a.memorySize must be a whole number from 128 to 10240, but it is "lots".',
      'fix: Set it to a number in that range.',
    ],
  },
  {
    desc: 'a Python runtime',
    yml: `service: s
provider: { name: aws, runtime: python3.12 }
`,
    problems: [
      'serverless.yml:2:33 error SG_UNSUPPORTED provider.runtime: the runtime python3.12 does not run from a service file yet; Node.js functions do.',
      'fix: Keep functions of other runtimes in a file of their own for now, or run with --lenient to leave them out.',
    ],
  },
  {
    desc: 'a runtime that does not exist',
    yml: `service: s
provider: { name: aws, runtime: nodejs22x }
`,
    problems: [
      'serverless.yml:2:33 error SG_BAD_VALUE provider.runtime: Lambda has no runtime nodejs22x.',
      'fix: Did you mean nodejs22.x?',
    ],
  },
  {
    desc: 'a function name too long',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx }
`,
    problems: [
      'serverless.yml:4:34 error SG_BAD_VALUE The function name xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx is 65 characters long; Lambda takes 64.',
      'fix: Set functions.a.name to a shorter name of letters, digits, - and _.',
    ],
  },
  {
    desc: 'an environment variable that Lambda reserves',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    environment:
      AWS_REGION: eu-west-1
`,
    problems: [
      'serverless.yml:7:7 error SG_BAD_VALUE functions.a.environment.AWS_REGION: Lambda sets AWS_REGION itself and refuses it here.',
      'fix: Remove it, or use another name.',
    ],
  },
  {
    desc: 'an environment variable that is a map',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    environment:
      AB: { c: d }
`,
    problems: [
      'serverless.yml:7:11 error SG_BAD_VALUE functions.a.environment.AB must be a text, a number or true/false, but it is a map.',
      'fix: Write structured values as JSON text in quotes.',
    ],
  },
  {
    desc: 'an event that does not exist',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpapi: GET /a
`,
    problems: ['serverless.yml:7:9 error SG_UNKNOWN_PROPERTY There is no event httpapi.', 'fix: Did you mean httpApi?'],
  },
  {
    desc: 'a REST API event',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - http: GET /a
`,
    problems: [
      'serverless.yml:7:9 error SG_UNSUPPORTED functions.a is to be called by a REST API route (http event), which does not exist here yet.',
      'fix: Use an httpApi event, remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'a schedule',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - schedule: rate(1 minute)
`,
    problems: [
      'serverless.yml:7:9 error SG_UNSUPPORTED functions.a is to be called by a schedule, which does not exist here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out and call the function by hand: stagegate invoke a --sample schedule.',
    ],
  },
  {
    desc: 'events that are a map',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      httpApi: GET /a
`,
    problems: [
      'serverless.yml:7:7 error SG_BAD_VALUE functions.a.events must be a list, but it is a map.',
      "fix: Put a - before each event, e.g. - httpApi: 'GET /hello'",
    ],
  },
  {
    desc: 'a route text without a method',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: /a
`,
    problems: [
      'serverless.yml:7:18 error SG_BAD_VALUE "/a" is no HTTP API route.',
      "fix: Write '*', 'GET /path', or an object with method and path.",
    ],
  },
  {
    desc: 'a method that does not exist',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: FETCH /a
`,
    problems: [
      'serverless.yml:7:18 error SG_BAD_VALUE FETCH is no method of an HTTP API route.',
      "fix: Use one of GET, POST, PUT, PATCH, OPTIONS, HEAD, DELETE, or '*' for all.",
    ],
  },
  {
    desc: 'a route without a path',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: { method: get }
`,
    problems: [
      'serverless.yml:7:9 error SG_BAD_VALUE This httpApi event has no path.',
      "fix: Add path: /... , or path: '*' for everything that is left.",
    ],
  },
  {
    desc: 'a catch-all with a method',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: { method: get, path: '*' }
`,
    problems: [
      "serverless.yml:7:39 error SG_BAD_VALUE path '*' takes every method, but method is get.",
      "fix: Write path: '/{proxy+}' to limit the method, or remove the method.",
    ],
  },
  {
    desc: 'a greedy variable that is not last',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: 'GET /{p+}/x'
`,
    problems: [
      'serverless.yml:7:18 error SG_BAD_VALUE The path /{p+}/x goes on after {p+}.',
      'fix: A {name+} takes the rest of the path, so it must come last.',
    ],
  },
  {
    desc: 'a variable that is part of a segment',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: 'GET /x-{id}'
`,
    problems: [
      'serverless.yml:7:18 error SG_BAD_VALUE The path /x-{id} has a path variable that is not a whole segment: x-{id}.',
      'fix: Let the variable be everything between two slashes, e.g. /orders/{id}.',
    ],
  },
  {
    desc: 'a path that ends with a slash',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: GET /a/
`,
    problems: [
      'serverless.yml:7:18 error SG_BAD_VALUE The path /a/ ends with / or has // in it.',
      'fix: Leave the empty segment out; /x and /x/ are different to an HTTP API.',
    ],
  },
  {
    desc: 'a path with characters no URL has',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: { method: get, path: '/a<b>' }
`,
    problems: [
      'serverless.yml:7:39 error SG_BAD_VALUE The path /a<b> has characters that a URL cannot carry: a<b>.',
      'fix: Write them percent-encoded, e.g. %20 for a space.',
    ],
  },
  {
    desc: 'the same route twice',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: GET /a
  b:
    handler: handler.b
    events:
      - httpApi: get /a
`,
    problems: [
      'serverless.yml:11:18 error SG_BAD_VALUE The route GET /a is already taken in line 7.',
      'fix: Give each method and path to one function only.',
    ],
  },
  {
    desc: 'an authorizer',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi:
          method: get
          path: /a
          authorizer: { name: jwt }
`,
    problems: [
      'serverless.yml:10:11 error SG_UNSUPPORTED functions.a.events.httpApi.authorizer: authorizers are not enforced yet; without it every caller would get in.',
      'fix: Remove it for local runs, or run with --lenient to leave the whole route out.',
    ],
  },
  {
    desc: 'cors on the event',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: { method: get, path: /a, cors: true }
`,
    problems: [
      'serverless.yml:7:43 error SG_UNSUPPORTED functions.a.events.httpApi.cors: an httpApi event has no cors of its own.',
      'fix: Move it to provider.httpApi.cors, which holds for the whole API.',
    ],
  },
  {
    desc: 'credentials for every origin',
    yml: `service: s
provider:
  name: aws
  httpApi:
    cors:
      allowCredentials: true
`,
    problems: [
      "serverless.yml:6:25 error SG_BAD_VALUE provider.httpApi.cors.allowCredentials is true for every origin ('*'); AWS refuses that.",
      'fix: Name the origins in allowedOrigins, or drop allowCredentials.',
    ],
  },
  {
    desc: 'a payload version that does not exist',
    yml: `service: s
provider:
  name: aws
  httpApi: { payload: '3.0' }
`,
    problems: [
      "serverless.yml:4:23 error SG_BAD_VALUE provider.httpApi.payload must be '1.0' or '2.0', but it is \"3.0\".",
      "fix: Write '2.0' (the default), or '1.0' for the event of REST APIs.",
    ],
  },
  {
    desc: 'resources, and sections that change others',
    yml: `service: s
provider: { name: aws }
resources:
  Resources:
    Table: { Type: AWS::DynamoDB::Table }
    Gate: { Type: AWS::WAFv2::WebACLAssociation }
    Route: { Type: AWS::ApiGatewayV2::Route }
    What: { Properties: {} }
  extensions:
    HttpApiStage: { Properties: { AutoDeploy: false } }
`,
    problems: [
      'serverless.yml:5:5 error SG_UNSUPPORTED resources.Resources.Table is an AWS::DynamoDB::Table, which is not created from here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out. Functions then reach what their own settings name, an emulator or AWS.',
      'serverless.yml:6:5 error SG_UNSUPPORTED resources.Resources.Gate is an AWS::WAFv2::WebACLAssociation, which is not created from here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
      'serverless.yml:7:5 error SG_UNSUPPORTED resources.Resources.Route is an AWS::ApiGatewayV2::Route, which is not created from here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
      'serverless.yml:8:5 error SG_BAD_VALUE resources.Resources.What has no Type.',
      'fix: Add Type: AWS::SERVICE::RESOURCE.',
      'serverless.yml:10:5 error SG_UNSUPPORTED resources.extensions.HttpApiStage: what it changes of a resource of the Framework does not happen here.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'a plugin',
    yml: `service: s
provider: { name: aws }
plugins:
  - serverless-offline
  - serverless-step-functions
`,
    problems: [
      'serverless.yml:5:5 error SG_UNSUPPORTED The plugin serverless-step-functions is not run; what it would change in the service does not happen.',
      'fix: Remove it for local runs, or run with --lenient when the service works without it.',
    ],
  },
  {
    desc: 'a function URL, a layer and a file system',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    url: true
    layers: [x]
    vpc: { subnetIds: [x] }
    fileSystemConfig: { arn: x, localMountPath: /mnt/x }
`,
    problems: [
      'serverless.yml:6:5 error SG_UNSUPPORTED functions.a.url: function URLs are not served yet.',
      'fix: Add an httpApi event to reach the function, or run with --lenient.',
      'serverless.yml:7:5 error SG_UNSUPPORTED functions.a.layers: Lambda layers are not supported yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
      'serverless.yml:9:5 error SG_UNSUPPORTED functions.a.fileSystemConfig: EFS file systems are not mounted.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'code from a package file',
    yml: `service: s
provider: { name: aws }
package: { artifact: a.zip }
`,
    problems: [
      'serverless.yml:3:22 error SG_BAD_VALUE package.artifact: there is no file a.zip.',
      'fix: Build it first; the path begins in the folder of the service file.',
    ],
  },
  {
    desc: 'a variable without a value',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${env:STAGEGATE_TEST_NOT_SET}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_VARIABLE \${env:STAGEGATE_TEST_NOT_SET} has no value.`,
      "fix: Set the environment variable STAGEGATE_TEST_NOT_SET, or add a fallback: '...' after a comma.",
    ],
  },
  {
    desc: 'a parameter without a value',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "x-\${param:size}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_VARIABLE \${param:size} has no value.`,
      "fix: Give it with --param size=value or under params, or add a fallback: '...' after a comma.",
    ],
  },
  {
    desc: 'variables in a circle',
    yml: `service: s
provider: { name: aws }
custom: { a: "\${self:custom.b}", b: "\${self:custom.a}" }
functions:
  a: { handler: handler.a, description: "\${self:custom.a}" }
`,
    problems: [
      `serverless.yml:3:14 error SG_VARIABLE The variables of "\${self:custom.b}" refer to themselves in a circle.`,
      'fix: Break the circle: give one of them a value of its own.',
    ],
  },
  {
    desc: 'a variable that is not closed',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${self:custom.a" }
`,
    problems: [
      'serverless.yml:4:41 error SG_VARIABLE A variable is not closed with }.',
      `fix: Write \\\${ for a text that begins with \${ and is no variable.`,
    ],
  },
  {
    desc: 'a map inside a text',
    yml: `service: s
provider: { name: aws }
custom: { a: { b: c } }
functions:
  a: { handler: handler.a, description: "x\${self:custom.a}" }
`,
    problems: [
      `serverless.yml:5:41 error SG_VARIABLE \${self:custom.a} is a map and cannot stand inside a text.`,
      'fix: Refer to one of its values, e.g. with .name at the end, or let the variable be the whole value.',
    ],
  },
  {
    desc: 'a value of the parameter store',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${ssm:/a}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_UNSUPPORTED \${ssm:/a} is read from the SSM Parameter Store, which is not asked here.`,
      `fix: Give its value with --param 'ssm:/a=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, ssm:/a}.`,
    ],
  },
  {
    desc: 'values of a resolver and of the account',
    yml: `service: s
provider: { name: aws, environment: { ONE: "\${other:ssm:/a}", TWO: "\${aws:s3:b/c}", THREE: "\${aws:key}" } }
stages: { default: { resolvers: { other: { type: aws } } } }
functions: { a: { handler: handler.a } }
`,
    problems: [
      `serverless.yml:2:44 error SG_UNSUPPORTED \${other:ssm:/a} is read from the resolver other, which is not asked here.`,
      `fix: Give its value with --param 'other:ssm:/a=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, other:ssm:/a}.`,
      `serverless.yml:2:68 error SG_UNSUPPORTED \${aws:s3:b/c} is read from an S3 object, which is not asked here.`,
      `fix: Give its value with --param 'aws:s3:b/c=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, aws:s3:b/c}.`,
      'serverless.yml:2:92 error SG_VARIABLE The source aws has no "key".',
      'fix: It has: accountId, region, partition.',
    ],
  },
  {
    desc: 'a value of the parameter store with a fallback',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${ssm:/a, 'b'}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_UNSUPPORTED \${ssm:/a, 'b'} is read from the SSM Parameter Store, which is not asked here.`,
      `fix: Give its value with --param 'ssm:/a=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, ssm:/a, 'b'}. Or run with --lenient to take the fallback.`,
    ],
  },
  {
    desc: 'a variable source that does not exist',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${slef:custom.a}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_VARIABLE \${slef:custom.a}: there is no variable source "slef".`,
      'fix: The sources are self, env, opt, param, sls, aws, file, strToBool.',
    ],
  },
  {
    desc: 'code to find a value: not there, failing, in an endless circle, without an answer',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${file(./x.js):a}" }
  b: { handler: handler.a, description: "\${file(./fails.cjs)}" }
  c: { handler: handler.a, description: "\${file(./asks.cjs):circle}" }
  d: { handler: handler.a, description: "\${file(./asks.cjs):nothing}" }
`,
    problems: [
      `serverless.yml:4:41 error SG_VARIABLE \${file(./x.js):a} has no value.`,
      "fix: Check the path and the key; paths begin in the folder of the service file, or add a fallback: '...' after a comma.",
      'serverless.yml:5:41 error SG_VARIABLE file(./fails.cjs) could not be run: Error: no database.',
      'fix: Correct the file; it runs in a process of its own, with Node.js, in the folder of the service file.',
      `serverless.yml:6:41 error SG_VARIABLE The variables of "\${file(./asks.cjs):circle}" refer to themselves in a circle.`,
      'fix: Break the circle: give one of them a value of its own.',
      `serverless.yml:7:41 error SG_VARIABLE \${env:NOBODY} has no value.`,
      "fix: Set the environment variable NOBODY, or add a fallback: '...' after a comma.",
    ],
  },
  {
    desc: 'a truth value that is none',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, description: "\${strToBool(perhaps)}" }
`,
    problems: [
      'serverless.yml:4:41 error SG_VARIABLE strToBool cannot read "perhaps".',
      'fix: It takes true, false, 1 or 0, in any case.',
    ],
  },
  {
    desc: 'a reference to a resource',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    environment:
      TABLE: !Ref Orders
`,
    problems: [
      'serverless.yml:7:19 error SG_UNSUPPORTED Ref Orders needs a deployed CloudFormation stack to have a value.',
      'fix: Give it one for local runs with --param Orders=VALUE, or run with --lenient to leave it empty.',
    ],
  },
  {
    desc: 'everything at once, in the order of the file',
    yml: `service: s
provider:
  name: aws
  timeout: 0
  layers: [x]
functions:
  a:
    handler: handler.a
    foo: 1
    events:
      - sqs: arn
resources: {a: b}
`,
    problems: [
      'serverless.yml:4:12 error SG_BAD_VALUE provider.timeout must be a whole number from 1 to 900, but it is the number 0.',
      'fix: Set it to a number in that range.',
      'serverless.yml:5:3 error SG_UNSUPPORTED provider.layers: Lambda layers are not supported yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
      'serverless.yml:9:5 error SG_UNKNOWN_PROPERTY The property functions.a.foo does not exist.',
      'fix: Remove it, or run with --lenient to leave it out.',
      'serverless.yml:11:9 error SG_UNSUPPORTED functions.a is to be called by an SQS queue, which does not exist here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out and call the function by hand: stagegate invoke a --sample sqs.',
      'serverless.yml:12:13 error SG_UNSUPPORTED resources.a: CloudFormation is not run here yet.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'a text with brackets inside brackets: one problem, not one for each line below',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.a, events: [{ httpApi: { method: GET, path: /x/{id} } }] }
  b: { handler: handler.b }
`,
    problems: [
      'serverless.yml:4:72 error SG_YAML Inside { } and [ ], a text with brackets or commas in it must stand in quotes.',
      "fix: Put the whole text in quotes, e.g. { path: '/orders/{id}' }.",
    ],
  },
  {
    desc: 'two documents',
    yml: `service: s
provider: { name: aws }
---
functions: { a: { handler: handler.a } }
`,
    problems: [
      'serverless.yml:3:1 error SG_YAML A second document begins here (---); a service file is one.',
      'fix: Remove the line with ---, or the second document.',
    ],
  },
  {
    desc: 'UTF-16',
    yml: '\uFFFD\uFFFDs\0e\0r\0',
    problems: ['serverless.yml:undefined:undefined error SG_YAML The file is not UTF-8 text.', 'fix: Save it as UTF-8.'],
  },
  {
    desc: 'method and path beside httpApi',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi:
        method: GET
        path: /a
`,
    problems: [
      'serverless.yml:7:9 error SG_BAD_VALUE This httpApi event is empty: what belongs to it stands beside it.',
      'fix: Indent method and path further than httpApi.',
    ],
  },
  {
    desc: 'what belongs to a function beside it',
    yml: `service: s
provider: { name: aws }
functions:
  a:
  handler: handler.a
`,
    problems: [
      'serverless.yml:4:3 error SG_BAD_VALUE functions.a has no handler.',
      'fix: Add handler: FILE.EXPORT, e.g. handler.hello.',
      'serverless.yml:5:3 error SG_BAD_VALUE handler stands beside the functions, not in one.',
      'fix: Indent handler further than the name of its function.',
    ],
  },
  {
    desc: 'several methods for one event',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: { method: [GET, POST], path: /a }
      - httpApi: GET,POST /b
`,
    problems: [
      'serverless.yml:7:28 error SG_BAD_VALUE An httpApi event has one method, but this is a list.',
      "fix: Write one httpApi event for each method, or method: '*' for all.",
      'serverless.yml:8:18 error SG_BAD_VALUE GET,POST is no method of an HTTP API route.',
      "fix: Write one httpApi event for each method, or method: '*' for all.",
    ],
  },
  {
    desc: 'handlers: a file with its ending, TypeScript, out of the folder',
    yml: `service: s
provider: { name: aws }
functions:
  a: { handler: handler.js }
  b: { handler: typed.b }
  c: { handler: ../handler.c }
  d: { handler: module.mts }
`,
    problems: [
      'serverless.yml:4:17 error SG_BAD_VALUE functions.a.handler is "handler.js", which is a file; a handler is a file without its ending, and an export.',
      'fix: Write handler.EXPORT, e.g. handler.handler.',
      'serverless.yml:6:17 error SG_BAD_VALUE functions.c.handler leads out of the service folder, which Lambda refuses.',
      'fix: Write a file in the folder that hands the export on, and name that.',
      'serverless.yml:7:17 error SG_BAD_VALUE functions.d.handler is "module.mts", which is a file; a handler is a file without its ending, and an export.',
      'fix: Write module.EXPORT, e.g. module.handler.',
    ],
  },
  {
    desc: 'a runtime that Lambda has given up',
    yml: `service: s
provider: { name: aws, runtime: nodejs12.x }
`,
    problems: [
      'serverless.yml:2:33 warning SG_BAD_VALUE provider.runtime: Lambda no longer takes functions for nodejs12.x; here they run as nodejs22.x.',
      'fix: Set it to nodejs22.x before they are deployed again.',
    ],
  },
  {
    desc: 'functions of other runtimes, left out on request; TypeScript runs',
    lenient: true,
    yml: `service: s
provider: { name: aws, runtime: python3.12 }
functions:
  a: { handler: handler.a, runtime: nodejs22.x }
  b: { handler: app.main }
  c: { handler: typed.c, runtime: nodejs22.x }
`,
    problems: [
      'serverless.yml:2:33 warning SG_UNSUPPORTED provider.runtime: the runtime python3.12 does not run from a service file yet; Node.js functions do.',
      'fix: Functions with it are left out, and their routes with them, because of --lenient.',
    ],
  },
  {
    desc: 'a bundler with code of its own, a setting it does not have, a format it does not make',
    yml: `service: s
provider: { name: aws }
plugins: [serverless-esbuild]
custom: { esbuild: { bundle: true, define: { A: '1' }, bannner: x } }
build: { esbuild: { minify: true, plugins: [x], format: iife } }
`,
    problems: [
      'serverless.yml:4:56 error SG_UNKNOWN_PROPERTY The property custom.esbuild.bannner does not exist.',
      'fix: Did you mean banner?',
      'serverless.yml:5:35 error SG_UNSUPPORTED build.esbuild.plugins: code of the project is not run to find out how to build, so what it does to the bundle does not happen.',
      'fix: Let the handlers point to files that your own build makes (its watch mode and Stagegate work together), or run with --lenient when they work without it.',
      'serverless.yml:5:57 error SG_BAD_VALUE build.esbuild.format must be cjs or esm, but it is "iife".',
      'fix: Functions of Node.js are CommonJS or ES modules.',
    ],
  },
  {
    desc: '.env files of a plugin: code that reads them, a name that is missing, a property that is none',
    yml: `service: s
provider: { name: aws }
plugins: [serverless-dotenv-plugin]
custom: { dotenv: { dotenvParser: parse.js, required: { env: [NOBODY] }, inclued: [A] } }
`,
    problems: [
      'serverless.yml:4:21 error SG_UNSUPPORTED custom.dotenv.dotenvParser: code of the project is not run to read .env files.',
      'fix: Remove it for local runs, or run with --lenient to read them without it.',
      'serverless.yml:4:62 error SG_VARIABLE custom.dotenv.required.env asks for NOBODY, which no .env file has.',
      'fix: Add NOBODY=... to .env.',
      'serverless.yml:4:74 error SG_UNKNOWN_PROPERTY The property custom.dotenv.inclued does not exist.',
      'fix: Did you mean include?',
    ],
  },
  {
    desc: 'with --lenient a value of elsewhere is empty in the environment, and nowhere else',
    lenient: true,
    yml: `service: s
provider: { name: aws, environment: { SECRET: "\${self:custom.secret}", PLACE: 'a-\${s3:b/c}' } }
custom: { secret: "\${ssm:/a}" }
functions:
  a: { handler: handler.a, description: "\${self:custom.secret}" }
`,
    problems: [
      `serverless.yml:2:79 warning SG_UNSUPPORTED \${s3:b/c} is read from an S3 object, which is not asked here.`,
      'fix: Left empty because of --lenient.',
      `serverless.yml:3:19 error SG_UNSUPPORTED \${ssm:/a} is read from the SSM Parameter Store, which is not asked here.`,
      `fix: Give its value with --param 'ssm:/a=VALUE', or under param in stagegate.config.json, or put a source that is asked before it: \${env:NAME, ssm:/a}.`,
    ],
  },
  {
    desc: 'a plugin with a way without it, and routes of version 4 to AWS services',
    yml: `service: s
provider: { name: aws }
plugins: [serverless-apigw-binary]
custom: { apiGatewayServiceProxies: [{ sqs: { path: /q, method: post, queueName: q } }] }
`,
    problems: [
      'serverless.yml:3:11 error SG_UNSUPPORTED The plugin serverless-apigw-binary is not run; what it would change in the service does not happen.',
      'fix: Set provider.apiGateway.binaryMediaTypes instead.',
      'serverless.yml:4:37 error SG_UNSUPPORTED custom.apiGatewayServiceProxies: routes to AWS services are not made from here yet; Stagegate runs them when they are made with the AWS APIs.',
      'fix: Remove it for local runs, or run with --lenient to leave them out.',
    ],
  },
  {
    desc: 'log levels without JSON, and a level that does not exist',
    yml: `service: s
provider: { name: aws, logs: { lambda: { applicationLogLevel: DEBUG } } }
functions:
  a: { handler: handler.a, logs: { logFormat: JSON, applicationLogLevel: LOUD } }
`,
    problems: [
      'serverless.yml:2:63 error SG_BAD_VALUE provider.logs.lambda: Lambda takes log levels with the format JSON only.',
      'fix: Add logFormat: JSON, or remove the level.',
      'serverless.yml:4:74 error SG_BAD_VALUE functions.a.logs.applicationLogLevel must be TRACE, DEBUG, INFO, WARN, ERROR, FATAL, but it is "LOUD".',
      'fix: Write one of these, e.g. TRACE.',
    ],
  },
  {
    desc: 'sections of plugins',
    yml: `service: s
provider: { name: aws }
stepFunctions: { stateMachines: { a: {} } }
x-common: { a: 1 }
`,
    problems: [
      'serverless.yml:3:1 error SG_UNSUPPORTED stepFunctions: state machines are not run.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'a domain of the HTTP API, and what a variable leaves empty',
    yml: `service: s
provider:
  name: aws
  layers: \${self:custom.none, ''}
  httpApi: { domain: "\${self:custom.api, ''}" }
custom: { api: abc }
`,
    problems: [
      'serverless.yml:5:14 error SG_UNSUPPORTED provider.httpApi.domain: a domain is not made from here yet; docs/guides/custom-domains.md says how to make one.',
      'fix: Remove it for local runs, or run with --lenient to leave it out.',
    ],
  },
  {
    desc: 'an authorizer that a variable leaves empty is one all the same',
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events: [{ httpApi: { method: GET, path: /a, authorizer: "\${self:custom.none, ''}" } }]
`,
    problems: [
      'serverless.yml:6:50 error SG_UNSUPPORTED functions.a.events.httpApi.authorizer: authorizers are not enforced yet; without it every caller would get in.',
      'fix: Remove it for local runs, or run with --lenient to leave the whole route out.',
    ],
  },
  {
    desc: 'left out on request',
    lenient: true,
    yml: `service: s
provider: { name: aws }
plugins: [serverless-step-functions]
foo: 1
`,
    problems: [
      'serverless.yml:3:11 warning SG_UNSUPPORTED The plugin serverless-step-functions is not run; what it would change in the service does not happen.',
      'fix: Left out because of --lenient.',
      'serverless.yml:4:1 warning SG_UNKNOWN_PROPERTY The property foo does not exist.',
      'fix: Left out because of --lenient.',
    ],
  },
  {
    desc: 'a route that another would serve without the authorizer it asks for',
    lenient: true,
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: '*'
      - httpApi: GET /open
      - httpApi: { method: get, path: /admin, authorizer: { name: jwt } }
`,
    problems: [
      'serverless.yml:9:39 error SG_UNSUPPORTED GET /admin may be protected, so --lenient leaves it out; but then $default (line 7), which is open, would answer its requests.',
      'fix: Remove $default for local runs, too, or the protection of GET /admin.',
      'serverless.yml:9:47 warning SG_UNSUPPORTED functions.a.events.httpApi.authorizer: authorizers are not enforced yet; without it every caller would get in.',
      'fix: Left out because of --lenient, and the whole route with it.',
    ],
  },
  {
    desc: 'a route of a function that is left out, and that another would serve',
    lenient: true,
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events:
      - httpApi: ANY /{proxy+}
  b:
    image: x
    events:
      - httpApi: { method: get, path: /admin, authorizer: aws_iam }
`,
    problems: [
      'serverless.yml:9:5 warning SG_UNSUPPORTED functions.b.image: container images are not run.',
      'fix: Left out because of --lenient.',
      'serverless.yml:11:39 error SG_UNSUPPORTED GET /admin may be protected, so --lenient leaves it out; but then ANY /{proxy+} (line 7), which is open, would answer its requests.',
      'fix: Remove ANY /{proxy+} for local runs, too, or the protection of GET /admin.',
      'serverless.yml:11:47 warning SG_UNSUPPORTED functions.b.events.httpApi.authorizer: authorizers are not enforced yet; without it every caller would get in.',
      'fix: Left out because of --lenient, and the whole route with it.',
    ],
  },
  {
    desc: 'a protection in resources',
    lenient: true,
    yml: `service: s
provider: { name: aws }
functions:
  a:
    handler: handler.a
    events: [httpApi: GET /admin, httpApi: GET /open]
resources:
  - Resources: { Table: { Type: 'AWS::DynamoDB::Table' } }
  - extensions:
      HttpApiRouteGetOpen: { Properties: { AuthorizationType: NONE } }
      HttpApiRouteGetAdmin: { Properties: { AuthorizationType: AWS_IAM } }
`,
    problems: [
      'serverless.yml:8:18 warning SG_UNSUPPORTED resources.Resources.Table is an AWS::DynamoDB::Table, which is not created from here yet.',
      'fix: Left out because of --lenient.',
      'serverless.yml:10:7 warning SG_UNSUPPORTED resources.extensions.HttpApiRouteGetOpen: what it changes of a resource of the Framework does not happen here.',
      'fix: Left out because of --lenient.',
      'serverless.yml:11:7 warning SG_UNSUPPORTED resources.extensions.HttpApiRouteGetAdmin: what it changes of a resource of the Framework does not happen here.',
      'fix: Left out because of --lenient.',
      'serverless.yml:11:7 error SG_UNSUPPORTED resources.extensions.HttpApiRouteGetAdmin protects a route; --lenient would leave that out and the route open.',
      'fix: Remove the route for local runs, or this protection.',
    ],
  },
];

describe('a bad serverless.yml', () => {
  for (const row of rows) test(row.desc, () => assert.deepEqual(problemsOf(row), row.problems));
});

describe('--lenient', () => {
  const routesOf = (events: string) => {
    const file = path.join(folder, 'serverless.yml');
    writeFileSync(file, `service: s\nprovider: { name: aws }\nfunctions:\n  a:\n    handler: handler.a\n    events:\n${events}`);
    const options = {
      file,
      environment: {},
      options: new Map(),
      params: new Map(),
      accountId: '0',
      instanceId: 'x',
      nearestName,
    };
    const { desired, problems } = readServerlessYml({ ...options, lenient: true });
    assert.equal(readServerlessYml({ ...options, lenient: false }).desired, undefined, 'without --lenient it is refused');
    return { routes: desired?.api?.routes.map((route) => route.routeKey), warnings: problems.map(({ what }) => what) };
  };
  const cases: readonly (readonly [desc: string, events: string, routes: readonly string[] | undefined])[] = [
    [
      'an authorizer that is not there',
      '      - httpApi: { method: get, path: /a, authorizer: { name: jwt } }\n      - httpApi: GET /b\n',
      undefined,
    ],
    ['an authorizer from a variable', `      - httpApi: { method: get, path: /a, authorizer: '\${param:x}' }\n`, undefined],
    [
      'a property nobody knows',
      '      - httpApi: { method: get, path: /a, authoriser: jwt }\n      - httpApi: GET /b\n',
      ['GET /b'],
    ],
    [
      'a catch-all whose authorizer is not there',
      "      - httpApi: { path: '*', authorizer: aws_iam }\n      - httpApi: GET /health\n",
      undefined,
    ],
    ['cors on the event, which protects nothing', '      - httpApi: { method: get, path: /a, cors: true }\n', ['GET /a']],
  ];
  for (const [desc, events, expected] of cases) {
    test(`never serves a protected route: ${desc}`, () => {
      const { routes, warnings } = routesOf(events);
      assert.deepEqual(routes, expected);
      const leftOut = /authoris|authoriz/.test(events);
      assert.equal(
        warnings.some((what) => /is left out: it may be protected/.test(what)),
        leftOut,
      );
    });
  }
});
