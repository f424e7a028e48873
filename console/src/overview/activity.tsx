import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { TimeChart } from "../charts/time-chart.js";
import { Empty } from "../shared/states.js";

const DAY = 86_400;

interface ActivityProps {
  readonly of: readonly { readonly hour: string; readonly name: string; readonly count: number }[];
  /** The time the numbers are of. */
  readonly at: string;
  readonly device?: string;
}

/** Events by hour and name over a day; a span drawn with the mouse opens in the explorer. */
export function Activity({ of, at, device }: ActivityProps) {
  const navigate = useNavigate();
  const points = useMemo(
    () => of.map(({ hour, name, count }) => ({ at: hour, series: name, value: count })),
    [of],
  );
  const hour = Math.floor(Date.parse(at) / 3_600_000) * 3_600;
  const hours = useMemo(() => [hour - DAY + 3_600, hour] as const, [hour]);
  if (of.length === 0)
    return (
      <Empty title="Nothing was received in the last day">
        Look under Devices whether any is connected; a device that is connected sends its state within half an
        hour.
      </Empty>
    );
  const open = (from: number, to: number): void => {
    const only = device ? ` and DeviceId == ${JSON.stringify(device)}` : "";
    const [start, end] = [from, to].map((seconds) => new Date(seconds * 1000).toISOString());
    const query = `SecurityIoTRawEvent\n| where TimeGenerated between (datetime(${start}) .. datetime(${end}))${only}\n| summarize Events = count() by bin(TimeGenerated, 1m), RawEventName\n| render timechart`;
    void navigate({ to: "/explore", search: { query, run: "1" } });
  };
  return (
    <TimeChart
      label="events by hour"
      points={points}
      shape="stack"
      height={190}
      hours={hours}
      onSpan={open}
    />
  );
}
