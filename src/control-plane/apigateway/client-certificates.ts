// ClientCertificate: GenerateClientCertificate, GetClientCertificate, GetClientCertificates, UpdateClientCertificate,
// DeleteClientCertificate. https://docs.aws.amazon.com/apigateway/latest/api/API_ClientCertificate.html

import type { Caller } from '../../aws/operations.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { WebSocketStage } from '../../model/websocket-api.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { stageKind as v2StageKind } from '../apigatewayv2/documents.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { textOrNone } from './api-key-values.ts';
import { stageKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, notFound, quotaReached } from './refusals.ts';
import { makeSelfSignedCertificate } from './self-signed-certificate.ts';
import { type Input, present, scopeOf, type V1Operations } from './service.ts';
import type { UsageContext } from './usage-context.ts';
import { isId } from './usage-documents.ts';

const clientCertificateKind = 'apigateway/client-certificate';
/** Source: "Amazon API Gateway quotas". */
const CERTIFICATES_PER_REGION = 60;
const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

/** A certificate as it is kept. */
interface StoredClientCertificate {
  readonly id: string;
  readonly description?: string;
  readonly pemEncodedCertificate: string;
  /** Encrypted under the master key. */
  readonly sealedPrivateKey: string;
  readonly createdDate: string;
  readonly expirationDate: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export function clientCertificateOperations(context: UsageContext) {
  const { store } = context;
  return {
    async GenerateClientCertificate(input: Input<'GenerateClientCertificate'>, caller: Caller) {
      const scope = scopeOf(caller);
      const tags = newTags(input.tags, context.quotas);
      const createdDate = context.timestamp();
      const from = Date.parse(createdDate);
      const expires = new Date(from + VALID_DAYS * DAY_MS);
      // Before the transaction: a key takes a moment, and there is one writer.
      const { certificatePem, privateKeyPem } = await makeSelfSignedCertificate('ApiGateway', new Date(from), expires);
      return store.transact(async (transaction) => {
        const others = await transaction.list(scope, clientCertificateKind, '', { limit: CERTIFICATES_PER_REGION });
        if (others.items.length >= CERTIFICATES_PER_REGION) throw quotaReached('Client certificates');
        const id = await newIdentifier(transaction, 6, (each) => clientCertificateKey(scope, each));
        const certificate: StoredClientCertificate = present({
          id,
          description: textOrNone(input.description),
          pemEncodedCertificate: certificatePem,
          sealedPrivateKey: context.keySecrets.box.seal(privateKeyPem, ownerOf(id)),
          createdDate,
          expirationDate: `${expires.toISOString().slice(0, 19)}Z`,
          tags: Object.keys(tags).length === 0 ? undefined : tags,
        });
        await transaction.put(clientCertificateKey(scope, id), certificate);
        return toClientCertificateOutput(certificate);
      });
    },

    async GetClientCertificate(input: Input<'GetClientCertificate'>, caller: Caller) {
      return withTags(await loadClientCertificate(store, scopeOf(caller), input.clientCertificateId));
    },

    async GetClientCertificates(input: Input<'GetClientCertificates'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { items } = await store.list<StoredClientCertificate>(scope, clientCertificateKind, '');
      const list = ['GetClientCertificates', scope.account, scope.region];
      const page = pageOf(items, (certificate) => certificate.id, input, list);
      return present({ items: page.items.map(toClientCertificateOutput), position: page.position });
    },

    async UpdateClientCertificate(input: Input<'UpdateClientCertificate'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadClientCertificate(transaction, scope, input.clientCertificateId);
        const certificate = applyPatch(clientCertificatePatch, former, input.patchOperations);
        await transaction.put(clientCertificateKey(scope, certificate.id), certificate);
        return withTags(certificate);
      });
    },

    async DeleteClientCertificate(input: Input<'DeleteClientCertificate'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadClientCertificate(transaction, scope, input.clientCertificateId);
        const stages = [
          ...(await transaction.scan<RestStage>(stageKind)),
          ...(await transaction.scan<WebSocketStage>(v2StageKind)),
        ];
        const user = stages.find(
          ({ key, document }) =>
            key.scope.account === scope.account && key.scope.region === scope.region && document.clientCertificateId === id,
        );
        // AWS refuses this, too; its words are not known.
        if (user !== undefined) {
          throw badRequest(`Client certificate ${id} is used by stage ${user.document.stageName} of API ${user.key.parent}`);
        }
        await transaction.delete(clientCertificateKey(scope, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const clientCertificatePatch: PatchTable<StoredClientCertificate> = { manner: 'listing', rows: [textRow('description')] };

export function clientCertificateKey(scope: Scope, id: string): DocumentKey {
  return { scope, kind: clientCertificateKind, parent: '', id };
}

export async function loadClientCertificate(
  reader: Reader,
  scope: Scope,
  id: string | undefined,
): Promise<StoredClientCertificate> {
  const certificate = isId(id) ? await reader.get<StoredClientCertificate>(clientCertificateKey(scope, id)) : undefined;
  // From memory of the service.
  if (certificate === undefined) throw notFound('Invalid Client Certificate identifier specified');
  return certificate;
}

/** The certificate of a stage, for who opens its key; undefined for none. */
export async function findSealedCertificate(
  reader: Reader,
  scope: Scope,
  id: string | undefined,
): Promise<SealedClientCertificate | undefined> {
  const certificate = isId(id) ? await reader.get<StoredClientCertificate>(clientCertificateKey(scope, id)) : undefined;
  if (id === undefined || certificate === undefined) return undefined;
  const { pemEncodedCertificate: certificatePem, sealedPrivateKey } = certificate;
  return { name: `${scope.account}/${scope.region}/${id}`, certificatePem, sealedPrivateKey, owner: ownerOf(id) };
}

export interface SealedClientCertificate {
  /** Tells it from all others. */
  readonly name: string;
  readonly certificatePem: string;
  /** Opens under the master key, for this owner. */
  readonly sealedPrivateKey: string;
  readonly owner: string;
}

/** What a sealed key belongs to. */
const ownerOf = (id: string) => `client certificate ${id}`;

function toClientCertificateOutput(certificate: StoredClientCertificate) {
  return present({
    clientCertificateId: certificate.id,
    description: certificate.description,
    pemEncodedCertificate: certificate.pemEncodedCertificate,
    createdDate: new Date(certificate.createdDate),
    expirationDate: new Date(certificate.expirationDate),
    tags: certificate.tags === undefined ? undefined : { ...certificate.tags },
  });
}

function withTags(certificate: StoredClientCertificate) {
  return { ...toClientCertificateOutput(certificate), tags: { ...certificate.tags } };
}
