// The routing mode of a domain name, in both versions' words, and what goes with it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-mode.html

import type { DomainName, RoutingMode } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { findRestApi } from '../apigateway/documents.ts';
import { domainIdentity, loadApiMappings } from './domain-documents.ts';
import { badRequest } from './refusals.ts';

const modes: readonly RoutingMode[] = ['API_MAPPING_ONLY', 'ROUTING_RULE_ONLY', 'ROUTING_RULE_THEN_API_MAPPING'];

/** The names of v1, in the same order. */
const modesOfV1 = ['BASE_PATH_MAPPING_ONLY', 'ROUTING_RULE_ONLY', 'ROUTING_RULE_THEN_BASE_PATH_MAPPING'] as const;

/** AWS: mappings alone where nothing is said. Throws BadRequestException. */
export function checkedRoutingMode(sent: string | undefined): RoutingMode {
  return named(sent, modes);
}

/** From the words of v1. Throws BadRequestException. */
export function routingModeFromV1(sent: string | undefined): RoutingMode {
  return named(sent, modesOfV1);
}

export function routingModeOfV1(mode: RoutingMode): (typeof modesOfV1)[number] {
  // The lists have the same order.
  return modesOfV1[modes.indexOf(mode)] as (typeof modesOfV1)[number];
}

function named(sent: string | undefined, names: readonly string[]): RoutingMode {
  const mode = sent ? modes[names.indexOf(sent)] : 'API_MAPPING_ONLY';
  if (mode === undefined) throw badRequest(`Invalid routingMode specified. Valid options are ${names.join(',')}`);
  return mode;
}

/** AWS: in this mode no mapping is created; those that are there stay. Seen: developer guide, "Set the routing mode". The sentence is ours. */
export function assertTakesMappings({ routingMode }: DomainName): void {
  if (routingMode !== 'ROUTING_RULE_ONLY') return;
  throw badRequest(
    'API mappings cannot be created for a domain name with the routing mode ROUTING_RULE_ONLY. Set another routing mode first.',
  );
}

/**
 * Routing rules lead to REST APIs, and a domain name that has them leads to no other.
 * AWS: no routing rules beside mappings to REST and HTTP APIs. Seen: developer guide, considerations. That mappings to HTTP or WebSocket
 * APIs alone do not go with them, either, is our reading of it.
 */
export async function assertTakesRules(reader: Reader, scope: Scope, domain: DomainName): Promise<void> {
  if (domain.routingMode === 'API_MAPPING_ONLY') return;
  for (const { apiId } of await loadApiMappings(reader, scope, domainIdentity(domain))) {
    await assertIsRestApi(reader, scope, apiId);
  }
}

/** For a new target of a mapping. */
export async function assertGoesWithRules(reader: Reader, scope: Scope, domain: DomainName, apiId: string): Promise<void> {
  if (domain.routingMode !== 'API_MAPPING_ONLY') await assertIsRestApi(reader, scope, apiId);
}

async function assertIsRestApi(reader: Reader, scope: Scope, apiId: string): Promise<void> {
  if ((await findRestApi(reader, scope, apiId)) !== undefined) return;
  throw badRequest(
    `Routing rules are not supported for a domain name that has an API mapping to an HTTP or WebSocket API, here to ${apiId}. Its routing mode can only be API_MAPPING_ONLY.`,
  );
}
