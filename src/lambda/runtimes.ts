// Which runtimes AWS knows, which it has given up, and which of them run here.

import { invalidParameter } from './function-arn.ts';
import { type Interpreters, languageOf } from './interpreters.ts';

// AWS: in the order in which its refusal lists them. Seen: test/parity, test_create_lambda_exceptions.
const KNOWN = [
  ...['nodejs20.x', 'python3.14', 'provided.al2023', 'python3.12', 'python3.13', 'nodejs24.x', 'nodejs22.x', 'java25'],
  ...['python3.10', 'python3.11', 'java21', 'ruby3.3', 'ruby3.4', 'ruby3.2', 'python3.8', 'python3.9', 'java17', 'nodejs16.x'],
  ...['dotnet10', 'dotnet8', 'java11', 'dotnet6', 'nodejs18.x', 'provided.al2', 'java8.al2'],
] as const;

// Those that the service model has and the refusal that was seen does not list yet.
const NEWER: ReadonlySet<string> = new Set([
  ...['nodejs26.x', 'python3.15', 'ruby4.0', 'java8.al2023', 'java11.al2023', 'java17.al2023'],
]);

// AWS: Seen: test/parity, test_create_deprecated_function_runtime; Lambda guide, "Runtimes".
const GIVEN_UP: ReadonlySet<string> = new Set([
  ...['nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10', 'nodejs10.x', 'nodejs12.x', 'nodejs14.x'],
  ...['python2.7', 'python3.6', 'python3.7', 'java8', 'go1.x', 'provided', 'ruby2.5', 'ruby2.7'],
  ...['dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'dotnet5.0'],
]);

/** The programs that run functions of runtimes other than Node.js, as this machine has them. */
export interface RuntimeCommands {
  /** A command of the user's own that speaks the Runtime API, by runtime name. */
  readonly own: Readonly<Record<string, readonly string[]>>;
  readonly interpreters: Interpreters;
}

/** Throws AWS's refusal for a runtime it does not know or take, and ours for one that does not run here yet. */
export function checkRuntime(runtime: string, commands: RuntimeCommands): void {
  if (GIVEN_UP.has(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  if (!(KNOWN as readonly string[]).includes(runtime) && !NEWER.has(runtime)) {
    throw invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${KNOWN.join(', ')}] or be a valid ARN`,
    );
  }
  const refusal = refusalOf(runtime, commands);
  if (refusal !== undefined) throw invalidParameter(refusal);
}

/** Why functions of a runtime cannot be run here, with the way out; undefined when they can. */
function refusalOf(runtime: string, commands: RuntimeCommands): string | undefined {
  if (runtime.startsWith('nodejs') || runtime.startsWith('provided') || commands.own[runtime] !== undefined) return undefined;
  const language = languageOf(runtime);
  if (language !== undefined) {
    if (commands.interpreters.has(runtime)) return undefined;
    return `There is no ${language === 'python' ? 'python3' : 'ruby'} on this machine's PATH to run ${runtime} functions. Install it and start Stagegate again.`;
  }
  return `Stagegate does not run ${runtime} functions by itself. Name a command that speaks the Lambda Runtime API: runtimes: { "${runtime}": ["command", "argument"] }.`;
}

/** What to say, once, of a runtime that another version runs here; undefined when there is nothing to say. */
export async function runtimeNotice(runtime: string, { own, interpreters }: RuntimeCommands): Promise<string | undefined> {
  if (own[runtime] !== undefined) return undefined;
  if (runtime.startsWith('nodejs')) {
    if (runtime === `nodejs${process.versions.node.split('.')[0]}.x`) return undefined;
    return `Functions for ${runtime} run on the Node at hand, ${process.version}.`;
  }
  const language = languageOf(runtime);
  if (language === undefined) return undefined;
  const found = await interpreters.find(runtime);
  if (found === undefined) return `Functions for ${runtime} cannot run: no ${language} on this machine's PATH answers.`;
  if (runtime === `${language}${found.version.split('.').slice(0, 2).join('.')}`) return undefined;
  return `Functions for ${runtime} run on the ${language === 'python' ? 'Python' : 'Ruby'} at hand, ${found.version}.`;
}
