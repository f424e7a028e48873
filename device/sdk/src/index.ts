export {
  assertGood,
  type EventOptions,
  type PrintedEvent,
  packMessages,
  type Sender,
  securityEvent,
  securityMessage,
} from "./builders.js";
export {
  type ConnectionString,
  formatConnectionString,
  parseConnectionString,
  sharedAccessSignature,
  type TokenRequest,
} from "./connection-string.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export {
  type DesiredListener,
  type HubClient,
  type HubClientOptions,
  type MethodAnswer,
  type MethodListener,
  openHubClient,
  type Twin,
} from "./hub-client.js";
export {
  deviceKeyOf,
  type Enrolment,
  provisionDevice,
} from "./provisioning.js";
export { type KeyOwner, openSealedKey, sealKey } from "./sealed-key.js";
export type { ClientCertificate } from "./socket.js";
