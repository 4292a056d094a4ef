// Starts the system for `dev` and `start`, and turns what can go wrong with addresses and folders into plain words.

import { UserError } from '../config/user-error.ts';
import type { RunningStagegate, StagegateOptions } from '../stagegate.ts';
import type { CommandContext } from './command.ts';
import { renderBug, renderUserError } from './error-text.ts';
import { plainText } from './terminal.ts';

/** Notices and faults of the running system go to stderr, under the request lines they belong to. */
export function reporting({
  err,
  out,
  workingDirectory,
}: Pick<CommandContext, 'err' | 'out' | 'workingDirectory'>): Pick<StagegateOptions, 'onNotice' | 'onError'> {
  return {
    onNotice: (notice) => {
      // The banner of `dev` says on which Node.js functions run.
      if (/^Functions for nodejs\S* run on the Node at hand/.test(notice)) return;
      out.flush();
      err.line(`${err.paint('yellow', 'note')} ${plainText(notice)}`);
    },
    onError: (error) => {
      out.flush();
      err.line(error instanceof UserError ? renderUserError(error, err, workingDirectory) : renderBug(error, err));
    },
  };
}

/** Throws UserError for a taken port, a bad address, a folder without access. */
export async function startSystem(
  options: StagegateOptions,
  startStagegate?: (options: StagegateOptions) => Promise<RunningStagegate>,
): Promise<RunningStagegate> {
  const begin = startStagegate ?? (await import('../stagegate.ts')).startStagegate;
  try {
    return await begin(options);
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreError') throw storeError(error);
    if (options.accessLog !== undefined && (error as NodeJS.ErrnoException).path === options.accessLog) {
      throw new UserError('SG_ACCESS_LOG', `The access log ${options.accessLog} cannot be opened: ${(error as Error).message}`, {
        fix: 'Make its folder, make it writable for this user, or name another file with --access-log.',
        cause: error,
      });
    }
    throw (await listenError(error as NodeJS.ErrnoException & { port?: number; address?: string }, options)) ?? error;
  }
}

/** The store says what is wrong with its folder and what to do, in one message. */
function storeError(error: Error): UserError {
  const at = error.message.indexOf('. ');
  const [what, fix] = at < 0 ? [error.message, ''] : [error.message.slice(0, at + 1), error.message.slice(at + 2)];
  return new UserError('SG_DATA_FOLDER', what, {
    fix: `${fix} Or keep nothing: --memory.`.trimStart(),
    cause: error,
  });
}

async function listenError(
  error: NodeJS.ErrnoException & { port?: number; address?: string },
  options: StagegateOptions,
): Promise<UserError | undefined> {
  const isControl = error.port !== undefined && error.port === options.controlPort && error.port !== options.port;
  const flag = isControl ? '--control-port' : '--port';
  const port = error.port ?? options.port;
  if (error.code === 'EADDRINUSE') {
    const { describePortOwner } = await import('./port-owner.ts');
    const owner = await describePortOwner(port);
    return new UserError('SG_PORT_TAKEN', `Port ${port} is taken by ${owner.what}.`, {
      fix: `${owner.fix} Or take another port: ${flag} ${port + 1}, or ${flag} 0 for any free one.`,
      cause: error,
    });
  }
  if (error.code === 'EACCES' && error.syscall === 'listen') {
    return new UserError('SG_LISTEN', `This user may not listen on port ${port}.`, {
      fix: `Ports below 1024 need rights of their own; use ${flag} 8080.`,
      cause: error,
    });
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new UserError('SG_LISTEN', `${error.address ?? options.host} is not an address of this machine.`, {
      fix: 'Use --host 127.0.0.1, or --host 0.0.0.0 for every address of this machine.',
      cause: error,
    });
  }
  return undefined;
}
