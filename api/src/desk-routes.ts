import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, oneOf, row, severities, text, whole } from "./shapes.js";

const name = Type.Object({ name: Type.String({ pattern: "^[\\w .:-]{1,64}$", description: "Its name." }) });
const setBy = {
  name: text("Name."),
  actor: text("Who set it."),
  since: instant("When."),
  reason: text("Why.", 2_000),
};

const suppression = {
  kind: oneOf(["suppression", "maintenance"], "A maintenance window covers everything of a device."),
  rule: Type.Optional(text("Rule id, with wildcards.", 400)),
  device: Type.Optional(text("Device id, with wildcards.", 200)),
  entity: Type.Optional(text("The alert's entity, such as a command, with wildcards.", 500)),
  from: instant("Start."),
  until: instant("End; at most a year after."),
};

const exception = {
  ruleId: text("Rule.", 400),
  where: Type.Record(Type.String(), Type.String(), {
    description: "Field of the evidence, and what it is like; * and ? are wildcards.",
  }),
  until: Type.Optional(text("When it ends; never when absent.", 40)),
};

const covered = Type.Object({
  alerts: whole("Alerts of the last 90 days that it would have kept away."),
  ofAlerts: whole("Alerts of the rule in the last 90 days."),
  truePositives: whole("Of them, closed as true positives: such an exception is dangerous."),
  samples: Type.Array(
    Type.Object({
      id: text("SystemAlertId."),
      title: text("Title.", 500),
      deviceId: text("Device."),
      disposition: text("How it was closed.", 500),
    }),
  ),
});

const clock = Type.Object({
  acknowledgeMinutes: whole("Minutes until somebody must look; 0 for whenever."),
  closeMinutes: whole("Minutes until it must be closed; 0 for whenever."),
});

/** What people set so that alerts are worth looking at: suppressions, exceptions, clocks. */
export const deskRoutes = {
  "GET /suppressions": {
    about: "Suppressions and maintenance windows.",
    role: "viewer",
    reply: Type.Object({ suppressions: Type.Array(Type.Object({ ...setBy, ...suppression })) }),
  },
  "POST /suppressions/preview": {
    about: "Says which alerts of the last 30 days a suppression would have covered.",
    role: "viewer",
    changesNothing: true,
    body: Type.Object(suppression),
    reply: Type.Object({ total: whole("Alerts."), alerts: Type.Array(row("SecurityAlert")) }),
  },
  "PUT /suppressions/{name}": {
    about: "Suppresses alerts for a time; they are kept, closed at once, and wake nobody.",
    role: "analyst",
    audit: "suppressions.set",
    params: name,
    body: Type.Object({ ...suppression, reason: text("Why.", 2_000) }),
  },
  "DELETE /suppressions/{name}": {
    about: "Ends a suppression.",
    role: "analyst",
    audit: "suppressions.remove",
    params: name,
  },
  "GET /exceptions": {
    about: "Exceptions of rules with how often each kept an alert away.",
    role: "viewer",
    reply: Type.Object({
      exceptions: Type.Array(Type.Object({ ...setBy, ...exception, kept: whole("Hits it kept away.") })),
    }),
  },
  "POST /exceptions/propose": {
    about:
      "Proposes an exception from an alert that was a false positive, and says what it would have covered.",
    role: "analyst",
    changesNothing: true,
    body: Type.Object({ alertId: text("SystemAlertId.", 64) }),
    reply: Type.Object({ exception: Type.Object(exception), covered }),
  },
  "POST /exceptions/preview": {
    about: "Replays an exception on the alerts of the last 90 days.",
    role: "analyst",
    changesNothing: true,
    body: Type.Object(exception),
    reply: covered,
  },
  "PUT /exceptions/{name}": {
    about: "Sets an exception; refused when it would have hidden a true positive, unless that is meant.",
    role: "analyst",
    audit: "exceptions.set",
    params: name,
    body: Type.Object({
      ...exception,
      reason: text("Why.", 2_000),
      evenTruePositives: Type.Optional(Type.Boolean({ description: "Hide what were true positives too." })),
    }),
    reply: covered,
  },
  "DELETE /exceptions/{name}": {
    about: "Ends an exception.",
    role: "analyst",
    audit: "exceptions.remove",
    params: name,
  },
  "GET /alert-clocks": {
    about: "How soon alerts must be looked at and closed, by severity, and which open ones are late.",
    role: "viewer",
    reply: Type.Object({
      clocks: Type.Record(Type.String(), clock),
      late: Type.Array(
        Type.Object({
          id: text("SystemAlertId."),
          title: text("Title.", 500),
          severity: text("Severity."),
          late: text("acknowledge or close."),
        }),
      ),
    }),
  },
  "PUT /alert-clocks/{severity}": {
    about: "Sets the clocks of a severity.",
    role: "admin",
    audit: "clocks.set",
    params: Type.Object({ severity: oneOf(severities, "Severity.") }),
    body: clock,
  },
} as const satisfies Readonly<Record<string, Route>>;
