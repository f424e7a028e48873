import { Type } from "typebox";
import type { Route } from "./route.js";
import { alertStatuses, instant, next, oneOf, page, row, severities, text, whole } from "./shapes.js";

const id = Type.Object({ id: text("SystemAlertId.", 64) });
const list = <const W extends string>(words: readonly W[], about: string) =>
  Type.Optional(Type.Array(oneOf(words, about), { maxItems: words.length }));

/** Alerts: the queue, one alert, and what people decide about them. */
export const alertRoutes = {
  "GET /alerts": {
    about: "Alerts without their evidence, newest first or worst first.",
    role: "viewer",
    query: Type.Object({
      status: list(alertStatuses, "States wanted; all when absent."),
      severity: list(severities, "Severities wanted; all when absent."),
      deviceId: Type.Optional(text("Only this device.", 128)),
      ruleId: Type.Optional(text("Only this rule.", 128)),
      owner: Type.Optional(text("Only this owner; empty text for unowned.", 64)),
      text: Type.Optional(text("Words to look for in title, reason and device.", 200)),
      from: Type.Optional(instant("Changed at or after.")),
      to: Type.Optional(instant("Changed before.")),
      order: Type.Optional(
        oneOf(["newest", "worst"], "Last changed first, or worst first and among those last changed first."),
      ),
      ...page,
    }),
    reply: Type.Object({
      alerts: Type.Array(row("SecurityAlert")),
      total: whole("How many there are in all."),
      next,
    }),
  },
  "GET /alerts/{id}": {
    about: "One alert with its evidence, ancestry, history and the device's events around it.",
    role: "viewer",
    params: id,
    reply: Type.Object({
      alert: row("SecurityAlert"),
      history: Type.Array(row("SecurityAlertHistory")),
      timeline: Type.Array(row("SecurityIoTRawEvent"), {
        description: "30 minutes before and after, oldest first, at most 500.",
      }),
      related: Type.Array(row("SecurityAlert"), {
        description: "Other alerts of the device, newest first, at most 20.",
      }),
      rule: Type.Optional(
        Type.Object({
          id: text("Rule id."),
          about: text("What it looks for.", 2000),
          cases: Type.Array(
            Type.Object({ name: text("What happens.", 500), alerts: whole("How many alerts it makes.") }),
          ),
        }),
      ),
    }),
  },
  "POST /alerts/decide": {
    about: "Acknowledges, assigns, comments, closes or reopens alerts. Answers when the tables show it.",
    role: "analyst",
    audit: "alerts.decide",
    body: Type.Object({
      ids: Type.Array(text("SystemAlertId.", 64), { minItems: 1, maxItems: 500 }),
      action: oneOf(["acknowledge", "assign", "comment", "close", "reopen"], "What is decided."),
      reason: Type.Optional(text("Why; asked for when closing.", 2000)),
      owner: Type.Optional(text("For assign: who works on it.", 64)),
      disposition: Type.Optional(
        oneOf(
          ["truePositive", "benignPositive", "falsePositive", "duplicate", "other"],
          "For close: what it turned out to be.",
        ),
      ),
    }),
    reply: Type.Object({ alerts: Type.Array(row("SecurityAlert")) }),
  },
  "GET /alerts/live": {
    about: "New and changed alerts and recommendations as they reach the tables, as server-sent events.",
    role: "viewer",
    stream: true,
    reply: Type.Object({
      position: whole("Stream position the tables show."),
      alerts: Type.Array(row("SecurityAlert")),
      recommendations: Type.Array(row("SecurityRecommendation")),
      rejected: whole("Messages and events refused in this step."),
    }),
  },
  "GET /rules": {
    about: "The rules that watch, with their cases.",
    role: "viewer",
    reply: Type.Object({
      rules: Type.Array(
        Type.Object({
          id: text("Rule id."),
          alertType: text("Alert type it makes."),
          name: text("Alert name it makes."),
          severity: oneOf(severities, "Severity."),
          about: text("What it looks for.", 2000),
          reads: text("What it reads."),
          techniques: Type.Array(text("ATT&CK technique.")),
          cases: Type.Array(
            Type.Object({ name: text("What happens.", 500), alerts: whole("How many alerts it makes.") }),
          ),
        }),
      ),
    }),
  },
} as const satisfies Readonly<Record<string, Route>>;
