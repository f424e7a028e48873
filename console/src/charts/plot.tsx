import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useClock } from "../shared/clock.js";
import { brief, clock, dayAndMonth, hourOf, type Zone } from "../shared/format.js";
import { type Columns, stacked } from "./data.js";

/** How a time chart is drawn. */
export type Shape = "stack" | "line" | "area";

interface PlotProps {
  readonly columns: Columns;
  readonly shape: Shape;
  readonly height: number;
  /** Called with the seconds of a span drawn with the mouse. */
  readonly onSpan?: (from: number, to: number) => void;
}

interface Look {
  readonly colors: readonly string[];
  readonly ink: string;
  readonly line: string;
  readonly zone: Zone;
}

/** The canvas does not inherit: colours are read from the tokens, again whenever the scheme changes. */
function lookOf(host: HTMLElement, zone: Zone): Look {
  const style = getComputedStyle(host);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const colors = Array.from({ length: 10 }, (_, index) => token(`--c${index + 1}`));
  return { colors, ink: token("--muted"), line: token("--line"), zone };
}

function seriesOf({ columns: { names }, shape }: PlotProps, { colors }: Look): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.78, 44], align: 1 });
  const all = names.map((label, index): uPlot.Series => {
    const color = colors[index % colors.length]!;
    if (shape === "stack")
      return { label, fill: color, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) };
    return {
      label,
      stroke: color,
      width: 1.75,
      spanGaps: true,
      ...(shape === "area" ? { fill: `${color}33` } : {}),
    };
  });
  // The highest sum is drawn first, so that the lower ones stand before it.
  return shape === "stack" ? all.reverse() : all;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Seconds between two marks of the axis. */
const STEPS = [
  1,
  2,
  5,
  10,
  30,
  60,
  120,
  300,
  600,
  1_800,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  30 * DAY,
  90 * DAY,
  365 * DAY,
];

/** A time on the axis, as exact as the steps between its marks. */
function timeOf(seconds: number, step: number, zone: Zone): string {
  const at = seconds * 1000;
  if (step >= 86_400) return dayAndMonth(at, zone);
  return step < 60 ? clock(at, zone) : hourOf(at, zone);
}

function optionsOf(props: PlotProps, look: Look, width: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: look.ink,
    font: "12px ui-sans-serif, system-ui, sans-serif",
    grid: { stroke: look.line, width: 1 },
    ticks: { show: false },
  };
  const { times } = props.columns;
  const step = times.length > 1 ? times[1]! - times[0]! : 3_600;
  const [first = 0, last = first] = [times[0], times.at(-1)];
  return {
    width,
    height: props.height,
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: props.shape !== "stack" },
      drag: { x: props.onSpan !== undefined, y: false, setScale: false },
    },
    ...(look.zone === "UTC" ? { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") } : {}),
    axes: [
      {
        ...axis,
        size: 28,
        space: 76,
        incrs: [...STEPS],
        grid: { show: false },
        values: (...given) => given[1].map((each) => timeOf(each, given[4], look.zone)),
      },
      { ...axis, size: 48, values: (_, values) => values.map(brief) },
    ],
    scales: {
      x: {
        // Of the times themselves: around a single one the library's own range is years wide.
        range: () =>
          props.shape === "stack"
            ? [first, last + step]
            : last > first
              ? [first, last]
              : [first - step, last + step],
      },
      y: { range: (_, min, max) => [Math.min(0, min ?? 0), Math.max(1, (max ?? 1) * 1.08)] },
    },
    series: [{}, ...seriesOf(props, look)],
    hooks: {
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return;
          props.onSpan?.(
            chart.posToVal(chart.select.left, "x"),
            chart.posToVal(chart.select.left + chart.select.width, "x"),
          );
        },
      ],
    },
  };
}

/** Draws series over time on a canvas. */
export function Plot({ columns, shape, height, onSpan }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const { zone } = useClock();
  // What a drawn span does may change with every render; the chart need not be drawn again for it.
  const latest = useRef(onSpan);
  latest.current = onSpan;
  const isSpanned = onSpan !== undefined;
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const tell = (from: number, to: number): void => latest.current?.(from, to);
    const given: PlotProps = { columns, shape, height, ...(isSpanned ? { onSpan: tell } : {}) };
    const { times, lines } = columns;
    const drawn = shape === "stack" ? stacked(lines).reverse() : lines.map((line) => [...line]);
    const draw = (): uPlot =>
      new uPlot(optionsOf(given, lookOf(host, zone), host.clientWidth), [[...times], ...drawn], host);
    let chart = draw();
    const schemes = new MutationObserver(() => {
      chart.destroy();
      chart = draw();
    });
    schemes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    const sizes = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height }));
    sizes.observe(host);
    return () => {
      sizes.disconnect();
      schemes.disconnect();
      chart.destroy();
    };
  }, [columns, shape, height, isSpanned, zone]);
  return <div ref={place} className="chart" style={{ height }} />;
}
