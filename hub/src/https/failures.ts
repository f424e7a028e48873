import type { OperationCause } from "@picket/schema";

/** What a request does, when nobody says it better. */
export const verbs: Readonly<Record<string, string>> = {
  GET: "get",
  PUT: "update",
  PATCH: "update",
  POST: "post",
  DELETE: "delete",
};

/** The first that begins a path, or lies in it, decides; longer ones come first. */
const categories: readonly (readonly [string | RegExp, string])[] = [
  [/\/messages\/devicebound/, "C2DCommands"],
  [/^\/devices\/.*\/messages\//, "DeviceTelemetry"],
  [/^\/devices\/:d\/commands/, "C2DCommands"],
  [/applyConfigurationContent$/, "Configurations"],
  [/^\/devices\/[^/]+\/files/, "FileUploadOperations"],
  [/^\/devices\/query/, "TwinQueries"],
  [/^\/devices/, "DeviceIdentityOperations"],
  [/^\/statistics/, "DeviceIdentityOperations"],
  [/^\/twins\/.*\/methods$/, "DirectMethods"],
  [/^\/twins/, "C2DTwinOperations"],
  [/^\/jobs/, "JobsOperations"],
  [/^\/configurations/, "Configurations"],
  [/^\/enrollment/i, "ServiceOperations"],
  [/^\/registrations/, "ServiceOperations"],
];

/** Of which category of the operation log a route is; undefined for those that belong to none. */
export const categoryOf = (url: string): string | undefined =>
  categories.find(([pattern]) => url.match(pattern) !== null)?.[1];

const causes: Readonly<Record<string, OperationCause>> = {
  HUB_DEVICE_NOT_FOUND: "unknownDevice",
  HUB_DEVICE_ALREADY_EXISTS: "conflict",
  HUB_PRECONDITION_FAILED: "conflict",
  HUB_JOB_ALREADY_EXISTS: "conflict",
  HUB_CONFIGURATION_ALREADY_EXISTS: "conflict",
  HUB_ENROLMENT_ALREADY_EXISTS: "conflict",
  HUB_THROTTLED: "throttled",
  HUB_TOO_MANY_JOBS: "throttled",
  HUB_QUOTA_EXCEEDED: "quotaExceeded",
  HUB_MESSAGE_TOO_LARGE: "messageTooLarge",
  HUB_UNAUTHORIZED: "forbidden",
  HUB_DEVICE_NOT_ONLINE: "notOnline",
  HUB_GATEWAY_TIMEOUT: "timeout",
};

/** The short cause of an error. */
export const causeOf = (code: string): OperationCause => causes[code] ?? "invalidRequest";
