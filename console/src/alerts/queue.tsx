import { Checkbox } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { type Alert, useMay, useSession } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count } from "../shared/format.js";
import { type Keys, useKeys } from "../shared/keys.js";
import { Page } from "../shared/page.js";
import { Severity, Status } from "../shared/severity.js";
import { Empty, Problem, Waiting } from "../shared/states.js";
import { type Column, VirtualTable } from "../shared/table.js";
import { useToast } from "../shared/toast.js";
import { DecideButtons, type DialogName, useDialog } from "./decide.js";
import { FilterBar } from "./filter-bar.js";
import { asksOf, type Filters, type Order, readFilters, views, writeFilters } from "./filters.js";
import { NewsChip, useNews } from "./news.js";
import { Peek } from "./peek.js";
import { useAlerts } from "./use-alerts.js";
import { useDecide } from "./use-decide.js";

const idOf = ({ SystemAlertId = "" }: Alert): string => SystemAlertId;

/** The queue of alerts: what is open, worst first, and what to do about it without a mouse. */
export function AlertQueue() {
  const { data: session } = useSession();
  const search = useSearch({ strict: false });
  const filters = useMemo(() => readFilters(search), [search]);
  const asks = useMemo(() => asksOf(filters, session?.name ?? ""), [filters, session?.name]);
  const navigate = useNavigate();
  const list = useAlerts(asks, filters.order);
  const alerts = list.alerts ?? [];
  const news = useNews(asks);
  const picked = usePicked(alerts);
  const [dialog, setDialog] = useDialog();
  useTriage({ alerts, picked, setDialog, showNews: news.show });
  const show = (next: Filters): void => void navigate({ to: "/alerts", search: writeFilters(next) });
  return (
    <Page
      title="Alerts"
      isFilled
      lede={views.find(({ name }) => name === filters.view)?.about}
      tools={<NewsChip {...news} />}
    >
      <FilterBar filters={filters} show={show} />
      <Bulk
        picked={picked}
        dialog={dialog}
        setDialog={setDialog}
        shown={alerts.length}
        total={list.total}
        order={<OrderSwitch order={filters.order} turn={(order) => show({ ...filters, order })} />}
      />
      {list.asked.error && <Problem error={list.asked.error} again={() => void list.asked.refetch()} />}
      {list.alerts === undefined && !list.asked.error && <Waiting lines={5} />}
      {list.alerts !== undefined && alerts.length === 0 && <NoAlerts filters={filters} show={show} />}
      {alerts.length > 0 && <QueueTable list={list} picked={picked} />}
    </Page>
  );
}

/** Which row the keyboard is at and which are chosen. */
function usePicked(alerts: readonly Alert[]) {
  const [here, setHere] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  const at = Math.min(here, Math.max(0, alerts.length - 1));
  return {
    here: at,
    setHere,
    chosen,
    toggle,
    clear: () => setChosen(new Set()),
    all: () => setChosen(new Set(alerts.map(idOf))),
    rows: alerts.filter((alert) => chosen.has(idOf(alert))),
    current: alerts[at],
  };
}
type Picked = ReturnType<typeof usePicked>;

interface Triage {
  readonly alerts: readonly Alert[];
  readonly picked: Picked;
  readonly setDialog: (name: DialogName) => void;
  readonly showNews: () => void;
}

/** Triage by keyboard. What is chosen is meant; if nothing is, the row the keyboard is at is chosen first. */
function useTriage({ alerts, picked, setDialog, showNews }: Triage): void {
  const navigate = useNavigate();
  const decide = useDecide();
  const say = useToast();
  const mayDecide = useMay("analyst");
  const { here, current, chosen, rows } = picked;
  const ask = (name: DialogName) => () => {
    if (!current || !mayDecide) return;
    if (chosen.size === 0) picked.toggle(idOf(current));
    setDialog(name);
  };
  const acknowledge = (): void => {
    const ids = (rows.length > 0 ? rows : current ? [current] : []).map(idOf);
    if (ids.length === 0 || !mayDecide) return;
    // At once, so that the next key already means the next alert.
    picked.clear();
    decide.mutate({ ids, action: "acknowledge" }, { onError: (error) => say(error.message) });
  };
  const keys: Keys = {
    j: () => picked.setHere(Math.min(here + 1, alerts.length - 1)),
    k: () => picked.setHere(Math.max(here - 1, 0)),
    o: () => current && void navigate({ to: `/alerts/${idOf(current)}` }),
    x: () => current && picked.toggle(idOf(current)),
    a: acknowledge,
    s: ask("assign"),
    c: ask("close"),
    r: showNews,
    Escape: picked.clear,
    "/": () => document.getElementById("search")?.focus(),
  };
  useKeys(keys);
}

