import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { count } from "../shared/format.js";
import { useLive } from "../shared/live.js";
import { type Ask, belongs } from "./filters.js";

/** Alerts that came or changed since the list was read. They wait, so that nothing moves under the cursor. */
export function useNews(asks: readonly Ask[]) {
  const queries = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  useLive(({ alerts }) => {
    const fresh = alerts
      .filter((alert) => belongs(alert, asks))
      .map(({ SystemAlertId = "" }) => SystemAlertId);
    if (fresh.length > 0) setWaiting((before) => new Set([...before, ...fresh]));
  });
  const show = useCallback((): void => {
    setWaiting(new Set());
    void queries.invalidateQueries({ queryKey: ["alerts"] });
  }, [queries]);
  return { waiting: waiting.size, show };
}

/** Says how many wait, and shows them when asked. */
export function NewsChip({ waiting, show }: ReturnType<typeof useNews>) {
  if (waiting === 0) return null;
  return (
    <button type="button" className="chip news" onClick={show}>
      {count(waiting)} new or changed
    </button>
  );
}
