// Something the developer or operator did, told so that it can be put right: what happened, where, and how to fix it.

import { type ErrorCode, errorCodes } from './error-codes.ts';

/** A spot in a file. Lines and columns count from 1. */
export interface Place {
  /** Absolute, or relative to the working directory. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface UserErrorDetails {
  readonly fix: string;
  readonly place?: Place;
  /** Lines shown between what happened and the fix, e.g. a code frame. */
  readonly detail?: string;
  readonly cause?: unknown;
}

export class UserError extends Error {
  readonly code: ErrorCode;
  readonly fix: string;
  readonly place: Place | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, details: UserErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'UserError';
    this.code = code;
    this.fix = details.fix;
    this.place = details.place;
    this.detail = details.detail;
  }

  get exitCode(): number {
    return errorCodes[this.code].exitCode;
  }
}

/** `file:line:column`, as terminals and editors make it clickable. */
export function formatPlace(place: Place): string {
  if (place.line === undefined) return place.file;
  return `${place.file}:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
}
