// The page docs/guides/serverless-yml.md, made from the tables of properties: what is run, ignored and refused.

import {
  httpAuthorizerProperties,
  httpCorsProperties,
  httpEventProperties,
  httpRequestProperties,
  httpResponseProperties,
  restApiProperties,
  webSocketAuthorizerProperties,
  webSocketEventProperties,
  webSocketLogProperties,
  webSocketProperties,
} from '../../src/templates/serverless-yml/api-property-tables.ts';
import { harmlessPlugins } from '../../src/templates/serverless-yml/plugins.ts';
import {
  corsProperties,
  functionLogProperties,
  functionProperties,
  httpApiEventProperties,
  httpApiProperties,
  otherEvents,
  packageProperties,
  providerLogProperties,
  providerProperties,
  serviceProperties,
} from '../../src/templates/serverless-yml/property-tables.ts';
import { type PropertyTable, treatmentOf } from '../../src/templates/serverless-yml/property-treatment.ts';
import { UNSUPPORTED_SOURCES, VARIABLE_SOURCES } from '../../src/templates/serverless-yml/variable-sources.ts';
import { nameList, tableRow } from './markdown.ts';

const sections: readonly (readonly [title: string, prefix: string, table: PropertyTable])[] = [
  ['The file', '', serviceProperties],
  ['`provider`', 'provider.', providerProperties],
  ['`provider.logs`', 'provider.logs.', providerLogProperties],
  ['`functions.*.logs` and `provider.logs.lambda`', 'functions.*.logs.', functionLogProperties],
  ['`provider.httpApi`', 'provider.httpApi.', httpApiProperties],
  ['`provider.httpApi.cors`', 'provider.httpApi.cors.', corsProperties],
  ['`functions.*`', 'functions.*.', functionProperties],
  ['`httpApi` events', 'functions.*.events.httpApi.', httpApiEventProperties],
  ['`provider.apiGateway`', 'provider.apiGateway.', restApiProperties],
  ['`http` events', 'functions.*.events.http.', httpEventProperties],
  ['`authorizer` of an `http` event', 'functions.*.events.http.authorizer.', httpAuthorizerProperties],
  ['`request` of an `http` event', 'functions.*.events.http.request.', httpRequestProperties],
  ['`response` of an `http` event', 'functions.*.events.http.response.', httpResponseProperties],
  ['`cors` of an `http` event', 'functions.*.events.http.cors.', httpCorsProperties],
  ['`provider.websocket`', 'provider.websocket.', webSocketProperties],
  ['`provider.logs.websocket`', 'provider.logs.websocket.', webSocketLogProperties],
  ['`websocket` events', 'functions.*.events.websocket.', webSocketEventProperties],
  ['`authorizer` of a `websocket` event', 'functions.*.events.websocket.authorizer.', webSocketAuthorizerProperties],
  ['`package`', 'package.', packageProperties],
];

/** The whole page as Markdown. */
export function renderServiceFilePage(): string {
  return [
    '# What `stagegate dev` does with a serverless.yml',
    '',
    'Made by `npm run generate:docs` from `src/templates/serverless-yml/property-tables.ts` and `api-property-tables.ts`; edit those.',
    '',
    'Every property is in one of three groups. What is **run** does here what it does on AWS. What is **ignored** changes',
    'nothing that can be seen here; `stagegate dev` tells of it in its banner, and with `--verbose` of all and why. What is',
    '**refused** would change what a caller sees and is not done yet: `stagegate dev` stops and says where it stands and what',
    'to do. A property that is on none of the lists does not exist, and is refused as well.',
    '',
    '`--lenient` leaves out what is refused and warns instead. A route with an authorizer, or with a property nobody knows, is',
    'then left out as a whole: it is never served unprotected. Where another route would answer its requests, it stays an',
    'error, and so it does at `$connect` of a WebSocket API: without that route everybody may connect.',
    '',
    ...sections.flatMap(([title, prefix, table]) => propertySection(title, prefix, table)),
    ...eventSection(),
    ...pluginSection(),
    ...resourceSection(),
    ...variableSection(),
  ].join('\n');
}

