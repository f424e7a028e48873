import type { Reply, Routes } from "@picket/api";
import { ApiError, openClient } from "@picket/api/client";
import { QueryClient, useQuery } from "@tanstack/react-query";

/** The server this console came from. */
export const api = openClient({ origin: "", fetch: (...given) => fetch(...given) });

/** Asking again does not help when the server understood and said no. */
const askAgain = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status < 500);

/** Makes the store of what was read lately, by what was asked. */
export const openQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: { queries: { retry: askAgain, staleTime: 5_000, refetchOnWindowFocus: true } },
  });

/** An alert as lists carry it. */
export type Alert = Reply<Routes["GET /alerts"]>["alerts"][number];
/** One change of an alert. */
export type Change = Reply<Routes["GET /alerts/{id}"]>["history"][number];
/** A raw event. */
export type RawEvent = Reply<Routes["GET /alerts/{id}"]>["timeline"][number];
/** Counts by severity. */
export type BySeverity = Reply<Routes["GET /overview"]>["alertsOpen"];

/** Who is signed in. */
export const useSession = () =>
  useQuery({ queryKey: ["session"], queryFn: () => api("GET /session"), staleTime: 60_000 });

const ranks = { viewer: 0, analyst: 1, admin: 2 };

/** Whether the person signed in may do what `role` may. */
export function useMay(role: keyof typeof ranks): boolean {
  const { data } = useSession();
  return data !== undefined && ranks[data.role] >= ranks[role];
}
