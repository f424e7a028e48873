/** What is drawn: columns, rows, and the kind of chart that `render` asked for. */
export interface Drawing {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly kind: string;
  /** Characters across. */
  readonly width: number;
}

const NUMBERS = new Set(["long", "int", "real", "decimal"]);
const STEPS = "▁▂▃▄▅▆▇█";
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const MOST_BARS = 40;
const LABEL = 28;

/** Draws a result with letters; undefined when it has nothing that could be drawn. */
export function draw(drawing: Drawing): string | undefined {
  const number = drawing.columns.findIndex(({ type }) => NUMBERS.has(type));
  if (number < 0 || drawing.rows.length === 0) return undefined;
  const time = drawing.columns.findIndex(({ type }) => type === "datetime");
  return time >= 0 && drawing.kind !== "piechart" ? lines(drawing, time, number) : bars(drawing, number);
}

const labelOf = (row: readonly unknown[], skip: readonly number[]): string =>
  row
    .filter((_, index) => !skip.includes(index))
    .map(String)
    .join(" ");

const cut = (text: string): string =>
  (text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text).padEnd(LABEL);

function bars({ columns, rows, width }: Drawing, number: number): string {
  const others = columns.flatMap(({ type }, index) => (index !== number && NUMBERS.has(type) ? [index] : []));
  const shown = rows.slice(0, MOST_BARS);
  const largest = Math.max(...shown.map((row) => Math.abs(Number(row[number]))), Number.MIN_VALUE);
  const space = Math.max(10, width - LABEL - 14);
  const drawn = shown.map((row) => {
    const value = Number(row[number]);
    const eighths = Math.round((Math.abs(value) / largest) * space * 8);
    const bar = "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
    return `${cut(labelOf(row, [number, ...others]))} ${bar} ${value}`;
  });
  const left = rows.length - shown.length;
  return [...drawn, ...(left > 0 ? [`… and ${left} more`] : [])].join("\n");
}

function lines({ columns, rows, width }: Drawing, time: number, number: number): string {
  const others = columns.flatMap(({ type }, index) => (index !== number && NUMBERS.has(type) ? [index] : []));
  const times = rows.map((row) => Date.parse(String(row[time]))).filter(Number.isFinite);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const space = Math.max(10, width - LABEL - 16);
  const series = new Map<string, number[]>();
  for (const row of rows) {
    const at = Date.parse(String(row[time]));
    if (!Number.isFinite(at)) continue;
    const place = to === from ? 0 : Math.min(space - 1, Math.floor(((at - from) / (to - from)) * space));
    const name = labelOf(row, [time, number, ...others]);
    const values = series.get(name) ?? Array.from({ length: to === from ? 1 : space }, () => 0);
    values[place] = (values[place] ?? 0) + Number(row[number]);
    series.set(name, values);
  }
  const drawn = [...series].slice(0, MOST_BARS).map(([name, values]) => {
    const largest = Math.max(...values, Number.MIN_VALUE);
    const line = values.map((value) =>
      value <= 0 ? " " : STEPS[Math.min(7, Math.ceil((value / largest) * 8) - 1)],
    );
    return `${cut(name || (columns[number]?.name ?? ""))} ${line.join("")} ≤ ${largest}`;
  });
  const span = `${" ".repeat(LABEL)} ${iso(from)} to ${iso(to)}`;
  return [...drawn, span].join("\n");
}

const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
