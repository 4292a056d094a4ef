// What is wrong with a service file whose authorizers, URLs and the like run.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../../config/nearest-name.ts';
import { allFeatures, type Features, noFeatures } from '../running-features.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-features-'));
writeFileSync(path.join(folder, 'handler.js'), '');
after(() => rmSync(folder, { recursive: true }));

function read(yml: string, features: Features = allFeatures, lenient = false) {
  const file = path.join(folder, 'serverless.yml');
  writeFileSync(file, yml);
  return readServerlessYml({
    file,
    environment: {},
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient,
    nearestName,
    features,
  });
}

const guarded = (authorizer: string, definition: string) => `service: s
provider:
  name: aws
  httpApi:
    authorizers:
      ${definition}
functions:
  a: { handler: handler.a, events: [{ httpApi: { path: /a, method: GET, authorizer: ${authorizer} } }] }
  check: { handler: handler.check }
`;
const JWT = "jwt: { identitySource: '$request.header.Authorization', issuerUrl: 'https://i.example.com', audience: web }";

const rows: readonly { readonly desc: string; readonly yml: string; readonly features?: Features; readonly problem: RegExp }[] = [
  {
    desc: 'a mode of tracing that is none',
    yml: 'service: s\nprovider:\n  name: aws\n  tracing: { lambda: Sometimes }\nfunctions: {}\n',
    problem: /4:22 .*provider\.tracing\.lambda must be true, Active or PassThrough/,
  },
  {
    desc: 'an authorizer that is not there',
    yml: guarded('jtw', JWT),
    problem: /8:73 .*names the authorizer jtw, which.* Did you mean jwt\?/,
  },
  {
    desc: 'a JWT authorizer without an issuer',
    yml: guarded('jwt', 'jwt: { identitySource: x, audience: web }'),
    problem: /6:7 .*jwt has no issuerUrl, which a JWT/,
  },
  {
    desc: 'a Lambda authorizer without a function',
    yml: guarded('l', 'l: { type: request }'),
    problem: /6:7 .* names no function\./,
  },
  {
    desc: 'a Lambda authorizer of a function that is not there',
    yml: guarded('l', 'l: { type: request, functionName: chekc }'),
    problem: /6:41 .*no function chekc\. Did you mean check\?/,
  },
  {
    desc: 'results kept by nothing',
    yml: guarded('l', 'l: { type: request, functionName: check, resultTtlInSeconds: 5 }'),
    problem: /no identitySource to keep them by/,
  },
  { desc: 'a type that is none', yml: guarded('l', 'l: { type: basic }'), problem: /type must be jwt or request/ },
  {
    desc: 'aws_iam with a name',
    yml: guarded('{ type: aws_iam, name: jwt }', JWT),
    problem: /of type aws_iam takes nothing else/,
  },
  {
    desc: 'an authorizer of another API',
    yml: guarded('{ id: abc123 }', JWT),
    problem: /^8:87 .*authorizer\.id: an authorizer of another API cannot be named\. Name one of/,
  },
  {
    desc: 'a kind of authorizer that does not run yet',
    yml: guarded('jwt', JWT),
    features: { ...allFeatures, jwtAuthorizers: false },
    problem: /6:7 .*authorizers\.jwt: authorizers are not enforced yet; without them every caller would get in/,
  },
  {
    desc: 'IAM that does not run yet',
    yml: guarded('{ type: aws_iam }', JWT),
    features: { ...allFeatures, iamAuthorization: false },
    problem: /authorizer: authorizers are not enforced yet; without it every caller would get in/,
  },
  {
    desc: 'a function URL with an authorizer that it cannot have',
    yml: 'service: s\nprovider: { name: aws }\nfunctions:\n  a: { handler: handler.a, url: { authorizer: jwt } }\n',
    problem: /4:47 .*url\.authorizer must be aws_iam/,
  },
  {
    desc: 'a layer without its folder',
    yml: 'service: s\nprovider: { name: aws }\nlayers: { l: { path: nowhere } }\nfunctions: { a: { handler: handler.a } }\n',
    problem: /3:22 .*layers\.l\.path: there is no folder nowhere\./,
  },
  {
    desc: 'Java without an archive',
    yml: 'service: s\nprovider: { name: aws, runtime: java21 }\nfunctions: { a: { handler: com.example.A } }\n',
    problem: /3:28 .*runs from its archive, and there is none/,
  },
  {
    desc: 'a runtime that does not run yet',
    yml: 'service: s\nprovider: { name: aws, runtime: dotnet8 }\nfunctions: { a: { handler: A } }\n',
    problem:
      /2:33 .*the runtime dotnet8 does not run from a service file yet; Node\.js, Python, Ruby and custom \(provided\.al2023\) functions do/,
  },
  {
    desc: 'a runtime that Lambda gave up, and its heir',
    yml: 'service: s\nprovider: { name: aws, runtime: go1.x }\nfunctions: { a: { handler: bin/a } }\n',
    problem: /2:33 .*no longer takes functions for go1\.x\. Set it to provided\.al2023; .*bootstrap/,
  },
  {
    desc: 'a runtime without an heir',
    yml: 'service: s\nprovider: { name: aws, runtime: python2.7 }\nfunctions: { a: { handler: handler.a } }\n',
    problem: /2:33 .*no longer takes functions for python2\.7\. Set it to python3\.13/,
  },
  {
    desc: 'a reference of a plugin that only a stack knows',
    yml: 'service: s\nplugins: [serverless-pseudo-parameters]\nprovider: { name: aws, environment: { TABLE: "a-#{Table}" } }\nfunctions: { a: { handler: handler.a } }\n',
    problem: /3:46 #\{Table\} needs a deployed .*--param Table=VALUE/,
  },
  {
    desc: 'a user pool that CloudFormation would make',
    yml: guarded('jwt', 'jwt: { identitySource: x, issuerUrl: !GetAtt Pool.ProviderURL, audience: [!Ref Client] }'),
    problem: /6:\d+ .*jwt\.issuerUrl needs a deployed CloudFormation stack.*--param Pool\.ProviderURL=VALUE/,
  },
  {
    desc: 'a layer of another account',
    yml: `service: s\nprovider: { name: aws }\nfunctions: { a: { handler: handler.a, layers: ['arn:aws:lambda:us-east-1:017000801446:layer:Powertools:10'] } }\n`,
    problem: /3:\d+ .*of the account 017000801446; .*not fetched from AWS\. Make it a layer of this file/,
  },
  {
    desc: 'a retention that CloudWatch Logs does not know',
    yml: 'service: s\nprovider: { name: aws, logRetentionInDays: 15 }\nfunctions: { a: { handler: handler.a } }\n',
    problem: /2:44 .*logRetentionInDays must be a time that CloudWatch Logs knows.* Use one of 1, 3, 5/,
  },
  {
    desc: 'a dead-letter target that is none',
    yml: 'service: s\nprovider: { name: aws }\nfunctions: { a: { handler: handler.a, onError: b } }\n',
    problem: /onError must be the ARN of a topic or a queue, but it is "b"/,
  },
  {
    desc: 'targets that need keys',
    features: { ...allFeatures, resultTargets: false },
    yml: 'service: s\nprovider: { name: aws }\nfunctions: { a: { handler: handler.a, onError: arn:aws:sns:us-east-1:000000000000:t, destinations: { onFailure: { type: sqs, arn: arn:aws:sqs:us-east-1:000000000000:q } } } }\n',
    problem: /onError: nothing can be sent to arn:aws:sns:us-east-1:000000000000:t without AWS keys.*--lenient to leave it out/,
  },
  {
    desc: 'a destination that is not there',
    yml: 'service: s\nprovider: { name: aws }\nfunctions: { a: { handler: handler.a, destinations: { onFailure: b } } }\n',
    problem: /destinations\.onFailure: there is no function b\./,
  },
];

