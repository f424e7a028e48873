import { Anchor, Badge, Group, Stack, Text, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, queries } from "../shared/api.js";
import { at, count } from "../shared/format.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";
import { DecideButtons } from "./decide.js";

interface Ancestor {
  readonly ProcessId?: number;
  readonly Executable?: string;
  readonly CommandLine?: string;
  readonly UserName?: string;
}
interface Next {
  readonly Question: string;
  readonly Query: string;
}
const listOf = <T,>(value: unknown): readonly T[] => (Array.isArray(value) ? value : []);

type Found = Reply<Routes["GET /alerts/{id}"]>;
const wide = { gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))" };

/** One alert: what, why, from where, what else, and what to do. */
export function AlertDetails() {
  const { id = "" } = useParams({ strict: false });
  const found = useQuery({
    queryKey: ["alert", id],
    queryFn: () => api("GET /alerts/{id}", { params: { id } }),
  });
  return (
    <Loaded from={found}>
      {(data) => (
        <Stack>
          <Head alert={data.alert} />
          <DecideButtons
            ids={[id]}
            status={data.alert.Status}
            done={() => void queries.invalidateQueries()}
          />
          <div className="grid" style={wide}>
            <Card title="Process and what it descends from">
              <Ancestry of={listOf<Ancestor>(data.alert.Ancestry)} />
            </Card>
            <WhatToDo of={data} />
          </div>
          <Evidence of={listOf<Record<string, unknown>>(data.alert.Evidence)} />
          <Timeline of={data.timeline} />
          <div className="grid" style={wide}>
            <History of={data.history} />
            <Related of={data.related} />
          </div>
        </Stack>
      )}
    </Loaded>
  );
}

function Head({ alert }: { readonly alert: Found["alert"] }) {
  return (
    <>
      <Group gap="sm">
        <Severity of={alert.AlertSeverity} />
        <Badge variant="outline" color="gray">
          {alert.Status === "InProgress" ? "In progress" : alert.Status}
        </Badge>
        <Text size="sm" c="dimmed">
          {alert.AlertName} · {count(alert.EventCount)} event{alert.EventCount === 1 ? "" : "s"} ·{" "}
          <When at={alert.StartTime} />
          {alert.Owner ? ` · ${alert.Owner}` : ""}
        </Text>
      </Group>
      <Title order={1} size="h2">
        {alert.DisplayName}
      </Title>
      <div className="why">{alert.Reason}</div>
    </>
  );
}

function WhatToDo({ of: { alert, rule } }: { readonly of: Found }) {
  return (
    <Card title="What to do">
      <Text>{alert.RemediationSteps}</Text>
      <Text size="sm" c="dimmed" mt="xs">
        Device{" "}
        <Anchor component={Link} to={`/devices/${alert.DeviceId}`}>
          {alert.DeviceId}
        </Anchor>
        {alert.Techniques ? ` · ATT&CK ${alert.Techniques}` : ""}
        {rule ? ` · rule ${rule.id}` : ""}
      </Text>
      <Title order={3} size="h5" mt="md">
        Next questions
      </Title>
      <ul>
        {listOf<Next>(alert.NextQueries).map(({ Question, Query }) => (
          <li key={Question}>
            <Anchor href={`/explore?query=${encodeURIComponent(Query)}`}>{Question}</Anchor>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Evidence({ of }: { readonly of: readonly Record<string, unknown>[] }) {
  return (
    <Card title="Evidence">
      {of.map((item, index) => (
        <pre
          key={index}
          className="mono scroll"
          tabIndex={0}
          style={{ whiteSpace: "pre-wrap", margin: "0 0 8px" }}
        >
          {JSON.stringify(item, null, 2)}
        </pre>
      ))}
    </Card>
  );
}

function Timeline({ of }: { readonly of: Found["timeline"] }) {
  return (
    <Card title="The device, half an hour before and after">
      {of.length === 0 && (
        <Empty title="No events around it">
          Raw events are kept for 30 days, or the device sent nothing else.
        </Empty>
      )}
      <div className="scroll" style={{ maxHeight: 320 }} tabIndex={0}>
        <table className="rows">
          <tbody>
            {of.map((event) => (
              <tr key={event.IoTRawEventId}>
                <td style={{ whiteSpace: "nowrap" }}>{at(event.TimeStamp)}</td>
                <td>{event.RawEventName}</td>
                <td className="mono">{summaryOf(event.EventDetails)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function History({ of }: { readonly of: Found["history"] }) {
  return (
    <Card title="History">
      <ul>
        {of.map((entry) => (
          <li key={`${entry.TimeGenerated}${entry.Action}`}>
            <strong>{entry.Actor}</strong> {entry.Action?.toLowerCase()} <When at={entry.TimeGenerated} />
            {entry.Reason && entry.Action !== "Created" ? `: ${entry.Reason}` : ""}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Related({ of }: { readonly of: Found["related"] }) {
  return (
    <Card title="Other alerts of this device">
      {of.length === 0 && <Text c="dimmed">None.</Text>}
      <ul>
        {of.map((other) => (
          <li key={other.SystemAlertId}>
            <Anchor component={Link} to={`/alerts/${other.SystemAlertId}`}>
              {other.DisplayName}
            </Anchor>{" "}
            <When at={other.TimeGenerated} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** The process last, its ancestors above it, as a tree that reads from the top. */
function Ancestry({ of }: { readonly of: readonly Ancestor[] }) {
  if (of.length === 0) return <Text c="dimmed">This alert is not about a process.</Text>;
  const [root, ...below] = of.toReversed();
  return (
    <ul className="tree" role="tree" aria-label="Process ancestry">
      <Branch process={root!} below={below} />
    </ul>
  );
}

function Branch({ process, below }: { readonly process: Ancestor; readonly below: readonly Ancestor[] }) {
  const [next, ...rest] = below;
  return (
    <li role="treeitem" aria-expanded={next ? true : undefined} data-self={!next} tabIndex={next ? -1 : 0}>
      <div>
        <span className="mono">{process.CommandLine || process.Executable || "unknown"}</span>
        <Text size="xs" c="dimmed">
          {process.Executable} · {process.UserName} · {process.ProcessId}
        </Text>
      </div>
      {next && (
        <ul className="tree" role="group">
          <Branch process={next} below={rest} />
        </ul>
      )}
    </li>
  );
}

const shown = ["CommandLine", "Executable", "RemoteAddress", "RemotePort", "LocalPort", "UserName", "Result"];

/** The parts of an event that tell the most, in one line. */
export function summaryOf(details: string | undefined): string {
  try {
    const item: Record<string, unknown> = JSON.parse(details ?? "{}");
    return shown.flatMap((name) => (item[name] ? [String(item[name])] : [])).join("  ");
  } catch {
    return details ?? "";
  }
}
