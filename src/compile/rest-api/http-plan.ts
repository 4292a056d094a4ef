// HTTP and HTTP_PROXY as a plan: the URI taken apart, and where a VPC link leads.

import type { UriPiece } from '../../model/http-api-plan.ts';
import type { RestIntegration, RestStage } from '../../model/rest-api.ts';
import type {
  HttpTargetPlan,
  RestHttpPlan,
  RestIntegrationPlan,
  RestStreamPlan,
  RestUnservablePlan,
} from '../../model/rest-api-plan.ts';
import type { NetworkAddress, Surroundings } from '../http-api/surroundings.ts';
import { type MappedMembers, unservable } from './integration-plan.ts';
import { renderStageVariables } from './stage-variables.ts';

// scheme, authority, path, query; a fragment never leaves a client.
const HTTP_URI = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i;
// Printable ASCII without space: anything else could not stand in a request line.
const TARGET_TEXT = /^[\x21-\x7e]*$/;

export function planHttpIntegration(
  integration: RestIntegration,
  type: 'HTTP' | 'HTTP_PROXY',
  uri: string,
  mapped: MappedMembers,
  stage: RestStage,
  surroundings: Surroundings,
  stream: RestStreamPlan | undefined,
): RestIntegrationPlan {
  const isPrivate = integration.connectionType === 'VPC_LINK';
  const target = planHttpTarget(
    {
      uri,
      method: integration.httpMethod,
      insecureSkipVerification: integration.tlsConfig?.insecureSkipVerification === true,
      vpcTarget: isPrivate
        ? {
            loadBalancer: integration.integrationTarget,
            vpcLink: renderStageVariables(integration.connectionId ?? '', stage.variables ?? {}),
          }
        : undefined,
    },
    surroundings,
  );
  if ('type' in target) return target;
  return {
    type,
    ...mapped,
    ...target,
    ...(stream === undefined || type === 'HTTP' ? {} : { stream }),
  } satisfies RestHttpPlan;
}

/** What of an integration says where its requests go; stage variables are put in. */
export interface HttpTarget {
  readonly uri: string;
  readonly method: string | undefined;
  readonly insecureSkipVerification: boolean;
  /** Of a private integration. */
  readonly vpcTarget: { readonly loadBalancer: string | undefined; readonly vpcLink: string } | undefined;
}

export function planHttpTarget(target: HttpTarget, surroundings: Surroundings): HttpTargetPlan | RestUnservablePlan {
  const { uri, method, insecureSkipVerification, vpcTarget } = target;
  const match = HTTP_URI.exec(uri);
  if (match === null) return unservable(`The URI is no http:// or https:// URL: "${uri}".`);
  const protocol = (match[1] as string).toLowerCase() as 'http' | 'https';
  const authority = /^(\[[^\]]*\]|[^:@]+)(?::(\d{1,5}))?$/.exec(match[2] as string);
  const port = authority?.[2] === undefined ? (protocol === 'https' ? 443 : 80) : Number(authority[2]);
  if (authority === null || port < 1 || port > 65_535) return unservable(`The URI has no valid host and port: "${uri}".`);
  const pathText = match[3] ?? '/';
  const queryText = match[4] ?? '';
  if (!TARGET_TEXT.test(pathText) || !TARGET_TEXT.test(queryText)) {
    return unservable(`The URI holds characters that must be percent-encoded: "${uri}".`);
  }
  let connectTo: NetworkAddress | undefined;
  if (vpcTarget !== undefined) {
    connectTo = addressOf(vpcTarget, surroundings);
    if (connectTo === undefined) return withoutTarget(vpcTarget);
  }
  return {
    ...(method === undefined || method === '' || method === 'ANY' ? {} : { method }),
    protocol,
    host: splitUri(authority[1] as string),
    port,
    path: splitUri(pathText),
    query: splitUri(queryText),
    ...(connectTo === undefined ? {} : { connectTo }),
    insecureSkipVerification,
  };
}

type VpcTarget = NonNullable<HttpTarget['vpcTarget']>;

/** By the load balancer of the integration, or by its VPC link. */
function addressOf({ loadBalancer, vpcLink }: VpcTarget, { vpcTargets }: Surroundings): NetworkAddress | undefined {
  return (loadBalancer === undefined ? undefined : vpcTargets.get(loadBalancer)) ?? vpcTargets.get(vpcLink);
}

function withoutTarget({ loadBalancer, vpcLink }: VpcTarget): RestUnservablePlan {
  const name = loadBalancer ?? vpcLink;
  return {
    type: 'UNSERVABLE',
    waitsForOperator: true,
    reason:
      `The integration is private, and nothing says where ${name} is. Start Stagegate with --vpc-target '${name}=HOST:PORT', ` +
      'or put it under "vpcTarget" into stagegate.config.json.',
  };
}

/** `/a/{id}/b` -> ['/a/', {pathVariable: 'id'}, '/b']; `{proxy+}` and `{proxy}` mean the same here. */
export function splitUri(text: string): UriPiece[] {
  const pieces: UriPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{([A-Za-z0-9._-]+)\+?\}/g)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ pathVariable: match[1] as string });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
