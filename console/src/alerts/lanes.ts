import type { RawEvent } from "../shared/api.js";
import { bagOf } from "./parts.js";

/** The lanes of a timeline, top to bottom. */
export const lanes = ["Processes", "Logins", "Network", "Alerts", "State and settings"] as const;
/** One lane. */
export type Lane = (typeof lanes)[number];

const laneOf: Readonly<Record<string, Lane>> = {
  ProcessCreate: "Processes",
  ProcessTerminate: "Processes",
  Login: "Logins",
  ConnectionCreate: "Network",
  ListeningPorts: "Network",
  FirewallConfiguration: "Network",
};

/** The lane of an event. */
export const laneFor = (name: string | undefined): Lane => laneOf[name ?? ""] ?? "State and settings";

/** What is drawn at one place of a lane: how many there are, and whether one of them is marked. */
export interface Mark {
  readonly lane: Lane;
  /** 0 to 1 along the span. */
  readonly at: number;
  readonly size: number;
  readonly isMarked: boolean;
}

/** Something that happened at a time. */
export interface Happening {
  readonly lane: Lane;
  readonly time: number;
  readonly isMarked: boolean;
}

const PLACES = 160;

/** Thousands of happenings as few marks: what is near each other is one. */
export function marksOf(happenings: readonly Happening[], from: number, to: number): Mark[] {
  const span = Math.max(1, to - from);
  const marks = new Map<string, { lane: Lane; at: number; size: number; isMarked: boolean }>();
  for (const { lane, time, isMarked } of happenings) {
    if (time < from || time > to) continue;
    const place = Math.min(PLACES - 1, Math.floor(((time - from) / span) * PLACES));
    const key = `${lane}/${place}`;
    const mark = marks.get(key) ?? { lane, at: place / PLACES, size: 0, isMarked: false };
    mark.size += 1;
    mark.isMarked ||= isMarked;
    marks.set(key, mark);
  }
  return [...marks.values()];
}

/** An event by the things that make it this event: for finding an alert's evidence among a device's events. */
export function fingerprint(event: Readonly<Record<string, unknown>>): string {
  const { RawEventName, TimeStamp, ProcessId, CommandLine, RemoteAddress, RemotePort, UserName } = event;
  return JSON.stringify([
    RawEventName,
    TimeStamp,
    ProcessId,
    CommandLine,
    RemoteAddress,
    RemotePort,
    UserName,
  ]);
}

/** A raw event with its payload item's members beside its own. */
export const opened = (event: RawEvent): Readonly<Record<string, unknown>> => ({
  ...bagOf(event.EventDetails),
  RawEventName: event.RawEventName,
  TimeStamp: event.TimeStamp,
});

const telling: Readonly<Record<string, readonly string[]>> = {
  ProcessCreate: ["CommandLine", "Executable"],
  ProcessTerminate: ["Executable", "ProcessId", "ExitStatus"],
  Login: ["Result", "UserName", "RemoteAddress", "Operation"],
  ConnectionCreate: ["Direction", "Protocol", "RemoteAddress", "RemotePort", "CommandLine", "Executable"],
  ListeningPorts: ["Protocol", "LocalAddress", "LocalPort"],
  LocalUsers: ["UserName", "UserId", "GroupNames"],
  SystemInformation: ["OSName", "OSVersion", "HostName"],
};
const usual = [
  "Name",
  "Message",
  "Result",
  "UserName",
  "Severity",
  "CollectedEvents",
  "DroppedEvents",
  "MessagesSent",
];

/** What an event says, in one line. */
export function summaryOf(event: Readonly<Record<string, unknown>>): string {
  const names = telling[String(event["RawEventName"])] ?? usual;
  const said = names.flatMap((name) => {
    const value = event[name];
    return value === undefined || value === null || value === "" ? [] : [String(value)];
  });
  if (said.length > 0) return [...new Set(said)].join("  ");
  const { RawEventName: _, TimeStamp: __, EventId: ___, TimestampLocal: ____, ...rest } = event;
  return JSON.stringify(rest);
}
