import { Button, Table } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { at, count } from "./format.js";

/** One value of one series at one time. */
export interface Point {
  readonly at: string;
  readonly series: string;
  readonly value: number;
}

const colors = [
  "#0f766e",
  "#b45309",
  "#1d4ed8",
  "#be185d",
  "#4d7c0f",
  "#7c3aed",
  "#0e7490",
  "#a16207",
  "#475569",
  "#c2410c",
];

/** Points as columns: the times, then one line of values for each series. */
export function columnsOf(points: readonly Point[]): { names: string[]; data: (number | null)[][] } {
  const times = [...new Set(points.map((point) => Date.parse(point.at) / 1000))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const names = [...new Set(points.map(({ series }) => series))].sort();
  const place = new Map(times.map((time, index) => [time, index]));
  const lines = names.map(() => times.map((): number | null => null));
  for (const { at: time, series, value } of points) {
    const index = place.get(Date.parse(time) / 1000);
    const line = lines[names.indexOf(series)];
    if (line && index !== undefined) line[index] = (line[index] ?? 0) + value;
  }
  return { names, data: [times, ...lines] };
}

/** Lines over time, with a table behind a button for who would rather read. */
export function TimeChart({
  points,
  bars = false,
}: {
  readonly points: readonly Point[];
  readonly bars?: boolean;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [isTable, setTable] = useState(false);
  const { names, data } = useMemo(() => columnsOf(points), [points]);
  useEffect(() => {
    if (!place.current || isTable) return;
    const host = place.current;
    const ink = getComputedStyle(host).getPropertyValue("--muted");
    const line = getComputedStyle(host).getPropertyValue("--line");
    const axis = { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } };
    const paths = bars ? uPlot.paths.bars?.({ size: [0.7] }) : undefined;
    const series = names.map((label, index) => ({
      label,
      stroke: colors[index % colors.length]!,
      width: 2,
      fill: `${colors[index % colors.length]}22`,
      spanGaps: true,
      points: { show: data[0]!.length < 3 },
      ...(paths ? { paths } : {}),
    }));
    const chart = new uPlot(
      {
        width: host.clientWidth,
        height: 220,
        axes: [axis, axis],
        series: [{}, ...series],
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
      },
      data as uPlot.AlignedData,
      host,
    );
    const watch = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: 220 }));
    watch.observe(host);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [names, data, bars, isTable]);
  if (points.length === 0) return <p>Nothing was received in this time.</p>;
  return (
    <div>
      {isTable ? (
        <PointTable points={points} />
      ) : (
        <div ref={place} role="img" aria-label={`Chart of ${names.join(", ")} over time`} />
      )}
      <Button size="compact-xs" variant="default" mt="xs" onClick={() => setTable(!isTable)}>
        {isTable ? "Show the chart" : "Show as a table"}
      </Button>
    </div>
  );
}

function PointTable({ points }: { readonly points: readonly Point[] }) {
  return (
    <Table.ScrollContainer minWidth={300} mah={260}>
      <table className="rows">
        <thead>
          <tr>
            <th>Time</th>
            <th>Series</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {points.slice(0, 500).map((point) => (
            <tr key={`${point.at}${point.series}`}>
              <td>{at(point.at)}</td>
              <td>{point.series}</td>
              <td>{count(point.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Table.ScrollContainer>
  );
}
