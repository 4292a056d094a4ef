// Compressed request bodies, undone under a cap: a small body must not become a large one.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsError } from './aws-error.ts';

const gunzipAsync = promisify(gunzip);

/** Any body may grow to this much before its ratio is looked at. */
const FREE_BYTES = 64 * 1024;
const RATIO_MAX = 100;

/**
 * The body as the client meant it. Throws AwsError: 413 when it would exceed `limitBytes` or 100 times its compressed size,
 * 400 when it is not gzip, 415 for a coding we do not know.
 */
export async function decodeContent(body: Buffer, contentEncoding: string | undefined, limitBytes: number): Promise<Buffer> {
  const coding = contentEncoding?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return body;
  if (coding !== 'gzip') {
    throw new AwsError('UnsupportedMediaTypeException', `Content-Encoding ${coding.slice(0, 64)} is not supported.`, {
      status: 415,
    });
  }
  const maxOutputLength = Math.min(limitBytes, Math.max(FREE_BYTES, body.length * RATIO_MAX));
  try {
    return await gunzipAsync(body, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AwsError(
        'RequestEntityTooLargeException',
        `The decompressed request must be smaller than ${maxOutputLength} bytes.`,
        {
          status: 413,
        },
      );
    }
    throw new AwsError('SerializationException', 'The request body is not valid gzip.', { status: 400, cause: error });
  }
}
