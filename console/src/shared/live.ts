import type { Reply, Routes } from "@picket/api";
import { pathOf } from "@picket/api/client";
import { useEffect } from "react";

/** What changed in the tables. */
export type Changes = Reply<Routes["GET /alerts/live"]>;

/** Hears of new and changed alerts as they reach the tables. */
export function useLive(listener: (changes: Changes) => void): void {
  useEffect(() => {
    const source = new EventSource(pathOf("GET /alerts/live"));
    source.onmessage = ({ data }) => listener(JSON.parse(String(data)));
    return () => source.close();
  }, [listener]);
}
