import { randomBytes, X509Certificate } from "node:crypto";
import type { Clock } from "@picket/kit";
import { hubErrors } from "../errors.js";
import type { KeyValueStore } from "../slots.js";
import { type ChainVerdict, checkChain, commonName, fingerprint } from "./certificate-chain.js";
import { matchEtag, newEtag } from "./identity.js";

/** A certificate authority of the operator, from which devices' certificates may come once it is verified. */
export interface AuthorityCertificate {
  readonly name: string;
  readonly etag: string;
  readonly subject: string;
  /** SHA-1, hexadecimal in capitals. */
  readonly thumbprint: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly isVerified: boolean;
  readonly createdTime: string;
  readonly updatedTime: string;
  /** Base64 of its DER. */
  readonly certificate: string;
  /** What the common name of the proof must be; empty until it is asked for. */
  readonly verificationCode: string;
}

/** What is given when a certificate is uploaded. */
export interface CertificateDraft {
  /** PEM, or base64 of DER. */
  readonly certificate: string;
  /** Taken as verified without a proof, for an operator who holds the key anyway. */
  readonly isVerified?: boolean;
}

const PREFIX = "certificate/";
const NAME = /^[A-Za-z0-9\-._]{1,64}$/;
const MOST = 100;
const MOST_BYTES = 16_384;

/**
 * The operator's certificate authorities, kept in the store. To prove that one holds an authority's key: upload it, ask for
 * a verification code, sign a certificate with that code as its common name, and hand it in. The REST calls and the
 * console's page stand on this.
 */
export class Certificates {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  #authorities: readonly X509Certificate[] = [];
  /** Led to an authority once; by their SHA-256. */
  readonly #intermediates = new Map<string, X509Certificate>();

  constructor({ store, clock }: { readonly store: KeyValueStore; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#read();
  }

  /** Checks a device's certificate against the verified authorities. */
  check(deviceId: string, certificate: X509Certificate): ChainVerdict {
    const verdict = checkChain(certificate, {
      deviceId,
      authorities: this.#authorities,
      intermediates: [...this.#intermediates.values()],
      now: this.#clock.now(),
    });
    if ("passed" in verdict)
      for (const each of verdict.passed ?? [])
        if (this.#intermediates.size < MOST) this.#intermediates.set(each.fingerprint256, each);
    return verdict;
  }

  /** All, in order of their names. */
  list(): AuthorityCertificate[] {
    const entries = this.#store.range({ prefix: PREFIX, limit: MOST });
    return entries.map(({ value }): AuthorityCertificate => JSON.parse(Buffer.from(value).toString()));
  }

  get(name: string): AuthorityCertificate {
    const bytes = NAME.test(name) ? this.#store.get(PREFIX + name) : undefined;
    if (!bytes) throw hubErrors.certificateNotFound({ name: name.slice(0, 64) });
    return JSON.parse(Buffer.from(bytes).toString());
  }

  /** Uploads an authority, or replaces one; what replaces it must be verified anew. */
  async put(name: string, draft: CertificateDraft, ifMatch?: string): Promise<AuthorityCertificate> {
    if (!NAME.test(name))
      throw hubErrors.argumentInvalid({
        what: "The certificate's name",
        why: "it needs 1 to 64 letters, digits or - . _",
      });
    const before = this.#store.get(PREFIX + name) && this.get(name);
    if (before) matchEtag(`The certificate ${name}`, ifMatch ?? "*", before.etag);
    else if (this.list().length >= MOST)
      throw hubErrors.argumentInvalid({ what: "The certificate", why: `a hub holds at most ${MOST}` });
    const parsed = read(draft.certificate);
    if (!parsed.ca)
      throw hubErrors.argumentInvalid({
        what: "The certificate",
        why: "it is not an authority's; its basic constraints do not say CA",
      });
    const now = this.#now();
    return this.#write({
      name,
      etag: newEtag(),
      subject: parsed.subject.replaceAll("\n", ", "),
      thumbprint: fingerprint(parsed),
      notBefore: new Date(parsed.validFrom).toISOString(),
      notAfter: new Date(parsed.validTo).toISOString(),
      isVerified: draft.isVerified === true,
      createdTime: before?.createdTime ?? now,
      updatedTime: now,
      certificate: parsed.raw.toString("base64"),
      verificationCode: "",
    });
  }

  async remove(name: string, ifMatch = "*"): Promise<AuthorityCertificate> {
    const certificate = this.get(name);
    matchEtag(`The certificate ${name}`, ifMatch, certificate.etag);
    await this.#store.write([{ key: PREFIX + name, remove: true }]);
    this.#changed();
    return certificate;
  }

  /** Makes the code that a proof's common name must be. */
  askForProof(name: string, ifMatch = "*"): Promise<AuthorityCertificate> {
    const certificate = this.get(name);
    matchEtag(`The certificate ${name}`, ifMatch, certificate.etag);
    const verificationCode = randomBytes(24).toString("hex").toUpperCase();
    return this.#write({ ...certificate, etag: newEtag(), updatedTime: this.#now(), verificationCode });
  }

  /** Takes the proof that its owner holds the key: a certificate signed by it with the code as common name. */
  verify(name: string, proof: string, ifMatch = "*"): Promise<AuthorityCertificate> {
    const certificate = this.get(name);
    matchEtag(`The certificate ${name}`, ifMatch, certificate.etag);
    const refuse = (why: string): never => {
      throw hubErrors.argumentInvalid({ what: "The proof of possession", why });
    };
    if (certificate.verificationCode === "") refuse("no verification code was asked for");
    const given = read(proof);
    const authority = read(certificate.certificate);
    if (!given.checkIssued(authority) || !given.verify(authority.publicKey))
      refuse(`it is not signed by ${certificate.subject}`);
    if (commonName(given) !== certificate.verificationCode)
      refuse(`its common name is not the verification code ${certificate.verificationCode}`);
    return this.#write({
      ...certificate,
      etag: newEtag(),
      isVerified: true,
      updatedTime: this.#now(),
      verificationCode: "",
    });
  }

  /** Calls the watcher after each change; answers how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  async #write(certificate: AuthorityCertificate): Promise<AuthorityCertificate> {
    const value = Buffer.from(JSON.stringify(certificate));
    await this.#store.write([{ key: PREFIX + certificate.name, value }]);
    this.#changed();
    return certificate;
  }

  #changed(): void {
    this.#read();
    for (const watcher of this.#watchers) watcher();
  }

  #read(): void {
    this.#intermediates.clear();
    const verified = this.list().filter(({ isVerified }) => isVerified);
    this.#authorities = verified.map(({ certificate }) => read(certificate));
  }
}

/** PEM, base64 of PEM as some clients send it, or base64 of DER. */
function read(text: string): X509Certificate {
  try {
    if (text.length > MOST_BYTES) throw new Error("it is too large");
    const plain = text.includes("-----BEGIN") ? Buffer.from(text) : Buffer.from(text, "base64");
    return new X509Certificate(plain);
  } catch (error) {
    const why = "it must be one X.509 certificate as PEM or base64 of DER";
    throw hubErrors.argumentInvalid({ what: "The certificate", why }, { cause: error });
  }
}
