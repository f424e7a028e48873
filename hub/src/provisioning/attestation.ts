import { createHmac, type X509Certificate } from "node:crypto";
import type { OperationCause } from "@picket/schema";
import { checkChain, checkThumbprint, fingerprint } from "../identity/certificate-chain.js";
import type { Certificates } from "../identity/certificates.js";
import { checkSasToken, parseSasToken } from "../identity/sas-token.js";
import type { Vault } from "../slots.js";
import { certificateOf } from "./certificate-info.js";
import type { Enrolment } from "./enrolment.js";
import type { EnrolmentStore } from "./enrolment-store.js";

/** What a device shows when it comes. */
export interface Credential {
  readonly token: string;
  readonly certificate?: X509Certificate;
}

/** A device that may come, and what its identity at the hub is made with. */
export interface Attested {
  readonly enrolment: Enrolment;
  readonly identity:
    | { readonly authType: "sas"; readonly primaryKey: string; readonly secondaryKey: string }
    | { readonly authType: "selfSigned"; readonly primaryThumbprint: string };
}

/** Why a device may not come. */
export interface Unattested {
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
}

interface Around {
  readonly store: EnrolmentStore;
  readonly certificates: Certificates;
  readonly vault: Vault;
  readonly idScope: string;
  /** Certificates that led to an authority before: a connection that goes on with a TLS session does not have them. */
  readonly intermediates: Map<string, X509Certificate>;
}

const MOST_INTERMEDIATES = 100;

/** A device's own key, made of its group's: both sides can compute it. */
export const derivedKey = (groupKey: string, registrationId: string): string =>
  createHmac("sha256", Buffer.from(groupKey, "base64")).update(registrationId).digest("base64");

/** Checks a device's token or certificate against its own enrolment, or without one against the groups. */
export function attest(
  around: Around,
  registrationId: string,
  shown: Credential,
  now: number,
): Attested | Unattested {
  const own = around.store.individual(registrationId);
  const candidates: readonly Enrolment[] = own ? [own] : around.store.groups();
  let refusal: Unattested = { cause: "unknownDevice", why: "no enrolment is for it" };
  for (const enrolment of candidates) {
    const isKey = enrolment.attestation.type === "symmetricKey";
    if (isKey !== (shown.certificate === undefined || shown.token !== "")) continue;
    const verdict = isKey
      ? byKey(around, enrolment, { registrationId, token: shown.token, now })
      : byCertificate(around, enrolment, { registrationId, certificate: shown.certificate!, now });
    if ("enrolment" in verdict) return verdict;
    refusal = verdict;
  }
  if (own && refusal.cause === "unknownDevice")
    return { cause: "forbidden", why: `its enrolment asks for ${own.attestation.type}` };
  return refusal;
}

function byKey(
  { vault, idScope }: Around,
  enrolment: Enrolment,
  { registrationId, token, now }: { registrationId: string; token: string; now: number },
): Attested | Unattested {
  const parsed = parseSasToken(token);
  if (!parsed) return { cause: "malformedToken", why: "there is no shared access signature" };
  const [primaryKey = "", secondaryKey = ""] = keysOf(vault, enrolment).map((key) =>
    enrolment.kind === "group" ? derivedKey(key, registrationId) : key,
  );
  const path = `/registrations/${registrationId}`;
  const cause = checkSasToken(parsed, { hostNames: [idScope], path, keys: [primaryKey, secondaryKey], now });
  if (cause !== "" && cause !== "invalidSignature" && cause !== "expiredToken")
    return { cause: "wrongAudience", why: "the token is for something else" };
  if (cause !== "")
    return {
      cause,
      why:
        cause === "expiredToken"
          ? "the token has expired"
          : "the signature of the token is made by none of the keys",
    };
  return { enrolment, identity: { authType: "sas", primaryKey, secondaryKey } };
}

/** The keys of an enrolment, base64. */
export function keysOf(vault: Vault, { attestation }: Enrolment): string[] {
  if (attestation.type !== "symmetricKey") return [];
  const open = (sealed: string): string =>
    Buffer.from(vault.open(Buffer.from(sealed, "base64"))).toString("base64");
  return [open(attestation.primary), open(attestation.secondary)];
}

function byCertificate(
  { certificates, intermediates }: Around,
  enrolment: Enrolment,
  { registrationId, certificate, now }: { registrationId: string; certificate: X509Certificate; now: number },
): Attested | Unattested {
  const { attestation } = enrolment;
  if (attestation.type !== "x509") return { cause: "forbidden", why: "its enrolment asks for a key" };
  const prints = attestation.certificates.flatMap(({ info }) => [info.sha1Thumbprint, info.sha256Thumbprint]);
  const referenced = certificates
    .list()
    .filter(({ name, isVerified }) => isVerified && attestation.caReferences.includes(name));
  const authorities = [
    ...attestation.certificates.map(({ der }) => der),
    ...referenced.map((each) => each.certificate),
  ].map(certificateOf);
  const verdict =
    enrolment.kind === "individual" && attestation.caReferences.length === 0
      ? checkThumbprint(certificate, prints, now)
      : checkChain(certificate, {
          deviceId: registrationId,
          authorities,
          intermediates: [...intermediates.values()],
          now,
        });
  if ("cause" in verdict) return verdict;
  for (const each of verdict.passed ?? [])
    if (intermediates.size < MOST_INTERMEDIATES) intermediates.set(each.fingerprint256, each);
  return {
    enrolment,
    identity: { authType: "selfSigned", primaryThumbprint: fingerprint(certificate, 256) },
  };
}
