// What a list of traces says of each.
// https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html

import type { Http, ServiceId, TraceSummary, TraceUser, ValueWithServiceIds } from '@aws-sdk/client-xray';
import { isMembers, type Members, memberAt, type Trace } from './segment.ts';
import { dateOf, isInProgress, rootOf, type ServedRequest, secondsBetween, servedRequests } from './served-requests.ts';
import { keyOf, textAt, toServiceId } from './service-node.ts';

/** AWS: Seen: X-Ray quotas. */
const ANNOTATIONS_MAX = 50;

export function summarise(trace: Trace, accountId: string): TraceSummary {
  const requests = servedRequests(trace);
  const root = rootOf(requests);
  const rootMembers = root?.span.members ?? {};
  const serviceIds = distinct(requests.map(({ node }) => [keyOf(node), toServiceId(node, accountId)] as const));
  const documents = trace.segments.map(({ members }) => members);
  return {
    Id: trace.id,
    StartTime: dateOf(startOf(trace)),
    Duration: durationOf(trace),
    // Not known while the root goes on.
    ...(root?.span.endTime !== undefined && { ResponseTime: secondsBetween(root.span.startTime, root.span.endTime) }),
    HasFault: rootMembers['fault'] === true,
    HasError: rootMembers['error'] === true,
    HasThrottle: documents.some((members) => members['throttle'] === true),
    IsPartial: trace.segments.some(isInProgress),
    Http: httpOf(rootMembers),
    Annotations: annotationsOf(requests, accountId),
    Users: usersOf(requests, accountId),
    ServiceIds: serviceIds,
    ResourceARNs: textsAt(documents, 'resource_arn').map((ARN) => ({ ARN })),
    InstanceIds: textsAt(documents, 'aws', 'ec2', 'instance_id').map((Id) => ({ Id })),
    AvailabilityZones: textsAt(documents, 'aws', 'ec2', 'availability_zone').map((Name) => ({ Name })),
    ...(root !== undefined && { EntryPoint: toServiceId(root.node, accountId) }),
    Revision: trace.segments.length,
  };
}

/** Seconds from the start of the first document to the end of the last that has ended. */
export function durationOf(trace: Trace): number {
  const start = startOf(trace);
  return trace.segments.reduce(
    (longest, { endTime }) => Math.max(longest, endTime === undefined ? 0 : secondsBetween(start, endTime)),
    0,
  );
}

/** Seconds since the epoch. */
export function startOf(trace: Trace): number {
  const start = trace.segments.reduce((first, { startTime }) => Math.min(first, startTime), Number.POSITIVE_INFINITY);
  return trace.segments.length === 0 ? 0 : start;
}

/** What the first request was; a status that is no number is none. */
export function httpOf(members: Members): Http {
  const status = memberAt(members, 'http', 'response', 'status');
  const url = textAt(members, 'http', 'request', 'url');
  const method = textAt(members, 'http', 'request', 'method');
  const userAgent = textAt(members, 'http', 'request', 'user_agent');
  const clientIp = textAt(members, 'http', 'request', 'client_ip');
  return {
    ...(url !== undefined && { HttpURL: url }),
    ...(typeof status === 'number' && { HttpStatus: status }),
    ...(method !== undefined && { HttpMethod: method }),
    ...(userAgent !== undefined && { UserAgent: userAgent }),
    ...(clientIp !== undefined && { ClientIp: clientIp }),
  };
}

export type AnnotationScalar = string | number | boolean;

/** What can be looked for; values of other types are passed over. */
export function annotationEntries(members: Members): readonly (readonly [key: string, value: AnnotationScalar])[] {
  const annotations = members['annotations'];
  if (!isMembers(annotations)) return [];
  return Object.entries(annotations).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, value] as const] : [],
  );
}

/** What an inferred service could tell was told by its caller, whose it is. */
function isTold({ isInferred, caller }: ServedRequest): boolean {
  return !isInferred || caller === undefined;
}

interface FoundValue {
  readonly value: AnnotationScalar;
  readonly services: Map<string, ServiceId>;
}

function annotationsOf(requests: readonly ServedRequest[], accountId: string): Record<string, ValueWithServiceIds[]> {
  const found = new Map<string, Map<AnnotationScalar, FoundValue>>();
  for (const { node, documents } of requests.filter(isTold)) {
    for (const [key, value] of documents.flatMap(annotationEntries)) {
      if (!found.has(key) && found.size === ANNOTATIONS_MAX) continue;
      const values = found.get(key) ?? new Map<AnnotationScalar, FoundValue>();
      const entry = values.get(value) ?? { value, services: new Map<string, ServiceId>() };
      entry.services.set(keyOf(node), toServiceId(node, accountId));
      found.set(key, values.set(value, entry));
    }
  }
  // Own members even for a key like __proto__: fromEntries defines, it does not assign.
  return Object.fromEntries([...found].map(([key, values]) => [key, [...values.values()].map(toWireValue)]));
}

function toWireValue({ value, services }: FoundValue): ValueWithServiceIds {
  const ServiceIds = [...services.values()];
  switch (typeof value) {
    case 'string':
      return { AnnotationValue: { StringValue: value }, ServiceIds };
    case 'number':
      return { AnnotationValue: { NumberValue: value }, ServiceIds };
    default:
      return { AnnotationValue: { BooleanValue: value }, ServiceIds };
  }
}

function usersOf(requests: readonly ServedRequest[], accountId: string): TraceUser[] {
  const users = new Map<string, Map<string, ServiceId>>();
  for (const { node, documents } of requests.filter(isTold)) {
    for (const name of textsAt(documents, 'user')) {
      const services = users.get(name) ?? new Map<string, ServiceId>();
      users.set(name, services.set(keyOf(node), toServiceId(node, accountId)));
    }
  }
  return [...users].map(([UserName, services]) => ({ UserName, ServiceIds: [...services.values()] }));
}

/** Every text once. */
export function textsAt(documents: readonly Members[], ...path: readonly string[]): string[] {
  return [...new Set(documents.flatMap((members) => textAt(members, ...path) ?? []))];
}

function distinct<Value>(entries: readonly (readonly [key: string, value: Value])[]): Value[] {
  return [...new Map(entries).values()];
}
