import type { Reply, Routes } from "@picket/api";
import { pathOf } from "@picket/api/client";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";

/** What changed in the tables. */
export type Changes = Reply<Routes["GET /alerts/live"]>;
type Listener = (changes: Changes) => void;

const LiveContext = createContext<Set<Listener>>(new Set());

/** One stream of changes for all screens: browsers allow few connections to one server. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [listeners] = useState(() => new Set<Listener>());
  useEffect(() => {
    const source = new EventSource(pathOf("GET /alerts/live"));
    source.onmessage = ({ data }) => {
      const changes: Changes = JSON.parse(String(data));
      for (const listener of listeners) listener(changes);
    };
    return () => source.close();
  }, [listeners]);
  return <LiveContext value={listeners}>{children}</LiveContext>;
}

/** Hears of new and changed alerts as they reach the tables. */
export function useLive(listener: Listener): void {
  const listeners = useContext(LiveContext);
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const hear: Listener = (changes) => latest.current(changes);
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, [listeners]);
}
