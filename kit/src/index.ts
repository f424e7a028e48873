export { type Clock, handClock, systemClock } from "./clock.js";
export type { Closable } from "./closable.js";
export {
  bool,
  type Column,
  type Columns,
  datetime,
  dynamic,
  int,
  long,
  type Row,
  real,
  type ScalarType,
  string,
} from "./columns.js";
export { type Catalogue, type CatalogueEntry, catalogue, isKnown, KnownError, type Retry } from "./errors.js";
export { type Level, type Recorder, type Signal, type SignalDefinition, signal, silent } from "./signal.js";