interface BulkProps {
  readonly picked: Picked;
  readonly dialog: DialogName | undefined;
  readonly setDialog: (name: DialogName | undefined) => void;
  readonly shown: number;
  readonly total: number;
  readonly order: ReactNode;
}

function OrderSwitch({ order, turn }: { readonly order: Order; readonly turn: (to: Order) => void }) {
  const other = order === "worst" ? "newest" : "worst";
  return (
    <button type="button" className="chip" title={`Show the ${other} first`} onClick={() => turn(other)}>
      {order} first
    </button>
  );
}

function Bulk({ picked, dialog, setDialog, shown, total, order }: BulkProps) {
  if (picked.rows.length === 0)
    return (
      <div className="row apart muted small" style={{ minHeight: 36 }}>
        <span>
          {count(total)} in this view{shown < total ? `, ${count(shown)} read so far` : ""}, {order}
        </span>
        <span className="key-hint">
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>x</kbd> choose, <kbd>o</kbd> open, <kbd>a</kbd> acknowledge,{" "}
          <kbd>c</kbd> close
        </span>
      </div>
    );
  return (
    <div className="row" style={{ minHeight: 36 }}>
      <strong aria-live="polite">{count(picked.rows.length)} chosen</strong>
      <DecideButtons alerts={picked.rows} dialog={dialog} setDialog={setDialog} done={picked.clear} />
      <button type="button" className="chip" onClick={picked.all}>
        Choose all {count(shown)}
      </button>
      <button type="button" className="chip" onClick={picked.clear}>
        Choose none
      </button>
    </div>
  );
}

function columnsOf({ chosen, toggle }: Picked): readonly Column<Alert>[] {
  return [
    {
      name: "Choose",
      head: <span className="hidden">Choose</span>,
      width: 42,
      cell: (alert) => (
        <Checkbox
          size="xs"
          aria-label={`Choose ${alert.DisplayName}`}
          checked={chosen.has(idOf(alert))}
          onChange={() => toggle(idOf(alert))}
        />
      ),
    },
    { name: "Severity", width: 108, cell: ({ AlertSeverity }) => <Severity of={AlertSeverity} /> },
    {
      name: "Alert",
      cell: (alert) => (
        <Link to={`/alerts/${idOf(alert)}`} title={alert.DisplayName}>
          {alert.DisplayName}
        </Link>
      ),
    },
    {
      name: "Device",
      width: 134,
      cell: ({ DeviceId = "" }) => (
        <Link className="plain" to={`/devices/${encodeURIComponent(DeviceId)}`} title={DeviceId}>
          {DeviceId}
        </Link>
      ),
    },
    { name: "Status", width: 118, cell: ({ Status: status }) => <Status of={status} /> },
    { name: "Owner", width: 82, cell: ({ Owner }) => Owner || <span className="muted">nobody</span> },
    { name: "Changed", width: 92, cell: ({ TimeGenerated }) => <When at={TimeGenerated} isBrief /> },
  ];
}

interface QueueTableProps {
  readonly list: ReturnType<typeof useAlerts>;
  readonly picked: Picked;
}

function QueueTable({ list: { asked, alerts = [], total }, picked }: QueueTableProps) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  const readOn = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <div className="queue">
      <VirtualTable
        label="The queue"
        columns={columnsOf(picked)}
        rows={alerts}
        idOf={idOf}
        total={total}
        here={picked.here}
        onRow={picked.setHere}
        onEnd={readOn}
        minWidth={720}
      />
      {picked.current && <Peek alert={picked.current} />}
    </div>
  );
}

function NoAlerts({ filters, show }: { readonly filters: Filters; readonly show: (next: Filters) => void }) {
  const isNarrow =
    filters.severity.length + filters.status.length > 0 ||
    filters.device + filters.rule + filters.text !== "";
  if (isNarrow)
    return (
      <Empty title="Nothing matches these filters">
        Other alerts may be there.{" "}
        <button type="button" className="chip" onClick={() => show(readFilters({ view: filters.view }))}>
          Take the filters away
        </button>
      </Empty>
    );
  return (
    <Empty title={filters.view === "closed" ? "Nothing was closed yet" : "Nothing waits here"}>
      {filters.view === "mine" ? "Nobody has left anything new, and you work on nothing. " : ""}
      What is watched for, with examples of what fires, stands under <Link to="/rules">Rules</Link>; whether
      devices report at all, under <Link to="/devices">Devices</Link>.
    </Empty>
  );
}
