import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, oneOf, severities, text, whole } from "./shapes.js";

const name = Type.Object({ name: text("Its name.", 128) });
const MANY = 4_000_000;

/** Rule files as they are: Sigma documents and pipelines in YAML. */
const files = Type.Array(
  Type.Object({ name: text("File name, for messages.", 300), text: text("The file.", MANY) }),
  { minItems: 1, maxItems: 5_000, description: "Rule files." },
);

const problem = Type.Object({
  level: oneOf(["error", "warning"], "An error keeps a rule from being used."),
  check: text("Short name of the check."),
  message: text("What is wrong and what would be right.", 2_000),
  file: text("File.", 300),
  line: whole("Line, from 1."),
  column: whole("Column, from 1."),
});

const report = Type.Object({
  id: text("Rule id."),
  title: text("Title.", 300),
  kind: oneOf(["rule", "correlation", "filter"], "What the document is."),
  author: text("Author.", 500),
  licence: text("Licence."),
  file: text("File.", 300),
  idle: Type.Optional(text("Why it cannot fire here.", 2_000)),
  missing: Type.Array(text("A field that no event here carries.")),
  kql: Type.Optional(text("The query that finds the same in history.", 200_000)),
  isCostly: Type.Boolean({ description: "Asked of every event of its kind." }),
});

const setBy = { actor: text("Who set it."), since: instant("Since when."), reason: text("Why.", 2_000) };

