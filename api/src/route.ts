import type { Static, TSchema } from "typebox";

/** What a person or token may do: each role may do what the ones before it may. */
export type Role = "viewer" | "analyst" | "admin";

/** One route of the API. Its key in the route table is `METHOD /path/{parameter}` below `/api/v1`. */
export interface Route {
  /** A sentence for the documentation. */
  readonly about: string;
  /** Who may call it; `anyone` needs no session. */
  readonly role: Role | "anyone";
  /** The action named in the audit table; without one the call leaves no audit row (reads of lists). */
  readonly audit?: string;
  /** Largest body taken, where 1 MB is too little. */
  readonly maxBytes?: number;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** The body of a 200 answer; without it the answer is 204. */
  readonly reply?: TSchema;
  /** Set for a route that changes nothing though it is no GET, such as a preview; it leaves no audit row. */
  readonly changesNothing?: true;
  /** Set for routes that answer with a stream of server-sent events; `reply` is one event's data. */
  readonly stream?: true;
}

type Part<R, K extends string> =
  R extends Readonly<Record<K, infer S extends TSchema>> ? Static<S> : undefined;

/** What a call of route `R` carries. */
export interface Call<R extends Route> {
  readonly params: Part<R, "params">;
  readonly query: Part<R, "query">;
  readonly body: Part<R, "body">;
}

/** What route `R` answers. */
export type Reply<R extends Route> = Part<R, "reply">;
