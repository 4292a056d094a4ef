// The endpoint configuration of a REST API: one type, and the address types that go with it.

import type { EndpointConfiguration, EndpointType } from '../../model/rest-api.ts';
import type { PatchRow } from '../patch/patch-table.ts';
import { badRequest } from './refusals.ts';
import { type Input, present } from './service.ts';

type Sent = NonNullable<Input<'CreateRestApi'>['endpointConfiguration']>;

const onlyDualstack = 'Only dualstack ipAddressType is supported for Private APIs.';

/** What CreateRestApi keeps. AWS: EDGE and ipv4 where nothing is said, dualstack for private APIs. Seen: recorded answers. */
export function newEndpointConfiguration(sent: Sent | undefined): EndpointConfiguration {
  const types = sent?.types ?? ['EDGE'];
  if (types.length === 0) throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  // AWS: these words. Seen: recorded answers; behind CloudFormation they are "Cannot create a RestApi with multiple Endpoint Types."
  // (cdk-preflight's deployed cases, pf-apigw-endpoint-configuration-single-type).
  if (types.length > 1) throw badRequest('Cannot create an api with multiple Endpoint Types.');
  const isPrivate = types.includes('PRIVATE');
  if (isPrivate && sent?.ipAddressType === 'ipv4') throw badRequest(onlyDualstack);
  const vpcEndpointIds = sent?.vpcEndpointIds ?? [];
  if (vpcEndpointIds.length > 0 && !isPrivate) throw privateOnly();
  return present({
    types,
    ipAddressType: sent?.ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4'),
    vpcEndpointIds: vpcEndpointIds.length === 0 ? undefined : [...new Set(vpcEndpointIds)],
  });
}

/** AWS: these words, of CreateRestApi and ImportRestApi. Seen: cdk-preflight's deployed cases, vpc-endpoint-ids-private-only; aws-cdk#9588. */
function privateOnly(): Error {
  return badRequest('VPCEndpoints can only be specified with PRIVATE apis.');
}

/** Whether an API may be configured so, after what it was. Throws BadRequestException. */
export function checkEndpointMove(changed: EndpointConfiguration, former: EndpointConfiguration): void {
  if (former.types.includes('PRIVATE') && changed.types.includes('EDGE')) {
    // Source: developer guide, "Change a public or private API endpoint type"; what AWS answers is not known.
    throw badRequest('You cannot change a private API into an edge-optimized API.');
  }
  // AWS: so, also where the type changes and the ids stay. Seen: hashicorp/terraform-provider-aws#14269.
  const hasIds = (changed.vpcEndpointIds ?? []).length > 0;
  if (hasIds && changed !== former && !changed.types.includes('PRIVATE')) throw privateOnly();
}

interface Configured {
  readonly endpointConfiguration: EndpointConfiguration;
}

export function endpointConfigurationRows<State extends Configured>(): readonly PatchRow<State>[] {
  const changed = (state: State, members: Partial<EndpointConfiguration>): State => ({
    ...state,
    endpointConfiguration: present({ ...state.endpointConfiguration, ...members }),
  });
  return [
    {
      path: '/endpointConfiguration/ipAddressType',
      ops: ['replace'],
      apply(state, { value }) {
        if (value !== 'ipv4' && value !== 'dualstack') throw badRequest('ipAddressType must be either ipv4 or dualstack.');
        if (value === 'ipv4' && state.endpointConfiguration.types.includes('PRIVATE')) throw badRequest(onlyDualstack);
        return changed(state, { ipAddressType: value });
      },
    },
    {
      // The last segment is the type that goes, or its place.
      path: '/endpointConfiguration/types/{type}',
      ops: ['replace'],
      wrongOp: "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
      apply(state, { value }) {
        if (!isEndpointType(value)) {
          throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE');
        }
        const wasPrivate = state.endpointConfiguration.types.includes('PRIVATE');
        return changed(state, {
          types: [value],
          // AWS: a private API is dualstack at once. Seen: recorded answer, test_update_rest_api_ip_address_type.
          ...(value === 'PRIVATE' ? { ipAddressType: 'dualstack' } : {}),
          // AWS: one that is private no more is IPv4. Seen: developer guide, "Change a public or private API endpoint type".
          ...(value !== 'PRIVATE' && wasPrivate ? { ipAddressType: 'ipv4' } : {}),
        });
      },
    },
    {
      path: '/endpointConfiguration/vpcEndpointIds',
      ops: ['add', 'remove'],
      apply(state, { op, value = '' }) {
        const ids = (state.endpointConfiguration.vpcEndpointIds ?? []).filter((id) => id !== value);
        if (op === 'add') {
          if (value === '') throw badRequest('Invalid VPC endpoint id specified');
          ids.push(value);
        }
        return changed(state, { vpcEndpointIds: ids.length === 0 ? (undefined as never) : ids });
      },
    },
  ];
}

function isEndpointType(value: string | undefined): value is EndpointType {
  return value === 'EDGE' || value === 'REGIONAL' || value === 'PRIVATE';
}
