// A list.

/** What a counted type counts: a measure of what a device did at the hub, or events of its agent. */
export type CountedThing =
  | "amqpMessages"
  | "amqpCommands"
  | "amqpCommandsRejected"
  | "mqttMessages"
  | "mqttCommands"
  | "mqttCommandsRejected"
  | "httpMessages"
  | "httpCommands"
  | "httpCommandsRejected"
  | "methodCalls"
  | "fileUploads"
  | "queuePurges"
  | "twinUpdates"
  | "unauthorized"
  | "connections"
  | "failedLogins";

/** What all custom alert types say of themselves. */
interface About {
  /** The original's name for it. */
  readonly ruleType: string;
  readonly displayName: string;
  readonly description: string;
  readonly alertTitle: string;
  readonly remediation: string;
}

/** Fires when a count of a device within a window of time lies outside a range. */
export interface CountedAlertType extends About {
  readonly kind: "timeWindow";
  readonly counts: CountedThing;
  /** What is counted, for sentences. */
  readonly what: string;
}

/** Fires on a value that a list does not allow, or that one denies. */
export interface ListedAlertType extends About {
  readonly kind: "allowList" | "denyList";
  readonly looksAt: "connection" | "login" | "process";
  readonly valueType: "IpCidr" | "String";
}

/** One of the kinds of alert that people set up for a group of devices. */
export type CustomAlertType = CountedAlertType | ListedAlertType;

const LOOK = "Look at what the device did in this window. If it is normal for the group, widen the range.";

const counted = (ruleType: string, counts: CountedThing, what: string): CountedAlertType => ({
  kind: "timeWindow",
  ruleType,
  counts,
  what,
  displayName: `Number of ${what} is not in allowed range`,
  description: `Get an alert when the number of ${what} of a device within the window is not in the allowed range.`,
  alertTitle: `Custom alert - number of ${what} is outside the allowed range`,
  remediation: LOOK,
});

const overProtocol = (protocol: string, prefix: "amqp" | "mqtt" | "http"): CountedAlertType[] => {
  const name = `${prefix[0]!.toUpperCase()}${prefix.slice(1)}`;
  return [
    counted(
      `${name}C2DMessagesNotInAllowedRange`,
      `${prefix}Commands`,
      `cloud to device messages (${protocol} protocol)`,
    ),
    counted(
      `${name}C2DRejectedMessagesNotInAllowedRange`,
      `${prefix}CommandsRejected`,
      `rejected cloud to device messages (${protocol} protocol)`,
    ),
    counted(
      `${name}D2CMessagesNotInAllowedRange`,
      `${prefix}Messages`,
      `device to cloud messages (${protocol} protocol)`,
    ),
  ];
};

const listed = (
  about: Omit<ListedAlertType, "description" | "remediation"> & { readonly sentence: string },
): ListedAlertType => {
  const { sentence, ...rest } = about;
  return {
    ...rest,
    description: `Get an alert when ${sentence}.`,
    remediation: "Use the raw events around it to find the cause. If it is harmless, change the list.",
  };
};

/** The nineteen types of the original, and the three deny lists that it declared and never took. */
export const customAlertTypes: readonly CustomAlertType[] = [
  ...overProtocol("AMQP", "amqp"),
  ...overProtocol("MQTT", "mqtt"),
  ...overProtocol("HTTP", "http"),
  counted("DirectMethodInvokesNotInAllowedRange", "methodCalls", "direct method invokes"),
  counted("FileUploadsNotInAllowedRange", "fileUploads", "file uploads"),
  counted("QueuePurgesNotInAllowedRange", "queuePurges", "device queue purges"),
  counted("TwinUpdatesNotInAllowedRange", "twinUpdates", "twin updates"),
  counted("UnauthorizedOperationsNotInAllowedRange", "unauthorized", "unauthorized operations"),
  counted("ActiveConnectionsNotInAllowedRange", "connections", "active connections"),
  counted("FailedLocalLoginsNotInAllowedRange", "failedLogins", "failed local logins"),
  listed({
    kind: "allowList",
    ruleType: "ConnectionToIpNotAllowed",
    looksAt: "connection",
    valueType: "IpCidr",
    displayName: "Outbound connection to an ip that isn't allowed",
    alertTitle: "Custom alert - outbound connection created to an IP that isn't allowed",
    sentence: "a device connects to an address outside of the listed ranges",
  }),
  listed({
    kind: "allowList",
    ruleType: "LocalUserNotAllowed",
    looksAt: "login",
    valueType: "String",
    displayName: "Login by a local user that isn't allowed",
    alertTitle: "Custom alert - login of a user that is not on the allowed user list",
    sentence: "a user who is not listed logs in to a device",
  }),
  listed({
    kind: "allowList",
    ruleType: "ProcessNotAllowed",
    looksAt: "process",
    valueType: "String",
    displayName: "Execution of a process that isn't allowed",
    alertTitle: "Custom alert - a process was executed that is not allowed",
    sentence: "a device runs a program that is not listed, by name or path",
  }),
  listed({
    kind: "denyList",
    ruleType: "ConnectionToIpDenied",
    looksAt: "connection",
    valueType: "IpCidr",
    displayName: "Outbound connection to an ip that is denied",
    alertTitle: "Custom alert - outbound connection created to an IP that is denied",
    sentence: "a device connects to an address inside of a listed range",
  }),
  listed({
    kind: "denyList",
    ruleType: "LocalUserDenied",
    looksAt: "login",
    valueType: "String",
    displayName: "Login by a local user that is denied",
    alertTitle: "Custom alert - login of a user that is on the denied user list",
    sentence: "a listed user logs in to a device",
  }),
  listed({
    kind: "denyList",
    ruleType: "ProcessDenied",
    looksAt: "process",
    valueType: "String",
    displayName: "Execution of a process that is denied",
    alertTitle: "Custom alert - a process was executed that is denied",
    sentence: "a device runs a listed program, by name or path",
  }),
];
