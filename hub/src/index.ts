export type { ConnectorConfig, Resolve } from "./connectors/config.js";
export type { ConnectorStatus } from "./connectors/connector.js";
export { hubErrors } from "./errors.js";
export { Hub, type HubAround, type HubStatus, openHub } from "./hub.js";
export type { Policy, Right } from "./identity/authenticator.js";
export type { Identity, IdentityDraft } from "./identity/registry.js";
export { type HubSettings, readHubSettings } from "./settings.js";
export type {
  EventCursor,
  EventLog,
  EventsConfig,
  HubConfig,
  HubLimits,
  KeyValueStore,
  Outlet,
  Vault,
} from "./slots.js";
