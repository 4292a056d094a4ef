// The settings of a web ACL beside its rules: which are run, which are only kept, which are refused.

import { checkChallengeConfig } from './checks/rule-checks.ts';
import { invalidParameter, limitsExceeded } from './refusals.ts';
import type { Document } from './rule-document.ts';
import type { Input, WafContext } from './waf-context.ts';
import type { WebAclDocument } from './waf-documents.ts';

type Given = Input<'CreateWebACL'> | Input<'UpdateWebACL'>;
type Settings = Pick<
  WebAclDocument,
  | 'captchaConfig'
  | 'challengeConfig'
  | 'associationConfig'
  | 'tokenDomains'
  | 'onSourceDDoSProtectionConfig'
  | 'applicationConfig'
>;

/** AWS: Seen: WAF quotas. */
const TOKEN_DOMAINS_MAX = 10;

/** Throws WAFInvalidParameterException or WAFLimitsExceededException. */
export function checkSettings(input: Given): void {
  checkChallengeConfig(input.ChallengeConfig);
  // Kept only, it would be a promise about what logs show, and a broken one.
  if (input.DataProtectionConfig !== undefined) {
    throw invalidParameter('DataProtectionConfig is not run here.', 'DATA_PROTECTION_CONFIG', 'DataProtectionConfig');
  }
  if (input.MonetizationConfig !== undefined) {
    throw invalidParameter('MonetizationConfig is not run here.', 'MONETIZATION_CONFIG', 'MonetizationConfig');
  }
  if ((input.TokenDomains ?? []).length > TOKEN_DOMAINS_MAX) {
    throw limitsExceeded(`A web ACL can have at most ${TOKEN_DOMAINS_MAX} token domains.`);
  }
}

export function settingsOf(document: Document<Given>): Settings {
  const settings = {
    captchaConfig: document.CaptchaConfig,
    challengeConfig: document.ChallengeConfig,
    associationConfig: document.AssociationConfig,
    tokenDomains: document.TokenDomains,
    onSourceDDoSProtectionConfig: document.OnSourceDDoSProtectionConfig,
    applicationConfig: document.ApplicationConfig,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings;
}

/** Says what is kept and does nothing. */
export function tellSettings({ keptOnly }: WafContext, input: Given): void {
  if ((input.TokenDomains ?? []).length > 0) keptOnly('TokenDomains of a web ACL');
  if (input.OnSourceDDoSProtectionConfig !== undefined) keptOnly('OnSourceDDoSProtectionConfig of a web ACL');
  if (input.ApplicationConfig !== undefined) keptOnly('ApplicationConfig of a web ACL');
  const others = Object.keys(input.AssociationConfig?.RequestBody ?? {}).filter((type) => type !== 'API_GATEWAY');
  for (const type of others) keptOnly(`AssociationConfig of a web ACL for ${type}`);
}
