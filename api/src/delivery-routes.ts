import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, oneOf, severities, text, whole } from "./shapes.js";

const name = Type.Object({ name: Type.String({ pattern: "^[\\w.-]{1,64}$", description: "Route." }) });

const route = {
  kind: oneOf(["webhook", "email", "syslog", "mqtt", "file"], "Way out."),
  format: Type.Optional(oneOf(["json", "cef", "ocsf", "text"], "How an alert is written.")),
  target: Type.Optional(
    text(
      "URL of a webhook, smtp(s)://, syslog+tls://, syslog+tcp:// or mqtt(s)://; empty for a file.",
      2_000,
    ),
  ),
  to: Type.Optional(text("For mail: whom to. For MQTT: the topic.", 2_000)),
  from: Type.Optional(text("For mail: who it is from.", 300)),
  user: Type.Optional(text("Who signs in at the mail server or broker.", 300)),
  ca: Type.Optional(text("Certificate of an authority of one's own, PEM.", 20_000)),
  minSeverity: Type.Optional(oneOf(severities, "Alerts below are not sent.")),
  rule: Type.Optional(text("Rule id, with wildcards.", 400)),
  device: Type.Optional(text("Device id, with wildcards.", 400)),
  closedToo: Type.Optional(Type.Boolean({ description: "Tells of closing too." })),
};
const given = Type.Object({
  ...route,
  secret: Type.Optional(text("Signs webhooks, or is a password; kept sealed, never shown.", 2_000)),
});

/** Delivery: where alerts go, what would go, what went. */
export const deliveryRoutes = {
  "GET /deliveries/routes": {
    about: "Routes that alerts are delivered by.",
    role: "viewer",
    reply: Type.Object({
      routes: Type.Array(
        Type.Object({
          name: text("Route."),
          since: text("Alerts made before are not sent."),
          hasSecret: Type.Boolean(),
          ...route,
        }),
      ),
    }),
  },
  "PUT /deliveries/routes/{name}": {
    about: "Sets a route; without a secret the one it had is kept.",
    role: "admin",
    audit: "routes.set",
    params: name,
    body: given,
  },
  "DELETE /deliveries/routes/{name}": {
    about: "Removes a route.",
    role: "admin",
    audit: "routes.remove",
    params: name,
  },
  "POST /deliveries/preview": {
    about:
      "Shows what a route would send: the newest alert it takes as it is written, and how many it takes of the last 500.",
    role: "analyst",
    changesNothing: true,
    body: given,
    reply: Type.Object({
      takes: whole("Alerts it takes."),
      of: whole("Alerts looked at."),
      printed: Type.Optional(text("The newest of them as it is sent.", 200_000)),
    }),
  },
  "POST /deliveries/routes/{name}/test": {
    about: "Sends a test alert by a route and says whether it arrived.",
    role: "admin",
    audit: "routes.test",
    params: name,
    reply: Type.Object({ isDelivered: Type.Boolean(), problem: Type.Optional(text("Why not.", 1_000)) }),
  },
  "GET /deliveries/log": {
    about: "What waits, what was sent and what was given up, newest first.",
    role: "viewer",
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })) }),
    reply: Type.Object({
      deliveries: Type.Array(
        Type.Object({
          id: text("Delivery.", 400),
          route: text("Route."),
          state: oneOf(["waiting", "sent", "dead"], "dead: given up after a day of trying."),
          attempts: whole("Tries."),
          since: instant("Since when."),
          nextAt: Type.Optional(instant("When it is tried again.")),
          doneAt: Type.Optional(instant("When it was sent or given up.")),
          problem: Type.Optional(text("Why the last try failed.", 1_000)),
          alertId: text("SystemAlertId."),
          title: text("Title of the alert.", 500),
        }),
      ),
    }),
  },
  "POST /deliveries/retry": {
    about: "Tries a delivery that was given up again.",
    role: "analyst",
    audit: "deliveries.retry",
    body: Type.Object({ id: text("Delivery.", 400) }),
  },
} as const satisfies Readonly<Record<string, Route>>;
