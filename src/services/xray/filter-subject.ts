// What the keywords of a filter stand for: of a whole trace, of one request of a service, or of one call of it.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html

import type { Http, TraceSummary } from '@aws-sdk/client-xray';
import type { FlagKeyword, NumberKeyword, TextKeyword } from './filter-parser.ts';
import { isMembers, type Members, memberAt } from './segment.ts';
import { isInProgress, type Outcome, outcomeOf, type ServedRequest, secondsBetween } from './served-requests.ts';
import { textAt } from './service-node.ts';
import { type AnnotationScalar, annotationEntries, httpOf, textsAt } from './trace-summary.ts';

export interface FilterSubject {
  flag(keyword: FlagKeyword): boolean;
  number(keyword: NumberKeyword): number | undefined;
  texts(keyword: TextKeyword): readonly string[];
  annotations(key: string): readonly AnnotationScalar[];
}

/**
 * AWS: errors that stayed inside are not those of the trace. Seen: developer guide, "Simple keywords and operators only
 * find issues at the trace level".
 */
export function traceSubject(summary: TraceSummary, requests: () => readonly ServedRequest[]): FilterSubject {
  const { HasFault = false, HasError = false, HasThrottle = false, IsPartial = false, Http = {} } = summary;
  const documents = () => requests().flatMap((request) => request.documents);
  const flags: Readonly<Record<FlagKeyword, () => boolean>> = {
    ok: () => !HasFault && !HasError,
    error: () => HasError,
    throttle: () => HasThrottle,
    fault: () => HasFault,
    partial: () => IsPartial,
    inferred: () => requests().some(({ isInferred }) => isInferred),
    remote: () => requests().some(({ node }) => node.isOutside),
    root: () => requests().some(({ isRoot }) => isRoot),
    first: () => requests().length > 0,
    last: () => requests().length > 0,
  };
  const texts: Readonly<Record<TextKeyword, () => readonly (string | undefined)[]>> = {
    ...httpTexts(Http),
    user: () => (summary.Users ?? []).map(({ UserName }) => UserName),
    name: () => (summary.ServiceIds ?? []).map(({ Name }) => Name),
    type: () => (summary.ServiceIds ?? []).map(({ Type }) => Type),
    message: () => documents().flatMap(exceptionMessages),
    availabilityzone: () => (summary.AvailabilityZones ?? []).map(({ Name }) => Name),
    'instance.id': () => (summary.InstanceIds ?? []).map(({ Id }) => Id),
    'resource.arn': () => (summary.ResourceARNs ?? []).map(({ ARN }) => ARN),
  };
  return {
    flag: (keyword) => flags[keyword](),
    number: (keyword) =>
      ({ responsetime: summary.ResponseTime, duration: summary.Duration, 'http.status': Http.HttpStatus })[keyword],
    texts: (keyword) => texts[keyword]().filter((text) => text !== undefined),
    annotations: (key) => {
      const { Annotations = {} } = summary;
      const values = Object.hasOwn(Annotations, key) ? Annotations[key] : undefined;
      return (values ?? []).flatMap(
        ({ AnnotationValue: value }) => value?.StringValue ?? value?.NumberValue ?? value?.BooleanValue ?? [],
      );
    },
  };
}

/** `as`: what the service itself tells of the request, or what is told of the connection it came by. */
export function requestSubject(
  request: ServedRequest,
  as: 'service' | 'edge',
  requests: readonly ServedRequest[],
): FilterSubject {
  const { node, span: served, isInferred, isRoot } = request;
  const span = as === 'service' ? served : request.call;
  const documents = as === 'service' ? request.documents : [...new Set([span.members, ...request.documents])];
  const hasOutcome = (outcome: Outcome) => outcomeOf(span.members) === outcome;
  const flags: Readonly<Record<FlagKeyword, () => boolean>> = {
    ok: () => hasOutcome('ok'),
    // A throttled request is an error too.
    error: () => span.members['error'] === true,
    throttle: () => span.members['throttle'] === true,
    fault: () => hasOutcome('fault'),
    partial: () => isInProgress(span),
    inferred: () => isInferred,
    remote: () => node.isOutside,
    root: () => isRoot,
    // Ours: the list that is meant is that of the trace's requests in the order of their time.
    first: () => requests[0] === request,
    last: () => requests.at(-1) === request,
  };
  const http = { ...httpOf(served.members), ...httpOf(span.members) };
  const texts: Readonly<Record<TextKeyword, () => readonly (string | undefined)[]>> = {
    ...httpTexts(http),
    user: () => textsAt(documents, 'user'),
    name: () => [node.name],
    type: () => [node.type],
    message: () => documents.flatMap(exceptionMessages),
    availabilityzone: () => textsAt(documents, 'aws', 'ec2', 'availability_zone'),
    'instance.id': () => textsAt(documents, 'aws', 'ec2', 'instance_id'),
    'resource.arn': () => textsAt(documents, 'resource_arn'),
  };
  const responseTime = span.endTime === undefined ? undefined : secondsBetween(span.startTime, span.endTime);
  const duration = as === 'service' ? secondsBetween(served.startTime, request.lastEnd) : responseTime;
  return {
    flag: (keyword) => flags[keyword](),
    number: (keyword) => ({ responsetime: responseTime, duration, 'http.status': http.HttpStatus })[keyword],
    texts: (keyword) => texts[keyword]().filter((text) => text !== undefined),
    annotations: (key) => documents.flatMap(annotationEntries).flatMap(([name, value]) => (name === key ? [value] : [])),
  };
}

function httpTexts(http: Http) {
  return {
    'http.url': () => [http.HttpURL],
    'http.method': () => [http.HttpMethod],
    'http.useragent': () => [http.UserAgent],
    'http.clientip': () => [http.ClientIp],
  };
}

function exceptionMessages(members: Members): string[] {
  const exceptions = memberAt(members, 'cause', 'exceptions');
  if (!Array.isArray(exceptions)) return [];
  return exceptions.flatMap((each: unknown) => (isMembers(each) ? (textAt(each, 'message') ?? []) : []));
}
