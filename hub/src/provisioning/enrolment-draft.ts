import { hubErrors } from "../errors.js";
import { sealedKey } from "../identity/drafts.js";
import { newEtag } from "../identity/identity.js";
import type { Vault } from "../slots.js";
import { checkProperties } from "../twins/properties.js";
import { authorityOf } from "./certificate-info.js";
import type { AllocationPolicy, Attestation, Enrolment, InitialTwin } from "./enrolment.js";

type Given = Readonly<Record<string, unknown>>;

const ID = /^[a-z0-9][a-z0-9\-._:]{0,126}[a-z0-9]$|^[a-z0-9]$/i;
const DEVICE_ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/;
const policies: readonly AllocationPolicy[] = ["hashed", "geoLatency", "static", "custom"];

function refuse(what: string, why: string): never {
  throw hubErrors.argumentInvalid({ what, why });
}

const objectAt = (value: unknown): Given =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
const textAt = (value: unknown): string => (typeof value === "string" ? value : "");

/** Refuses ids that the provisioning service refuses. */
export function checkEnrolmentId(what: string, id: string): void {
  if (!ID.test(id))
    refuse(what, "it needs 1 to 128 letters, digits or - . _ : and ends with a letter or digit");
}

/** What an enrolment is made of beside its body. */
export interface EnrolmentMaking {
  readonly kind: Enrolment["kind"];
  readonly id: string;
  readonly vault: Vault;
  readonly now: number;
  readonly before?: Enrolment;
}

/** Reads what a service application wants an enrolment to be; keys that it leaves out are made, or stay. */
export function draftedEnrolment(body: Given, { kind, id, vault, now, before }: EnrolmentMaking): Enrolment {
  checkEnrolmentId(kind === "individual" ? "The registration id" : "The enrolment group's id", id);
  const time = new Date(now).toISOString();
  const status = body["provisioningStatus"] ?? "enabled";
  if (status !== "enabled" && status !== "disabled")
    return refuse("provisioningStatus", "it is enabled or disabled");
  const reprovision = objectAt(body["reprovisionPolicy"]);
  const terms = {
    etag: newEtag(),
    attestation: attestationOf(objectAt(body["attestation"]), { kind, vault, ...(before ? { before } : {}) }),
    provisioningStatus: status,
    ...allocationOf(body),
    reprovisionPolicy: {
      updateHubAssignment: reprovision["updateHubAssignment"] !== false,
      migrateDeviceData: reprovision["migrateDeviceData"] !== false,
    },
    initialTwin: twinOf(objectAt(body["initialTwin"])),
    isEdge: objectAt(body["capabilities"])["iotEdge"] === true,
    createdDateTimeUtc: before?.createdDateTimeUtc ?? time,
    lastUpdatedDateTimeUtc: time,
  } as const;
  if (kind === "group") return { kind, enrollmentGroupId: id, ...terms };
  const deviceId = textAt(body["deviceId"]);
  if (deviceId !== "" && !DEVICE_ID.test(deviceId))
    refuse("The device id", "it needs 1 to 128 of the characters IoT Hub takes");
  const information = body["optionalDeviceInformation"];
  const optionalDeviceInformation = typeof information === "object" ? information : null;
  return { kind, registrationId: id, deviceId, optionalDeviceInformation, ...terms };
}

function attestationOf(
  given: Given,
  { kind, vault, before }: Pick<EnrolmentMaking, "kind" | "vault" | "before">,
): Attestation {
  const kept = before?.attestation;
  if (given["type"] === "symmetricKey") {
    const keys = objectAt(given["symmetricKey"]);
    const seal = (name: string, present: string | undefined): string =>
      textAt(keys[name]) === "" && present ? present : sealedKey(vault, textAt(keys[name]));
    const now = kept?.type === "symmetricKey" ? kept : undefined;
    return {
      type: "symmetricKey",
      primary: seal("primaryKey", now?.primary),
      secondary: seal("secondaryKey", now?.secondary),
    };
  }
  if (given["type"] === "tpm")
    return refuse("The attestation", "this server does not do TPM attestation; use symmetricKey or x509");
  if (given["type"] !== "x509") return refuse("The attestation's type", "it is symmetricKey or x509");
  const x509 = objectAt(given["x509"]);
  const references = objectAt(x509["caReferences"]);
  const caReferences = [references["primary"], references["secondary"]]
    .map(textAt)
    .filter((name) => name !== "");
  const chosen = objectAt(x509[kind === "individual" ? "clientCertificates" : "signingCertificates"]);
  const certificates = [chosen["primary"], chosen["secondary"]]
    .map((each) => textAt(objectAt(each)["certificate"]))
    .filter((text) => text !== "")
    .map(authorityOf);
  if (certificates.length > 0 || caReferences.length > 0) return { type: "x509", certificates, caReferences };
  // What was read is sent back without its certificates, which are not shown.
  if (kept?.type === "x509") return kept;
  return refuse(
    "The attestation",
    kind === "individual"
      ? "clientCertificates.primary.certificate is missing"
      : "signingCertificates.primary.certificate or caReferences.primary is missing",
  );
}

function allocationOf(body: Given): {
  allocationPolicy: AllocationPolicy;
  iotHubs: readonly string[];
  customAllocationDefinition?: { webhookUrl: string; apiVersion: string };
} {
  const host = textAt(body["iotHubHostName"]);
  const listed = Array.isArray(body["iotHubs"])
    ? body["iotHubs"].map(textAt).filter((name) => name !== "")
    : [];
  const iotHubs = listed.length > 0 ? listed : host === "" ? [] : [host];
  const named = textAt(body["allocationPolicy"]) || (host === "" ? "hashed" : "static");
  const allocationPolicy = policies.find((each) => each.toLowerCase() === named.toLowerCase());
  if (!allocationPolicy) return refuse("The allocation policy", `it is ${policies.join(", ")}`);
  if (allocationPolicy === "static" && iotHubs.length !== 1)
    refuse("The allocation", "static needs one hub in iotHubs");
  if (allocationPolicy !== "custom") return { allocationPolicy, iotHubs };
  const definition = objectAt(body["customAllocationDefinition"]);
  const webhookUrl = textAt(definition["webhookUrl"]);
  if (!/^https?:\/\/.{1,2000}$/.test(webhookUrl))
    refuse("customAllocationDefinition.webhookUrl", "it must be an address that begins with https://");
  return {
    allocationPolicy,
    iotHubs,
    customAllocationDefinition: { webhookUrl, apiVersion: textAt(definition["apiVersion"]) },
  };
}

function twinOf(given: Given): InitialTwin {
  const tags = objectAt(given["tags"]);
  const desired = objectAt(objectAt(given["properties"])["desired"]);
  checkProperties("The initial twin's tags", tags);
  checkProperties("The initial twin's desired properties", desired);
  return { tags, properties: { desired } };
}
