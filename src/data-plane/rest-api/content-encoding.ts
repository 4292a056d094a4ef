// Compression: bodies of requests are unpacked before anything reads them, bodies of responses are packed when the API and the client
// want it. No packed body can make us hold more than a request may have.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html

import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import type { Refusal } from './refusal.ts';

export type Coding = 'gzip' | 'deflate';

/** AWS: what cannot be unpacked is a 415. Seen: developer guide. */
export function decompressRequest(body: Buffer, encoding: string | undefined, limitBytes: number): Buffer | Refusal {
  const coding = encoding?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity' || body.length === 0) return body;
  if (coding !== 'gzip' && coding !== 'deflate') {
    return {
      refused: 'UNSUPPORTED_MEDIA_TYPE',
      reason: `The Content-Encoding "${coding.slice(0, 40)}" is none of gzip, deflate, identity.`,
    };
  }
  try {
    return coding === 'gzip'
      ? gunzipSync(body, { maxOutputLength: limitBytes })
      : inflateSync(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      return { refused: 'REQUEST_TOO_LARGE', reason: `The request body is larger than ${limitBytes} bytes when it is unpacked.` };
    }
    return { refused: 'UNSUPPORTED_MEDIA_TYPE', reason: `The request body is not ${coding}, as its Content-Encoding says.` };
  }
}

/**
 * How a response of this size is packed, if it is. AWS: only with an Accept-Encoding that names a coding; the one with the highest
 * weight must be one that we have.
 */
export function responseCoding(
  acceptEncoding: string | undefined,
  sizeBytes: number,
  minimumBytes: number | undefined,
): Coding | undefined {
  if (minimumBytes === undefined || acceptEncoding === undefined || sizeBytes < minimumBytes || sizeBytes === 0) return undefined;
  let best: string | undefined;
  let bestWeight = 0;
  for (const part of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weightText = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = weightText === undefined ? 1 : Number(weightText);
    if (name === '' || !(weight > bestWeight)) continue;
    best = name;
    bestWeight = weight;
  }
  if (best === 'gzip' || best === '*' || best === 'x-gzip') return 'gzip';
  return best === 'deflate' ? 'deflate' : undefined;
}

export function compress(body: Buffer, coding: Coding): Buffer {
  return coding === 'gzip' ? gzipSync(body) : deflateSync(body);
}
