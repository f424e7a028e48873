import { Button, SegmentedControl } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useState } from "react";
import { api } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count, counted } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty, Problem, Waiting } from "../shared/states.js";

type Found = Reply<Routes["POST /detection/backtest"]>["rules"];

const DAY_MS = 86_400_000;

interface BackTestProps {
  /** What is tried; `null` when there is nothing to try. */
  readonly what: { readonly group?: { readonly name: string; readonly value: unknown } } | null;
  readonly done: () => void;
}

/** What would have fired on what is stored, before anything is saved. */
export function BackTest({ what, done }: BackTestProps) {
  const [days, setDays] = useState("7");
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<Error>();
  const [isRunning, setRunning] = useState(false);
  const run = async (): Promise<void> => {
    if (!what) return;
    setRunning(true);
    setError(undefined);
    const to = new Date();
    const from = new Date(to.getTime() - Number(days) * DAY_MS);
    try {
      const { rules } = await api("POST /detection/backtest", {
        body: { ...what, from: from.toISOString(), to: to.toISOString() },
      });
      setFound(rules);
      done();
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error(String(problem)));
    }
    setRunning(false);
  };
  return (
    <Panel title="What it would have found">
      <div className="row">
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={days}
          onChange={setDays}
          data={[
            { value: "1", label: "A day" },
            { value: "7", label: "7 days" },
            { value: "30", label: "30 days" },
          ]}
        />
        <Button size="compact-sm" variant="default" disabled={!what || isRunning} onClick={() => void run()}>
          Try it on what is stored
        </Button>
      </div>
      {isRunning && <Waiting lines={3} />}
      {error && <Problem error={error} again={() => void run()} />}
      {!isRunning && !error && <Outcome found={found} days={Number(days)} />}
    </Panel>
  );
}

function Outcome({ found, days }: { readonly found: Found | undefined; readonly days: number }) {
  if (!found)
    return (
      <p className="muted small" style={{ marginTop: 10 }}>
        Switch something on and try it: you see how often it would have fired, and on how many devices, before
        it wakes anybody.
      </p>
    );
  if (found.length === 0) return <Empty title="Nothing is switched on">There is nothing to try yet.</Empty>;
  return (
    <table className="rows" style={{ marginTop: 10 }}>
      <thead>
        <tr>
          <th scope="col">Alert</th>
          <th scope="col" className="number">
            Times
          </th>
          <th scope="col" className="number">
            Devices
          </th>
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ id, title, hits, devices, last, problem }) => (
          <tr key={id}>
            <td>
              {title.split("/").at(-1)}
              <div className="muted small">{problem ?? noise(hits, days)}</div>
            </td>
            <td className="number">{count(hits)}</td>
            <td className="number">{count(devices)}</td>
            <td>
              <When at={last} isBrief />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How much work that would have been. */
function noise(hits: number, days: number): string {
  if (hits === 0) return "would have stayed quiet";
  const perDay = hits / days;
  return perDay >= 1 ? `about ${counted(Math.round(perDay), "time")} a day` : "less than once a day";
}
