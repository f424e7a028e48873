import type { Call, Reply, RouteKey, Routes } from "@picket/api";
import type { House } from "../house.js";
import type { Caller } from "../security/accounts.js";

/** What a handler gets beside the call. */
export interface Around {
  readonly house: House;
  readonly caller: Caller;
  readonly origin: string;
  readonly ipAddress: string;
  /** Sets or clears the session cookie. */
  setSession(secret: string | undefined): void;
}

/** An answer that is printed already, because it is large and nobody here looks into it. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A route without a reply answers nothing. */
type Answer<R> = R | RawJson | (R extends undefined ? ReturnType<() => void> : never);

/** Answers one route. */
export type Handler<K extends RouteKey> = (
  call: Call<Routes[K]>,
  around: Around,
) => Promise<Answer<Reply<Routes[K]>>>;

/** Every route but the live stream, which has a form of its own. */
export type Handlers = { readonly [K in Exclude<RouteKey, "GET /alerts/live">]: Handler<K> };
