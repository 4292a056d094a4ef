// The `plugins` section. No plugin is run: what each would change in the service decides what becomes of the file.

import { isNull, isVacant, type TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

const DEPLOYMENT = 'it steers deployments to AWS';
const PACKAGING = 'handlers run as they are in the folder, nothing is packaged';
const BUNDLER = 'Stagegate bundles handlers in TypeScript and JavaScript modules itself, with esbuild; CommonJS runs as it is';
const COMPILER = 'Stagegate bundles TypeScript handlers itself, with esbuild; those in JavaScript run as they are in the folder';
const EMULATOR = 'it emulates another service; start that on its own';
const ROLES = 'functions run as the user who started Stagegate, not under an IAM role';
const COMMANDS = 'its commands are not run; run by hand what the handlers need';
const DOCUMENTATION = 'it only documents the API';
const OBSERVER = 'it only watches functions on AWS';
const DOMAINS = 'the API answers at its execute-api URL; docs/guides/custom-domains.md says how to give it another';

/** Plugins whose absence changes nothing here. */
export const harmlessPlugins: Readonly<Record<string, string>> = {
  'serverless-offline': 'Stagegate takes its place; functions find IS_OFFLINE=true in their environment',
  'serverless-dotenv-plugin': 'Stagegate gives what stands in .env files to the functions',
  'serverless-offline-lambda': 'Stagegate takes its place',
  'serverless-localstack': 'Stagegate is the endpoint',
  'serverless-esbuild': BUNDLER,
  'serverless-webpack': BUNDLER,
  'serverless-bundle': BUNDLER,
  'serverless-plugin-typescript': COMPILER,
  'serverless-python-requirements':
    'functions import what the Python on the PATH has: pip install -r requirements.txt, in a virtual environment that is active',
  'serverless-plugin-common-excludes': PACKAGING,
  'serverless-plugin-include-dependencies': PACKAGING,
  'serverless-plugin-optimize': PACKAGING,
  'serverless-plugin-ncc': PACKAGING,
  'serverless-layers': PACKAGING,
  'serverless-plugin-layer-manager': PACKAGING,
  'serverless-ruby-layer': PACKAGING,
  'serverless-webpack-prisma': PACKAGING,
  'serverless-tscpaths': COMPILER,
  'serverless-plugin-scripts': COMMANDS,
  'serverless-scriptable-plugin': COMMANDS,
  'serverless-hooks-plugin': COMMANDS,
  'serverless-plugin-monorepo': PACKAGING,
  'serverless-package-external': PACKAGING,
  'serverless-jetpack': PACKAGING,
  'serverless-prune-plugin': DEPLOYMENT,
  'serverless-deployment-bucket': DEPLOYMENT,
  'serverless-plugin-split-stacks': DEPLOYMENT,
  'serverless-plugin-additional-stacks': DEPLOYMENT,
  'serverless-plugin-bind-deployment-id': DEPLOYMENT,
  'serverless-plugin-git-variables': 'the variables it adds, git:..., are refused where they stand',
  'serverless-stack-termination-protection': DEPLOYMENT,
  'serverless-dependson-plugin': DEPLOYMENT,
  'serverless-aws-documentation': DOCUMENTATION,
  'serverless-openapi-documentation': DOCUMENTATION,
  'serverless-openapi-documenter': DOCUMENTATION,
  '@motymichaely/serverless-openapi-documentation': DOCUMENTATION,
  'serverless-plugin-resource-tagging': DEPLOYMENT,
  'serverless-plugin-canary-deployments': DEPLOYMENT,
  'serverless-plugin-diff': DEPLOYMENT,
  'serverless-stack-output': DEPLOYMENT,
  'serverless-export-env': DEPLOYMENT,
  'serverless-better-credentials': 'no AWS account is used',
  'serverless-s3-sync': DEPLOYMENT,
  'serverless-finch': DEPLOYMENT,
  'serverless-domain-manager': DOMAINS,
  'serverless-certificate-creator': DOMAINS,
  'serverless-iam-roles-per-function': ROLES,
  'serverless-pseudo-parameters': 'Stagegate reads #{AWS::Region} and the like itself',
  'serverless-cf-vars': 'Stagegate reads #{AWS::Region} and the like itself',
  'serverless-plugin-warmup': 'it only warms functions up',
  'serverless-plugin-aws-alerts': OBSERVER,
  'serverless-plugin-tracing': OBSERVER,
  'serverless-plugin-log-retention': OBSERVER,
  'serverless-plugin-lambda-insights': OBSERVER,
  'serverless-plugin-datadog': OBSERVER,
  'serverless-lumigo': OBSERVER,
  'serverless-sentry': OBSERVER,
  'serverless-slic-watch-plugin': OBSERVER,
  'serverless-epsagon': OBSERVER,
  'serverless-newrelic-lambda-layers': OBSERVER,
  'serverless-plugin-thundra': OBSERVER,
  'serverless-dynamodb-local': EMULATOR,
  'serverless-dynamodb': EMULATOR,
  'serverless-s3-local': EMULATOR,
  'serverless-dynamodb-client': EMULATOR,
  'serverless-offline-s3': EMULATOR,
  'serverless-offline-ses-v2': EMULATOR,
  'serverless-offline-kinesis': EMULATOR,
  'serverless-offline-scheduler': 'it calls functions of schedule events, and those are refused where they stand',
  'serverless-apigateway-service-proxy': 'its routes are refused where they stand, under custom.apiGatewayServiceProxies',
  'serverless-offline-sqs': EMULATOR,
  'serverless-offline-sns': EMULATOR,
  'serverless-offline-aws-eventbridge': EMULATOR,
  'serverless-offline-dynamodb-streams': EMULATOR,
};

/** Routes that lead to an AWS service without a function; version 4 reads them without the plugin. */
export function refuseServiceProxies(reader: PropertyReader): void {
  const path = 'custom.apiGatewayServiceProxies';
  const node = reader.variables.at(path);
  if (node === undefined || isVacant(node)) return;
  reader.problems.unsupported(
    node.place,
    `${path}: routes to AWS services are not made from here yet; Stagegate runs them when they are made with the AWS APIs.`,
    'Remove it for local runs, or run with --lenient to leave them out.',
  );
}

/** What to write instead of a plugin, where there is a way without it. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the syntax of the service file
const instead: Readonly<Record<string, string>> = {
  'serverless-apigw-binary': 'Set provider.apiGateway.binaryMediaTypes instead.',
  'serverless-content-encoding': 'Set provider.apiGateway.minimumCompressionSize instead.',
  'serverless-add-api-key': 'Set provider.apiGateway.apiKeys and usagePlan instead, or run with --lenient.',
  'serverless-wsgi':
    'It makes the handler wsgi_handler.handler: write a file that hands requests to the application and name that, or run with --lenient.',
  'serverless-offline-ssm': 'Give the values with --param ssm:/key=value, or run with --lenient.',
  'serverless-plugin-ifelse':
    'It rewrites the file: write what holds for local runs with params or stages, or run with --lenient.',
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the syntax of the service file

/** Notes each plugin as ignored, or as a problem. Their names. */
export function readPlugins(node: TemplateNode | undefined, reader: PropertyReader): readonly string[] {
  const names: string[] = [];
  if (node === undefined) return names;
  const inner = node.kind === 'map' ? node.entries.get('modules')?.node : node;
  const list = inner && reader.variables.resolve(inner);
  if (list?.kind !== 'list') {
    if (list !== undefined && !isNull(list))
      reader.wrong(list, 'plugins', 'a list of names', 'For example: plugins: [serverless-offline]');
    return names;
  }
  for (const item of list.items) {
    const plugin = reader.variables.resolve(item);
    if (plugin === undefined || isNull(plugin)) continue;
    const name = reader.text(plugin, 'plugins', 'serverless-offline');
    if (name === undefined) continue;
    names.push(name);
    if (Object.hasOwn(harmlessPlugins, name)) {
      reader.ignore(`plugins: ${name}`, harmlessPlugins[name]!);
      continue;
    }
    reader.problems.unsupported(
      plugin.place,
      `The plugin ${name} is not run; what it would change in the service does not happen.`,
      Object.hasOwn(instead, name)
        ? instead[name]!
        : 'Remove it for local runs, or run with --lenient when the service works without it.',
    );
  }
  return names;
}
