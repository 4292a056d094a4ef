// How JSON protocols spell values, and what AWS says when one is of the wrong kind.

import { AwsError } from './aws-error.ts';
import type { ServiceName } from './services.ts';
import type { ValueSource } from './shape-reader.ts';
import type { Member } from './shapes.ts';
import { parseTimestamp } from './timestamps.ts';

/** Two generations of AWS's JSON readers are in service; they complain differently. */
type Complaint = (
  raw: unknown,
  wanted: 'String' | 'Integer' | 'Boolean' | 'Timestamp' | 'Blob' | 'list' | 'structure',
) => AwsError;

// AWS: `class java.lang.Boolean can not be converted to an String`. Seen: recorded apigateway answers.
const javaComplaint: Complaint = (raw, wanted) => {
  if (wanted === 'list') return serializationError('Expected list or null');
  if (wanted === 'structure' || (typeof raw === 'object' && raw !== null)) {
    return serializationError(
      Array.isArray(raw) ? 'Start of list found where not expected' : 'Start of structure or map found where not expected.',
    );
  }
  return serializationError(`${javaClass(raw)} can not be converted to an ${wanted}`);
};

// AWS: `STRING_VALUE can not be converted to an Integer`, `Start of structure or map found where not expected.`
// Seen: aws-cdk#27087, amplify-js#5165.
const tokenComplaint: Complaint = (raw, wanted) => {
  if (Array.isArray(raw)) return serializationError('Start of list found where not expected');
  if (typeof raw === 'object' && raw !== null) return serializationError('Start of structure or map found where not expected.');
  if (wanted === 'list') return serializationError('Expected list or null');
  if (wanted === 'structure') return serializationError('Expected map or null');
  return serializationError(`${tokenName(raw)} can not be converted to ${wanted === 'Integer' ? 'an' : 'a'} ${wanted}`);
};

/** The input could not be read: 400 SerializationException. */
export function serializationError(message: string): AwsError {
  return new AwsError('SerializationException', message, { status: 400 });
}

function javaClass(raw: unknown): string {
  if (typeof raw === 'boolean') return 'class java.lang.Boolean';
  if (typeof raw === 'number') return 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber';
  return 'class java.lang.String';
}

function tokenName(raw: unknown): string {
  if (typeof raw === 'boolean') return raw ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return typeof raw === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE';
}

function jsonSource(complain: Complaint): ValueSource {
  return {
    string(raw) {
      if (typeof raw !== 'string') throw complain(raw, 'String');
      return raw;
    },
    number(raw) {
      if (typeof raw === 'number') return raw;
      // The three doubles JSON cannot spell.
      if (raw === 'NaN' || raw === 'Infinity' || raw === '-Infinity') return Number(raw);
      throw complain(raw, 'Integer');
    },
    boolean(raw) {
      if (typeof raw !== 'boolean') throw complain(raw, 'Boolean');
      return raw;
    },
    timestamp(raw) {
      const date = typeof raw === 'number' || typeof raw === 'string' ? parseTimestamp(raw) : undefined;
      if (date === undefined) throw complain(raw, 'Timestamp');
      return date;
    },
    blob(raw) {
      if (typeof raw !== 'string') throw complain(raw, 'Blob');
      return decodeBase64(raw);
    },
    document: (raw) => raw,
    list(raw) {
      if (!Array.isArray(raw)) throw complain(raw, 'list');
      return raw;
    },
    map(raw) {
      return Object.entries(object(raw, complain));
    },
    member(raw, member: Member) {
      const structure = object(raw, complain);
      return Object.hasOwn(structure, member.jsonName) ? structure[member.jsonName] : undefined;
    },
    memberCount(raw) {
      let count = 0;
      for (const [name, value] of Object.entries(object(raw, complain))) if (value !== null && name !== '__type') count++;
      return count;
    },
  };
}

function object(raw: unknown, complain: Complaint): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw complain(raw, 'structure');
  return raw as Record<string, unknown>;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Throws SerializationException on text that is not base64 (standard alphabet, padded or not). */
export function decodeBase64(text: string): Buffer {
  if (!BASE64.test(text)) throw serializationError('The value is not valid Base64.');
  return Buffer.from(text, 'base64');
}

const javaSource = jsonSource(javaComplaint);
const tokenSource = jsonSource(tokenComplaint);

/** The JSON reader that complains as this service does. */
export function jsonSourceOf(service: ServiceName): ValueSource {
  return service === 'apigateway' || service === 'apigatewayv2' || service === 'apigatewaymanagementapi'
    ? javaSource
    : tokenSource;
}
