import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Alert, api } from "../shared/api.js";
import { severities } from "../shared/severity.js";
import type { Ask, Order } from "./filters.js";

const PAGE = 200;

/** Where each question goes on; null when it is answered to its end. */
type Cursors = readonly (string | null)[];

async function page(asks: readonly Ask[], order: Order, cursors: Cursors) {
  const answers = await Promise.all(
    asks.map((ask, index) => {
      const cursor = cursors[index];
      if (cursor === null) return { alerts: [], total: 0, next: undefined };
      const { status, severity, ...rest } = ask;
      const lists = { status: [...status], ...(severity ? { severity: [...severity] } : {}) };
      return api("GET /alerts", {
        query: { ...rest, ...lists, order, limit: PAGE, ...(cursor ? { cursor } : {}) },
      });
    }),
  );
  return {
    alerts: answers.flatMap(({ alerts }) => alerts),
    total: answers.reduce((sum, { total }) => sum + total, 0),
    next: answers.map(({ next }) => next ?? null),
  };
}

const newestFirst = (a: Alert, b: Alert): number =>
  (b.TimeGenerated ?? "").localeCompare(a.TimeGenerated ?? "");

const places = new Map<string | undefined, number>(severities.map((severity, place) => [severity, place]));
const badness = ({ AlertSeverity }: Alert): number => places.get(AlertSeverity) ?? severities.length;

const worstFirst = (a: Alert, b: Alert): number => badness(a) - badness(b) || newestFirst(a, b);

/** The alerts of a view, read on as the list is scrolled. */
export function useAlerts(asks: readonly Ask[], order: Order) {
  const asked = useInfiniteQuery({
    queryKey: ["alerts", "list", asks, order],
    queryFn: ({ pageParam }) => page(asks, order, pageParam),
    initialPageParam: asks.map(() => "") as Cursors,
    getNextPageParam: ({ next }) => (next.some((cursor) => cursor !== null) ? next : undefined),
    placeholderData: keepPreviousData,
  });
  const alerts = useMemo(
    () => asked.data?.pages.flatMap((each) => each.alerts).sort(order === "worst" ? worstFirst : newestFirst),
    [asked.data, order],
  );
  return { asked, alerts, total: asked.data?.pages[0]?.total ?? 0 };
}
