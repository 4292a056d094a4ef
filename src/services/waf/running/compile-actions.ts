// Actions of rules and web ACLs, as they run.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { WebAclAnswer } from '../../../data-plane/web-acls.ts';
import type { RuleAction } from '../inspection/rule.ts';
import type { CustomResponseBodies, Document } from '../rule-document.ts';

export type ActionDocument = Document<Wire.RuleAction>;

/** What actions refer to. */
export interface ActionContext {
  readonly bodies: CustomResponseBodies;
  /** ImmunityTime of the rule's, or else the web ACL's, CaptchaConfig and ChallengeConfig, in seconds. */
  readonly captchaImmunity: number;
  readonly challengeImmunity: number;
}

const contentTypes: Readonly<Record<string, string>> = {
  TEXT_PLAIN: 'text/plain',
  TEXT_HTML: 'text/html',
  APPLICATION_JSON: 'application/json',
};

/** AWS: in front of the name of every inserted header. Seen: WAF developer guide, custom requests. */
const INSERTED_PREFIX = 'x-amzn-waf-';

export function compileAction(document: ActionDocument, context: ActionContext): RuleAction {
  const { Allow, Block, Count, Captcha, Challenge } = document;
  if (Block !== undefined) {
    return {
      name: 'BLOCK',
      insertedHeaders: [],
      answer: compileAnswer(Block.CustomResponse, context.bodies),
      immunitySeconds: 0,
    };
  }
  const action = (
    name: RuleAction['name'],
    { CustomRequestHandling: handling }: Document<Wire.AllowAction>,
    immunitySeconds = 0,
  ) => ({
    ...{ name, immunitySeconds, answer: undefined },
    insertedHeaders: (handling?.InsertHeaders ?? []).flatMap(({ Name = '', Value = '' }) => [`${INSERTED_PREFIX}${Name}`, Value]),
  });
  if (Count !== undefined) return action('COUNT', Count);
  if (Captcha !== undefined) return action('CAPTCHA', Captcha, context.captchaImmunity);
  if (Challenge !== undefined) return action('CHALLENGE', Challenge, context.challengeImmunity);
  return action('ALLOW', Allow ?? {});
}

function compileAnswer(
  custom: Document<Wire.CustomResponse> | undefined,
  bodies: CustomResponseBodies,
): WebAclAnswer | undefined {
  if (custom === undefined) return undefined;
  const { ResponseCode: status = 403, CustomResponseBodyKey: key, ResponseHeaders = [] } = custom;
  const body = key !== undefined && Object.hasOwn(bodies, key) ? bodies[key] : undefined;
  return {
    status,
    contentType: body && contentTypes[body.ContentType ?? 'TEXT_PLAIN'],
    body: body?.Content ?? '',
    headers: ResponseHeaders.flatMap(({ Name = '', Value = '' }) => [Name, Value]),
  };
}
