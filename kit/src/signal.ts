/** How loudly a signal speaks. `error` means lost data or a person is needed. */
export type Level = "debug" | "info" | "warn" | "error";

/** One thing that can happen: its log line and its counter, named together once. */
export interface SignalDefinition<L extends string> {
  readonly level: Level;
  /** A sentence with a full stop. */
  readonly message: string;
  /** Prometheus counter name, ending in `_total`. */
  readonly counter: string;
  /** Labels of the counter; their values must be few. */
  readonly labels: readonly L[];
}

/** Where signals go. The hallway gives every room one; tests pass `silent`. */
export interface Recorder {
  log(level: Level, message: string, fields: object): void;
  count(counter: string, labels: object, by: number): void;
  /** Sets a gauge, such as a queue's depth or a delay in seconds. */
  gauge(name: string, labels: object, value: number): void;
}

/** Something that happened, ready to be told to a recorder; `fields` go to the log line only. */
export interface Signal<L extends string> {
  (to: Recorder, labels: Readonly<Record<L, string>>, by?: number, fields?: object): void;
  readonly definition: SignalDefinition<L>;
}

/** Declares a signal. Forgetting a label does not compile; nobody logs without counting. */
export function signal<const L extends string>(definition: SignalDefinition<L>): Signal<L> {
  const tell = (to: Recorder, labels: Readonly<Record<L, string>>, by = 1, fields: object = {}): void => {
    to.count(definition.counter, labels, by);
    to.log(definition.level, definition.message, {
      ...labels,
      ...(by === 1 ? {} : { count: by }),
      ...fields,
    });
  };
  return Object.assign(tell, { definition });
}

/** A recorder that keeps nothing. */
export const silent: Recorder = { log: () => {}, count: () => {}, gauge: () => {} };
