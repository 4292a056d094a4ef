// A web ACL as clients see it.

import type { WebACL } from '@aws-sdk/client-wafv2';
import { type Document, toWire } from './rule-document.ts';
import { toRuleSet } from './rule-set.ts';
import type { WebAclDocument } from './waf-documents.ts';

type Shown = Pick<
  WebACL,
  | 'DefaultAction'
  | 'CaptchaConfig'
  | 'ChallengeConfig'
  | 'AssociationConfig'
  | 'TokenDomains'
  | 'OnSourceDDoSProtectionConfig'
  | 'ApplicationConfig'
>;

export function toWebAcl(webAcl: WebAclDocument) {
  const shown: Document<Shown> = {
    DefaultAction: webAcl.defaultAction,
    CaptchaConfig: webAcl.captchaConfig,
    ChallengeConfig: webAcl.challengeConfig,
    AssociationConfig: webAcl.associationConfig,
    TokenDomains: webAcl.tokenDomains,
    OnSourceDDoSProtectionConfig: webAcl.onSourceDDoSProtectionConfig,
    ApplicationConfig: webAcl.applicationConfig,
  };
  const given = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)) as typeof shown;
  return {
    ...toRuleSet(webAcl),
    ...toWire<Shown>(given),
    // AWS: told of web ACLs that no Firewall Manager made too. Seen: AWS CLI reference, get-web-acl.
    ...{ ManagedByFirewallManager: false, RetrofittedByFirewallManager: false },
  };
}
