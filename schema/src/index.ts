export { type MetricsFormat, type MetricsReading, readDeviceMetrics } from "./aws/device-metrics.js";
export {
  type Category,
  type EventDefinition,
  type EventName,
  type EventType,
  eventNames,
  eventTypes,
  type Field,
  type FieldType,
  isEventName,
  type Payload,
} from "./event-types.js";
export type {
  AuditEntry,
  Decision,
  DeviceCounters,
  DeviceSnapshot,
  Disposition,
  HubCertificateSnapshot,
  HubDiagnosticSetting,
  HubIpRule,
  HubPolicySnapshot,
  HubSnapshot,
  HubTlsSnapshot,
  Hunt,
  Operation,
  OperationCause,
  Protocol,
  ProtocolCounters,
  Setting,
  SettingArea,
} from "./happenings.js";
export {
  isSecurityMessage,
  MESSAGE_SCHEMA_VERSION,
  marker,
  SECURITY_MODULE,
  type SecurityEvent,
  type SecurityMessage,
} from "./message.js";
export {
  decodeProperties,
  type EventSource,
  encodeProperties,
  type MessageOrigin,
  type MessageProperties,
  type PropertyValue,
  type SystemProperties,
} from "./message-properties.js";
export {
  isMicroAgentMessage,
  MICRO_AGENT_PROPERTY,
  readMicroAgent,
} from "./micro-agent/read-micro-agent.js";
export {
  decodeRecords,
  encodeRecord,
  RecordBatch,
  type RecordKind,
  recordKind,
  type StreamRecord,
} from "./record.js";
export {
  type ColumnType,
  type TableColumn,
  type TableDefinition,
  type TableName,
  type TableRow,
  tableNames,
  tables,
} from "./tables.js";
export { parseDuration, parseTimestamp, printLocal } from "./timestamp.js";
export {
  type AgentSettings,
  type AggregatedEvent,
  agentSettings,
  mergePatch,
  type Priority,
  printSettings,
  priorityOf,
  prioritySettings,
  readSettings,
  SETTINGS_SECTION,
  type SettingDefinition,
  type SettingProblem,
  type SettingsReading,
  type SettingValues,
} from "./twin.js";
export { isAddress } from "./validate/fields.js";
export {
  checkStrict,
  MAX_MESSAGE_BYTES,
  type Reading,
  type ReceivedEvent,
  type ReceivedMessage,
  readMessage,
} from "./validate/read-message.js";
export type { Violation, ViolationCode } from "./validate/violation.js";
