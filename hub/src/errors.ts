import { catalogue } from "@picket/kit";

/** Errors of service applications and of the server; their `hubCode` is what IoT Hub's clients look for. */
export const hubErrors = catalogue("HUB", {
  deviceNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `${d.id} is not registered with this hub.`,
  },
  deviceAlreadyExists: {
    status: 409,
    retry: "never",
    message: (d: { id: string }) => `${d.id} is registered already.`,
  },
  preconditionFailed: {
    status: 412,
    retry: "never",
    message: (d: { id: string }) =>
      `${d.id} was changed meanwhile: the ETag given is not the present one. Read it again.`,
  },
  tooManyModules: {
    status: 403,
    retry: "never",
    message: (d: { id: string; most: number }) => `${d.id} has ${d.most} modules already, which is the most.`,
  },
  tooManyDevices: {
    status: 403,
    retry: "never",
    message: (d: { most: number }) => `The hub holds ${d.most} devices already, which is the most.`,
  },
  argumentInvalid: {
    status: 400,
    retry: "never",
    message: (d: { what: string; why: string }) => `${d.what} is not valid: ${d.why}.`,
  },
  diagnosticSettingNotFound: {
    status: 404,
    retry: "never",
    message: (d: { name: string }) => `There is no diagnostic setting ${d.name}.`,
  },
  policyNotFound: {
    status: 404,
    retry: "never",
    message: (d: { name: string }) => `There is no policy ${d.name}.`,
  },
  enrolmentNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `There is no enrolment ${d.id}.`,
  },
  enrolmentAlreadyExists: {
    status: 409,
    retry: "never",
    message: (d: { id: string }) => `There is an enrolment ${d.id} already; send its ETag to change it.`,
  },
  registrationNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `No device has registered as ${d.id}.`,
  },
  operationNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `There is no operation ${d.id}; register again.`,
  },
  provisioningFailed: {
    status: 400,
    retry: "later",
    message: (d: { id: string; why: string }) => `${d.id} could not be assigned to a hub: ${d.why}.`,
  },
  jobNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `There is no job ${d.id}.`,
  },
  jobAlreadyExists: {
    status: 409,
    retry: "never",
    message: (d: { id: string }) => `There is a job ${d.id} already; give the new one another id.`,
  },
  jobEnded: {
    status: 400,
    retry: "never",
    message: (d: { id: string; status: string }) => `The job ${d.id} is ${d.status} and cannot be cancelled.`,
  },
  tooManyJobs: {
    status: 429,
    retry: "later",
    message: (d: { most: number }) => `${d.most} jobs wait or run already, which is the most.`,
  },
  configurationNotFound: {
    status: 404,
    retry: "never",
    message: (d: { id: string }) => `There is no configuration ${d.id}.`,
  },
  configurationAlreadyExists: {
    status: 409,
    retry: "never",
    message: (d: { id: string }) => `There is a configuration ${d.id} already.`,
  },
  tooManyConfigurations: {
    status: 403,
    retry: "never",
    message: (d: { most: number }) => `The hub holds ${d.most} configurations already, which is the most.`,
  },
  querySyntax: {
    status: 400,
    retry: "never",
    message: (d: { line: number; column: number; why: string }) =>
      `The query cannot be read at line ${d.line}, column ${d.column}: ${d.why}.`,
  },
  queryTooLong: {
    status: 400,
    retry: "never",
    message: (d: { length: number; most: number }) =>
      `The query has ${d.length} characters, at most ${d.most} are read.`,
  },
  queryTooLarge: {
    status: 400,
    retry: "never",
    message: (d: { what: string; most: number }) =>
      `The query makes more than ${d.most} ${d.what}; narrow it by a WHERE or fewer columns.`,
  },
  queryTooSlow: {
    status: 400,
    retry: "later",
    message: (d: { seconds: number; looked: number }) =>
      `The query was stopped after ${d.seconds} s and ${d.looked} identities; narrow it by a WHERE.`,
  },
  continuationInvalid: {
    status: 400,
    retry: "never",
    message: (_: object) =>
      "The continuation token is not one of this query; send the token as it was answered, with the same query.",
  },
  unauthorized: {
    status: 401,
    retry: "never",
    message: (d: { why: string }) => `The caller is not authorized: ${d.why}.`,
  },
  deviceNotOnline: {
    status: 404,
    retry: "later",
    message: (d: { id: string }) => `${d.id} is not connected.`,
  },
  gatewayTimeout: {
    status: 504,
    retry: "later",
    message: (d: { id: string; seconds: number }) => `${d.id} did not answer within ${d.seconds} s.`,
  },
  messageTooLarge: {
    status: 413,
    retry: "never",
    message: (d: { bytes: number }) => `The message has ${d.bytes} bytes; at most 262144 are taken.`,
  },
  commandTooLarge: {
    status: 413,
    retry: "never",
    message: (d: { bytes: number; most: number }) =>
      `The cloud-to-device message has ${d.bytes} bytes; at most ${d.most} are taken.`,
  },
  queueFull: {
    status: 403,
    retry: "later",
    message: (d: { id: string; most: number }) =>
      `The queue of ${d.id} holds ${d.most} messages already; wait until it has fetched some, or purge it.`,
  },
  certificateNotFound: {
    status: 404,
    retry: "never",
    message: (d: { name: string }) => `There is no certificate ${d.name} at this hub.`,
  },
  throttled: {
    status: 429,
    retry: "later",
    message: (d: { id: string; what: string }) =>
      `${d.id || "The caller"} asks for ${d.what} faster than the hub allows; wait and try again.`,
  },
  quotaExceeded: {
    status: 403,
    retry: "later",
    message: (d: { id: string }) =>
      `The messages of the day are used up, so that of ${d.id} is not taken; the next day begins at 00:00 UTC.`,
  },
  messageLockLost: {
    status: 412,
    retry: "never",
    message: (d: { id: string }) =>
      `The lock on the message of ${d.id} was lost: it expired, or was answered already. Receive it again.`,
  },
  settingsInvalid: {
    status: 400,
    retry: "never",
    message: (d: { problems: readonly string[] }) =>
      `The hub's settings are not valid:\n${d.problems.map((problem) => `  ${problem}`).join("\n")}`,
  },
  portTaken: {
    status: 500,
    retry: "never",
    message: (d: { port: number; cause: string }) => `The hub cannot listen on port ${d.port}: ${d.cause}.`,
  },
});

