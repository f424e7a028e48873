import { Type } from "typebox";
import type { Route } from "./route.js";
import { bySeverity, instant, next, page, row, text, whole } from "./shapes.js";

/** The overview, and how the house itself is doing. */
export const workspaceRoutes = {
  "GET /overview": {
    about: "Is anything wrong, is anything missing, is it getting better?",
    role: "viewer",
    reply: Type.Object({
      alertsOpen: bySeverity,
      alertsOpenDayAgo: bySeverity,
      devices: Type.Object({
        total: whole("Registered."),
        connected: whole("Connected now."),
        silent: whole("Silent for a day."),
      }),
      recommendationsActive: bySeverity,
      eventsByHour: Type.Array(
        Type.Object({
          hour: instant("Start of the hour."),
          name: text("Event name."),
          count: whole("Rows."),
        }),
      ),
      rejectedLastDay: whole("Messages and events refused in the last day."),
      newestEventAt: Type.Optional(instant("When the newest event was received.")),
      recentChanges: Type.Array(row("SecurityAlertHistory")),
      newestAlerts: Type.Array(row("SecurityAlert"), { description: "The newest open ones, at most 8." }),
      topDevices: Type.Array(Type.Object({ DeviceId: text("Device."), alerts: whole("Open alerts.") })),
      at: instant("When this was put together."),
    }),
  },
  "GET /health": {
    about: "How the house itself is doing; what needs a person comes first.",
    role: "viewer",
    reply: Type.Object({
      state: Type.Union([Type.Literal("good"), Type.Literal("degraded"), Type.Literal("bad")]),
      notices: Type.Array(
        Type.Object({
          code: text("Stable code."),
          level: Type.Union([Type.Literal("info"), Type.Literal("warning"), Type.Literal("error")]),
          message: text("What is the matter and what to do.", 1000),
          since: Type.Optional(instant("Since when.")),
          link: Type.Optional(text("Where to look in the console.", 300)),
        }),
      ),
      hub: Type.Object({
        connections: whole("Devices connected."),
        messages: whole("Messages taken since the start."),
        refusals: Type.Record(Type.String(), Type.Integer(), {
          description: "Refusals since the start, by cause.",
        }),
        blockedByDisk: Type.Boolean({
          description: "True while the disk is full and devices are not acknowledged.",
        }),
      }),
      connectors: Type.Array(
        Type.Object({
          name: text("As the settings name it."),
          kind: text("azureIotHub, mqtt or kafka."),
          state: Type.Union([Type.Literal("connecting"), Type.Literal("running"), Type.Literal("failing")]),
          messages: whole("Messages taken since the start."),
          refused: whole("Messages left out since the start; the operation log says why."),
          lag: Type.Optional(whole("Messages that wait at the source.")),
          lastMessageAt: Type.Optional(instant("When the last message came.")),
          problem: Type.Optional(text("What is wrong.", 1000)),
          problemSince: Type.Optional(instant("Since when it has been.")),
        }),
        { description: "Sources of messages beside the hub's own doors." },
      ),
      stream: Type.Object({
        first: whole("Oldest position kept."),
        last: whole("Newest position."),
        bytes: whole("Bytes kept."),
      }),
      pipeline: Type.Object({
        position: whole("Position the tables show."),
        behindSeconds: Type.Number({ description: "Seconds behind the stream." }),
        eventsPerSecond: Type.Number(),
        rejected: Type.Record(Type.String(), Type.Integer(), {
          description: "Refused since the start, by reason.",
        }),
      }),
      workspace: Type.Object({
        bytes: whole("Bytes on disk."),
        tables: Type.Array(Type.Object({ name: text("Table."), rows: whole("Rows.") })),
      }),
      process: Type.Object({
        version: text("Version."),
        uptimeSeconds: Type.Number(),
        rssBytes: whole("Memory."),
      }),
    }),
  },
  "GET /rejected": {
    about: "Messages and events that were refused, newest first, with the field and the rule that failed.",
    role: "viewer",
    query: Type.Object({ deviceId: Type.Optional(text("Only this device.", 128)), ...page }),
    reply: Type.Object({
      rejected: Type.Array(row("SecurityIoTRejected")),
      reasons: Type.Array(Type.Object({ Reason: text("Reason."), count: whole("In the last day.") })),
      next,
    }),
  },
  "GET /audit": {
    about: "What people and programs did here, newest first.",
    role: "admin",
    query: Type.Object({
      actor: Type.Optional(text("Only this actor.", 64)),
      action: Type.Optional(text("Only this action.", 64)),
      ...page,
    }),
    reply: Type.Object({ entries: Type.Array(row("PicketAudit")), next }),
  },
} as const satisfies Readonly<Record<string, Route>>;
