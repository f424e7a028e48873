export { streamErrors } from "./errors.js";
export { type Change, type KeyValueStore, openKeyValueStore } from "./key-value.js";
export { openStream } from "./segment-stream.js";
export type { Entry, Stream, StreamOptions, StreamStatus, TrimOptions } from "./stream.js";
