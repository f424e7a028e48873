import { Type } from "typebox";
import type { Route } from "./route.js";
import { bySeverity, instant, next, oneOf, page, row, text, whole } from "./shapes.js";

const deviceId = Type.String({
  pattern: "^[A-Za-z0-9\\-:.+%_#*?!(),=@;$']{1,128}$",
  description: "Device id.",
});
const id = Type.Object({ id: deviceId });
const connection = Type.Object({
  connectionString: text("For the security module; shown once.", 2000),
  deviceConnectionString: text("For the device itself; shown once.", 2000),
  command: text("Copy and paste this on the device.", 8000),
  caCertificate: text("The hub's CA, PEM.", 8000),
});

/** Devices: the inventory, one device, and connecting new ones. */
export const deviceRoutes = {
  "GET /devices": {
    about: "Devices with their open alerts and recommendations.",
    role: "viewer",
    query: Type.Object({
      text: Type.Optional(text("Words to look for in the device id.", 128)),
      state: Type.Optional(oneOf(["connected", "silent", "disabled"], "Only devices in this state.")),
      ...page,
    }),
    reply: Type.Object({
      devices: Type.Array(
        Type.Object({
          device: row("IoTDevice"),
          modules: Type.Array(row("IoTDevice")),
          alerts: bySeverity,
          recommendations: whole("Active recommendations."),
          lastEventAt: Type.Optional(instant("When its newest event was received.")),
        }),
      ),
      total: whole("How many there are in all."),
      next,
    }),
  },
  "POST /devices": {
    about: "Registers a device with its security module and answers how to connect it.",
    role: "admin",
    audit: "devices.add",
    body: Type.Object({ id: deviceId, tags: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }),
    reply: Type.Object({ device: row("IoTDevice"), connection }),
  },
  "GET /devices/{id}": {
    about:
      "One device: identity, modules, twin, latest snapshots, what it sent in a day, alerts and recommendations.",
    role: "viewer",
    params: id,
    reply: Type.Object({
      device: row("IoTDevice"),
      modules: Type.Array(row("IoTDevice")),
      snapshots: Type.Record(
        Type.String(),
        Type.Object({
          at: instant("When the snapshot was taken."),
          items: Type.Array(Type.Record(Type.String(), Type.Unknown())),
        }),
        { description: "Latest payload items by event name." },
      ),
      activity: Type.Array(
        Type.Object({
          hour: instant("Start of the hour."),
          name: text("Event name."),
          count: whole("Rows."),
        }),
        { description: "The last 24 hours." },
      ),
      alerts: Type.Array(row("SecurityAlert")),
      recommendations: Type.Array(row("SecurityRecommendation")),
      operations: Type.Array(row("IoTHubOperation"), { description: "The newest 50 of the operation log." }),
    }),
  },
  "POST /devices/{id}/connection": {
    about: "Answers how to connect a registered device.",
    role: "admin",
    audit: "devices.connect",
    params: id,
    reply: connection,
  },
  "PATCH /devices/{id}": {
    about: "Enables or disables a device, or sets tags of its twin.",
    role: "admin",
    audit: "devices.change",
    params: id,
    body: Type.Object({
      status: Type.Optional(oneOf(["enabled", "disabled"], "Whether it may connect.")),
      tags: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    reply: row("IoTDevice"),
  },
  "DELETE /devices/{id}": {
    about: "Removes a device from the registry.",
    role: "admin",
    audit: "devices.remove",
    params: id,
  },
  "GET /devices/{id}/timeline": {
    about: "Raw events of a device in a span of time, oldest first.",
    role: "viewer",
    params: id,
    query: Type.Object({
      from: instant("Start."),
      to: instant("End."),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 500 })),
    }),
    reply: Type.Object({ events: Type.Array(row("SecurityIoTRawEvent")) }),
  },
  "GET /recommendations": {
    about: "Recommendations, active ones first, worst first.",
    role: "viewer",
    query: Type.Object({
      state: Type.Optional(oneOf(["Active", "Resolved", "Dismissed"], "Only this state.")),
      deviceId: Type.Optional(text("Only this device.", 128)),
      name: Type.Optional(text("Only this recommendation.", 128)),
      ...page,
    }),
    reply: Type.Object({
      recommendations: Type.Array(row("SecurityRecommendation")),
      summary: Type.Array(
        Type.Object({
          name: text("Recommendation id."),
          displayName: text("Title."),
          severity: text("Severity."),
          active: whole("Devices it is active on."),
          resolved: whole("Devices it was resolved on."),
        }),
      ),
      total: whole("How many there are in all."),
      next,
    }),
  },
} as const satisfies Readonly<Record<string, Route>>;
