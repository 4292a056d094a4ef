// `--auth open` takes any key, so it may only be heard on this machine.

import { UserError } from './user-error.ts';

/** True for the addresses that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name) || name.endsWith('.localhost');
}

/** Throws when open authentication would be heard from outside. */
export function checkOpenAuth(
  auth: 'open' | 'required',
  listeners: readonly { readonly flag: string; readonly host: string }[],
): void {
  if (auth !== 'open') return;
  for (const { flag, host } of listeners) {
    if (isLoopbackHost(host)) continue;
    throw new UserError(
      'SG_OPEN_AUTH',
      `--auth open takes any access key, but ${flag} ${host} can be reached from other machines.`,
      {
        fix: `Use --auth required to ask for signed requests, or ${flag} 127.0.0.1 to stay on this machine.`,
      },
    );
  }
}
