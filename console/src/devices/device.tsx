import { Anchor, Stack, Text, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { TimeChart } from "../shared/charts.js";
import { at } from "../shared/format.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";

type Found = Reply<Routes["GET /devices/{id}"]>;

/** One device: who it is, what it does, what is open on it. */
export function Device() {
  const { id = "" } = useParams({ strict: false });
  const device = useQuery({
    queryKey: ["device", id],
    queryFn: () => api("GET /devices/{id}", { params: { id } }),
    refetchInterval: 10_000,
  });
  return (
    <Loaded from={device}>
      {(data) => (
        <Stack>
          <Head of={data} />
          <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" }}>
            <OpenAlerts of={data.alerts} />
            <Posture of={data.recommendations} />
          </div>
          <Panel title="Events of the last day">
            <TimeChart
              points={data.activity.map(({ hour, name, count }) => ({
                at: hour,
                series: name,
                value: count,
              }))}
            />
          </Panel>
          {Object.entries(data.snapshots).map(([name, { at: taken, items }]) => (
            <Panel key={name} title={`${name}, ${at(taken)}`}>
              <Items of={items} />
            </Panel>
          ))}
          <Settings of={data.modules} />
          <Operations of={data.operations} />
        </Stack>
      )}
    </Loaded>
  );
}

function Head({ of: { device, modules } }: { readonly of: Found }) {
  const [module] = modules;
  return (
    <>
      <Title order={1} size="h2">
        {device.DeviceId}
      </Title>
      <Text c="dimmed">
        {device.Status} · registered <When at={device.CreatedTime} /> · last spoke{" "}
        <When at={module?.LastActivityTime ?? device.LastActivityTime} />
        {module?.SdkVersion ? ` · ${module.SdkVersion}` : ""}
      </Text>
    </>
  );
}

function OpenAlerts({ of }: { readonly of: Found["alerts"] }) {
  return (
    <Panel title="Alerts">
      {of.length === 0 && <Text c="dimmed">None.</Text>}
      <table className="rows">
        <tbody>
          {of.map((alert) => (
            <tr key={alert.SystemAlertId}>
              <td>
                <Severity of={alert.AlertSeverity} />
              </td>
              <td>
                <Anchor component={Link} to={`/alerts/${alert.SystemAlertId}`}>
                  {alert.DisplayName}
                </Anchor>{" "}
                {alert.Status}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Posture({ of }: { readonly of: Found["recommendations"] }) {
  return (
    <Panel title="Recommendations">
      {of.length === 0 && <Text c="dimmed">None.</Text>}
      {of.map((each) => (
        <Text key={each.RecommendationId} mb="xs">
          <strong>{each.RecommendationState}</strong> · {each.RecommendationDisplayName}: {each.Description}
        </Text>
      ))}
    </Panel>
  );
}

function Settings({ of }: { readonly of: Found["modules"] }) {
  return (
    <Panel title="Settings: desired and reported">
      {of.map((module) => (
        <div key={module.ModuleId} className="grid">
          <Json title={`${module.ModuleId} desired`} value={module.Desired} />
          <Json title={`${module.ModuleId} reported`} value={module.Reported} />
        </div>
      ))}
    </Panel>
  );
}

function Operations({ of }: { readonly of: Found["operations"] }) {
  return (
    <Panel title="Operation log">
      <table className="rows">
        <tbody>
          {of.map((each, index) => (
            <tr key={index}>
              <td>{at(each.TimeGenerated)}</td>
              <td>{each.OperationName}</td>
              <td>{each.IpAddress}</td>
              <td>{each.ResultDescription}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      <div className="scroll" style={{ maxHeight: 360 }} tabIndex={0}>
        {children}
      </div>
    </section>
  );
}

const hidden = new Set(["EventId", "TimestampLocal", "ExtraDetails", "RemoteAddress", "RemotePort"]);

/** Payload items as a table of their own fields. */
function Items({ of }: { readonly of: readonly Readonly<Record<string, unknown>>[] }) {
  const names = [...new Set(of.flatMap((item) => Object.keys(item)))].filter((name) => !hidden.has(name));
  if (names.length === 0) return <Empty title="The snapshot was empty" />;
  return (
    <table className="rows">
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name}>{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {of.map((item) => (
          <tr key={JSON.stringify(item)}>
            {names.map((name) => (
              <td key={name}>{String(item[name] ?? "")}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Json({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <Text fw={600}>{title}</Text>
      <pre className="mono" style={{ whiteSpace: "pre-wrap" }}>
        {JSON.stringify(value ?? {}, null, 2)}
      </pre>
    </div>
  );
}