describe('a bad serverless.yml where features run', () => {
  for (const { desc, yml, features, problem } of rows) {
    test(desc, () => {
      const { desired, problems } = read(yml, features);
      assert.equal(desired, undefined);
      const told = problems.map(({ place, what, fix }) => `${place.line}:${place.column} ${what} ${fix}`).join('\n');
      assert.match(told, problem);
    });
  }
});

describe('--lenient never opens a route', () => {
  test('whose authorizer is kept elsewhere, though the environment may do without it', () => {
    const arn = `'\${self:custom.arn}'`;
    const yml = guarded('l', `l: { type: request, functionArn: ${arn} }`)
      .replace('  httpApi:', `  environment: { ARN: ${arn} }\n  httpApi:`)
      .concat(`custom: { arn: '\${ssm:/arn}' }\n`);
    const { desired, problems } = read(yml, allFeatures, true);
    assert.equal(desired, undefined);
    assert.match(problems.map(({ severity, what }) => `${severity} ${what}`).join('\n'), /^error \$\{ssm:\/arn\} is read from/m);
  });

  for (const [desc, authorizer, features, definition = JWT] of [
    ['whose authorizer does not run', 'jwt', { ...allFeatures, jwtAuthorizers: false }],
    ['whose authorizer is of a system that has none', 'jwt', noFeatures],
    ['that asks for IAM, which does not run', '{ type: aws_iam }', { ...allFeatures, iamAuthorization: false }],
    ['that names an authorizer of another API', '{ id: abc }', allFeatures],
    [
      'whose issuer is made by CloudFormation',
      'jwt',
      allFeatures,
      'jwt: { identitySource: x, issuerUrl: !Ref Pool, audience: web }',
    ],
  ] as const) {
    test(desc, () => {
      const { desired } = read(guarded(authorizer, definition), features, true);
      assert.deepEqual(desired?.api?.routes ?? [], []);
    });
  }
});
