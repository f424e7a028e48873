import { Tooltip } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { ago, exact, type Zone } from "./format.js";

interface Clock {
  readonly zone: Zone;
  readonly now: number;
  readonly show: (zone: Zone) => void;
}

const KEPT = "picket-clock";
const BEAT_MS = 15_000;
const ClockContext = createContext<Clock>({ zone: "mine", now: 0, show: () => {} });

/** One clock for every screen: which zone it shows, and what time it is. */
export function ClockProvider({ children }: { readonly children: ReactNode }) {
  const [zone, setZone] = useState<Zone>(localStorage.getItem(KEPT) === "UTC" ? "UTC" : "mine");
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const beat = setInterval(() => setNow(Date.now()), BEAT_MS);
    return () => clearInterval(beat);
  }, []);
  const value = useMemo(() => {
    const show = (next: Zone): void => {
      localStorage.setItem(KEPT, next);
      setZone(next);
    };
    return { zone, now, show };
  }, [zone, now]);
  return <ClockContext value={value}>{children}</ClockContext>;
}

/** The clock of the screens. */
export const useClock = (): Clock => useContext(ClockContext);

interface WhenProps {
  readonly at: string | undefined | null;
  /** For narrow columns. */
  readonly isBrief?: boolean;
}

/** A time: how long ago, and exactly when pointed at or focused. */
export function When({ at, isBrief = false }: WhenProps) {
  const { zone, now } = useClock();
  if (!at) return <span className="muted">never</span>;
  const words = ago(at, Math.max(now, Date.now() - BEAT_MS), isBrief);
  return (
    <Tooltip label={exact(at, zone)}>
      <time dateTime={at} className="nowrap">
        {words}
      </time>
    </Tooltip>
  );
}
