/** An operation-log event of the hub; the fields of `IoTHubOperation` in camel case. */
export interface Operation {
  /** Such as deviceConnect, deviceDisconnect, ingress, createDevice, updateTwin, invokeMethod. */
  readonly operationName: string;
  /** Such as Connections, DeviceTelemetry, DeviceIdentityOperations, D2CTwinOperations, DirectMethods. */
  readonly category: string;
  readonly level: "Information" | "Warning" | "Error";
  /** Empty when it went well, else the hub's code, such as 401003. */
  readonly resultType: string;
  /** A short cause that rules look at, empty when it went well. */
  readonly cause: OperationCause;
  readonly resultDescription: string;
  readonly durationMs?: number;
  readonly correlationId?: string;
  /** As claimed by the caller when it was refused. */
  readonly deviceId: string;
  readonly moduleId: string;
  readonly protocol: Protocol;
  readonly authType: "Sas" | "X509" | "None";
  readonly ipAddress: string;
  readonly statusCode?: number;
  readonly sdkVersion?: string;
  readonly messageSize?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Why an operation failed, in one word; kept in `Properties.cause` of the table. */
export type OperationCause =
  | ""
  | "unknownDevice"
  | "disabledDevice"
  | "invalidSignature"
  | "expiredToken"
  | "malformedToken"
  | "wrongAudience"
  | "certificateMismatch"
  | "certificateExpired"
  | "forbidden"
  | "messageTooLarge"
  | "protocolViolation"
  | "throttled"
  | "takenOver"
  | "timeout"
  | "conflict"
  | "invalidRequest"
  | "unavailable"
  | "notOnline"
  | "messageExpired"
  | "messageRejected"
  | "deliveryCountExceeded"
  | "queueFull"
  | "quotaExceeded"
  | "addressRefused"
  | "other";

/** How a caller spoke to the hub. */
export type Protocol = "Mqtt" | "MqttWs" | "Amqp" | "AmqpWs" | "Https";

/** A device or module as it is now: its identity, its connection and its twin. */
export interface DeviceSnapshot {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly status: "enabled" | "disabled" | "deleted";
  readonly authType: "sas" | "selfSigned" | "certificateAuthority" | "none";
  readonly generationId: string;
  readonly connectionState: "Connected" | "Disconnected";
  readonly connectionStateUpdatedTime?: string;
  readonly lastActivityTime?: string;
  readonly createdTime: string;
  readonly sdkVersion: string;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly desired: Readonly<Record<string, unknown>>;
  readonly reported: Readonly<Record<string, unknown>>;
  readonly desiredVersion: number;
  readonly reportedVersion: number;
  /** Short digests of its keys or thumbprints, by which two identities with the same one are told. */
  readonly credentialPrints?: readonly string[];
}

/** What a person decided about alerts; applied by the pipeline in the order of the stream. */
export interface Decision {
  readonly alertIds: readonly string[];
  readonly action: "acknowledge" | "assign" | "comment" | "close" | "reopen";
  readonly actor: string;
  /** Why; asked for when closing. */
  readonly reason: string;
  /** For assign: who works on it. */
  readonly owner?: string;
  /** For close: what it turned out to be. */
  readonly disposition?: Disposition;
}

/** What a closed alert turned out to be. */
export type Disposition = "truePositive" | "benignPositive" | "falsePositive" | "duplicate" | "other";

/** One row of the audit table before it is written. */
export interface AuditEntry {
  readonly actor: string;
  readonly actorType: "user" | "token" | "agent" | "system";
  readonly role: string;
  readonly action: string;
  readonly target: string;
  readonly result: string;
  readonly ipAddress: string;
  readonly durationMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What one device or module did at the hub in one minute; written only when it did anything. */
export interface DeviceCounters {
  /** Start of the minute, RFC 3339, UTC. */
  readonly minute: string;
  /** What went over each protocol that was used. */
  readonly protocols: Readonly<Partial<Record<Protocol, ProtocolCounters>>>;
  /** Direct methods called on it, and those that failed or were not answered. */
  readonly methodCalls: number;
  readonly methodFailures: number;
  /** Twin reads, and updates by the device or by a service. */
  readonly twinReads: number;
  readonly twinUpdates: number;
  /** Cloud-to-device messages put into its queue, and those that expired or were delivered too often. */
  readonly commandsEnqueued: number;
  readonly commandsDeadLettered: number;
  readonly queuePurges: number;
  readonly fileUploads: number;
}

/** What went over one protocol in one minute. */
export interface ProtocolCounters {
  /** Device-to-cloud messages taken, security messages among them, and the bytes of all. */
  readonly messages: number;
  readonly securityMessages: number;
  readonly bytes: number;
  /** Messages and requests that were refused. */
  readonly failures: number;
  /** Attempts with bad credentials in the identity's name. */
  readonly unauthorized: number;
  readonly connects: number;
  readonly disconnects: number;
  /** Cloud-to-device messages handed over, and what the device answered. */
  readonly commandsDelivered: number;
  readonly commandsCompleted: number;
  readonly commandsRejected: number;
  readonly commandsAbandoned: number;
}

/**
 * How the hub is configured now; written at its start and after every change. Each change is also an operation of the
 * category `HubConfiguration` with `properties.by`, `properties.name` and what was changed: `addCertificate`,
 * `verifyCertificate`, `deleteCertificate`, `addPolicy`, `updatePolicy`, `regeneratePolicyKey`, `deletePolicy`,
 * `updateIpFilter`, `addDiagnosticSetting`, `updateDiagnosticSetting`, `deleteDiagnosticSetting`, `updateTls`,
 * `updateTier`. One that failed has a cause.
 */
export interface HubSnapshot {
  readonly hubName: string;
  readonly hostNames: readonly string[];
  readonly tls: HubTlsSnapshot;
  readonly certificates: readonly HubCertificateSnapshot[];
  readonly policies: readonly HubPolicySnapshot[];
  /** Rules in their order; the first that fits decides. With none, every address is let in. */
  readonly ipFilter: readonly HubIpRule[];
  readonly diagnosticSettings: readonly HubDiagnosticSetting[];
  readonly tier: string;
  readonly units: number;
  readonly enrolments: number;
  readonly enrolmentGroups: number;
}

/** The server's own certificate and what it speaks. */
export interface HubTlsSnapshot {
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly subject: string;
  /** SHA-1, hexadecimal in capitals. */
  readonly thumbprint?: string;
  readonly notAfter: string;
}

/** A certificate authority that devices' certificates may come from. */
export interface HubCertificateSnapshot {
  readonly name: string;
  readonly subject: string;
  /** SHA-1, hexadecimal, as IoT Hub names certificates. */
  readonly thumbprint: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whether somebody proved to have its private key. */
  readonly isVerified: boolean;
}

/** A shared access policy without its keys. */
export interface HubPolicySnapshot {
  readonly name: string;
  readonly rights: readonly string[];
  readonly isBuiltIn: boolean;
  /** When its keys were made, RFC 3339, UTC. */
  readonly keysUpdatedTime: string;
}

/** One rule of the IP filter. */
export interface HubIpRule {
  readonly name: string;
  readonly action: "accept" | "reject";
  /** CIDR, IPv4 or IPv6. */
  readonly mask: string;
}

/** Which categories of the operation log are kept, and where they go. */
export interface HubDiagnosticSetting {
  readonly name: string;
  readonly categories: readonly string[];
  readonly isEnabled: boolean;
  /** Whether the last part of addresses is left out. */
  readonly masksAddresses: boolean;
}

/** What can be set about detection. */
export type SettingArea =
  | "rulePack"
  | "ruleState"
  | "securityGroup"
  | "indicatorSet"
  | "indicatorAllowList"
  | "suppression"
  | "exception"
  | "alertClock";

/** Something people set about detection, applied by the pipeline in the order of the stream. */
export interface Setting {
  readonly area: SettingArea;
  readonly name: string;
  /** What is set, checked before it is written; null removes it. */
  readonly value: unknown;
  readonly actor: string;
  readonly reason: string;
}

/** Events of the past that a rule is asked about: what it finds is back-dated evidence. */
export interface Hunt {
  readonly ruleId: string;
  readonly actor: string;
  readonly events: readonly {
    readonly deviceId: string;
    readonly moduleId: string;
    readonly name: string;
    readonly at: number;
    readonly receivedAt: number;
    readonly item: Readonly<Record<string, unknown>>;
  }[];
}
