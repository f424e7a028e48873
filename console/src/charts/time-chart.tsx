import { Button } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { useClock } from "../shared/clock.js";
import { count, moment } from "../shared/format.js";
import { type Columns, columnsOf, everyHour, type Point, totalsOf } from "./data.js";
import type { Shape } from "./plot.js";

const Plot = lazy(() => import("./plot.js").then((module) => ({ default: module.Plot })));
const MOST_ROWS = 400;

interface TimeChartProps {
  /** What is shown, for who cannot see it. */
  readonly label: string;
  readonly points: readonly Point[];
  readonly shape: Shape;
  readonly height?: number;
  /** Fills the hours between these two times with zeros. */
  readonly hours?: readonly [from: number, to: number];
  readonly onSpan?: (from: number, to: number) => void;
}

/** Series over time with their sums beneath, and the same as a table behind a button. */
export function TimeChart({ label, points, shape, height = 200, hours, onSpan }: TimeChartProps) {
  const [isTable, setTable] = useState(false);
  const columns = useMemo(() => {
    const found = columnsOf(points);
    return hours ? everyHour(found, hours[0], hours[1]) : found;
  }, [points, hours]);
  return (
    <figure>
      {isTable ? (
        <PointTable columns={columns} label={label} />
      ) : (
        <div role="img" aria-label={`Chart of ${label}: ${columns.names.join(", ")}`}>
          <Suspense fallback={<div style={{ height }} />}>
            <Plot columns={columns} shape={shape} height={height} {...(onSpan ? { onSpan } : {})} />
          </Suspense>
        </div>
      )}
      <div className="row apart" style={{ alignItems: "flex-start", flexWrap: "nowrap" }}>
        <Legend columns={columns} />
        <Button size="compact-xs" variant="subtle" mt={4} flex="none" onClick={() => setTable(!isTable)}>
          {isTable ? "As a chart" : "As a table"}
        </Button>
      </div>
    </figure>
  );
}

function Legend({ columns }: { readonly columns: Columns }) {
  const totals = totalsOf(columns);
  return (
    <ul className="legend" aria-label="Series">
      {columns.names.map((name, index) => (
        <li key={name}>
          <i style={{ background: `var(--c${(index % 10) + 1})` }} />
          {name} <b>{count(totals[index])}</b>
        </li>
      ))}
    </ul>
  );
}

function PointTable({
  columns: { names, times, lines },
  label,
}: {
  readonly columns: Columns;
  readonly label: string;
}) {
  const { zone } = useClock();
  return (
    <div className="scroll" style={{ maxHeight: 260 }} tabIndex={0} role="region" aria-label={label}>
      <table className="rows">
        <thead>
          <tr>
            <th>Time</th>
            {names.map((name) => (
              <th key={name} className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.slice(0, MOST_ROWS).map((time, row) => (
            <tr key={time}>
              <td className="nowrap">{moment(time * 1000, zone)}</td>
              {lines.map((line, index) => (
                <td key={names[index]} className="number">
                  {line[row] === null || line[row] === undefined ? "" : count(line[row])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
