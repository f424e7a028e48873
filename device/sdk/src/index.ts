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
export { type DiskQueueOptions, diskQueue } from "./disk-queue.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export {
  configurationError,
  connectedHardware,
  connectionCreate,
  diagnostic,
  droppedEventsStatistics,
  firewallConfiguration,
  listeningPorts,
  localUsers,
  login,
  messageStatistics,
  osBaseline,
  processCreate,
  processTerminate,
  systemInformation,
} from "./events.js";
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
export {
  type EventQueue,
  memoryQueue,
  type QueueBounds,
  type QueueStatus,
  USUAL_QUEUE_BYTES,
} from "./queue.js";
export { type KeyOwner, openSealedKey, sealKey } from "./sealed-key.js";
export {
  METERED_BYTES,
  meteredMessages,
  openSecuritySender,
  SecuritySender,
  type SecuritySenderOptions,
  type SecuritySenderStatus,
} from "./security-sender.js";
export type { ClientCertificate } from "./socket.js";
export { type AzureMessage, overAzureClient, overHubClient, type Transport } from "./transports.js";
