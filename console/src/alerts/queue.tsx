import { Anchor, Button, Checkbox, Chip, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, queries } from "../shared/api.js";
import { count } from "../shared/format.js";
import { type Changes, useLive } from "../shared/live.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";
import { DecideButtons } from "./decide.js";

/** What the queue shows, as the URL says it. */
export interface QueueSearch {
  readonly status?: readonly ("New" | "InProgress" | "Closed")[];
  readonly severity?: readonly ("High" | "Medium" | "Low" | "Informational")[];
  readonly device?: string;
  readonly text?: string;
}

const views: readonly { readonly name: string; readonly search: QueueSearch }[] = [
  { name: "All open", search: { status: ["New", "InProgress"] } },
  { name: "New", search: { status: ["New"] } },
  { name: "Worst first to look at", search: { status: ["New"], severity: ["High"] } },
  { name: "Closed", search: { status: ["Closed"] } },
];
const same = (a: QueueSearch, b: QueueSearch): boolean =>
  JSON.stringify([a.status, a.severity]) === JSON.stringify([b.status, b.severity]);

type Alerts = Reply<Routes["GET /alerts"]>["alerts"];
const open: QueueSearch = { status: ["New", "InProgress"] };

function useAlerts(search: QueueSearch) {
  const asked = {
    status: [...(search.status ?? ["New", "InProgress"])],
    ...(search.severity ? { severity: [...search.severity] } : {}),
    ...(search.device ? { deviceId: search.device } : {}),
    ...(search.text ? { text: search.text } : {}),
    limit: 200,
  } as const;
  return useQuery({
    queryKey: ["alerts", asked],
    queryFn: () => api("GET /alerts", { query: { ...asked, status: [...asked.status] } }),
    placeholderData: keepPreviousData,
  });
}

/** The queue of alerts: what is open, newest first, and what to do about it without a mouse. */
export function AlertQueue() {
  const search: QueueSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [here, setHere] = useState(0);
  const alerts = useAlerts(search);
  const hear = useCallback((changes: Changes) => setWaiting((before) => before + changes.alerts.length), []);
  useLive(hear);
  const refresh = (): void => {
    setWaiting(0);
    setChosen(new Set());
    void queries.invalidateQueries({ queryKey: ["alerts"] });
  };
  const toggle = (id: string): void =>
    setChosen(
      (before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]),
    );
  useKeys(alerts.data?.alerts ?? [], {
    here,
    setHere,
    toggle,
    open: (id) => void navigate({ to: `/alerts/${id}` }),
  });
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Alerts
        </Title>
        {waiting > 0 && (
          <Button size="compact-md" onClick={refresh}>
            {count(waiting)} new or changed – show
          </Button>
        )}
      </Group>
      <Views search={search} show={(next) => void navigate({ to: "/alerts", search: { ...next } })} />
      <Group gap="xs" mih={34}>
        {chosen.size > 0 ? (
          <DecideButtons ids={[...chosen]} done={refresh} />
        ) : (
          <Text c="dimmed" size="sm">
            Keys: j k move, x choose, o open, / search
          </Text>
        )}
      </Group>
      <Loaded from={alerts}>
        {({ alerts: found, total }) => (
          <AlertTable found={found} total={total} here={here} chosen={chosen} toggle={toggle} />
        )}
      </Loaded>
    </Stack>
  );
}

function Views({
  search,
  show,
}: {
  readonly search: QueueSearch;
  readonly show: (next: QueueSearch) => void;
}) {
  return (
    <Group gap="xs">
      {views.map(({ name, search: view }) => (
        <Chip
          key={name}
          checked={same({ ...open, ...search }, view)}
          onChange={() => show({ ...search, ...view, severity: view.severity ?? [] })}
        >
          {name}
        </Chip>
      ))}
      <TextInput
        id="search"
        aria-label="Search alerts"
        placeholder="Search ( / )"
        defaultValue={search.text ?? ""}
        onKeyDown={(event) => event.key === "Enter" && show({ ...search, text: event.currentTarget.value })}
      />
      {search.device && (
        <Button size="compact-sm" variant="default" onClick={() => show({ ...search, device: "" })}>
          Device {search.device} ×
        </Button>
      )}
    </Group>
  );
}

interface TableProps {
  readonly found: Alerts;
  readonly total: number;
  readonly here: number;
  readonly chosen: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
}

function AlertTable({ found, total, here, chosen, toggle }: TableProps) {
  if (found.length === 0)
    return (
      <Empty title="No alerts in this view">
        Nothing was suspected, or another view holds it. Rules and their cases are on the Rules screen.
      </Empty>
    );
  return (
    <div className="scroll">
      <table className="rows">
        <thead>
          <tr>
            {["Choose", "Severity", "Alert", "Device", "Status", "Owner", "Events", "Changed"].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.map((alert, index) => (
            <AlertRow
              key={alert.SystemAlertId}
              alert={alert}
              isHere={index === here}
              isChosen={chosen.has(alert.SystemAlertId ?? "")}
              toggle={toggle}
            />
          ))}
        </tbody>
      </table>
      <Text size="sm" c="dimmed" p="xs">
        {count(found.length)} of {count(total)}
      </Text>
    </div>
  );
}

interface RowProps {
  readonly alert: Alerts[number];
  readonly isHere: boolean;
  readonly isChosen: boolean;
  readonly toggle: (id: string) => void;
}

function AlertRow({ alert, isHere, isChosen, toggle }: RowProps) {
  const id = alert.SystemAlertId ?? "";
  return (
    <tr data-here={isHere}>
      <td>
        <Checkbox
          aria-label={`Choose ${alert.DisplayName}`}
          checked={isChosen}
          onChange={() => toggle(id)}
          size="xs"
        />
      </td>
      <td>
        <Severity of={alert.AlertSeverity} />
      </td>
      <td>
        <Anchor component={Link} to={`/alerts/${id}`} fw={600}>
          {alert.DisplayName}
        </Anchor>
        <Text size="sm" c="dimmed" lineClamp={1}>
          {alert.AlertName}
        </Text>
      </td>
      <td>{alert.DeviceId}</td>
      <td>{alert.Status === "InProgress" ? "In progress" : alert.Status}</td>
      <td>{alert.Owner || "–"}</td>
      <td>{count(alert.EventCount)}</td>
      <td>
        <When at={alert.TimeGenerated} />
      </td>
    </tr>
  );
}

interface Keys {
  readonly here: number;
  readonly setHere: (index: number) => void;
  readonly toggle: (id: string) => void;
  readonly open: (id: string) => void;
}

/** Triage by keyboard. */
function useKeys(rows: readonly { readonly SystemAlertId?: string }[], keys: Keys): void {
  const latest = useRef({ rows, keys });
  latest.current = { rows, keys };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLTextAreaElement ||
        event.ctrlKey ||
        event.metaKey
      )
        return;
      const { rows: list, keys: act } = latest.current;
      const id = list[act.here]?.SystemAlertId ?? "";
      if (event.key === "j") act.setHere(Math.min(act.here + 1, list.length - 1));
      else if (event.key === "k") act.setHere(Math.max(act.here - 1, 0));
      else if (event.key === "x" && id) act.toggle(id);
      else if (event.key === "o" && id) act.open(id);
      else if (event.key === "/") {
        event.preventDefault();
        document.getElementById("search")?.focus();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
