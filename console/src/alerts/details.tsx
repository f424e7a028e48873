import { Button } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { CopyButton } from "../shared/copy.js";
import { useKeys } from "../shared/keys.js";
import { useLive } from "../shared/live.js";
import { Panel, useTitle } from "../shared/page.js";
import { Severity, Status } from "../shared/severity.js";
import { Loaded } from "../shared/states.js";
import { treeOf } from "./ancestry.js";
import { DecideButtons, useDialog } from "./decide.js";
import { Evidence, RawAlert } from "./evidence.js";
import { ExceptionDialog } from "./exception-dialog.js";
import { bagOf, toneOf } from "./parts.js";
import { ProcessTree } from "./process-tree.js";
import { About, History, NextQuestions, Related, RuleOf } from "./side.js";
import { Timeline } from "./timeline.js";
import { useDecide } from "./use-decide.js";

type Found = Reply<Routes["GET /alerts/{id}"]>;

/** One alert: what, why, from where, what else, and what to do. */
export function AlertDetails() {
  const { id = "" } = useParams({ strict: false });
  const found = useQuery({
    queryKey: ["alert", id],
    queryFn: () => api("GET /alerts/{id}", { params: { id } }),
  });
  return <Loaded from={found}>{(data) => <Details key={id} found={data} id={id} />}</Loaded>;
}

function Details({ found, id }: { readonly found: Found; readonly id: string }) {
  const { alert, history, timeline, related, rule } = found;
  const root = useMemo(
    () => treeOf(alert.Ancestry, timeline, alert.StartTime ?? ""),
    [alert.Ancestry, timeline, alert.StartTime],
  );
  return (
    <div className="page">
      <Head found={found} id={id} />
      <div className="split">
        <div className="stack">
          <Why found={found} />
          {root && (
            <Panel title="Where it came from">
              <ProcessTree root={root} />
              {root.isSelf && (
                <p className="muted small">
                  What started it was not seen: it was running before the agent, or is the first process.
                </p>
              )}
            </Panel>
          )}
          <Evidence alert={alert} />
          <Timeline alert={alert} timeline={timeline} related={related} />
          <RawAlert alert={alert} />
        </div>
        <div className="stack">
          <NextQuestions alert={alert} />
          <History history={history} />
          <About alert={alert} />
          <Related related={related} device={alert.DeviceId ?? ""} />
          {rule && <RuleOf rule={rule} />}
        </div>
      </div>
    </div>
  );
}

function Head({ found: { alert }, id }: { readonly found: Found; readonly id: string }) {
  const [dialog, setDialog] = useDialog();
  const [isExcepting, setExcepting] = useState(false);
  const mayDecide = useMay("analyst");
  const navigate = useNavigate();
  const decide = useDecide();
  useTitle(alert.DisplayName ?? "Alert");
  useKeys({
    a: () => mayDecide && decide.mutate({ ids: [id], action: "acknowledge" }),
    c: () => mayDecide && setDialog("close"),
    s: () => mayDecide && setDialog("assign"),
    u: () => void navigate({ to: "/alerts" }),
  });
  return (
    <header style={{ display: "block" }}>
      <div className="row" style={{ gap: 14, marginBottom: 4 }}>
        <Link to="/alerts">Alerts</Link>
        <Severity of={alert.AlertSeverity} />
        <Status of={alert.Status} />
        <span className="muted">
          changed <When at={alert.TimeGenerated} />
        </span>
        <Elsewhere id={id} shown={alert.TimeGenerated ?? ""} />
      </div>
      <h1 style={{ marginBottom: 12 }}>{alert.DisplayName}</h1>
      <div className="row apart">
        <div className="row">
          <DecideButtons alerts={[alert]} dialog={dialog} setDialog={setDialog} />
          {mayDecide && (
            <Button variant="default" onClick={() => setExcepting(true)}>
              Make an exception…
            </Button>
          )}
          {isExcepting && <ExceptionDialog alert={alert} close={() => setExcepting(false)} />}
        </div>
        <CopyButton text={location.href} label="Copy link" />
      </div>
    </header>
  );
}

/** Somebody else, or the pipeline, changed this alert while it is being read. */
function Elsewhere({ id, shown }: { readonly id: string; readonly shown: string }) {
  const queries = useQueryClient();
  const [heard, setHeard] = useState("");
  useLive(({ alerts }) => {
    const changed = alerts.find(({ SystemAlertId }) => SystemAlertId === id);
    if (changed) setHeard(changed.TimeGenerated ?? "");
  });
  if (heard <= shown) return null;
  return (
    <button
      type="button"
      className="chip"
      onClick={() => void queries.invalidateQueries({ queryKey: ["alert", id] })}
    >
      It changed, show
    </button>
  );
}

function Why({ found: { alert } }: { readonly found: Found }) {
  const { CommandLine } = bagOf(alert.ExtendedProperties);
  return (
    <section aria-label="Why it fired" className="stack" style={{ gap: 8 }}>
      <div className="why" style={toneOf(alert.AlertSeverity)}>
        <h2 className="small muted">Why it fired</h2>
        {alert.Reason}
      </div>
      {typeof CommandLine === "string" && CommandLine !== "" && (
        <code className="command">{CommandLine}</code>
      )}
      {alert.Description && <p className="muted">{alert.Description}</p>}
    </section>
  );
}
