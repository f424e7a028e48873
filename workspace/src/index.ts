export { workspaceErrors } from "./errors.js";
export type { AlertFilter } from "./reads/alerts.js";
export type { BySeverity, DeviceFilter, DeviceSummary, Snapshots } from "./reads/devices.js";
export type { LogFilter, Overview, RecommendationFilter } from "./reads/overview.js";
export type { Page } from "./reads/pages.js";
export type { TableSpan } from "./reads/spans.js";
export type { Commit, Snapshot } from "./store/loader.js";
export type { QueryLimits, QueryResult } from "./store/runner.js";
export { databaseSchema } from "./tables/physical.js";
export {
  openWorkspace,
  type Standing,
  type Workspace,
  type WorkspaceOptions,
  type WorkspaceSlot,
} from "./workspace.js";
