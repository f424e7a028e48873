import { X509Certificate } from "node:crypto";
import { hubErrors } from "../errors.js";

/** What service applications see of a certificate. */
export interface CertificateInfo {
  readonly subjectName: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  readonly issuerName: string;
  readonly notBeforeUtc: string;
  readonly notAfterUtc: string;
  readonly serialNumber: string;
  readonly version: number;
}

/** A certificate of an enrolment: its DER in base64, and what is shown of it. */
export interface AuthorityInfo {
  readonly der: string;
  readonly info: CertificateInfo;
}

const MOST_BYTES = 16_384;

/** Reads PEM, base64 of PEM or base64 of DER. */
export function certificateOf(text: string): X509Certificate {
  try {
    if (text.length > MOST_BYTES) throw new Error("it is too large");
    const plain = text.includes("-----BEGIN") ? Buffer.from(text) : Buffer.from(text, "base64");
    return new X509Certificate(plain);
  } catch (error) {
    const why = "it must be one X.509 certificate as PEM or base64 of DER";
    throw hubErrors.argumentInvalid({ what: "The certificate", why }, { cause: error });
  }
}

/** Reads a certificate of an enrolment. */
export function authorityOf(text: string): AuthorityInfo {
  const certificate = certificateOf(text);
  const hex = (print: string): string => print.replaceAll(":", "");
  return {
    der: certificate.raw.toString("base64"),
    info: {
      subjectName: certificate.subject.replaceAll("\n", ", "),
      sha1Thumbprint: hex(certificate.fingerprint),
      sha256Thumbprint: hex(certificate.fingerprint256),
      issuerName: certificate.issuer.replaceAll("\n", ", "),
      notBeforeUtc: new Date(certificate.validFrom).toISOString(),
      notAfterUtc: new Date(certificate.validTo).toISOString(),
      serialNumber: certificate.serialNumber,
      version: 3,
    },
  };
}
