import type { Severity as Word } from "@picket/api";
import { worded } from "./format.js";

/** Severities, worst first. */
export const severities = ["High", "Medium", "Low", "Informational"] as const satisfies readonly Word[];

const shapes: Readonly<Record<string, string>> = {
  High: "M7 1.2 13.2 12.4H.8Z",
  Medium: "M7 .6 13.4 7 7 13.4.6 7Z",
  Low: "M2 2h10v10H2Z",
  Informational: "M7 1.4a5.6 5.6 0 1 1 0 11.2A5.6 5.6 0 0 1 7 1.4Z",
};

/** Severity by colour, word and shape. */
export function Severity({ of }: { readonly of: string | undefined | null }) {
  const known = of && shapes[of] ? of : "Informational";
  return (
    <span className="severity" data-severity={known}>
      <svg width="13" height="13" viewBox="0 0 14 14" aria-hidden="true">
        <path
          d={shapes[known]}
          fill={known === "Informational" ? "none" : "currentColor"}
          stroke="currentColor"
        />
      </svg>
      {of === "Informational" ? "Info" : (of ?? "Unknown")}
    </span>
  );
}

const tones: Readonly<Record<string, string>> = { New: "new", InProgress: "wait", Closed: "off" };

/** The state of an alert by colour, word and a filled or empty dot. */
export function Status({ of }: { readonly of: string | undefined | null }) {
  return (
    <span className="state" data-tone={tones[of ?? ""] ?? "off"}>
      {worded(of)}
    </span>
  );
}
