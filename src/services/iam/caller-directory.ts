// Who owns which access key and what its policies say, in memory, so that no request asks the database. Follows the store's change
// feed: an acknowledged change is in effect.

import { parseArn } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import type { AssumedRole, RoleUse } from '../../data-plane/iam/role-lookup.ts';
import { conditionContext, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import { type Policy, parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import type { Scope } from '../../model/scope.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { Change, DocumentKey, Store } from '../../store/store.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import {
  type AccessKeyDocument,
  accessKeyKind,
  iamPartition,
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
import { openSessionToken } from './session-token.ts';
import { mergedTags } from './tags.ts';

/** Credentials that are held ready; each is a few kilobytes. */
const CREDENTIALS_MAX = 10_000;

/** Roles that are held ready. */
const ROLES_MAX = 1_000;

const SESSION_NAME = 'BackplaneAssumeRoleSession';

const KINDS = [userKind, roleKind, policyKind, accessKeyKind] as const;

/** A role with its policies compiled. */
interface AssumableRole {
  /** Empty when it cannot be read: it trusts nobody. */
  readonly trust: readonly Policy[];
  readonly session: AssumedRole;
}

/** A service that wants to assume a role, and for what. */
export interface ServiceUse {
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

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
  /** The same for a role that integrations name, by its ARN: they ask with every request. */
  readonly #assumable = new Map<string, AssumableRole>();

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

  /** The owner of an active key; of temporary credentials, when the token is theirs. Whether they are over is the verifier's affair. */
  find(accessKeyId: string, sessionToken?: string): CallerCredentials | undefined {
    const known = this.#credentials.get(accessKeyId);
    if (known !== undefined && known.sessionToken === sessionToken) return known;
    const made = sessionToken === undefined ? this.#keyOwner(accessKeyId) : this.#sessionOwner(accessKeyId, sessionToken);
    if (made === undefined) return undefined;
    // Sessions are many and end by themselves; the oldest go first and are made again from their token.
    if (this.#credentials.size >= CREDENTIALS_MAX) this.#credentials.delete(this.#credentials.keys().next().value as string);
    this.#credentials.set(accessKeyId, made);
    return made;
  }

  /**
   * Who makes a call of the control plane; undefined for the account itself (the administrator, and keys that nobody has with
   * `--auth open`). A verified key is taken as it was then: if it is deleted while the call runs, the caller is still no other.
   */
  callerOf({ key, accessKeyId, sessionToken }: Caller): CallerCredentials | undefined {
    if (key !== undefined) return isCallerCredentials(key) ? key : undefined;
    return accessKeyId === undefined ? undefined : this.find(accessKeyId, sessionToken);
  }

  /** The document of a managed policy; undefined when there is none. */
  policyText(scope: Scope, arn: string): string | undefined {
    return awsManagedPolicy(arn)?.document ?? this.#defaultVersionOf(scope, arn);
  }

  user(scope: Scope, name: string): UserDocument | undefined {
    return this.#documents.get(nameOf(userKey(scope, name))) as UserDocument | undefined;
  }

  role(scope: Scope, name: string): RoleDocument | undefined {
    return this.#documents.get(nameOf(roleKey(scope, name))) as RoleDocument | undefined;
  }

  /**
   * The session that API Gateway gets when it assumes a role to call an integration.
   * AWS: the session's name. Seen: LocalStack's account of the service.
   */
  assumedByApiGateway(roleArn: string, { sourceArn, sourceAccount }: RoleUse): AssumedRole | 'untrusting' | undefined {
    let role = this.#assumable.get(roleArn);
    if (role === undefined) {
      role = this.#assumableRole(roleArn);
      if (role === undefined) return undefined;
      if (this.#assumable.size >= ROLES_MAX) this.#assumable.delete(this.#assumable.keys().next().value as string);
      this.#assumable.set(roleArn, role);
    }
    const use = { service: 'apigateway.amazonaws.com', sourceArn, sourceAccount };
    return trusts(role.trust, roleArn, use) ? role.session : 'untrusting';
  }

  /** A role that a service may assume now; undefined when it is not here or does not trust the service. */
  roleTrusting(roleArn: string, use: ServiceUse): { readonly scope: Scope; readonly role: RoleDocument } | undefined {
    const found = this.#roleAt(roleArn);
    if (found === undefined) return undefined;
    const trust = parsePolicy(found.role.trustPolicy, 'trust');
    return !isFault(trust) && trusts([trust], roleArn, use) ? found : undefined;
  }

  #roleAt(roleArn: string): { readonly scope: Scope; readonly role: RoleDocument } | undefined {
    const arn = parseArn(roleArn);
    if (arn?.service !== 'iam' || !arn.resource.startsWith('role/')) return undefined;
    const scope = { account: arn.account, region: `${arn.partition}-global` };
    const role = this.role(scope, arn.resource.slice(arn.resource.lastIndexOf('/') + 1));
    return role === undefined || role.arn !== roleArn ? undefined : { scope, role };
  }

  #assumableRole(roleArn: string): AssumableRole | undefined {
    const found = this.#roleAt(roleArn);
    if (found === undefined) return undefined;
    const { scope, role } = found;
    const trust = parsePolicy(role.trustPolicy, 'trust');
    return {
      trust: isFault(trust) ? [] : [trust],
      session: {
        account: scope.account,
        arn: `arn:${iamPartition(scope)}:sts::${scope.account}:assumed-role/${role.name}/${SESSION_NAME}`,
        roleArn,
        userId: `${role.id}:${SESSION_NAME}`,
        userName: undefined,
        tags: role.tags,
        policies: this.#policiesOf(scope, role),
      },
    };
  }

  async #follow(changes: readonly Change[]): Promise<void> {
    for (const { key, operation } of changes) {
      if (!(KINDS as readonly string[]).includes(key.kind)) continue;
      const document = operation === 'delete' ? undefined : await this.#store.get(key);
      if (document === undefined) this.#drop(key);
      else this.#hold(key, document);
      this.#credentials.clear();
      this.#assumable.clear();
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

  #keyOwner(accessKeyId: string): CallerCredentials | undefined {
    const held = this.#keys.get(accessKeyId);
    return held === undefined ? undefined : this.#credentialsOf(held);
  }

  /** A session is good as long as the role or user it was made of is there, by its unique id. */
  #sessionOwner(accessKeyId: string, sessionToken: string): CallerCredentials | undefined {
    const session = openSessionToken(this.#secrets, accessKeyId, sessionToken);
    if (session === undefined) return undefined;
    const { scope, kind, name, id, secretAccessKey, expiresAt, issuedAt, sessionName, tags } = session;
    const shared = { accessKeyId, secretAccessKey, sessionToken, expiresAt, issuedAt, account: scope.account };
    // Everything that the session's policies allow together: they are one set.
    const limits = session.policies.length === 0 ? [] : [this.#compiled(`a session of ${name}`, session.policies)];
    if (kind === 'account') {
      const arn = `arn:${iamPartition(scope)}:iam::${scope.account}:root`;
      return { ...shared, arn, userId: scope.account, userName: undefined, tags: [], policies: undefined, limits };
    }
    const owner = kind === 'role' ? this.role(scope, name) : this.user(scope, name);
    if (owner === undefined || owner.id !== id) return undefined;
    const policies = this.#policiesOf(scope, owner);
    if (kind === 'user') {
      return { ...shared, arn: owner.arn, userId: id, userName: owner.name, tags: owner.tags, policies, limits };
    }
    return {
      ...shared,
      arn: `arn:${iamPartition(scope)}:sts::${scope.account}:assumed-role/${owner.name}/${sessionName}`,
      roleArn: owner.arn,
      userId: `${id}:${sessionName}`,
      userName: undefined,
      // AWS: a tag of the session counts before the role's own.
      tags: mergedTags(owner.tags, tags),
      policies,
      limits,
    };
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
      const text = this.policyText(scope, arn);
      // A policy that is attached and gone might have been a deny: nothing is allowed until that is cleared up.
      if (text === undefined) return this.#unusable(principal.arn, `the attached policy ${arn} is missing`);
      texts.push(text);
    }
    return this.#compiled(principal.arn, texts);
  }

  #compiled(owner: string, texts: readonly string[]): readonly Policy[] {
    const policies: Policy[] = [];
    for (const text of texts) {
      const policy = parsePolicy(text, 'identity');
      if (isFault(policy)) return this.#unusable(owner, `${policy.path}: ${policy.message}`);
      policies.push(policy);
    }
    return policies;
  }

  #defaultVersionOf(scope: Scope, arn: string): string | undefined {
    const policy = this.#documents.get(nameOf(policyKey(scope, arn))) as PolicyDocument | undefined;
    return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.document;
  }

  #unusable(owner: string, why: string): readonly Policy[] {
    this.#say(`The policies of ${owner} cannot be used (${why}): it may do nothing.`);
    return [];
  }

  #say(notice: string): void {
    if (this.#said.has(notice)) return;
    this.#said.add(notice);
    this.#onNotice(notice);
  }
}

function trusts(trust: readonly Policy[], roleArn: string, { service, sourceArn, sourceAccount }: ServiceUse): boolean {
  const context = conditionContext({ 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount });
  const principal = { kind: 'service', service } as const;
  return evaluatePolicies(trust, { principal, action: 'sts:AssumeRole', resource: roleArn, context }).effect === 'allow';
}

/** Whether a key is one of the directory's, and not the administrator's. */
export function isCallerCredentials(key: object): key is CallerCredentials {
  return 'policies' in key;
}

function nameOf({ scope, kind, id }: DocumentKey): string {
  return JSON.stringify([scope.account, scope.region, kind, id]);
}
