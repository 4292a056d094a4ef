// The code that an operation brings: an archive, or (in development) a folder.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AwsError } from '../aws/aws-error.ts';
import { unzippedBytes, ZIPPED_BYTES_MAX } from './code-folders.ts';
import { invalidParameter } from './function-arn.ts';
import type { FunctionCode } from './function-document.ts';
import type { LambdaContext } from './lambda-context.ts';
import type { LayerContent } from './layer-document.ts';
import { isZipFault } from './zip-archive.ts';

/** The bucket that says "this key is a folder of mine". */
const FOLDER_BUCKET = 'hot-reload';

interface GivenCode {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
  readonly ImageUri?: string | undefined;
  readonly SourceKMSKeyArn?: string | undefined;
}

/** Checks the code and brings it to disk and into the store; nothing refers to it yet. */
export async function takeCode(context: LambdaContext, given: GivenCode): Promise<FunctionCode> {
  if (given.ImageUri) throw invalidParameter('Stagegate does not run container images yet: give ZipFile.');
  if (given.SourceKMSKeyArn) {
    throw invalidParameter('Stagegate does not encrypt function code with a key yet: leave SourceKMSKeyArn out.');
  }
  if (given.S3Bucket !== undefined || given.S3Key !== undefined) {
    if (given.ZipFile !== undefined)
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    return takeFolder(context, given);
  }
  if (given.ZipFile === undefined) throw invalidParameter('Please provide a source for function code.');
  return { kind: 'zip', ...(await takeArchive(context, given.ZipFile)) };
}

/** Checks an archive and brings it to disk and into the store. */
export async function takeArchive(context: LambdaContext, given: Uint8Array): Promise<LayerContent> {
  const archive = Buffer.from(given.buffer, given.byteOffset, given.length);
  if (archive.length > ZIPPED_BYTES_MAX) {
    throw new AwsError('RequestEntityTooLargeException', `Zipped size must be smaller than ${ZIPPED_BYTES_MAX} bytes`, {
      status: 413,
    });
  }
  const sha256 = createHash('sha256').update(archive).digest('base64');
  const folder = await context.code.unpack(archive, sha256);
  if (typeof folder !== 'string') {
    if (isZipFault(folder) && folder.tooLarge) throw invalidParameter('Unzipped size must be smaller than 262144000 bytes');
    context.notice(`A zip file was refused: ${folder.fault}.`);
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
  await context.store.putBlob(archive);
  return { sha256, bytes: archive.length, unzippedBytes: unzippedBytes(archive) };
}

async function takeFolder(context: LambdaContext, given: GivenCode): Promise<FunctionCode> {
  if (given.S3Bucket !== FOLDER_BUCKET) {
    throw invalidParameter('Stagegate does not read function code from S3 yet: give ZipFile.');
  }
  if (!context.allowFolders) {
    throw invalidParameter(`S3Bucket ${FOLDER_BUCKET} (code from a folder) is only for development: give ZipFile.`);
  }
  const folder = given.S3Key ?? '';
  if (!path.isAbsolute(folder)) throw invalidParameter(`S3Key must be the absolute path of the function's folder: ${folder}`);
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) throw invalidParameter(`There is no folder ${folder}`);
  return { kind: 'folder', path: path.normalize(folder) };
}
