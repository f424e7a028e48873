/** What the caller may do: `never` repeat the same request, or repeat it `later`. */
export type Retry = "never" | "later";

/** An error whose code is stable, documented and safe to show to a caller. */
export class KnownError extends Error {
  override readonly name = "KnownError";
  readonly code: string;
  /** HTTP status that says the same; other protocols map from it. */
  readonly status: number;
  readonly retry: Retry;
  /** The values the message was made of, for programs that want them apart. */
  readonly details: unknown;

  constructor(
    fields: { code: string; status: number; retry: Retry; message: string; details?: unknown },
    options?: ErrorOptions,
  ) {
    super(fields.message, options);
    this.code = fields.code;
    this.status = fields.status;
    this.retry = fields.retry;
    this.details = fields.details;
  }
}

/** One error a room can raise. The message is a sentence that says what, where and what to do. */
export interface CatalogueEntry<D> {
  readonly status: number;
  readonly retry: Retry;
  readonly message: (details: D) => string;
}

/** What a message is made of; `{}` for one that needs nothing. */
type DetailsOf<M extends (details: never) => string> =
  Parameters<M> extends [infer D] ? D : Record<string, never>;

/** The makers of a catalogue's errors, one per entry, taking exactly what its message needs. */
export type Catalogue<T extends Record<string, CatalogueEntry<never>>> = {
  readonly [K in keyof T]: (details: DetailsOf<T[K]["message"]>, options?: ErrorOptions) => KnownError;
} & { readonly codes: readonly string[] };

/**
 * One table of errors per room, so that HTTP, MQTT, the console and the documentation read the same list.
 * `catalogue("HUB", { quotaSpent: … }).quotaSpent({…})` makes an error with code `HUB_QUOTA_SPENT`.
 */
export function catalogue<const T extends Record<string, CatalogueEntry<never>>>(
  room: string,
  entries: T,
): Catalogue<T> {
  const codeOf = (name: string): string => `${room}_${snake(name)}`;
  const make = (name: string) => (details: never, options?: ErrorOptions) => {
    const { status, retry, message } = entries[name]!;
    return new KnownError({ code: codeOf(name), status, retry, message: message(details), details }, options);
  };
  const names = Object.keys(entries);
  const makers = Object.fromEntries(names.map((name) => [name, make(name)]));
  return { ...makers, codes: names.map(codeOf) } as unknown as Catalogue<T>;
}

/** True when the error was meant for a caller; anything else is a bug of ours. */
export const isKnown = (error: unknown): error is KnownError => error instanceof KnownError;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
