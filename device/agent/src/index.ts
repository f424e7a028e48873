export { Agent, type AgentOptions } from "./agent.js";
export { Outbox } from "./outbox/outbox.js";
