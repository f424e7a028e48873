export { LiteralIndex } from "./engine/literal-index.js";
export { openPipeline, type Pipeline, type PipelineOptions, type PipelineStatus } from "./pipeline.js";
export type { Changes, Commit, Inlet, Tables } from "./slots.js";
