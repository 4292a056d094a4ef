// What `stagegate explain` says about the method of a REST API that answers.

import type { UriPiece } from '../model/http-api-plan.ts';
import type { RestAuthorizationPlan, RestIntegrationPlan, RestMethodPlan } from '../model/rest-api-plan.ts';
import { plainText } from './terminal.ts';

export interface RestMatch {
  readonly routeKey: string;
  readonly resourceId: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorization: RestAuthorizationPlan;
  readonly apiKeyRequired: boolean;
  readonly integration: RestIntegrationPlan;
  readonly throttle?: RestMethodPlan['throttle'];
  readonly validation?: RestMethodPlan['validation'];
}

/** Rows of name and value, in the order in which a request meets them. */
export function restMatchRows(match: RestMatch): readonly (readonly [string, string])[] {
  const { throttle, validation, integration } = match;
  const responses = 'responses' in integration ? integration.responses : [];
  return [
    ['authorization', describeAuthorization(match.authorization)],
    ['API key', match.apiKeyRequired ? 'required' : 'not required'],
    ...(throttle === undefined
      ? []
      : [['throttle', `${throttle.rateLimit} a second, bursts of ${throttle.burstLimit}`] as const]),
    ...(validation === undefined ? [] : [['validation', describeValidation(validation)] as const]),
    ['integration', describeIntegration(integration)],
    ...('requestTemplates' in integration
      ? [
          [
            'templates',
            `${Object.keys(integration.requestTemplates).join(', ') || 'none'}; otherwise ${integration.passthroughBehavior}`,
          ] as const,
        ]
      : []),
    ...responses.map(({ statusCode, selectionPattern }, index) => {
      const when = selectionPattern === '' ? 'by default' : `when it matches ${plainText(selectionPattern)}`;
      return [index === 0 ? 'responses' : '', `${statusCode} ${when}`] as const;
    }),
  ];
}

function describeAuthorization(plan: RestAuthorizationPlan): string {
  if (plan.type === 'UNSERVABLE') return `nobody gets in: ${plan.reason}`;
  if (plan.type === 'TOKEN') return `TOKEN ${plan.name}, by header ${plan.header}`;
  if (plan.type === 'REQUEST') return `REQUEST ${plan.name}, by ${plan.identitySources.join(', ') || 'the whole request'}`;
  if (plan.type === 'COGNITO_USER_POOLS') return `COGNITO_USER_POOLS ${plan.name}, by header ${plan.header}`;
  return plan.type;
}

function describeValidation({ requiredParameters, bodySchemas }: NonNullable<RestMatch['validation']>): string {
  const parts = [
    ...(requiredParameters.length === 0 ? [] : [`needs ${requiredParameters.join(', ')}`]),
    ...(bodySchemas === undefined ? [] : [`bodies of ${Object.keys(bodySchemas).join(', ') || 'no type'}`]),
  ];
  return parts.join('; ') || 'nothing to check';
}

function describeIntegration(plan: RestIntegrationPlan): string {
  if (plan.type === 'UNSERVABLE') return `cannot be called: ${plan.reason}`;
  const waits = `waits ${plan.timeoutInMillis} ms`;
  if (plan.type === 'MOCK') return 'MOCK';
  if (plan.type === 'AWS_PROXY') return `AWS_PROXY ${plan.functionArn}, ${waits}`;
  if (plan.type === 'AWS_LAMBDA') return `AWS ${plan.functionArn}, ${waits}`;
  if (plan.type === 'AWS_SERVICE') return `AWS ${plan.service} at ${plan.endpoint}${textOf(plan.path)}, ${waits}`;
  const method = plan.method ?? "the client's method";
  return `${plan.type} ${method} ${plan.protocol}://${textOf(plan.host)}:${plan.port}${textOf(plan.path)}, ${waits}`;
}

function textOf(pieces: readonly UriPiece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : `{${piece.pathVariable}}`)).join('');
}
