import type { Reply, Routes } from "@picket/api";
import { Link } from "@tanstack/react-router";
import type { Alert, Change } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count, worded } from "../shared/format.js";
import { Facts, Panel } from "../shared/page.js";
import { Severity } from "../shared/severity.js";
import { bagOf, listOf } from "./parts.js";

type Found = Reply<Routes["GET /alerts/{id}"]>;

/** Who and what the alert is about. */
export function About({ alert }: { readonly alert: Alert }) {
  const bag = bagOf(alert.ExtendedProperties);
  const said = (name: string): string => (bag[name] === undefined ? "" : String(bag[name]));
  return (
    <Panel title="About it">
      <Facts
        of={[
          [
            "Device",
            <Link key="device" to={`/devices/${encodeURIComponent(alert.DeviceId ?? "")}`}>
              {alert.DeviceId}
            </Link>,
          ],
          ["Owner", alert.Owner || "nobody yet"],
          ...(said("UserName") ? ([["User", said("UserName")]] as const) : []),
          ...(said("RemoteAddress") ? ([["Other side", said("RemoteAddress")]] as const) : []),
          ["Events", count(alert.EventCount)],
          ["First", <When key="first" at={alert.StartTime} />],
          ["Last", <When key="last" at={alert.EndTime} />],
          ["Type", alert.AlertName],
          ["Tactics", alert.Tactics],
          ["ATT&CK", alert.Techniques],
          ["Confidence", alert.ConfidenceLevel],
        ]}
      />
    </Panel>
  );
}

/** What somebody would ask next, ready to run. */
export function NextQuestions({ alert }: { readonly alert: Alert }) {
  const questions = listOf<{ readonly Question: string; readonly Query: string }>(alert.NextQueries);
  return (
    <Panel title="What to do">
      <p>{alert.RemediationSteps}</p>
      {questions.length > 0 && (
        <>
          <h3 style={{ margin: "12px 0 2px" }}>Ask next</h3>
          <ul className="list">
            {questions.map(({ Question, Query }) => (
              <li key={Question}>
                <Link to="/explore" search={{ query: Query, run: "1" }}>
                  {Question}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

const verbs: Readonly<Record<string, string>> = {
  Created: "made this alert",
  Repeated: "saw it again",
  Acknowledged: "took it up",
  Assigned: "assigned it",
  Commented: "wrote",
  Closed: "closed it",
  Reopened: "opened it again",
};

/** Everything that happened to the alert, with names. */
export function History({ history }: { readonly history: readonly Change[] }) {
  return (
    <Panel title="History">
      <ol className="list">
        {history.map((entry, index) => (
          <HistoryEntry key={index} entry={entry} />
        ))}
      </ol>
    </Panel>
  );
}

function HistoryEntry({ entry }: { readonly entry: Change }) {
  const details = typeof entry.Details === "object" && entry.Details !== null ? { ...entry.Details } : {};
  const { Owner = "", Disposition = "" }: { Owner?: string; Disposition?: string } = details;
  // Why it was made stands at the top of the page already.
  const reason = entry.Action === "Created" ? "" : entry.Reason;
  return (
    <li>
      <strong>{entry.Actor}</strong> {verbs[entry.Action ?? ""] ?? entry.Action}
      {Owner && entry.Action === "Assigned" ? ` to ${Owner}` : ""}{" "}
      <span className="muted">
        <When at={entry.TimeGenerated} />
      </span>
      {(reason || Disposition) && (
        <div>
          {reason}
          {Disposition && <span className="tag">{worded(Disposition)}</span>}
        </div>
      )}
    </li>
  );
}

/** The device's other alerts. */
export function Related({
  related,
  device,
}: {
  readonly related: readonly Alert[];
  readonly device: string;
}) {
  return (
    <Panel
      title="On the same device"
      tools={
        <Link to="/alerts" search={{ view: "open", device }}>
          In the queue
        </Link>
      }
    >
      {related.length === 0 && <p className="muted">Nothing else was suspected of {device}.</p>}
      <ul className="list">
        {related.map(({ SystemAlertId, AlertSeverity, DisplayName, StartTime }) => (
          <li key={SystemAlertId}>
            <Severity of={AlertSeverity} /> <Link to={`/alerts/${SystemAlertId}`}>{DisplayName}</Link>{" "}
            <span className="muted small">
              <When at={StartTime} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The rule that fired, and what would and would not fire it. */
export function RuleOf({ rule }: { readonly rule: NonNullable<Found["rule"]> }) {
  return (
    <Panel
      title="The rule"
      tools={
        <Link to="/rules" search={{ rule: rule.id }}>
          {rule.id}
        </Link>
      }
    >
      <p>{rule.about}</p>
      <ul className="list">
        {rule.cases.slice(0, 6).map(({ name, alerts }) => (
          <li key={name}>
            <span className="tag">{alerts > 0 ? "fires" : "stays quiet"}</span>{" "}
            <span className="mono">{name}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
