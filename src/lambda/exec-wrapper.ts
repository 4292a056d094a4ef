// AWS_LAMBDA_EXEC_WRAPPER: a script of the function's or of a layer's that starts the runtime in its own way.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FunctionVersion } from './function-version.ts';
import type { SeenPaths } from './isolation.ts';
import type { RuntimeLaunch } from './runtime-launch.ts';

export const WRAPPER_VARIABLE = 'AWS_LAMBDA_EXEC_WRAPPER';

// AWS: a wrapper that is not there ends the start with status 127. Seen: test/parity, test_lambda_runtime_wrapper_not_found.
const SCRIPT =
  'if [ ! -f "$0" ]; then echo "$0: does not exist"; exit 127; fi; ' +
  'if [ ! -x "$0" ]; then echo "$0: is not an executable"; exit 126; fi; exec "$0" "$@"';

/** The launch with the wrapper before its command. */
export function wrappedLaunch(plain: RuntimeLaunch, wrapper: string, version: FunctionVersion, seen: SeenPaths): RuntimeLaunch {
  return { ...plain, command: ['/bin/sh', '-c', SCRIPT, wrapperIn(wrapper, version, seen), ...plain.command] };
}

/** Where the function finds its wrapper: names of AWS's folders mean what lies in their place here. */
function wrapperIn(wrapper: string, version: FunctionVersion, seen: SeenPaths): string {
  if (wrapper.startsWith('/var/task/')) return path.join(seen.codeFolder, wrapper.slice('/var/task/'.length));
  if (!wrapper.startsWith('/opt/')) return path.resolve(seen.codeFolder, wrapper);
  const name = wrapper.slice('/opt/'.length);
  const layer = version.layerFolders.findIndex((folder) => existsSync(path.join(folder, name)));
  return path.join(seen.layerFolders[layer] ?? '/opt', name);
}
