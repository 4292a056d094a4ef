// Who a statement is about: the Principal element, and how a caller fits it.

import { fault, type PolicyFault } from './policy-fault.ts';

/** Who asks, as a resource policy sees it. */
export type RequestPrincipal =
  | { readonly kind: 'service' /** `apigateway.amazonaws.com` */; readonly service: string }
  | {
      readonly kind: 'aws';
      /** Twelve digits. */
      readonly account: string;
      /** User, root, assumed-role session or federated-user ARN. */
      readonly arn: string;
      /** For a session: the ARN of its role. */
      readonly roleArn?: string;
    }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'anonymous' };

/** A compiled Principal element. */
export interface PrincipalMatcher {
  /** `"*"` or `{"AWS": "*"}`. */
  readonly everyone: boolean;
  readonly aws: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly federated: ReadonlySet<string>;
  readonly canonicalUsers: ReadonlySet<string>;
}

/** Compiles `"*"` or a map of `AWS`, `Service`, `Federated`, `CanonicalUser`. */
export function compilePrincipal(value: unknown, path: string): PrincipalMatcher | PolicyFault {
  if (value === '*') return matcher(['*'], [], [], []);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault(path, 'A principal is "*" or a map of AWS, Service, Federated or CanonicalUser');
  }
  const lists = new Map<string, readonly string[]>();
  for (const [kind, entry] of Object.entries(value)) {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind)) {
      return fault(`${path}.${kind}`, `Unknown kind of principal: ${kind}`);
    }
    const names: unknown[] = Array.isArray(entry) ? entry : [entry];
    for (const [index, name] of names.entries()) {
      if (typeof name !== 'string' || name === '') return fault(`${path}.${kind}[${index}]`, 'A principal is named by text');
      if (kind === 'AWS' && !isAwsPrincipal(name))
        return fault(`${path}.${kind}[${index}]`, `Invalid principal in policy: ${name}`);
    }
    lists.set(kind, names as string[]);
  }
  if (lists.size === 0) return fault(path, 'A principal names somebody');
  return matcher(
    lists.get('AWS') ?? [],
    lists.get('Service') ?? [],
    lists.get('Federated') ?? [],
    lists.get('CanonicalUser') ?? [],
  );
}

/** Whether the caller is one of those named. */
export function isPrincipalNamed(named: PrincipalMatcher, principal: RequestPrincipal): boolean {
  if (named.everyone) return true;
  switch (principal.kind) {
    case 'service':
      return named.services.has(principal.service.toLowerCase());
    case 'federated':
      return named.federated.has(principal.provider);
    case 'anonymous':
      return false;
    case 'aws':
      return (
        named.aws.has(principal.account) ||
        named.aws.has(principal.arn) ||
        (principal.roleArn !== undefined && named.aws.has(principal.roleArn))
      );
  }
}

function matcher(
  aws: readonly string[],
  services: readonly string[],
  federated: readonly string[],
  canonicalUsers: readonly string[],
): PrincipalMatcher {
  return {
    everyone: aws.includes('*'),
    // An account id and its root ARN both mean the whole account.
    aws: new Set(aws.map((name) => /^arn:[^:]+:iam::(\d{12}):root$/.exec(name)?.[1] ?? name)),
    services: new Set(services.map((name) => name.toLowerCase())),
    federated: new Set(federated),
    canonicalUsers: new Set(canonicalUsers),
  };
}

// AWS: `*` stands alone; no wildcard inside a principal ARN. A deleted user or role leaves its unique id behind.
function isAwsPrincipal(name: string): boolean {
  if (name === '*' || /^\d{12}$/.test(name) || /^A(ID|RO)A[A-Z0-9]+$/.test(name)) return true;
  return (
    /^arn:aws[a-z-]*:(iam|sts)::(\d{12}):(root|user\/|role\/|assumed-role\/|federated-user\/)/.test(name) && !name.includes('*')
  );
}
