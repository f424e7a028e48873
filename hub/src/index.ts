export { hubErrors } from "./errors.js";
export { Hub, type HubAround, type HubStatus, openHub } from "./hub.js";
export type { Policy, Right } from "./identity/authenticator.js";
export type { Identity, IdentityDraft } from "./identity/registry.js";
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