function propertySection(title: string, prefix: string, table: PropertyTable): string[] {
  const entries = Object.entries(table).map(([name, treatment]) => [name, treatmentOf(treatment)] as const);
  const run = entries.filter(([, { kind }]) => kind === 'enforced').map(([name]) => name);
  const ignored = entries.flatMap(([name, one]) => (one.kind === 'ignored' ? [tableRow([`\`${prefix}${name}\``, one.why])] : []));
  const refused = entries.flatMap(([name, one]) =>
    one.kind === 'refused' ? [tableRow([`\`${prefix}${name}\``, one.what, one.fix])] : [],
  );
  return [
    `## ${title}`,
    '',
    ...(run.length === 0 ? [] : ['Run:', ...nameList(run), '']),
    ...(ignored.length === 0 ? [] : [tableRow(['ignored', 'why']), tableRow(['---', '---']), ...ignored, '']),
    ...(refused.length === 0
      ? []
      : [tableRow(['refused', 'why', 'the way out']), tableRow(['---', '---', '---']), ...refused, '']),
  ];
}

function eventSection(): string[] {
  return [
    '## Other events',
    '',
    'Run: `httpApi`, `http` and `websocket`. The others are refused; the way out is removing them for local runs, or `--lenient`.',
    '',
    tableRow(['refused', 'it is']),
    tableRow(['---', '---']),
    ...Object.entries(otherEvents)
      .filter(([name]) => name !== 'http' && name !== 'websocket')
      .map(([name, what]) => tableRow([`\`${name}\``, what])),
    '',
  ];
}

function pluginSection(): string[] {
  return [
    '## Plugins',
    '',
    'No plugin is run. These change nothing that can be seen here; every other one is refused, since what it would change',
    'does not happen: remove it for local runs, or run with `--lenient` when the service works without it.',
    '',
    tableRow(['ignored', 'why']),
    tableRow(['---', '---']),
    ...Object.entries(harmlessPlugins).map(([name, why]) => tableRow([`\`${name}\``, why])),
    '',
  ];
}

function resourceSection(): string[] {
  return [
    '## Resources',
    '',
    '`AWS::Lambda::Permission` on a function of the file is run, `AWS::Logs::LogGroup`, `AWS::ApiGateway::Authorizer` (which events name with `authorizerId`), and `AWS::ApiGateway::GatewayResponse` of the',
    'REST API that `http` events make (`!Ref ApiGatewayRestApi`); nothing else under `resources` is created. Resources that only watch, permit, ship or connect (roles, policies, keys, alarms, pipelines, networks, ...)',
    'are left aside and named in the banner. Every other type stops; with `--lenient` it is left out, and a table or a queue must',
    'then exist where the function looks for it. `Ref` and `Fn::GetAtt` of a table, bucket, queue, topic, stream, event bus, role,',
    'log group or parameter have their values when its name is written out (`TableName`, `BucketName`, ...).',
    '',
  ];
}

function variableSection(): string[] {
  return [
    '## Variables',
    '',
    tableRow(['source', 'has']),
    tableRow(['---', '---']),
    ...[...VARIABLE_SOURCES].map(([name, what]) => tableRow([`\`${name}\``, what])),
    '',
    "Refused, because nobody is asked. Give the value by the variable's own name, with `--param 'ssm:/orders/key=VALUE'` or in",
    '`stagegate.config.json`, and the file stays as it is; a value that is JSON is read as that. With `--lenient` the fallback after',
    'a comma is taken, and in `environment` a variable without one is left empty.',
    '',
    tableRow(['refused', 'it is']),
    tableRow(['---', '---']),
    ...[...UNSUPPORTED_SOURCES].map(([name, what]) => tableRow([`\`${name}\``, what])),
    '',
    '`Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` are computed where they refer to the region, the account, an API or a function of',
    'the file; anything else needs a deployed stack and is refused. It can be given, too: `--param Table=orders`,',
    '`--param Table.Arn=arn:aws:...`, and what `Fn::ImportValue` imports by the name of the export.',
    '',
    '```json',
    '{ "param": { "ssm:/orders/key": "for local runs", "UserPool.Arn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_local" } }',
    '```',
    '',
  ];
}
