import { Button } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Bars } from "../charts/parts.js";
import { api } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { Command } from "../shared/copy.js";
import { bytes, exact, moment } from "../shared/format.js";
import { Page, Panel } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Empty, Loaded } from "../shared/states.js";

type Row = Reply<Routes["GET /rejected"]>["rejected"][number];

/** Messages and events that were refused, with the field and the rule that failed. */
export function Rejected() {
  const device = textOf(useSearch({ strict: false }), "device");
  const navigate = useNavigate();
  const found = useInfiniteQuery({
    queryKey: ["rejected", device],
    queryFn: ({ pageParam }) =>
      api("GET /rejected", {
        query: {
          limit: 100,
          ...(device ? { deviceId: device } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Rejected messages"
      lede="Nothing is dropped silently: what devices sent and could not be taken stands here with the field, the rule it failed, and what would be right."
    >
      {device && (
        <div className="row">
          <button type="button" className="chip" onClick={() => void navigate({ to: "/rejected" })}>
            Only {device}; show all
          </button>
        </div>
      )}
      <Loaded from={found}>
        {({ pages }) => {
          const rows = pages.flatMap(({ rejected }) => rejected);
          const reasons = pages[0]?.reasons ?? [];
          return (
            <>
              {reasons.length > 0 && (
                <Panel title="By reason, in the last day">
                  <Bars
                    label="refusals by reason"
                    parts={reasons.map(({ Reason, count }) => ({ name: Reason, value: count }))}
                  />
                </Panel>
              )}
              <Rows rows={rows} />
              {found.hasNextPage && (
                <Button
                  variant="default"
                  onClick={() => void found.fetchNextPage()}
                  loading={found.isFetchingNextPage}
                >
                  Older ones
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  if (rows.length === 0)
    return (
      <Empty title="Nothing was refused">
        Every message that devices sent could be read. If one of yours is missing, look at the operation log
        of its <Link to="/devices">device</Link>: it may not have been let in.
      </Empty>
    );
  return (
    <div className="stack">
      {rows.map((row, index) => (
        <Refusal key={index} row={row} />
      ))}
    </div>
  );
}

function Refusal({ row }: { readonly row: Row }) {
  const { zone } = useClock();
  const [isOpen, setOpen] = useState(false);
  return (
    <article className="panel">
      <div className="row apart">
        <span>
          <Link to={`/devices/${encodeURIComponent(row.DeviceId ?? "")}`}>{row.DeviceId}</Link>{" "}
          <span className="muted">{row.ModuleId}</span> <span className="tag">{row.Reason}</span>{" "}
          {row.Field && <span className="mono">{row.Field}</span>}{" "}
          {row.Rule && <span className="muted">{row.Rule}</span>}
        </span>
        <time className="muted small" dateTime={row.TimeGenerated} title={exact(row.TimeGenerated, zone)}>
          {moment(row.TimeGenerated, zone)}
        </time>
      </div>
      <p style={{ margin: "4px 0" }}>{row.Explanation}</p>
      <div className="row">
        <button type="button" className="chip" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Hide it" : `What was sent (a whole ${row.Scope}, ${bytes(row.BodySize)})`}
        </button>
        <Link to="/rejected" search={{ device: row.DeviceId }} className="small">
          Only this device
        </Link>
      </div>
      {isOpen && <Command label="The first 4 KB" text={row.Body || "(nothing)"} />}
    </article>
  );
}
