import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, oneOf, text, whole } from "./shapes.js";

const name = Type.Object({ name: Type.String({ pattern: "^[\\w .:-]{1,64}$", description: "Feed." }) });
const formats = ["stix", "misp", "list", "csv", "jsonl"] as const;

const trust = {
  trust: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: "How much the source is trusted." }),
  ),
  confidence: Type.Optional(whole("Confidence of indicators without one of their own, 0 to 100.")),
  minConfidence: Type.Optional(whole("Matches below this, times trust, are not told.")),
  expireDays: Type.Optional(
    whole("Days after which indicators without an expiry stop to count; 0 for never."),
  ),
  column: Type.Optional(text("For CSV: the column of values.")),
};

const state = Type.Object({
  name: text("Feed."),
  kind: text("taxii, misp, file or import."),
  url: text("Where it comes from.", 2_000),
  everyMinutes: whole("How often it is fetched."),
  trust: Type.Number(),
  indicators: whole("Indicators in force."),
  lastGoodAt: Type.Optional(instant("When it was last taken in.")),
  lastTriedAt: Type.Optional(instant("When it was last tried.")),
  problem: Type.Optional(text("Why the last try failed; the last good set stays in force.", 1_000)),
  refused: whole("Lines that are no indicators."),
  firstRefused: Type.Array(Type.Object({ line: whole("Line or object."), why: text("Why.", 500) })),
});

/** Threat intelligence: feeds, imports, the allow-list and what was seen. */
export const intelRoutes = {
  "GET /intel/feeds": {
    about: "Feeds of indicators with how they do.",
    role: "viewer",
    reply: Type.Object({ feeds: Type.Array(state) }),
  },
  "PUT /intel/feeds/{name}": {
    about: "Configures a feed and fetches it at once.",
    role: "admin",
    audit: "feeds.set",
    params: name,
    body: Type.Object({
      kind: oneOf(["taxii", "misp", "file"], "A TAXII 2.1 collection, a MISP feed's folder, or one file."),
      url: Type.String({ pattern: "^https?://", maxLength: 2_000, description: "Where it is." }),
      format: Type.Optional(oneOf(formats, "For a file: its form.")),
      authorization: Type.Optional(
        text("Value of the authorization header; kept sealed, never shown.", 4_000),
      ),
      everyMinutes: whole("How often it is fetched.", 5),
      ...trust,
    }),
    reply: state,
  },
  "POST /intel/feeds/{name}/refresh": {
    about: "Fetches a feed now.",
    role: "analyst",
    audit: "feeds.refresh",
    params: name,
    reply: state,
  },
  "POST /intel/feeds/{name}/import": {
    about: "Takes indicators in from a text, such as a bundle brought to a machine without a network.",
    role: "admin",
    audit: "feeds.import",
    maxBytes: 64_000_000,
    params: name,
    body: Type.Object({
      format: oneOf(formats, "Its form."),
      content: Type.String({ maxLength: 60_000_000, description: "The text." }),
      ...trust,
    }),
    reply: state,
  },
  "DELETE /intel/feeds/{name}": {
    about: "Removes a feed with its indicators.",
    role: "admin",
    audit: "feeds.remove",
    params: name,
  },
  "GET /intel/allowed": {
    about: "Values that are never told of, whatever a feed says.",
    role: "viewer",
    reply: Type.Object({
      allowed: Type.Array(
        Type.Object({
          value: text("Address, range, domain, URL or hash.", 2_048),
          actor: text("Who."),
          since: instant("When."),
          reason: text("Why.", 2_000),
        }),
      ),
    }),
  },
  "PUT /intel/allowed": {
    about: "Allows a value, or no longer does.",
    role: "analyst",
    audit: "intel.allow",
    body: Type.Object({
      value: text("Address, range, domain, URL or hash.", 500),
      isAllowed: Type.Boolean(),
      reason: text("Why.", 2_000),
    }),
  },
  "GET /intel/sightings": {
    about: "What was seen of indicators in the last 30 days, as a STIX 2.1 bundle.",
    role: "viewer",
    reply: Type.Object({ type: text("bundle."), id: text("Id."), objects: Type.Array(Type.Unknown()) }),
  },
} as const satisfies Readonly<Record<string, Route>>;