const groupRules = Type.Object({
  timeWindowRules: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  allowlistRules: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  denylistRules: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  thresholdRules: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

const found = Type.Object({
  id: text("Rule id.", 400),
  title: text("Title.", 300),
  hits: whole("Events that match."),
  devices: whole("Devices they are on."),
  first: Type.Optional(text("When the first was generated.")),
  last: Type.Optional(text("When the last was generated.")),
  problem: Type.Optional(text("Why it could not be asked.", 2_000)),
});

const explanation = Type.Object({
  ruleId: text("Rule id.", 400),
  name: text("Rule name.", 300),
  fires: Type.Boolean({ description: "Whether the rule holds for the event." }),
  asked: Type.Boolean({ description: "Whether the engine asks it at all: one of its literals occurs." }),
  why: text("In a sentence.", 4_000),
  steps: Type.Unknown({ description: "Each test with whether it holds and what was found." }),
});

/** What a back-test looks at: rules in force, rule files, or a security group that is not saved yet. */
const tested = Type.Object({
  ruleIds: Type.Optional(Type.Array(text("A rule in force.", 400), { maxItems: 500 })),
  files: Type.Optional(files),
  group: Type.Optional(Type.Object({ name: text("Group.", 128), value: Type.Unknown() })),
  from: instant("Start."),
  to: instant("End."),
});

/** Detection: rules and packs, security groups, what would have fired and why. */
export const detectionRoutes = {
  "GET /detection/rules": {
    about:
      "Every rule with its form, author, licence, whether it can fire here, and what went wrong with it.",
    role: "viewer",
    reply: Type.Object({
      rules: Type.Array(
        Type.Object({
          id: text("Rule id.", 400),
          form: oneOf(["builtIn", "sigma", "custom", "intel"], "Where it comes from."),
          name: text("Name.", 300),
          severity: oneOf(severities, "Severity."),
          reads: text("Event it reads; empty when it cannot fire here."),
          author: text("Author.", 500),
          source: text("Source.", 500),
          licence: text("Licence."),
          techniques: Type.Array(text("ATT&CK technique.")),
          isOff: Type.Boolean({ description: "Switched off by a person." }),
          idle: Type.Optional(text("Why it cannot fire here.", 2_000)),
          kql: Type.Optional(text("The query that finds the same in history.", 200_000)),
          isCostly: Type.Boolean({ description: "Asked of every event of its kind." }),
          trouble: Type.Optional(
            Type.Object({
              errors: whole("How often it threw."),
              lastError: text("The last error.", 500),
              slowCalls: whole("How often it was slow."),
              worstMs: Type.Number({ description: "Its slowest call, milliseconds." }),
            }),
          ),
        }),
      ),
    }),
  },
  "PUT /detection/rules/{name}": {
    about: "Switches a rule off or on again. Answers when it is in force.",
    role: "analyst",
    audit: "rules.switch",
    params: Type.Object({ name: text("Rule id.", 400) }),
    body: Type.Object({ isOff: Type.Boolean(), reason: text("Why.", 2_000) }),
  },
  "GET /detection/packs": {
    about: "Rule packs in force.",
    role: "viewer",
    reply: Type.Object({
      packs: Type.Array(
        Type.Object({
          name: text("Pack."),
          actor: text("Who set it."),
          since: instant("Since when."),
          files: whole("Files."),
          rules: whole("Rules and correlations that watch."),
          idle: whole("Documents that cannot fire here."),
          problems: Type.Array(problem),
        }),
      ),
    }),
  },
  "PUT /detection/packs/{name}": {
    about: "Sets a pack of Sigma rules; refused when a rule is wrong, unless the good ones shall be kept.",
    role: "admin",
    audit: "packs.set",
    maxBytes: MANY + 1_000_000,
    params: name,
    body: Type.Object({
      files,
      reason: Type.Optional(text("Why.", 2_000)),
      keepGood: Type.Optional(Type.Boolean({ description: "Use what is right and leave out the rest." })),
    }),
    reply: Type.Object({ rules: Type.Array(report), problems: Type.Array(problem) }),
  },
  "DELETE /detection/packs/{name}": {
    about: "Removes a pack.",
    role: "admin",
    audit: "packs.remove",
    params: name,
  },
  "POST /detection/lint": {
    about: "Says what is wrong with rule files and which of their rules cannot fire here.",
    role: "viewer",
    changesNothing: true,
    maxBytes: MANY + 1_000_000,
    body: Type.Object({ files }),
    reply: Type.Object({ rules: Type.Array(report), problems: Type.Array(problem) }),
  },
  "POST /detection/backtest": {
    about: "Says how often rules would have fired on what is stored.",
    role: "analyst",
    audit: "rules.backtest",
    maxBytes: MANY + 1_000_000,
    body: tested,
    reply: Type.Object({ rules: Type.Array(found) }),
  },
  "POST /detection/hunt": {
    about: "Runs rules in force over history; what they find becomes back-dated evidence of alerts.",
    role: "analyst",
    audit: "rules.hunt",
    body: Type.Object({
      ruleIds: Type.Array(text("A rule in force.", 400), { minItems: 1, maxItems: 50 }),
      from: instant("Start."),
      to: instant("End."),
    }),
    reply: Type.Object({
      events: whole("Events that were found and given to the rules, at most 5,000 a rule."),
    }),
  },
  "POST /detection/why": {
    about: "Says of an event why each rule of its kind did or did not match.",
    role: "viewer",
    changesNothing: true,
    body: Type.Object({
      eventId: Type.Optional(text("IoTRawEventId of a stored event.", 200)),
      event: Type.Optional(
        Type.Object({ name: text("Event name."), item: Type.Record(Type.String(), Type.Unknown()) }),
      ),
      ruleId: Type.Optional(text("Only this rule.", 400)),
    }),
    reply: Type.Object({ rules: Type.Array(explanation) }),
  },
  "GET /detection/custom-alert-types": {
    about: "The types of custom alerts.",
    role: "viewer",
    reply: Type.Object({
      types: Type.Array(
        Type.Object({
          ruleType: text("Type."),
          kind: oneOf(["timeWindow", "allowList", "denyList"], "List it belongs to."),
          displayName: text("Name."),
          description: text("What it tells.", 500),
          alertTitle: text("Title of its alerts.", 300),
        }),
      ),
    }),
  },
  "GET /detection/security-groups": {
    about: "Security groups with custom alerts.",
    role: "viewer",
    reply: Type.Object({
      groups: Type.Array(Type.Object({ name: text("Group."), ...setBy, rules: groupRules })),
    }),
  },
  "GET /detection/security-groups/{name}": {
    about: "One group with every type of custom alert; those never set are switched off.",
    role: "viewer",
    params: name,
    reply: groupRules,
  },
  "PUT /detection/security-groups/{name}": {
    about: "Sets the custom alerts of a group of devices. Answers when they are in force.",
    role: "admin",
    audit: "groups.set",
    params: name,
    body: Type.Object({
      timeWindowRules: Type.Optional(Type.Array(Type.Unknown())),
      allowlistRules: Type.Optional(Type.Array(Type.Unknown())),
      denylistRules: Type.Optional(Type.Array(Type.Unknown())),
      thresholdRules: Type.Optional(Type.Array(Type.Unknown())),
    }),
    reply: groupRules,
  },
  "DELETE /detection/security-groups/{name}": {
    about: "Removes the custom alerts of a group.",
    role: "admin",
    audit: "groups.remove",
    params: name,
  },
  "GET /detection/coverage": {
    about: "Which ATT&CK techniques the rules in force watch for, and by which events.",
    role: "viewer",
    reply: Type.Object({
      techniques: Type.Array(
        Type.Object({
          technique: text("ATT&CK technique."),
          rules: whole("Rules."),
          reads: Type.Array(text("Event.")),
          seen: Type.Boolean({ description: "Whether a device sent such an event in the last week." }),
        }),
      ),
    }),
  },
} as const satisfies Readonly<Record<string, Route>>;
