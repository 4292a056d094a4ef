// DomainNameAccessAssociation: CreateDomainNameAccessAssociation, GetDomainNameAccessAssociations, DeleteDomainNameAccessAssociation,
// RejectDomainNameAccessAssociation. Each lets the callers behind a VPC endpoint reach a private domain name; it belongs to the account of the
// endpoint, which may be another one than the domain name's.
// https://docs.aws.amazon.com/apigateway/latest/api/API_DomainNameAccessAssociation.html

import { parseArn, partitionOf } from '../../aws/arn.ts';
import { accessDenied } from '../../aws/authentication.ts';
import type { Caller } from '../../aws/operations.ts';
import type { DomainName, DomainNameAccessAssociation } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import {
  accessAssociationKey,
  accessAssociationKind,
  domainArn,
  domainIdentity,
  findDomainName,
} from '../apigatewayv2/domain-documents.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { mayAssociate } from './domain-name-policies.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { isId } from './usage-documents.ts';

export function domainNameAccessAssociationOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateDomainNameAccessAssociation(input: Input<'CreateDomainNameAccessAssociation'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { accessAssociationSource = '', accessAssociationSourceType, domainNameArn = '' } = input;
      if (accessAssociationSourceType !== 'VPCE') {
        throw badRequest('Invalid accessAssociationSourceType specified. Valid options are VPCE');
      }
      if (!/^vpce-[0-9a-z]{1,64}$/.test(accessAssociationSource)) {
        throw badRequest('Invalid accessAssociationSource specified: it must be the id of a VPC endpoint, e.g. vpce-0a1b2c3d');
      }
      const tags = newTags(input.tags, context.quotas);
      return store.transact(async (transaction) => {
        const { account, domain } = await loadByArn(transaction, scope, domainNameArn);
        if (account !== scope.account && !mayAssociate(domain, domainNameArn, scope.account)) {
          throw accessDenied(
            'apigateway',
            `User: arn:${partitionOf(scope.region)}:iam::${scope.account}:root is not authorized to perform: apigateway:CreateAccessAssociation on resource: ${domainNameArn} because its management policy does not allow it`,
          );
        }
        const association: DomainNameAccessAssociation = {
          accessAssociationSource,
          domainName: domain.domainName,
          // Only private names have ARNs with an account.
          domainNameId: domain.domainNameId as string,
          domainNameAccount: account,
          ...(Object.keys(tags).length === 0 ? {} : { tags }),
        };
        await assertEndpointIsFree(transaction, association);
        const most = context.quotas.domainNameAccessAssociationsPerRegion;
        const others = await transaction.list(scope, accessAssociationKind, '', { limit: most });
        if (others.items.length >= most) throw quotaReached('Domain name access associations');
        await transaction.put(accessAssociationKey(scope, association), association);
        return toAssociationOutput(scope, association);
      });
    },

    async GetDomainNameAccessAssociations(input: Input<'GetDomainNameAccessAssociations'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { resourceOwner = 'SELF' } = input;
      const found =
        resourceOwner === 'OTHER_ACCOUNTS' ? await ofOtherAccounts(store, scope) : await ownAssociations(store, scope);
      const outputs = found.map(({ key, document }) => toAssociationOutput(key.scope, document));
      const list = ['GetDomainNameAccessAssociations', scope.account, scope.region, resourceOwner];
      const page = pageOf(outputs, ({ domainNameAccessAssociationArn }) => domainNameAccessAssociationArn, input, list);
      return present({ items: [...page.items], position: page.position });
    },

    /** Its own account alone can. */
    async DeleteDomainNameAccessAssociation(input: Input<'DeleteDomainNameAccessAssociation'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { key } = await loadAssociation(transaction, scope, input.domainNameAccessAssociationArn);
        if (key.scope.account !== scope.account) throw unknownAssociation();
        await transaction.delete(key);
        return {};
      });
    },

    /** Calls through it are refused from now on; the account of the VPC endpoint still has it and may delete it. */
    async RejectDomainNameAccessAssociation(input: Input<'RejectDomainNameAccessAssociation'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { account, domain } = await loadByArn(transaction, scope, input.domainNameArn ?? '');
        if (account !== scope.account) throw unknownDomainName();
        const { key, document } = await loadAssociation(transaction, scope, input.domainNameAccessAssociationArn);
        const isOfDomain = document.domainNameAccount === account && domainIdentity(document) === domainIdentity(domain);
        if (!isOfDomain) throw unknownAssociation();
        // AWS: one's own is deleted instead. Seen: developer guide, "Stop sharing a private custom domain name". The sentence is ours.
        if (key.scope.account === scope.account) {
          throw badRequest('A domain name access association of your own account cannot be rejected. Delete it.');
        }
        const rejected: DomainNameAccessAssociation = { ...document, isRejected: true };
        await transaction.put(key, rejected);
        return {};
      });
    },
  } satisfies V1Operations;
}