/** What IoT Hub calls each error in its answers. */
export const hubCodes: Readonly<Record<string, string>> = {
  HUB_DEVICE_NOT_FOUND: "DeviceNotFound",
  HUB_DEVICE_ALREADY_EXISTS: "DeviceAlreadyExists",
  HUB_TOO_MANY_MODULES: "TooManyModulesOnDevice",
  HUB_TOO_MANY_DEVICES: "TooManyDevices",
  HUB_PRECONDITION_FAILED: "PreconditionFailed",
  HUB_ARGUMENT_INVALID: "ArgumentInvalid",
  HUB_DIAGNOSTIC_SETTING_NOT_FOUND: "DiagnosticSettingNotFound",
  HUB_POLICY_NOT_FOUND: "PolicyNotFound",
  HUB_ENROLMENT_NOT_FOUND: "EnrollmentNotFound",
  HUB_ENROLMENT_ALREADY_EXISTS: "EnrollmentConflict",
  HUB_REGISTRATION_NOT_FOUND: "RegistrationNotFound",
  HUB_OPERATION_NOT_FOUND: "OperationNotFound",
  HUB_PROVISIONING_FAILED: "ArgumentInvalid",
  HUB_JOB_NOT_FOUND: "JobNotFound",
  HUB_JOB_ALREADY_EXISTS: "JobAlreadyExists",
  HUB_JOB_ENDED: "ArgumentInvalid",
  HUB_TOO_MANY_JOBS: "JobQuotaExceeded",
  HUB_CONFIGURATION_NOT_FOUND: "ConfigurationNotFound",
  HUB_CONFIGURATION_ALREADY_EXISTS: "ConfigurationAlreadyExists",
  HUB_TOO_MANY_CONFIGURATIONS: "ConfigurationCountLimitExceeded",
  HUB_QUERY_SYNTAX: "ArgumentInvalid",
  HUB_QUERY_TOO_LONG: "ArgumentInvalid",
  HUB_QUERY_TOO_LARGE: "ArgumentInvalid",
  HUB_QUERY_TOO_SLOW: "ArgumentInvalid",
  HUB_CONTINUATION_INVALID: "ArgumentInvalid",
  HUB_UNAUTHORIZED: "IotHubUnauthorizedAccess",
  HUB_DEVICE_NOT_ONLINE: "DeviceNotOnline",
  HUB_GATEWAY_TIMEOUT: "GatewayTimeout",
  HUB_MESSAGE_TOO_LARGE: "MessageTooLarge",
  HUB_COMMAND_TOO_LARGE: "MessageTooLarge",
  HUB_CERTIFICATE_NOT_FOUND: "CertificateNotFound",
  HUB_THROTTLED: "ThrottlingException",
  HUB_QUOTA_EXCEEDED: "IotHubQuotaExceeded",
  HUB_QUEUE_FULL: "DeviceMaximumQueueDepthExceeded",
  HUB_MESSAGE_LOCK_LOST: "DeviceMessageLockLost",
};
