export type { Administrator, CutOff } from "./administration/administration.js";
export { categories } from "./administration/diagnostics.js";
export { type Configuration, configurationJson } from "./configurations/configuration.js";
export type { ConnectorConfig, Resolve } from "./connectors/config.js";
export type { ConnectorStatus } from "./connectors/connector.js";
export { hubErrors } from "./errors.js";
export { identityJson, twinJson } from "./https/wire.js";
export { Hub, type HubAround, type HubStatus, openHub } from "./hub.js";
export type { AuthorityCertificate } from "./identity/certificates.js";
export type { KeyChoice, Policy, Right } from "./identity/policies.js";
export type { Identity, IdentityDraft } from "./identity/registry.js";
export { jobJson } from "./jobs/job.js";
export { derivedKey } from "./provisioning/attestation.js";
export { type Enrolment, enrolmentJson } from "./provisioning/enrolment.js";
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
