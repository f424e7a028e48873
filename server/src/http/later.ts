import type { Call, RouteKey, Routes } from "@picket/api";
import type { Around, Handlers } from "./handler.js";

type Key = Exclude<RouteKey, "GET /alerts/live">;

/** Handlers whose file is loaded at their first call: what a start does not need does not slow it. */
export function later<K extends Key>(
  keys: readonly K[],
  load: () => Promise<Pick<Handlers, K>>,
): Pick<Handlers, K> {
  const entries = keys.map((key) => [
    key,
    async (call: Call<Routes[K]>, around: Around) => (await load())[key](call, around),
  ]);
  return Object.fromEntries(entries);
}
