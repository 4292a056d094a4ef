// What the data plane needs from the web application firewall, in its own words.

import type { Scope } from '../model/scope.ts';

/** A request as a web ACL looks at it. Text is latin1: one character for each byte that came in. */
export interface InspectedRequest {
  /** The address of the connection's other end. */
  readonly clientIp: string;
  readonly method: string;
  /** As received, not decoded, with the stage: `/prod/pets`. */
  readonly path: string;
  /** As received, without the question mark; '' for none. */
  readonly query: string;
  /** Name and value in turn, in the order and the case they came. */
  readonly headers: readonly string[];
  /** At most `WebAcl.bodyBytes` of it. */
  readonly body: string;
  /** Bytes of the whole body. */
  readonly bodyLength: number;
  /** `HTTP/1.1` */
  readonly httpVersion: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** The extended one: `GINMHHUgoAMFxug=`. */
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a web ACL answers a request with that it does not let pass. */
export interface WebAclAnswer {
  readonly status: number;
  /** Undefined: no body. */
  readonly contentType: string | undefined;
  readonly body: string;
  /** Name and value in turn. */
  readonly headers: readonly string[];
}

export interface WebAclVerdict {
  readonly action: 'ALLOW' | 'BLOCK' | 'CAPTCHA' | 'CHALLENGE';
  /** For the developer: which rule decided. */
  readonly reason: string;
  /** Of a request that passes: headers for the backend, name and value in turn. */
  readonly insertedHeaders: readonly string[];
  /** Of one that does not: an answer of the web ACL's own; undefined for the gateway's. */
  readonly answer: WebAclAnswer | undefined;
}

export interface WebAcl {
  readonly arn: string;
  /** How much of a body its rules look at; 0 when none does. */
  readonly bodyBytes: number;
  /** Looks at one request, counts it and tells of it. Never waits and never throws. */
  inspect(request: InspectedRequest): WebAclVerdict;
}

/** The web ACL of one stage, whatever it is at the moment. */
export interface StageWebAcl {
  /** Undefined: none is associated. */
  readonly current: WebAcl | undefined;
}

export interface WebAcls {
  /** Asked once when a stage is assembled; associations are followed from then on. */
  bind(stage: { readonly scope: Scope; readonly apiId: string; readonly stageName: string }): StageWebAcl;
}
