// What WAF keeps: sets, rule groups, web ACLs, what they are associated with and where they log.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { CustomResponseBodies, Document, FieldToMatchDocument, RuleDocument } from './rule-document.ts';
import type { Tags } from './tag-rules.ts';

/** `REGIONAL`: what this region serves. `CLOUDFRONT`: kept, in us-east-1. It is the parent of the documents' keys. */
export type WafScope = Wire.Scope;

/** What sets, groups and web ACLs have in common. Documents are kept under their id. */
export interface EntityDocument {
  readonly name: string;
  /** A UUID. */
  readonly id: string;
  readonly arn: string;
  /** '' for none. */
  readonly description: string;
  /** Another one after each change. */
  readonly lockToken: string;
  readonly tags: Tags;
}

export interface IpSetDocument extends EntityDocument {
  readonly ipAddressVersion: Wire.IPAddressVersion;
  /** CIDR blocks as they were given. */
  readonly addresses: readonly string[];
}

export interface RegexPatternSetDocument extends EntityDocument {
  readonly patterns: readonly string[];
}

/** A rule group or a web ACL. */
export interface RuleSetDocument extends EntityDocument {
  readonly rules: readonly RuleDocument[];
  readonly visibilityConfig: Document<Wire.VisibilityConfig>;
  readonly customResponseBodies?: CustomResponseBodies;
  /** In front of the labels of its rules: `awswaf:123456789012:webacl:shop:`. */
  readonly labelNamespace: string;
  /** In web ACL capacity units: of a rule group what it was created with, of a web ACL what it uses. */
  readonly capacity: number;
}

export type RuleGroupDocument = RuleSetDocument;

export interface WebAclDocument extends RuleSetDocument {
  readonly defaultAction: Document<Wire.DefaultAction>;
  readonly captchaConfig?: Document<Wire.CaptchaConfig>;
  readonly challengeConfig?: Document<Wire.ChallengeConfig>;
  /** `RequestBody.API_GATEWAY` says how much of a body is looked at. */
  readonly associationConfig?: Document<Wire.AssociationConfig>;
  /** Kept and shown. */
  readonly tokenDomains?: readonly string[];
  /** Kept and shown. */
  readonly onSourceDDoSProtectionConfig?: Document<Wire.OnSourceDDoSProtectionConfig>;
  /** Kept and shown. */
  readonly applicationConfig?: Document<Wire.ApplicationConfig>;
}

/** A stage of a REST API that a web ACL protects. The id of its key is the stage's ARN. */
export interface AssociationDocument {
  readonly resourceArn: string;
  readonly webAclArn: string;
  readonly restApiId: string;
  readonly stageName: string;
}

/** Where a web ACL logs. The id of its key is the web ACL's. */
export interface LoggingDocument {
  readonly webAclArn: string;
  /** As it was given, with or without `:*`. */
  readonly destinationArn: string;
  readonly logGroupName: string;
  readonly redactedFields?: readonly FieldToMatchDocument[];
  readonly loggingFilter?: Document<Wire.LoggingFilter>;
  /** As they were given. */
  readonly logType?: Wire.LogType;
  readonly logScope?: Wire.LogScope;
}

/** Kept and shown. The id of its key is the rule group's. */
export interface PermissionPolicyDocument {
  readonly policy: string;
}

export const ipSetKind = 'waf/ip-set';
export const regexPatternSetKind = 'waf/regex-pattern-set';
export const ruleGroupKind = 'waf/rule-group';
export const webAclKind = 'waf/web-acl';
export const associationKind = 'waf/association';
export const loggingKind = 'waf/logging-configuration';
export const permissionPolicyKind = 'waf/permission-policy';
