import type { Reply, Routes } from "@picket/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { useClock, When } from "../shared/clock.js";
import { change, count, counted, exact } from "../shared/format.js";
import { Page, Panel } from "../shared/page.js";
import { Severity, severities } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";
import { Activity } from "./activity.js";

type Found = Reply<Routes["GET /overview"]>;

const BEAT_MS = 15_000;

/** Is anything wrong, is anything missing, is it getting better? */
export function Overview() {
  const { zone } = useClock();
  const found = useQuery({
    queryKey: ["overview"],
    queryFn: () => api("GET /overview"),
    refetchInterval: BEAT_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Overview"
      tools={
        found.data && (
          <span className="muted small" title={exact(found.data.at, zone)}>
            Put together <When at={found.data.at} />
            {found.data.newestEventAt && (
              <>
                , newest event <When at={found.data.newestEventAt} />
              </>
            )}
          </span>
        )
      }
    >
      <Loaded from={found}>{(data) => <Answers of={data} />}</Loaded>
    </Page>
  );
}

function Answers({ of }: { readonly of: Found }) {
  return (
    <>
      <Figures of={of} />
      <Panel title="Events in the last 24 hours">
        <Activity of={of.eventsByHour} at={of.at} />
      </Panel>
      <div className="split">
        <NewestAlerts of={of} />
        <div className="stack">
          <TopDevices of={of} />
          <RecentChanges of={of} />
        </div>
      </div>
    </>
  );
}

function Figures({
  of: { alertsOpen, alertsOpenDayAgo, devices, recommendationsActive, rejectedLastDay },
}: {
  readonly of: Found;
}) {
  const recommendations = severities.reduce((sum, severity) => sum + recommendationsActive[severity], 0);
  return (
    <div className="figures">
      <Panel title="Open alerts" tools={<span className="muted small">against this time yesterday</span>}>
        <div className="bysev">
          {severities.map((severity) => (
            <Link key={severity} to="/alerts" search={{ view: "open", severity }}>
              <Severity of={severity} />
              <div className="figure">{count(alertsOpen[severity])}</div>
              <div className="delta">{change(alertsOpen[severity], alertsOpenDayAgo[severity])}</div>
            </Link>
          ))}
        </div>
      </Panel>
      <Panel title="Devices">
        <Link to="/devices" search={{ state: "connected" }}>
          <div className="figure">{count(devices.connected)}</div>
          connected now, of {count(devices.total)}
        </Link>
        <Link to="/devices" search={{ state: "silent" }} className="delta">
          {devices.silent === 0
            ? "None silent for a day"
            : `${counted(devices.silent, "device")} silent for a day`}
        </Link>
      </Panel>
      <Panel title="To mend">
        <Link to="/recommendations">
          <div className="figure">{count(recommendations)}</div>
          {recommendations === 1 ? "recommendation is active" : "recommendations are active"}
        </Link>
        <span className="delta">
          {recommendationsActive.High === 0
            ? "none of high severity"
            : `${count(recommendationsActive.High)} of high severity`}
        </span>
      </Panel>
      <Panel title="Rejected">
        <Link to="/rejected">
          <div className="figure">{count(rejectedLastDay)}</div>
          refused in the last day
        </Link>
        <span className="delta">{rejectedLastDay === 0 ? "Nothing was lost" : "Kept with the reason"}</span>
      </Panel>
    </div>
  );
}

function NewestAlerts({ of: { newestAlerts } }: { readonly of: Found }) {
  return (
    <Panel title="Newest open alerts" isFlush tools={<Link to="/alerts">The queue</Link>}>
      {newestAlerts.length === 0 ? (
        <Empty title="No open alerts">
          Nothing is suspected. Try it: <code>npx picket simulate</code> sends a small fleet with an attack in
          it.
        </Empty>
      ) : (
        <div className="scroll">
          <table className="rows" style={{ marginTop: 6 }}>
            <tbody>
              {newestAlerts.map((alert) => (
                <tr key={alert.SystemAlertId}>
                  <td style={{ width: 100 }}>
                    <Severity of={alert.AlertSeverity} />
                  </td>
                  <td>
                    <Link to={`/alerts/${alert.SystemAlertId}`}>{alert.DisplayName}</Link>
                  </td>
                  <td className="muted nowrap number">
                    <When at={alert.TimeGenerated} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function TopDevices({ of: { topDevices } }: { readonly of: Found }) {
  const most = Math.max(1, ...topDevices.map(({ alerts }) => alerts));
  return (
    <Panel title="Devices with most open alerts">
      {topDevices.length === 0 && <p className="muted">None has any.</p>}
      <ul className="bars">
        {topDevices.map(({ DeviceId, alerts }) => (
          <li key={DeviceId}>
            <Link to={`/devices/${encodeURIComponent(DeviceId)}`}>{DeviceId}</Link>
            <span className="track">
              <span style={{ width: `${(alerts / most) * 100}%`, background: "var(--c1)" }} />
            </span>
            <Link
              to="/alerts"
              search={{ view: "open", device: DeviceId }}
              aria-label={`${counted(alerts, "alert")} of ${DeviceId}`}
            >
              {count(alerts)}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RecentChanges({ of: { recentChanges } }: { readonly of: Found }) {
  return (
    <Panel title="What people decided">
      {recentChanges.length === 0 && (
        <p className="muted">
          Nobody has decided anything yet. Acknowledge or close an alert and it stands here.
        </p>
      )}
      <ul className="list">
        {recentChanges.slice(0, 6).map((entry) => (
          <li key={`${entry.SystemAlertId}${entry.TimeGenerated}`}>
            <strong>{entry.Actor}</strong>{" "}
            <Link to={`/alerts/${entry.SystemAlertId}`}>{entry.Action?.toLowerCase()} an alert</Link>{" "}
            <span className="muted">
              <When at={entry.TimeGenerated} />
            </span>
            {entry.Reason && <div className="muted">{entry.Reason}</div>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
