import { count } from "../shared/format.js";
import { slicesOf } from "./data.js";

/** One named amount. */
export interface Part {
  readonly name: string;
  readonly value: number;
}

const RADIUS = 80;
const color = (index: number): string => `var(--c${(index % 10) + 1})`;
const around = (turn: number): string => {
  const angle = turn * 2 * Math.PI - Math.PI / 2;
  return `${(RADIUS * Math.cos(angle)).toFixed(2)} ${(RADIUS * Math.sin(angle)).toFixed(2)}`;
};

/** The outline of one slice of a pie. */
export function outline(from: number, to: number): string {
  if (to - from > 0.9999)
    return `M0 ${-RADIUS}A${RADIUS} ${RADIUS} 0 1 1 0 ${RADIUS}A${RADIUS} ${RADIUS} 0 1 1 0 ${-RADIUS}Z`;
  return `M0 0L${around(from)}A${RADIUS} ${RADIUS} 0 ${to - from > 0.5 ? 1 : 0} 1 ${around(to)}Z`;
}

/** Parts of a whole; the list beside it says the same in words. */
export function Pie({ parts, label }: { readonly parts: readonly Part[]; readonly label: string }) {
  const slices = slicesOf(parts);
  return (
    <figure className="pie">
      <svg width="200" height="200" viewBox="-84 -84 168 168" role="img" aria-label={`Chart of ${label}`}>
        {slices.map(({ name, from, to }, index) => (
          <path
            key={name}
            d={outline(from, to)}
            fill={color(index)}
            stroke="var(--panel)"
            strokeWidth="1.5"
          />
        ))}
      </svg>
      <ul className="legend" style={{ flexDirection: "column" }}>
        {slices.map(({ name, value, from, to }, index) => (
          <li key={name}>
            <i style={{ background: color(index) }} />
            {name} <b>{count(value)}</b> ({Math.round((to - from) * 100)} %)
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Named amounts as lying bars, which are text as well. */
export function Bars({ parts, label }: { readonly parts: readonly Part[]; readonly label: string }) {
  const most = Math.max(1, ...parts.map(({ value }) => value));
  return (
    <figure>
      <ul className="bars" aria-label={`Chart of ${label}`}>
        {parts.map(({ name, value }, index) => (
          <li key={`${name}${index}`}>
            <span className="mono">{name || "(empty)"}</span>
            <span className="track">
              <span style={{ width: `${(Math.max(0, value) / most) * 100}%`, background: color(0) }} />
            </span>
            <span className="number">{count(value)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Named amounts as standing columns, which are text as well. */
export function StandingColumns({
  parts,
  label,
}: {
  readonly parts: readonly Part[];
  readonly label: string;
}) {
  const most = Math.max(1, ...parts.map(({ value }) => value));
  return (
    <figure>
      <ul className="columns" aria-label={`Chart of ${label}`} tabIndex={0}>
        {parts.map(({ name, value }, index) => (
          <li key={`${name}${index}`} title={name}>
            {count(value)}
            <span
              className="bar-fill"
              style={{ height: (Math.max(0, value) / most) * 150, background: color(0) }}
            />
            <span className="name">{name || "(empty)"}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
