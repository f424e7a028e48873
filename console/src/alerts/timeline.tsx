import { SegmentedControl } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { type Alert, api, type RawEvent } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { clock, count, counted, hourOf } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded } from "../shared/states.js";
import { VirtualTable } from "../shared/table.js";
import {
  fingerprint,
  type Happening,
  type Lane,
  laneFor,
  lanes,
  marksOf,
  opened,
  summaryOf,
} from "./lanes.js";
import { listOf } from "./parts.js";

const MINUTE = 60_000;
const MOST = 2_000;
const spans = [
  { value: "5", label: "± 5 min" },
  { value: "30", label: "± 30 min" },
  { value: "120", label: "± 2 h" },
  { value: "720", label: "± 12 h" },
];

interface TimelineProps {
  readonly alert: Alert;
  readonly timeline: readonly RawEvent[];
  readonly related: readonly Alert[];
}

/** What the device did around the alert, by lane and as a list; the evidence is marked. */
export function Timeline({ alert, timeline, related }: TimelineProps) {
  const [minutes, setMinutes] = useState(30);
  const middle = Date.parse(alert.StartTime ?? "") || 0;
  const from = middle - minutes * MINUTE;
  const to = (Date.parse(alert.EndTime ?? "") || middle) + minutes * MINUTE;
  const found = useQuery({
    queryKey: ["timeline", alert.DeviceId, from, to],
    queryFn: () =>
      api("GET /devices/{id}/timeline", {
        params: { id: alert.DeviceId ?? "" },
        query: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: MOST },
      }),
    // The alert came with its half hour; only other spans, or one that was cut, are asked for.
    ...(minutes === 30 && timeline.length < 500 ? { initialData: { events: [...timeline] } } : {}),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return (
    <Panel
      title="What the device did around it"
      tools={
        <SegmentedControl
          size="xs"
          aria-label="Span"
          data={spans}
          value={String(minutes)}
          onChange={(value) => setMinutes(Number(value))}
        />
      }
    >
      <Loaded from={found}>
        {({ events }) =>
          events.length === 0 ? (
            <NoEvents alert={alert} minutes={minutes} />
          ) : (
            <Events alert={alert} events={events} related={related} span={{ from, to, middle }} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function NoEvents({ alert, minutes }: { readonly alert: Alert; readonly minutes: number }) {
  return (
    <Empty title={`No raw events within ${minutes} minutes`}>
      {alert.ModuleId
        ? "The device sent nothing else then, or its raw events are older than they are kept. The evidence above was kept with the alert. "
        : "This alert was made from the hub's operation log, not from what the device sent. "}
      Choose a wider span above, or look at{" "}
      <Link to={`/devices/${encodeURIComponent(alert.DeviceId ?? "")}`}>the device</Link>.
    </Empty>
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly middle: number;
}
interface EventsProps {
  readonly alert: Alert;
  readonly events: readonly RawEvent[];
  readonly related: readonly Alert[];
  readonly span: Span;
}

function Events({ alert, events, related, span }: EventsProps) {
  const [lane, setLane] = useState<Lane>();
  const shown = useMemo(() => {
    const evidence = new Set(listOf<Record<string, unknown>>(alert.Evidence).map(fingerprint));
    return events.map((event) => {
      const item = opened(event);
      const time = Date.parse(event.TimeStamp ?? "");
      return {
        event,
        item,
        time,
        lane: laneFor(event.RawEventName),
        isMarked: evidence.has(fingerprint(item)),
      };
    });
  }, [events, alert.Evidence]);
  const alerts = [alert, ...related].map(
    (each): Happening => ({
      lane: "Alerts",
      time: Date.parse(each.StartTime ?? ""),
      isMarked: each.SystemAlertId === alert.SystemAlertId,
    }),
  );
  const listed = lane ? shown.filter((each) => each.lane === lane) : shown;
  const firstMarked = listed.findIndex(({ isMarked }) => isMarked);
  return (
    <div className="stack" style={{ gap: 10 }}>
      <Lanes happenings={[...shown, ...alerts]} span={span} lane={lane} setLane={setLane} />
      {events.length >= MOST && (
        <p className="muted small">
          These are the first {count(MOST)} events of the span. A narrower span shows all of its own.
        </p>
      )}
      <EventList listed={listed} here={firstMarked} />
    </div>
  );
}

interface Shown {
  readonly event: RawEvent;
  readonly item: Readonly<Record<string, unknown>>;
  readonly isMarked: boolean;
}

function EventList({ listed, here }: { readonly listed: readonly Shown[]; readonly here: number }) {
  const { zone } = useClock();
  return (
    <div style={{ display: "flex", height: Math.min(300, 44 + listed.length * 36) }}>
      <VirtualTable
        label="Events around the alert"
        rows={listed}
        idOf={({ event }, index) => event.IoTRawEventId ?? String(index)}
        {...(here >= 0 ? { here } : {})}
        columns={[
          { name: "Time", width: 92, cell: ({ event }) => clock(event.TimeStamp, zone) },
          {
            name: "Event",
            width: 172,
            cell: ({ event, isMarked }) => (
              <>
                {event.RawEventName} {isMarked && <span className="tag">evidence</span>}
              </>
            ),
          },
          {
            name: "What it says",
            cell: ({ item }) => (
              <span className="mono" title={summaryOf(item)}>
                {summaryOf(item)}
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

interface LanesProps {
  readonly happenings: readonly Happening[];
  readonly span: Span;
  readonly lane: Lane | undefined;
  readonly setLane: (lane: Lane | undefined) => void;
}

function Lanes({ happenings, span, lane, setLane }: LanesProps) {
  const { zone } = useClock();
  const marks = useMemo(() => marksOf(happenings, span.from, span.to), [happenings, span]);
  const moment = `${((span.middle - span.from) / (span.to - span.from)) * 100}%`;
  return (
    <div className="lanes">
      {lanes.map((name) => {
        const own = marks.filter((mark) => mark.lane === name);
        const sum = own.reduce((all, { size }) => all + size, 0);
        return (
          <div key={name} style={{ display: "contents" }}>
            <button
              type="button"
              className="lane-name"
              aria-pressed={lane === name}
              onClick={() => setLane(lane === name ? undefined : name)}
            >
              {name}
            </button>
            <div className="lane" role="img" aria-label={`${name}: ${counted(sum, "happening")}`}>
              {own.map(({ at, size, isMarked }) => (
                <span
                  key={at}
                  className="mark"
                  data-marked={isMarked}
                  style={{ left: `${at * 100}%`, opacity: isMarked ? 1 : Math.min(1, 0.4 + size / 8) }}
                />
              ))}
              <span className="moment" style={{ left: moment }} />
            </div>
          </div>
        );
      })}
      <span />
      <div className="axis">
        <span>{hourOf(span.from, zone)}</span>
        <span>{clock(span.middle, zone)}</span>
        <span>{hourOf(span.to, zone)}</span>
      </div>
    </div>
  );
}
