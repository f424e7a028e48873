export { streamErrors } from "./errors.js";
export { type Change, type KeyValueStore, openKeyValueStore } from "./key-value.js";
export { type LmdbStreamOptions, openStream } from "./lmdb-stream.js";
export type { Entry, Stream, StreamStatus, TrimOptions } from "./stream.js";
