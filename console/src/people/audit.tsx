import { Button, Select, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, useMay } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { csv, download } from "../shared/export.js";
import { exact, lasting, moment } from "../shared/format.js";
import { Page } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Empty, Loaded } from "../shared/states.js";
import { VirtualTable } from "../shared/table.js";

type Entry = Reply<Routes["GET /audit"]>["entries"][number];

const actions = [
  "session.open",
  "session.link",
  "session.close",
  "session.password",
  "alerts.decide",
  "query.run",
  "devices.add",
  "devices.connect",
  "devices.change",
  "devices.remove",
  "users.add",
  "users.change",
  "users.link",
  "users.remove",
  "tokens.add",
  "tokens.remove",
];

/** What people and programs did and asked here. Nothing in it is ever changed. */
export function Audit() {
  const isAdmin = useMay("admin");
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [actor, action] = [textOf(search, "actor"), textOf(search, "action")];
  const show = (next: Record<string, string>): void =>
    void navigate({ to: "/audit", search: { actor, action, ...next }, replace: true });
  return (
    <Page
      title="Audit"
      isFilled
      lede="What people and programs did and asked here, queries with their text. Nothing in it is ever changed."
    >
      {isAdmin ? (
        <>
          <div className="row">
            <TextInput
              aria-label="By whom"
              placeholder="By whom"
              value={actor}
              onChange={(event) => show({ actor: event.currentTarget.value })}
            />
            <Select
              aria-label="What"
              placeholder="Any action"
              clearable
              searchable
              data={actions}
              value={action || null}
              onChange={(value) => show({ action: value ?? "" })}
            />
          </div>
          <Entries actor={actor} action={action} />
        </>
      ) : (
        <Empty title="Only administrators see the audit">
          Ask one of them if something must be looked up.
        </Empty>
      )}
    </Page>
  );
}

function Entries({ actor, action }: { readonly actor: string; readonly action: string }) {
  const found = useInfiniteQuery({
    queryKey: ["audit", actor, action],
    queryFn: ({ pageParam }) =>
      api("GET /audit", {
        query: {
          limit: 200,
          ...(actor ? { actor } : {}),
          ...(action ? { action } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const [opened, setOpened] = useState(0);
  return (
    <Loaded from={found}>
      {({ pages }) => {
        const rows = pages.flatMap(({ entries }) => entries);
        if (rows.length === 0)
          return <Empty title="Nothing matches">Another name or action may have done something.</Empty>;
        return (
          <>
            <AuditTable
              rows={rows}
              here={opened}
              pick={setOpened}
              more={() => found.hasNextPage && !found.isFetchingNextPage && void found.fetchNextPage()}
            />
            <EntryDetails entry={rows[opened]} />
            <Exports rows={rows} />
          </>
        );
      }}
    </Loaded>
  );
}

interface AuditTableProps {
  readonly rows: readonly Entry[];
  readonly here: number;
  readonly pick: (index: number) => void;
  readonly more: () => void;
}

function AuditTable({ rows, here, pick, more }: AuditTableProps) {
  const { zone } = useClock();
  return (
    <VirtualTable
      label="Audit"
      rows={rows}
      idOf={(_, index) => String(index)}
      here={here}
      onRow={pick}
      onEnd={more}
      columns={[
        { name: "Time", width: 150, cell: ({ TimeGenerated }) => moment(TimeGenerated, zone) },
        { name: "Who", width: 150, cell: ({ Actor, ActorType }) => <span title={ActorType}>{Actor}</span> },
        { name: "Role", width: 84, cell: ({ Role }) => Role },
        { name: "Did", width: 140, cell: ({ Action }) => Action },
        { name: "To", width: 160, cell: ({ Target }) => Target },
        {
          name: "Result",
          width: 150,
          cell: ({ Result }) => (
            <span className="state" data-tone={Result === "ok" ? "on" : "bad"}>
              {Result}
            </span>
          ),
        },
        { name: "From", width: 110, cell: ({ IpAddress }) => IpAddress },
        {
          name: "Details",
          cell: ({ Details }) => <span className="mono muted">{JSON.stringify(Details ?? {})}</span>,
        },
      ]}
      minWidth={1100}
    />
  );
}

function EntryDetails({ entry }: { readonly entry: Entry | undefined }) {
  const { zone } = useClock();
  if (!entry) return null;
  return (
    <section
      className="panel"
      aria-label="The entry at hand"
      style={{ flex: "none", maxHeight: 220, overflow: "auto" }}
      tabIndex={0}
    >
      <p>
        <strong>{entry.Actor}</strong> {entry.Action} {entry.Target} · {exact(entry.TimeGenerated, zone)} ·{" "}
        {entry.Result}, {lasting(entry.DurationMs ?? 0)}
      </p>
      <pre className="command">{JSON.stringify(entry.Details ?? {}, null, 2)}</pre>
    </section>
  );
}

function Exports({ rows }: { readonly rows: readonly Entry[] }) {
  const save = (): void => {
    const columns = [
      "TimeGenerated",
      "Actor",
      "ActorType",
      "Role",
      "Action",
      "Target",
      "Result",
      "IpAddress",
      "DurationMs",
      "Details",
    ] as const;
    download(
      "picket-audit-utc.csv",
      csv(
        columns,
        rows.map((row) => columns.map((name) => row[name])),
      ),
      "text/csv",
    );
  };
  return (
    <div className="row">
      <Button size="compact-sm" variant="default" onClick={save}>
        What was read, as CSV (UTC)
      </Button>
      <Link
        to="/explore"
        search={{
          query: "PicketAudit\n| where TimeGenerated > ago(7d)\n| order by TimeGenerated desc",
          run: "1",
        }}
      >
        Everything, in the explorer
      </Link>
    </div>
  );
}