interface StoredAssociation {
  readonly key: DocumentKey;
  readonly document: DomainNameAccessAssociation;
}

async function ownAssociations(reader: Reader, scope: Scope): Promise<readonly StoredAssociation[]> {
  const all = await reader.scan<DomainNameAccessAssociation>(accessAssociationKind);
  return all.filter(({ key }) => key.scope.account === scope.account && key.scope.region === scope.region);
}

/** Of other accounts with the caller's domain names, without those that the caller rejected. */
async function ofOtherAccounts(reader: Reader, scope: Scope): Promise<readonly StoredAssociation[]> {
  const all = await reader.scan<DomainNameAccessAssociation>(accessAssociationKind);
  return all.filter(
    ({ key, document }) =>
      key.scope.account !== scope.account &&
      key.scope.region === scope.region &&
      document.domainNameAccount === scope.account &&
      document.isRejected !== true,
  );
}

/** The private domain name of an ARN in the caller's region. Throws NotFoundException. */
async function loadByArn(
  reader: Reader,
  { region }: Scope,
  arn: string,
): Promise<{ readonly account: string; readonly domain: DomainName }> {
  const parsed = parseArn(arn);
  const [, name, id] = /^\/domainnames\/([^/+]+)\+([^/+]+)$/.exec(parsed?.resource ?? '') ?? [];
  const isHere = parsed?.service === 'apigateway' && parsed.region === region && isId(parsed.account) && id !== undefined;
  const domain = isHere ? await findDomainName(reader, { account: parsed.account, region }, name, id) : undefined;
  // One spelling only: policies are asked about the ARN as it was sent.
  if (parsed === undefined || domain === undefined || domainArn({ account: parsed.account, region }, domain) !== arn) {
    throw unknownDomainName();
  }
  return { account: parsed.account, domain };
}

/** By its ARN, in the caller's region; it may be another account's. Throws NotFoundException. */
export async function loadAssociation(reader: Reader, scope: Scope, arn = ''): Promise<StoredAssociation> {
  const parsed = parseArn(arn);
  const [, domainName = '', domainNameId = '', accessAssociationSource = ''] =
    /^\/domainnameaccessassociations\/domainname\/([^/+]+)\+([^/+]+)\/vpcesource\/([^/]+)$/.exec(parsed?.resource ?? '') ?? [];
  if (parsed?.service !== 'apigateway' || parsed.region !== scope.region || !isId(parsed.account)) throw unknownAssociation();
  const owner = { account: parsed.account, region: scope.region };
  const key = accessAssociationKey(owner, { domainName, domainNameId, accessAssociationSource });
  const document = isId(key.id) ? await reader.get<DomainNameAccessAssociation>(key) : undefined;
  if (document === undefined || associationArn(owner, document) !== arn) throw unknownAssociation();
  return { key, document };
}

/** By analogy with AWS's words for domain names. */
function unknownAssociation(): Error {
  return notFound('Invalid domain name access association identifier specified');
}

function unknownDomainName(): Error {
  return notFound('Invalid domain name identifier specified');
}

/**
 * AWS: private names that are called the same cannot be told apart behind one VPC endpoint. Seen: developer guide, considerations for
 * private custom domain names. The sentence is ours.
 */
async function assertEndpointIsFree(reader: Reader, wanted: DomainNameAccessAssociation): Promise<void> {
  const { accessAssociationSource, domainName } = wanted;
  const taken = (await reader.scan<DomainNameAccessAssociation>(accessAssociationKind)).some(
    ({ document }) => document.accessAssociationSource === accessAssociationSource && document.domainName === domainName,
  );
  if (taken) {
    throw conflict(
      `VPC endpoint ${accessAssociationSource} already has an association with a private domain name that is called ${domainName}`,
    );
  }
}

/** AWS: this ARN, with the account of the VPC endpoint. Seen: API reference, GetDomainNameAccessAssociations. */
export function associationArn({ account, region }: Scope, association: DomainNameAccessAssociation): string {
  const path = `domainname/${domainIdentity(association)}/vpcesource/${association.accessAssociationSource}`;
  return `arn:${partitionOf(region)}:apigateway:${region}:${account}:/domainnameaccessassociations/${path}`;
}

function toAssociationOutput(scope: Scope, association: DomainNameAccessAssociation) {
  const { accessAssociationSource, domainNameAccount, tags } = association;
  return present({
    domainNameAccessAssociationArn: associationArn(scope, association),
    domainNameArn: domainArn({ account: domainNameAccount, region: scope.region }, association),
    accessAssociationSourceType: 'VPCE' as const,
    accessAssociationSource,
    tags: tags && { ...tags },
  });
}
