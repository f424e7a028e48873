import { openClient } from "@picket/api/client";
import { QueryClient } from "@tanstack/react-query";

/** The server this console came from. */
export const api = openClient({ origin: "", fetch: (...given) => fetch(...given) });

/** What was read lately, by what was asked. */
export const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 5_000, refetchOnWindowFocus: true } },
});
