import type { Reply, Routes } from "@picket/api";
import type { ConnectorStatus } from "@picket/hub";
import type { House } from "../house.js";
import { agentState } from "../local-agent.js";
import { detectionNotices } from "./detection-health.js";

type Health = Reply<Routes["GET /health"]>;
type Notice = Health["notices"][number];

const MONTH_MS = 30 * 86_400_000;

/** How the house is doing; what needs a person comes first. */
export async function health(house: House): Promise<Health> {
  const { hub, stream, analysis, config } = house.rooms;
  const [pipeline, tables, reasons] = await Promise.all([
    analysis.pipelineStatus(),
    analysis.status(),
    analysis.rejectedReasons(),
  ]);
  const status = hub.status();
  const connectors = (hub.connectors?.status() ?? []).map(shownConnector);
  const { first, last, bytes } = stream.status();
  const rejected = Object.fromEntries(reasons.map(({ Reason, count }) => [Reason, count]));
  const notices = [
    ...diskNotices(house, status.blockedSince),
    ...rejectedNotices(rejected),
    ...lagNotices(pipeline.behindSeconds),
    ...certificateNotices(house.rooms.tls.validTo),
    ...workspaceNotices(tables.setAside),
    ...agentNotices(config.agent),
    ...connectorNotices(connectors),
    ...(await detectionNotices(house)),
  ];
  const worst = notices.some(({ level }) => level === "error")
    ? "bad"
    : notices.some(({ level }) => level === "warning")
      ? "degraded"
      : "good";
  return {
    state: worst,
    notices,
    hub: {
      connections: status.connections,
      messages: status.messages,
      refusals: { ...status.refusals },
      blockedByDisk: status.blockedSince !== undefined,
    },
    connectors,
    stream: { first, last, bytes },
    pipeline: {
      position: pipeline.position,
      behindSeconds: pipeline.behindSeconds,
      eventsPerSecond: pipeline.eventsPerSecond,
      rejected,
    },
    workspace: { bytes: tables.bytes, tables: tables.tables },
    process: { version: "0.1.0", uptimeSeconds: process.uptime(), rssBytes: process.memoryUsage.rss() },
  };
}

function diskNotices(house: House, blockedSince: number | undefined): Notice[] {
  if (blockedSince !== undefined) {
    const message =
      "The disk is full: devices are not acknowledged and keep their messages. Free space; it goes on by itself.";
    return [{ code: "DISK_FULL", level: "error", message, since: new Date(blockedSince).toISOString() }];
  }
  const { free, share } = house.disk();
  if (share > 0.05 || free > 5e9) return [];
  return [
    {
      code: "DISK_LOW",
      level: "warning",
      message: `${Math.round(free / 1e6)} MB are left on the disk. Free space before it is full.`,
    },
  ];
}

function rejectedNotices(rejected: Readonly<Record<string, number>>): Notice[] {
  const total = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const message = `${total} message${total === 1 ? " was" : "s were"} refused in the last day. Look at which field and rule, and mend the sender.`;
  return [{ code: "MESSAGES_REJECTED", level: "warning", message, link: "/rejected" }];
}

function lagNotices(seconds: number): Notice[] {
  if (seconds < 30) return [];
  return [
    {
      code: "PIPELINE_BEHIND",
      level: "warning",
      message: `Analysis is ${Math.round(seconds)} s behind what devices sent. Alerts come late until it has caught up.`,
    },
  ];
}

function certificateNotices(validTo: string): Notice[] {
  const days = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
  if (days * 86_400_000 > MONTH_MS) return [];
  return [
    {
      code: "CERTIFICATE_EXPIRES",
      level: "warning",
      message: `The hub's certificate ends in ${days} days. It is renewed when the server starts next.`,
    },
  ];
}

function workspaceNotices(setAside: string | undefined): Notice[] {
  if (setAside === undefined) return [];
  const message = `The database was damaged and is rebuilt from the stream. The damaged file is kept: ${setAside}.`;
  return [{ code: "WORKSPACE_REBUILT", level: "warning", message }];
}

function agentNotices(isWanted: boolean): Notice[] {
  const { state, problem } = agentState();
  if (!isWanted || state === "running" || state === "starting") return [];
  return [
    {
      code: "AGENT_DOWN",
      level: "warning",
      message: `The agent of this machine does not run: ${problem}. It is started again by itself.`,
    },
  ];
}

function shownConnector(status: ConnectorStatus): Health["connectors"][number] {
  const { name, kind, state, messages, refused, lag, lastMessageAt, problem, problemSince } = status;
  return {
    name,
    kind,
    state,
    messages,
    refused,
    ...(lag === undefined ? {} : { lag }),
    ...(lastMessageAt === undefined ? {} : { lastMessageAt: new Date(lastMessageAt).toISOString() }),
    ...(problem === undefined ? {} : { problem: problem.slice(0, 1_000) }),
    ...(problemSince === undefined ? {} : { problemSince: new Date(problemSince).toISOString() }),
  };
}

function connectorNotices(connectors: Health["connectors"]): Notice[] {
  return connectors
    .filter(({ state }) => state === "failing")
    .map(({ name, problem = "", problemSince }) => ({
      code: "CONNECTOR_FAILING",
      level: "warning",
      message: `The connector ${name} cannot reach its source: ${problem}. It tries again by itself.`.slice(
        0,
        1_000,
      ),
      ...(problemSince === undefined ? {} : { since: problemSince }),
    }));
}
