import { Button, Group, Stack } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { type Point, TimeChart } from "../shared/charts.js";
import { csv, download } from "../shared/format.js";
import { Empty } from "../shared/parts.js";

type Answer = Reply<Routes["POST /query"]>;

const ROW = 33;
const shown = (value: unknown): string =>
  value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** A result as the chart it asks for, and as a table; all rows can be taken away. */
export function Results({ answer }: { readonly answer: Answer }) {
  const names = answer.columns.map(({ name }) => name);
  if (answer.rows.length === 0)
    return (
      <Empty title="No rows">The query ran; nothing matches. A wider time range may hold something.</Empty>
    );
  const points = pointsOf(answer);
  const objects = (): string =>
    answer.rows
      .map((row) => JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index]]))))
      .join("\n");
  return (
    <Stack gap="xs">
      {points && <TimeChart points={points} bars={answer.render?.kind !== "timechart"} />}
      <Grid answer={answer} />
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => download("picket.csv", csv(names, answer.rows), "text/csv")}
        >
          All rows as CSV
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => download("picket.ndjson", objects(), "application/x-ndjson")}
        >
          All rows as NDJSON
        </Button>
      </Group>
    </Stack>
  );
}

/** What a chart over time needs: the first time column, the first number, and a text that tells series apart. */
export function pointsOf({
  columns,
  rows,
  render,
}: Pick<Answer, "columns" | "rows" | "render">): Point[] | undefined {
  if (!render || !/chart$/.test(render.kind)) return undefined;
  const time = columns.findIndex(({ type }) => type === "datetime");
  const number = columns.findIndex(({ type }) => ["long", "int", "real"].includes(type));
  const series = columns.findIndex(({ type }) => type === "string");
  if (time < 0 || number < 0) return undefined;
  return rows.map((row) => ({
    at: String(row[time]),
    series: series < 0 ? (columns[number]?.name ?? "") : String(row[series]),
    value: Number(row[number]),
  }));
}

function Grid({ answer: { columns, rows } }: { readonly answer: Answer }) {
  const place = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div
      ref={place}
      className="scroll card"
      style={{ maxHeight: 460, padding: 0 }}
      tabIndex={0}
      role="region"
      aria-label="Result rows"
    >
      <table className="rows">
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} title={type}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {items.map(({ index }) => (
            <tr key={index} style={{ height: ROW }}>
              {rows[index]!.map((value, column) => (
                <td
                  key={columns[column]?.name}
                  style={{
                    whiteSpace: "nowrap",
                    maxWidth: 460,
                    overflow: "hidden",
                    textOverflow: "ellipsis",
                  }}
                  title={shown(value)}
                >
                  {shown(value)}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
