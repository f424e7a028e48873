import { Button, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { useClock, When } from "../shared/clock.js";
import { count } from "../shared/format.js";
import { useKeys } from "../shared/keys.js";
import { Page } from "../shared/page.js";
import { textOf, wordOf } from "../shared/search.js";
import { Severity, severities } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";
import { type Column, VirtualTable } from "../shared/table.js";
import { ConnectDialog } from "./connect.js";
import { agentOf, type DeviceRow, lastSpoke, stateOf } from "./state.js";

const states = ["connected", "silent", "disabled"] as const;
type State = (typeof states)[number];
const labels: Readonly<Record<State, string>> = {
  connected: "Connected",
  silent: "Silent for a day",
  disabled: "Disabled",
};
const BEAT_MS = 15_000;

function useDevices(text: string, state: State | undefined) {
  return useInfiniteQuery({
    queryKey: ["devices", text, state],
    queryFn: ({ pageParam }) =>
      api("GET /devices", {
        query: {
          limit: 200,
          ...(text ? { text } : {}),
          ...(state ? { state } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: BEAT_MS,
  });
}

/** Every device: which it is, how it is doing, what is wrong with it. */
export function Devices() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, state] = [textOf(search, "text"), wordOf(search, "state", states)];
  const [isConnecting, setConnecting] = useState(textOf(search, "connect") !== "");
  const mayConnect = useMay("admin");
  const found = useDevices(text, state);
  const show = (next: { text?: string; state?: State | "" }): void =>
    void navigate({
      to: "/devices",
      search: { text, state: state ?? "", ...next },
      replace: next.text !== undefined,
    });
  useKeys({ "/": () => document.getElementById("search")?.focus() });
  return (
    <Page
      title="Devices"
      isFilled
      tools={
        mayConnect && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setConnecting(true)}>
            Connect a device
          </Button>
        )
      }
    >
      <div className="row">
        <button type="button" className="chip" aria-pressed={!state} onClick={() => show({ state: "" })}>
          All
        </button>
        {states.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed={state === each}
            onClick={() => show({ state: each })}
          >
            {labels[each]}
          </button>
        ))}
        <TextInput
          id="search"
          style={{ flex: "1 1 200px", maxWidth: 360, marginLeft: "auto" }}
          aria-label="Search devices"
          placeholder="Device id  ( / )"
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          value={text}
          onChange={(event) => show({ text: event.currentTarget.value })}
        />
      </div>
      <Loaded from={found}>
        {({ pages }) => (
          <DeviceTable found={found} pages={pages} isNarrow={text !== "" || state !== undefined} />
        )}
      </Loaded>
      {isConnecting && <ConnectDialog leave={() => setConnecting(false)} />}
    </Page>
  );
}

interface DeviceTableProps {
  readonly found: ReturnType<typeof useDevices>;
  readonly pages: readonly { readonly devices: readonly DeviceRow[]; readonly total: number }[];
  readonly isNarrow: boolean;
}

function DeviceTable({
  found: { hasNextPage, isFetchingNextPage, fetchNextPage },
  pages,
  isNarrow,
}: DeviceTableProps) {
  const { now } = useClock();
  const rows = useMemo(() => pages.flatMap(({ devices }) => devices), [pages]);
  const columns = useMemo(() => columnsAt(now), [now]);
  const readOn = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const total = pages[0]?.total ?? 0;
  if (rows.length === 0)
    return isNarrow ? (
      <Empty title="No device matches">Another state or fewer letters may find it.</Empty>
    ) : (
      <Empty title="No device is registered yet">
        Connect one above: it takes one command on the device, and this list shows it by itself.
      </Empty>
    );
  return (
    <>
      <p className="muted small">{count(total)} in this view</p>
      <VirtualTable
        label="Devices"
        columns={columns}
        rows={rows}
        idOf={({ device }) => device.DeviceId ?? ""}
        total={total}
        onEnd={readOn}
        minWidth={960}
      />
    </>
  );
}

const columnsAt = (now: number): readonly Column<DeviceRow>[] => [
  {
    name: "Device",
    cell: ({ device: { DeviceId = "" } }) => (
      <Link to={`/devices/${encodeURIComponent(DeviceId)}`}>{DeviceId}</Link>
    ),
  },
  {
    name: "State",
    width: 124,
    cell: ({ device, modules, lastEventAt }) => {
      const { word, tone, why } = stateOf(device, modules, now, lastEventAt);
      return (
        <span className="state" data-tone={tone} title={why}>
          {word}
        </span>
      );
    },
  },
  {
    name: "Open alerts",
    width: 290,
    cell: ({ device, alerts }) => <AlertCounts id={device.DeviceId ?? ""} of={alerts} />,
  },
  {
    name: "To mend",
    width: 84,
    isNumber: true,
    cell: ({ device, recommendations }) =>
      recommendations === 0 ? (
        <span className="muted">0</span>
      ) : (
        <Link to="/recommendations" search={{ device: device.DeviceId }}>
          {count(recommendations)}
        </Link>
      ),
  },
  { name: "Group", width: 110, cell: ({ device: { Tags } }) => groupOf(Tags) },
  {
    name: "Agent",
    width: 190,
    cell: ({ modules }) => (
      <span className="muted" title={agentOf(modules)}>
        {agentOf(modules)}
      </span>
    ),
  },
  {
    name: "Last spoke",
    width: 126,
    cell: ({ device, modules, lastEventAt }) => <When at={lastSpoke(device, modules, lastEventAt)} />,
  },
];

const groupOf = (tags: unknown): string =>
  typeof tags === "object" && tags !== null && "SecurityGroup" in tags ? String(tags.SecurityGroup) : "";

/** Open alerts by severity, worst first; none is said as well. */
function AlertCounts({ id, of }: { readonly id: string; readonly of: DeviceRow["alerts"] }) {
  const some = severities.filter((severity) => of[severity] > 0);
  if (some.length === 0) return <span className="muted">none</span>;
  return (
    <Link className="plain" to="/alerts" search={{ view: "open", device: id }}>
      {some.map((severity) => (
        <span key={severity} style={{ marginRight: 12 }}>
          {count(of[severity])} <Severity of={severity} />
        </span>
      ))}
    </Link>
  );
}
