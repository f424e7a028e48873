import { ApiError } from "@picket/api/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../shared/api.js";
import type { Answer } from "./charting.js";
import { keptHistory, type Past, remember } from "./history.js";

/** What a query came to. */
export interface Outcome {
  readonly query: string;
  readonly answer?: Answer;
  readonly error?: Error;
}

const BEAT_MS = 100;

/** Runs queries one at a time, stops them, and remembers those that answered. */
export function useRun() {
  const [outcome, setOutcome] = useState<Outcome>();
  const [running, setRunning] = useState<{ readonly id: string; readonly since: number }>();
  const [past, setPast] = useState<readonly Past[]>(keptHistory);
  const current = useRef("");
  const start = useCallback(async (query: string): Promise<void> => {
    const id = crypto.randomUUID();
    current.current = id;
    setRunning({ id, since: performance.now() });
    const found = await api("POST /query", { body: { query, id } }).then(
      (answer): Outcome => ({ query, answer }),
      (error: Error): Outcome => ({ query, error }),
    );
    // Another run may have begun meanwhile; its answer is the one that is waited for.
    if (current.current !== id) return;
    setRunning(undefined);
    setOutcome(found);
    if (found.answer) setPast(remember({ query, at: new Date().toISOString(), rows: found.answer.rowCount }));
  }, []);
  const stop = useCallback((): void => {
    const id = current.current;
    if (id) void api("DELETE /query/{id}", { params: { id } }).catch(() => {});
  }, []);
  return { outcome, running, past, start, stop };
}

/** Milliseconds since something began, while it goes on. */
export function useElapsed(since: number | undefined): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === undefined) return;
    setNow(performance.now());
    const beat = setInterval(() => setNow(performance.now()), BEAT_MS);
    return () => clearInterval(beat);
  }, [since]);
  return since === undefined ? 0 : Math.max(0, now - since);
}

/** The name that a refusal says was probably meant, and where it stands. */
export function suggestionIn(
  error: Error | undefined,
): { readonly from: number; readonly to: number; readonly suggestion: string } | undefined {
  if (!(error instanceof ApiError) || typeof error.details !== "object" || error.details === null)
    return undefined;
  const { from, to, suggestion }: { from?: unknown; to?: unknown; suggestion?: unknown } = error.details;
  return typeof from === "number" && typeof to === "number" && typeof suggestion === "string"
    ? { from, to, suggestion }
    : undefined;
}
