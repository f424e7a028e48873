import type { X509Certificate } from "node:crypto";
import type { OperationCause } from "@picket/schema";

/**
 * What a device's certificate came to; `validTo` is when the first of its chain ends, milliseconds since 1970, `passed` what
 * lies between it and the authority.
 */
export type ChainVerdict =
  | { readonly validTo: number; readonly passed?: readonly X509Certificate[] }
  | { readonly cause: Exclude<OperationCause, "">; readonly why: string };

const LONGEST_CHAIN = 6;
/** Clocks of devices and of those who sign for them go wrong by minutes. */
const SKEW_MS = 300_000;

/** SHA-1 of a certificate as IoT Hub names it, or its SHA-256. */
export const fingerprint = (certificate: X509Certificate, bits: 1 | 256 = 1): string =>
  (bits === 1 ? certificate.fingerprint : certificate.fingerprint256).replaceAll(":", "");

/** The one common name of a certificate's subject; empty when it has none or several. */
export function commonName(certificate: X509Certificate): string {
  const subject: { readonly CN?: unknown } = certificate.toLegacyObject().subject ?? {};
  return typeof subject.CN === "string" ? subject.CN : "";
}

/** Checks a device's own certificate against the thumbprints that are registered. */
export function checkThumbprint(
  certificate: X509Certificate,
  thumbprints: readonly string[],
  now: number,
): ChainVerdict {
  const own = [fingerprint(certificate), fingerprint(certificate, 256)];
  if (!thumbprints.some((each) => each !== "" && own.includes(each)))
    return {
      cause: "certificateMismatch",
      why: `the certificate's thumbprint ${own[0]} is not the registered one`,
    };
  return isTimely(certificate, now) ? { validTo: Date.parse(certificate.validTo) } : expired(certificate);
}

/** Checks that a device's certificate is for its id and comes from a verified authority, over intermediates it sent along. */
export function checkChain(
  certificate: X509Certificate,
  { deviceId, authorities, intermediates, now }: ChainExpectation,
): ChainVerdict {
  const name = commonName(certificate);
  if (name !== deviceId)
    return {
      cause: "certificateMismatch",
      why: `the certificate's common name is ${name.slice(0, 128) || "none"}`,
    };
  let validTo = Number.POSITIVE_INFINITY;
  let link = certificate;
  const passed: X509Certificate[] = [];
  for (let depth = 0; depth < LONGEST_CHAIN; depth += 1) {
    if (!isTimely(link, now)) return expired(link);
    validTo = Math.min(validTo, Date.parse(link.validTo));
    const authority = authorities.find((each) => isSignedBy(link, each));
    if (authority)
      return isTimely(authority, now)
        ? { validTo: Math.min(validTo, Date.parse(authority.validTo)), passed }
        : expired(authority);
    const below = link;
    const sent = below.issuerCertificate;
    // A connection that takes up an earlier TLS session has the device's own certificate only.
    const above = sent ?? intermediates.find((each) => isSignedBy(below, each));
    if (!above?.ca || above.fingerprint256 === link.fingerprint256 || !isSignedBy(link, above)) break;
    passed.push(above);
    link = above;
  }
  return {
    cause: "certificateMismatch",
    why: "the certificate comes from no verified authority of this hub",
  };
}

/** What a chain is checked against. */
export interface ChainExpectation {
  readonly deviceId: string;
  readonly authorities: readonly X509Certificate[];
  /** Others that led to an authority before. */
  readonly intermediates: readonly X509Certificate[];
  readonly now: number;
}

const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const isTimely = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
  Date.parse(validFrom) - SKEW_MS <= now && now <= Date.parse(validTo);

const expired = ({ validFrom, validTo }: X509Certificate): ChainVerdict => ({
  cause: "certificateExpired",
  why: `a certificate is valid from ${validFrom} to ${validTo} only`,
});
