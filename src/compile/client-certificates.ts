// The client certificates of stages, opened: what backends are shown. A certificate is one object for as long as it is the same, so that
// its key is read once and not for every stage and deployment.

import type { ClientCertificate } from '../http1/message.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

export interface SealedCertificate {
  readonly name: string;
  readonly certificatePem: string;
  readonly sealedPrivateKey: string;
  /** What the key was sealed for. */
  readonly owner: string;
}

/** Certificates that are held ready. AWS: sixty in a region. */
const CERTIFICATES_MAX = 1_000;

export class ClientCertificates {
  readonly #secrets: SecretBox;
  readonly #onNotice: (notice: string) => void;
  /** By the sealed key, which no other certificate has. */
  readonly #opened = new Map<string, ClientCertificate>();

  constructor(secrets: SecretBox, onNotice: (notice: string) => void) {
    this.#secrets = secrets;
    this.#onNotice = onNotice;
  }

  /** Undefined for none, and for one whose key does not open: backends are shown nothing then, which is said. */
  open(sealed: SealedCertificate | undefined): ClientCertificate | undefined {
    if (sealed === undefined) return undefined;
    const { name, certificatePem, sealedPrivateKey, owner } = sealed;
    const known = this.#opened.get(sealedPrivateKey);
    if (known !== undefined) return known;
    const privateKeyPem = this.#secrets.open(sealedPrivateKey, owner);
    if (privateKeyPem === undefined) {
      this.#onNotice(`The key of ${owner} cannot be decrypted with this master key: backends are not shown the certificate.`);
      return undefined;
    }
    if (this.#opened.size >= CERTIFICATES_MAX) this.#opened.delete(this.#opened.keys().next().value as string);
    const certificate = { name, certificatePem, privateKeyPem };
    this.#opened.set(sealedPrivateKey, certificate);
    return certificate;
  }
}
