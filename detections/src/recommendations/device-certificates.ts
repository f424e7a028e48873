import { listed, recommendation } from "../recommendation.js";

const SOON_DAYS = 30;
const WEAK = /^(?:rsa-(?:512|768|1024)|dsa-\d+|ec-(?:112|128|160|163|192)\b)/i;
const certificate = (given: object): object => ({
  Path: "/etc/app/device.pem",
  Subject: "CN=pump-7",
  DaysLeft: 300,
  KeyType: "rsa-2048",
  ...given,
});

/** A certificate that ends silences the device. */
export const deviceCertificateExpiring = recommendation({
  kind: "snapshot",
  id: "Picket_DeviceCertificateExpiring",
  name: "Certificate on the device expires soon",
  severity: "Medium",
  about: "A certificate on the device ends soon or has ended: whatever uses it stops then.",
  remediation: "Renew the certificates in the evidence before their time is over.",
  needs: "the agent's snapshot of certificates",
  mending: () => ({
    fix: "certbot renew   # or the tool of the authority that signed it",
    undo: "# the old certificate lies beside the new one",
    check: `openssl x509 -checkend ${SOON_DAYS * 86_400} -noout -in /etc/app/device.pem`,
  }),
  reads: "Certificates",
  evaluate: (items) => {
    const ending = items.filter(
      ({ DaysLeft, IsAuthority, Path }) =>
        typeof DaysLeft === "number" &&
        DaysLeft < SOON_DAYS &&
        IsAuthority !== true &&
        !/\/(?:ca-certificates|ssl\/certs|pki\/ca-trust)\//.test(String(Path)),
    );
    if (ending.length === 0) return undefined;
    return {
      description: `${listed(ending.map(({ Path, DaysLeft }) => `${String(Path)} (${String(DaysLeft)} days)`))} end within ${SOON_DAYS} days.`,
      evidence: { Certificates: ending.slice(0, 100) },
    };
  },
  cases: [
    { name: "in a week", items: [certificate({ DaysLeft: 7 })], active: true },
    { name: "in a year", items: [certificate({})], active: false },
    {
      name: "an authority of the system",
      items: [certificate({ Path: "/etc/ssl/certs/a.pem", DaysLeft: -3 })],
      active: false,
    },
  ],
});

/** A key that can be computed protects nobody. */
export const deviceCertificateWeak = recommendation({
  kind: "snapshot",
  id: "Picket_DeviceCertificateKeyQuality",
  name: "Certificate on the device has a weak key",
  severity: "High",
  about: "A certificate on the device has a key that is too short for today.",
  remediation: "Make a new key of at least 2,048 bits, or on the curve P-256, and have it signed.",
  needs: "the agent's snapshot of certificates",
  mending: () => ({
    fix: "openssl ecparam -name prime256v1 -genkey -noout -out /etc/app/device.key",
    undo: "# keep the old key until the new certificate is in use",
    check:
      "openssl x509 -noout -text -in /etc/app/device.pem | grep -Eq 'Public-Key: \\((2048|3072|4096|256|384) bit'",
  }),
  reads: "Certificates",
  evaluate: (items) => {
    const weak = items.filter(
      ({ KeyType, Path }) =>
        WEAK.test(String(KeyType)) && !/\/(?:ca-certificates|ssl\/certs|pki\/ca-trust)\//.test(String(Path)),
    );
    return weak.length === 0
      ? undefined
      : {
          description: `Weak keys: ${listed(weak.map(({ Path, KeyType }) => `${String(Path)} (${String(KeyType)})`))}.`,
          evidence: { Certificates: weak.slice(0, 100) },
        };
  },
  cases: [
    { name: "a short key", items: [certificate({ KeyType: "rsa-1024" })], active: true },
    { name: "a good key", items: [certificate({})], active: false },
    { name: "a curve", items: [certificate({ KeyType: "ec-256" })], active: false },
  ],
});

/** Two places that use one identity end each other's connections. */
export const conflictingSessions = recommendation({
  kind: "rolling",
  id: "Picket_ConflictingSessions",
  name: "One identity is used from several places",
  severity: "Medium",
  about:
    "Connections of one identity end each other's again and again: two devices have one identity, or somebody uses a stolen one.",
  remediation:
    "Find both places by the addresses in the evidence; give the second device an identity of its own, or change the key.",
  reads: "Operation",
  hours: 24,
  matters: (item) => item["cause"] === "takenOver",
  evaluate: (items) => {
    const addresses = [...new Set(items.map(({ ipAddress }) => String(ipAddress)))];
    return items.length < 10
      ? undefined
      : {
          description: `${items.length} connections of the last day ended each other, from ${listed(addresses)}.`,
          evidence: { Addresses: addresses.slice(0, 50), Times: items.length },
        };
  },
  cases: [
    {
      name: "again and again",
      items: Array.from({ length: 12 }, (_, place) => ({
        cause: "takenOver",
        ipAddress: `10.0.0.${place % 2}`,
      })),
      active: true,
    },
    { name: "once, after a bad line", items: [{ cause: "takenOver", ipAddress: "10.0.0.1" }], active: false },
    { name: "never", items: [], active: false },
  ],
});
