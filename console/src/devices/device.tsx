import { Button, Menu, Tabs } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Activity } from "../overview/activity.js";
import { api, useMay } from "../shared/api.js";
import { useClock, When } from "../shared/clock.js";
import { count } from "../shared/format.js";
import { Page, Panel } from "../shared/page.js";
import { wordOf } from "../shared/search.js";
import { Severity, Status } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";
import { useToast } from "../shared/toast.js";
import { ConnectDialog } from "./connect.js";
import { Identity } from "./identity.js";
import { Inventory } from "./inventory.js";
import { Operations } from "./operations.js";
import { type DeviceFound, stateOf } from "./state.js";
import { Twins } from "./twins.js";

const tabs = ["summary", "inventory", "twin", "operations"] as const;
const BEAT_MS = 15_000;

/** One device: what it is, how it is doing, what it runs, what is wrong with it. */
export function Device() {
  const { id = "" } = useParams({ strict: false });
  const found = useQuery({
    queryKey: ["device", id],
    queryFn: () => api("GET /devices/{id}", { params: { id } }),
    refetchInterval: BEAT_MS,
  });
  return <Loaded from={found}>{(data) => <Found id={id} of={data} />}</Loaded>;
}

function Found({ id, of }: { readonly id: string; readonly of: DeviceFound }) {
  const { now } = useClock();
  const navigate = useNavigate();
  const tab = wordOf(useSearch({ strict: false }), "tab", tabs) ?? "summary";
  const { word, tone, why } = stateOf(of.device, of.modules, now);
  const counted = (name: string, size: number) => `${name} ${size > 0 ? count(size) : ""}`.trim();
  return (
    <Page
      title={id}
      tools={<Actions id={id} status={of.device.Status} />}
      lede={
        <>
          <span className="state" data-tone={tone}>
            {word}
          </span>{" "}
          {why}
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({
            to: `/devices/${encodeURIComponent(id)}`,
            search: next === "summary" ? {} : { tab: next },
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="summary">Summary</Tabs.Tab>
          <Tabs.Tab value="inventory">Ports, users, system</Tabs.Tab>
          <Tabs.Tab value="twin">Twin</Tabs.Tab>
          <Tabs.Tab value="operations">{counted("Operation log", of.operations.length)}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="summary">
          <Summary id={id} of={of} />
        </Tabs.Panel>
        <Tabs.Panel value="inventory">
          <Inventory of={of.snapshots} />
        </Tabs.Panel>
        <Tabs.Panel value="twin">
          <Twins of={of} />
        </Tabs.Panel>
        <Tabs.Panel value="operations">
          <Operations of={of.operations} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Summary({ id, of }: { readonly id: string; readonly of: DeviceFound }) {
  const { now } = useClock();
  return (
    <div className="split">
      <div className="stack">
        <Panel title="Events in the last 24 hours">
          <Activity of={of.activity} at={new Date(now).toISOString()} device={id} />
        </Panel>
        <Alerts id={id} of={of} />
        <Recommendations id={id} of={of} />
      </div>
      <Identity of={of} />
    </div>
  );
}

function Alerts({ id, of: { alerts } }: { readonly id: string; readonly of: DeviceFound }) {
  return (
    <Panel
      title="Alerts"
      isFlush
      tools={
        <Link to="/alerts" search={{ view: "open", device: id }}>
          In the queue
        </Link>
      }
    >
      {alerts.length === 0 ? (
        <Empty title="No alerts">Nothing was suspected of this device.</Empty>
      ) : (
        <div className="scroll">
          <table className="rows">
            <tbody>
              {alerts.slice(0, 12).map((alert) => (
                <tr key={alert.SystemAlertId}>
                  <td style={{ width: 96 }}>
                    <Severity of={alert.AlertSeverity} />
                  </td>
                  <td>
                    <Link to={`/alerts/${alert.SystemAlertId}`}>{alert.DisplayName}</Link>
                  </td>
                  <td className="nowrap">
                    <Status of={alert.Status} />
                  </td>
                  <td className="muted number">
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

function Recommendations({ id, of: { recommendations } }: { readonly id: string; readonly of: DeviceFound }) {
  const active = recommendations.filter(({ RecommendationState }) => RecommendationState === "Active");
  return (
    <Panel
      title="To mend"
      tools={
        <Link to="/recommendations" search={{ device: id }}>
          With evidence
        </Link>
      }
    >
      {active.length === 0 && <p className="muted">Nothing is known that should be mended.</p>}
      <ul className="list">
        {active.map((each) => (
          <li key={each.RecommendationId}>
            <Severity of={each.RecommendationSeverity} /> <strong>{each.RecommendationDisplayName}</strong>
            <div>{each.Description}</div>
            <div className="muted">{each.RemediationSteps}</div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Actions({ id, status }: { readonly id: string; readonly status: string | undefined }) {
  const mayChange = useMay("admin");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const say = useToast();
  const [isConnecting, setConnecting] = useState(false);
  if (!mayChange) return null;
  const isDisabled = status === "disabled";
  const failed = (error: Error): void => say(error.message);
  const set = (next: "enabled" | "disabled"): void =>
    void api("PATCH /devices/{id}", { params: { id }, body: { status: next } }).then(() => {
      say(next === "disabled" ? `${id} is disabled and was disconnected.` : `${id} is enabled.`);
      return queries.invalidateQueries({ queryKey: ["device", id] });
    }, failed);
  const remove = (): void => {
    if (!confirm(`Remove ${id} from the registry? Its keys stop working. What it sent is kept.`)) return;
    void api("DELETE /devices/{id}", { params: { id } }).then(() => navigate({ to: "/devices" }), failed);
  };
  return (
    <>
      <Button variant="default" onClick={() => setConnecting(true)}>
        How to connect…
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">Change…</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => set(isDisabled ? "enabled" : "disabled")}>
            {isDisabled ? "Enable it" : "Disable and disconnect it"}
          </Menu.Item>
          <Menu.Item onClick={remove}>Remove it…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isConnecting && <ConnectDialog id={id} leave={() => setConnecting(false)} />}
    </>
  );
}
