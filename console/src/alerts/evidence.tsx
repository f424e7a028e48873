import { useState } from "react";
import type { Alert } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { Json } from "../shared/copy.js";
import { exact } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty } from "../shared/states.js";
import { summaryOf } from "./lanes.js";
import { listOf } from "./parts.js";

const quiet: ReadonlySet<string> = new Set(["RawEventName", "TimeStamp", "EventId", "TimestampLocal"]);

/** The rows that made it fire, kept with the alert. */
export function Evidence({ alert }: { readonly alert: Alert }) {
  const rows = listOf<Readonly<Record<string, unknown>>>(alert.Evidence);
  return (
    <Panel title="Evidence" tools={<span className="muted small">kept with the alert</span>}>
      {rows.length === 0 && (
        <Empty title="No rows were kept">
          This alert was made from a state or a count, not from single events; the reason above says which.
        </Empty>
      )}
      {rows.map((row, index) => (
        <EvidenceRow key={index} row={row} isOpen={index === rows.length - 1} />
      ))}
    </Panel>
  );
}

function EvidenceRow({
  row,
  isOpen,
}: {
  readonly row: Readonly<Record<string, unknown>>;
  readonly isOpen: boolean;
}) {
  const { zone } = useClock();
  const members = Object.entries(row).filter(
    ([name, value]) => !quiet.has(name) && value !== "" && value !== null,
  );
  return (
    <details open={isOpen} className="evidence">
      <summary>
        <strong>{String(row["RawEventName"] ?? "Event")}</strong>{" "}
        <span className="muted nowrap">{exact(String(row["TimeStamp"] ?? ""), zone)}</span>{" "}
        <span className="mono cut">{summaryOf(row)}</span>
      </summary>
      <dl className="facts">
        {members.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd className="mono">{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The whole alert as it is stored. */
export function RawAlert({ alert }: { readonly alert: Alert }) {
  const [isShown, setShown] = useState(false);
  return (
    <section>
      <button type="button" className="chip" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? "Hide the stored alert" : "The alert as it is stored"}
      </button>
      {isShown && (
        <div className="panel" style={{ marginTop: 10 }}>
          <Json value={alert} label="SecurityAlert" />
        </div>
      )}
    </section>
  );
}
