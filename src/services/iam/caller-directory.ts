// Who owns which access key and what its policies say, in memory, so that no request asks the database. Follows the store's change
// feed: an acknowledged change is in effect.

import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { type Policy, parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import type { Scope } from '../../model/scope.ts';
import type { Change, DocumentKey, Store } from '../../store/store.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import {
  type AccessKeyDocument,
  accessKeyKind,
  type PolicyDocument,
  type PrincipalDocument,
  policyKey,
  policyKind,
  type RoleDocument,
  roleKey,
  roleKind,
  type UserDocument,
  userKey,
  userKind,
} from './iam-documents.ts';
import type { SecretBox } from './secret-box.ts';

const KINDS = [userKind, roleKind, policyKind, accessKeyKind] as const;

interface HeldKey {
  readonly scope: Scope;
  readonly document: AccessKeyDocument;
}

export class CallerDirectory {
  readonly #store: Store;
  readonly #secrets: SecretBox;
  readonly #onNotice: (notice: string) => void;
  /** What was said since the last change; it is asked again with every request. */
  readonly #said = new Set<string>();
  /** Users, roles and policies by the text of their key. */
  readonly #documents = new Map<string, unknown>();
  /** Access key ids are unique everywhere. */
  readonly #keys = new Map<string, HeldKey>();
  /** What was made of the above for a key; forgotten with every change of IAM. */
  readonly #credentials = new Map<string, CallerCredentials>();

  constructor(store: Store, secrets: SecretBox, onNotice: (notice: string) => void) {
    this.#store = store;
    this.#secrets = secrets;
    this.#onNotice = onNotice;
  }

  /** Reads what is there and follows what comes. Call once, before anybody is let in. */
  async start(): Promise<void> {
    for (const kind of KINDS) {
      for (const { key, document } of await this.#store.scan(kind)) this.#hold(key, document);
    }
    this.#store.subscribe((changes) => this.#follow(changes));
  }

  /** The owner of an active key. */
  find(accessKeyId: string): CallerCredentials | undefined {
    const known = this.#credentials.get(accessKeyId);
    if (known !== undefined) return known;
    const held = this.#keys.get(accessKeyId);
    const made = held === undefined ? undefined : this.#credentialsOf(held);
    if (made !== undefined) this.#credentials.set(accessKeyId, made);
    return made;
  }

  userNameOf(accessKeyId: string | undefined): string | undefined {
    return accessKeyId === undefined ? undefined : this.find(accessKeyId)?.userName;
  }

  user(scope: Scope, name: string): UserDocument | undefined {
    return this.#documents.get(nameOf(userKey(scope, name))) as UserDocument | undefined;
  }

  role(scope: Scope, name: string): RoleDocument | undefined {
    return this.#documents.get(nameOf(roleKey(scope, name))) as RoleDocument | undefined;
  }

  async #follow(changes: readonly Change[]): Promise<void> {
    for (const { key, operation } of changes) {
      if (!(KINDS as readonly string[]).includes(key.kind)) continue;
      const document = operation === 'delete' ? undefined : await this.#store.get(key);
      if (document === undefined) this.#drop(key);
      else this.#hold(key, document);
      this.#credentials.clear();
      this.#said.clear();
    }
  }

  #hold(key: DocumentKey, document: unknown): void {
    if (key.kind === accessKeyKind) this.#keys.set(key.id, { scope: key.scope, document: document as AccessKeyDocument });
    else this.#documents.set(nameOf(key), document);
  }

  #drop(key: DocumentKey): void {
    if (key.kind === accessKeyKind) this.#keys.delete(key.id);
    else this.#documents.delete(nameOf(key));
  }

  #credentialsOf({ scope, document }: HeldKey): CallerCredentials | undefined {
    const { accessKeyId, userName, status, sealedSecret } = document;
    if (status !== 'Active') return undefined;
    const user = this.user(scope, userName);
    if (user === undefined) return undefined;
    const secretAccessKey = this.#secrets.open(sealedSecret, accessKeyId);
    if (secretAccessKey === undefined) {
      this.#say(`The access key ${accessKeyId} of user ${userName} cannot be decrypted with this master key: it lets nobody in.`);
      return undefined;
    }
    return {
      accessKeyId,
      secretAccessKey,
      account: scope.account,
      arn: user.arn,
      userId: user.id,
      userName: user.name,
      tags: user.tags,
      policies: this.#policiesOf(scope, user),
    };
  }

  #policiesOf(scope: Scope, principal: PrincipalDocument): readonly Policy[] {
    const texts = [...Object.values(principal.inline)];
    for (const arn of principal.attached) {
      const text = awsManagedPolicy(arn)?.document ?? this.#defaultVersionOf(scope, arn);
      // A policy that is attached and gone might have been a deny: nothing is allowed until that is cleared up.
      if (text === undefined) return this.#unusable(principal, `the attached policy ${arn} is missing`);
      texts.push(text);
    }
    const policies: Policy[] = [];
    for (const text of texts) {
      const policy = parsePolicy(text, 'identity');
      if (isFault(policy)) return this.#unusable(principal, `${policy.path}: ${policy.message}`);
      policies.push(policy);
    }
    return policies;
  }

  #defaultVersionOf(scope: Scope, arn: string): string | undefined {
    const policy = this.#documents.get(nameOf(policyKey(scope, arn))) as PolicyDocument | undefined;
    return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.document;
  }

  #unusable({ arn }: PrincipalDocument, why: string): readonly Policy[] {
    this.#say(`The policies of ${arn} cannot be used (${why}): it may do nothing.`);
    return [];
  }

  #say(notice: string): void {
    if (this.#said.has(notice)) return;
    this.#said.add(notice);
    this.#onNotice(notice);
  }
}

function nameOf({ scope, kind, id }: DocumentKey): string {
  return JSON.stringify([scope.account, scope.region, kind, id]);
}
