import { Button, Menu } from "@mantine/core";
import { useMemo, useState } from "react";
import { Bars, Pie, StandingColumns } from "../charts/parts.js";
import { TimeChart } from "../charts/time-chart.js";
import { csv, download, ndjson } from "../shared/export.js";
import { count } from "../shared/format.js";
import { Empty } from "../shared/states.js";
import { type Column, VirtualTable } from "../shared/table.js";
import { type Answer, compared, type Drawing, drawingOf, shortened, shown } from "./charting.js";
import type { CellUse } from "./query-text.js";

/** A cell that was pointed at. */
export interface Cell {
  readonly column: string;
  readonly type: string;
  readonly value: unknown;
}

interface ResultsProps {
  readonly answer: Answer;
  readonly onCell: (cell: Cell, use: CellUse) => void;
}

/** A result as the chart it asks for, and as a table; all rows can be taken away. */
export function Results({ answer, onCell }: ResultsProps) {
  const drawing = useMemo(() => drawingOf(answer), [answer]);
  if (answer.rows.length === 0)
    return (
      <Empty title="No rows">
        The query ran and nothing matches. A wider time range may hold something; take conditions away one by
        one to see which of them is too narrow.
      </Empty>
    );
  const label = answer.columns.map(({ name }) => name).join(", ");
  return (
    <>
      {drawing && (
        <section className="panel" aria-label="Chart">
          <Chart drawing={drawing} label={label} />
        </section>
      )}
      {answer.render && !drawing && answer.render.kind !== "table" && (
        <p className="muted small">
          These rows cannot be drawn as a {answer.render.kind}: it needs a column of numbers.
        </p>
      )}
      <div className="results">
        <Grid answer={answer} onCell={onCell} />
        <Exports answer={answer} />
      </div>
    </>
  );
}

function Chart({ drawing, label }: { readonly drawing: Drawing; readonly label: string }) {
  switch (drawing.kind) {
    case "time":
      return <TimeChart label={label} points={drawing.points} shape={drawing.shape} height={210} />;
    case "pie":
      return <Pie label={label} parts={drawing.parts} />;
    case "columns":
      return <StandingColumns label={label} parts={drawing.parts} />;
    case "bars":
      return <Bars label={label} parts={drawing.parts} />;
  }
}

interface Sort {
  readonly index: number;
  readonly isDown: boolean;
}

function Grid({ answer, onCell }: ResultsProps) {
  const [sort, setSort] = useState<Sort>();
  const [at, setAt] = useState<{ readonly cell: Cell; readonly x: number; readonly y: number }>();
  const rows = useMemo(() => {
    if (!sort) return answer.rows;
    const sign = sort.isDown ? -1 : 1;
    return answer.rows.toSorted((a, b) => sign * compared(a[sort.index], b[sort.index]));
  }, [answer.rows, sort]);
  const columns = useMemo(
    () =>
      answer.columns.map(({ name, type }, index): Column<Answer["rows"][number]> => {
        const isNumber = ["long", "int", "real", "decimal"].includes(type);
        return {
          name: `${name}${index}`,
          isNumber,
          ...(answer.columns.length > 5 ? { width: widthOf(type) } : {}),
          head: <Head name={name} type={type} index={index} sort={sort} setSort={setSort} />,
          cell: (row) => (
            <button
              type="button"
              className="cell"
              style={isNumber ? { textAlign: "right" } : {}}
              onClick={({ clientX: x, clientY: y, currentTarget }) => {
                const box = currentTarget.getBoundingClientRect();
                setAt({
                  cell: { column: name, type, value: row[index] },
                  x: x || box.left,
                  y: y || box.bottom,
                });
              }}
            >
              {isNumber && typeof row[index] === "number"
                ? numberOf(row[index])
                : (type === "datetime" ? shortened(shown(row[index])) : shown(row[index])) || "\u00a0"}
            </button>
          ),
        };
      }),
    [answer.columns, sort],
  );
  const minWidth = answer.columns.reduce((sum, { type }) => sum + widthOf(type), 0);
  return (
    <>
      <VirtualTable
        label="Rows of the result"
        columns={columns}
        rows={rows}
        idOf={(_, index) => String(index)}
        minWidth={minWidth}
      />
      {at && <CellMenu {...at} leave={() => setAt(undefined)} onCell={onCell} />}
    </>
  );
}

const widthOf = (type: string): number =>
  type === "datetime" ? 230 : type === "string" || type === "dynamic" ? 190 : 110;
const numberOf = (value: number): string => (Number.isInteger(value) ? count(value) : String(value));

interface HeadProps {
  readonly name: string;
  readonly type: string;
  readonly index: number;
  readonly sort: Sort | undefined;
  readonly setSort: (sort: Sort | undefined) => void;
}

function Head({ name, type, index, sort, setSort }: HeadProps) {
  const isHere = sort?.index === index;
  const next = !isHere ? { index, isDown: false } : sort.isDown ? undefined : { index, isDown: true };
  return (
    <button type="button" className="sort" title={`${type}; sort by ${name}`} onClick={() => setSort(next)}>
      {name} {isHere ? (sort.isDown ? "↓" : "↑") : ""}
    </button>
  );
}

interface CellMenuProps {
  readonly cell: Cell;
  readonly x: number;
  readonly y: number;
  readonly leave: () => void;
  readonly onCell: (cell: Cell, use: CellUse) => void;
}

function CellMenu({ cell, x, y, leave, onCell }: CellMenuProps) {
  const text = shown(cell.value);
  return (
    <Menu opened onClose={leave} position="bottom-start" withinPortal width={360}>
      <Menu.Target>
        <span style={{ position: "fixed", left: x, top: y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <span className="mono">{text.slice(0, 400) || "(empty)"}</span>
        </Menu.Label>
        <Menu.Item onClick={() => onCell(cell, "include")}>Only rows with this</Menu.Item>
        <Menu.Item onClick={() => onCell(cell, "exclude")}>Rows without this</Menu.Item>
        <Menu.Item onClick={() => onCell(cell, "count")}>Count by {cell.column}</Menu.Item>
        <Menu.Item onClick={() => void navigator.clipboard.writeText(text)}>Copy the value</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Exports({ answer: { columns, rows } }: { readonly answer: Answer }) {
  const names = columns.map(({ name }) => name);
  const stamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(":", "");
  return (
    <div className="row">
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => download(`picket-${stamp()}-utc.csv`, csv(names, rows), "text/csv")}
      >
        All {count(rows.length)} as CSV
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => download(`picket-${stamp()}-utc.ndjson`, ndjson(names, rows), "application/x-ndjson")}
      >
        As NDJSON
      </Button>
      <span className="muted small">Times are in UTC.</span>
    </div>
  );
}
