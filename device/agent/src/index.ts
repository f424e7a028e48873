export { Agent, type AgentOptions, VERSION } from "./agent.js";
export { agentErrors } from "./errors.js";
export { Outbox, type OutboxOptions, type Queue } from "./outbox/outbox.js";
export type { HostEvent, Source, Take } from "./sources/host-events.js";
export { type Coverage, openBest, type Way, waysToWatch } from "./sources/open.js";
