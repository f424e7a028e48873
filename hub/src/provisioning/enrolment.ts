import type { AuthorityInfo } from "./certificate-info.js";

/** How devices of an enrolment prove who they are; keys are sealed, base64. */
export type Attestation =
  | { readonly type: "symmetricKey"; readonly primary: string; readonly secondary: string }
  | {
      readonly type: "x509";
      readonly certificates: readonly AuthorityInfo[];
      readonly caReferences: readonly string[];
    };

/** How a device's hub is chosen. */
export type AllocationPolicy = "hashed" | "geoLatency" | "static" | "custom";

/** What happens when a device comes again. */
export interface ReprovisionPolicy {
  /** Whether its hub is chosen anew. */
  readonly updateHubAssignment: boolean;
  /** Whether its twin is kept; else it begins with the initial twin. */
  readonly migrateDeviceData: boolean;
}

/** What devices begin with. */
export interface InitialTwin {
  readonly tags?: object;
  readonly properties?: { readonly desired?: object };
}

interface Terms {
  readonly etag: string;
  readonly attestation: Attestation;
  readonly provisioningStatus: "enabled" | "disabled";
  readonly allocationPolicy: AllocationPolicy;
  /** For `static` the one hub; for the others those to choose from, none for all. */
  readonly iotHubs: readonly string[];
  readonly customAllocationDefinition?: { readonly webhookUrl: string; readonly apiVersion: string };
  readonly reprovisionPolicy: ReprovisionPolicy;
  readonly initialTwin: InitialTwin;
  readonly isEdge: boolean;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
}

/** One device that may come. */
export interface IndividualEnrolment extends Terms {
  readonly kind: "individual";
  readonly registrationId: string;
  /** What it is called at the hub; its registration id when empty. */
  readonly deviceId: string;
  readonly optionalDeviceInformation: object | null;
}

/** Devices that may come because they share an authority or a key. */
export interface EnrolmentGroup extends Terms {
  readonly kind: "group";
  readonly enrollmentGroupId: string;
}

/** Who may come, and on what terms. */
export type Enrolment = IndividualEnrolment | EnrolmentGroup;

/** The id of an enrolment in its kind. */
export const enrolmentId = (enrolment: Enrolment): string =>
  enrolment.kind === "individual" ? enrolment.registrationId : enrolment.enrollmentGroupId;

/** What became of a device that came. */
export interface Registration {
  readonly registrationId: string;
  /** Empty for individual enrolments. */
  readonly enrollmentGroupId: string;
  readonly operationId: string;
  readonly assignedHub: string;
  readonly deviceId: string;
  readonly status: "assigning" | "assigned" | "failed" | "disabled";
  readonly substatus: "" | "initialAssignment" | "deviceDataMigrated" | "deviceDataReset";
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly etag: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  /** What the webhook of a custom allocation wants the device to get. */
  readonly payload?: unknown;
}

/** A registration as devices and service applications see it. */
export function registrationJson(registration: Registration): object {
  const {
    operationId: _,
    enrollmentGroupId: __,
    substatus,
    errorCode,
    errorMessage,
    ...shown
  } = registration;
  return {
    ...shown,
    ...(substatus === "" ? {} : { substatus }),
    ...(errorCode === 0 ? {} : { errorCode, errorMessage }),
  };
}

/** An enrolment as service applications see it; keys are shown by `attestationmechanism` only. */
export function enrolmentJson(enrolment: Enrolment, registration?: Registration): object {
  const { kind, attestation, isEdge, ...shown } = enrolment;
  return {
    ...shown,
    attestation: attestationJson(attestation, kind),
    capabilities: { iotEdge: isEdge },
    ...(enrolment.kind === "individual" ? { deviceId: enrolment.deviceId || null } : {}),
    ...(registration ? { registrationState: registrationJson(registration) } : {}),
  };
}

/** Attestation as its clients write it, with keys when they are given. */
export function attestationJson(
  attestation: Attestation,
  kind: Enrolment["kind"],
  keys?: readonly string[],
): object {
  if (attestation.type === "symmetricKey") {
    const shown = keys ? { symmetricKey: { primaryKey: keys[0], secondaryKey: keys[1] } } : {};
    return { type: "symmetricKey", ...shown };
  }
  const [primary, secondary] = attestation.certificates;
  const certificates = {
    primary: primary && { info: primary.info },
    ...(secondary ? { secondary: { info: secondary.info } } : {}),
  };
  const [first, second] = attestation.caReferences;
  const x509 = first
    ? { caReferences: { primary: first, secondary: second ?? null } }
    : kind === "individual"
      ? { clientCertificates: certificates }
      : { signingCertificates: certificates };
  return { type: "x509", x509 };
}
