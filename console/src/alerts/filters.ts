import type { AlertStatus, Severity } from "@picket/api";
import { type Search, textOf, wordOf, wordsOf } from "../shared/search.js";
import { severities } from "../shared/severity.js";

const statuses = ["New", "InProgress", "Closed"] as const satisfies readonly AlertStatus[];
const viewNames = ["mine", "unowned", "open", "closed"] as const;

/** A named way to look at the queue. */
export type ViewName = (typeof viewNames)[number];

const orders = ["worst", "newest"] as const;

/** What stands on top of the queue. */
export type Order = (typeof orders)[number];

/** What the queue shows, as the address says it. */
export interface Filters {
  readonly view: ViewName;
  readonly status: readonly AlertStatus[];
  readonly severity: readonly Severity[];
  readonly device: string;
  readonly rule: string;
  readonly text: string;
  readonly order: Order;
}

/** What is decided is looked up by time; what waits is worked on by how bad it is. */
const usualOrder = (view: ViewName): Order => (view === "closed" ? "newest" : "worst");

/** The views in the order they are offered. */
export const views: readonly { readonly name: ViewName; readonly label: string; readonly about: string }[] = [
  { name: "mine", label: "Mine and new", about: "What nobody has looked at, and what you work on." },
  { name: "unowned", label: "Unowned", about: "Open, and nobody works on it." },
  { name: "open", label: "All open", about: "Everything that is not closed." },
  { name: "closed", label: "Closed", about: "What was decided." },
];

/** Reads the filters of an address; what is absent is usual, what is wrong is left out. */
export function readFilters(search: Search): Filters {
  const view = wordOf(search, "view", viewNames) ?? "mine";
  return {
    view,
    status: wordsOf(search, "status", statuses),
    severity: wordsOf(search, "severity", severities),
    device: textOf(search, "device"),
    rule: textOf(search, "rule"),
    text: textOf(search, "text"),
    order: wordOf(search, "order", orders) ?? usualOrder(view),
  };
}

/** The filters as an address says them; what is usual is left out. */
export const writeFilters = (filters: Filters): Search => ({
  ...filters,
  view: filters.view === "mine" ? "" : filters.view,
  order: filters.order === usualOrder(filters.view) ? "" : filters.order,
});

/** What is asked of the server. */
export interface Ask {
  readonly status: readonly AlertStatus[];
  readonly severity?: readonly Severity[];
  readonly deviceId?: string;
  readonly ruleId?: string;
  readonly owner?: string;
  readonly text?: string;
}

/** The questions whose answers together are the view. Their answers never overlap. */
export function asksOf(filters: Filters, me: string): readonly Ask[] {
  const { severity, device, rule, text } = filters;
  const shared = {
    ...(severity.length > 0 ? { severity } : {}),
    ...(device ? { deviceId: device } : {}),
    ...(rule ? { ruleId: rule } : {}),
    ...(text ? { text } : {}),
  };
  return partsOf(filters.view, me)
    .map((part) => ({ ...part, status: narrowed(part.status, filters.status) }))
    .filter(({ status }) => status.length > 0)
    .map((part) => ({ ...shared, ...part }));
}

function partsOf(view: ViewName, me: string): readonly { status: readonly AlertStatus[]; owner?: string }[] {
  switch (view) {
    case "mine":
      return [{ status: ["New"] }, { status: ["InProgress"], owner: me }];
    case "unowned":
      return [{ status: ["New", "InProgress"], owner: "" }];
    case "open":
      return [{ status: ["New", "InProgress"] }];
    case "closed":
      return [{ status: ["Closed"] }];
  }
}

const narrowed = (of: readonly AlertStatus[], to: readonly AlertStatus[]): readonly AlertStatus[] =>
  to.length === 0 ? of : of.filter((status) => to.includes(status));

/** Whether an alert belongs to what is shown, as far as can be said without asking the server. */
export function belongs(
  alert: { readonly [K in "Status" | "AlertSeverity" | "DeviceId" | "RuleId" | "Owner"]?: string },
  asks: readonly Ask[],
): boolean {
  return asks.some(
    ({ status, severity, deviceId, ruleId, owner }) =>
      status.some((each) => each === alert.Status) &&
      (severity === undefined || severity.some((each) => each === alert.AlertSeverity)) &&
      (deviceId === undefined || deviceId === alert.DeviceId) &&
      (ruleId === undefined || ruleId === alert.RuleId) &&
      (owner === undefined || owner === (alert.Owner ?? "")),
  );
}
