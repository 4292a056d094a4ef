// Where an HTTP backend is, of integrations whose URI names it: the connection's origin and the Host line, from the target as planned.

import type { ClientCertificate, UpstreamOrigin } from '../../http1/message.ts';
import type { HttpTargetPlan } from '../../model/rest-api-plan.ts';

export type OriginTls = Pick<UpstreamOrigin, 'anyIssuer' | 'clientCertificate'>;

/** `clientCertificate` is what backends are shown that ask for one. Undefined for a connection without TLS. */
export function tlsOf(
  { protocol, insecureSkipVerification }: Pick<HttpTargetPlan, 'protocol' | 'insecureSkipVerification'>,
  clientCertificate?: ClientCertificate,
): OriginTls | undefined {
  if (protocol !== 'https') return undefined;
  return {
    // AWS: name and dates of the certificate are checked all the same. Seen: API reference, TlsConfig.
    ...(insecureSkipVerification ? { anyIssuer: true } : {}),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
}

/** `host` as it stands in the URI: an IPv6 address in brackets. */
export function originOf(
  { protocol, port, connectTo }: Pick<HttpTargetPlan, 'protocol' | 'port' | 'connectTo'>,
  host: string,
  tls: OriginTls | undefined,
): UpstreamOrigin {
  const bare = host.replace(/^\[|\]$/g, '');
  if (connectTo === undefined) return { protocol, host: bare, port, ...tls };
  // Through a VPC link: the connection goes where the operator said, the name stays the URI's.
  const origin = { protocol, host: connectTo.host, port: connectTo.port, ...tls };
  return protocol === 'https' ? { ...origin, serverName: bare } : origin;
}

export function hostLineOf({ protocol, port }: Pick<HttpTargetPlan, 'protocol' | 'port'>, host: string): string {
  return port === (protocol === 'https' ? 443 : 80) ? `Host: ${host}\r\n` : `Host: ${host}:${port}\r\n`;
}
