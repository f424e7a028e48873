import type { Payload } from "@picket/schema";
import { agentErrors, messageOf } from "../errors.js";

type Rule = Payload<"FirewallConfiguration">;
type Json = Readonly<Record<string, unknown>>;

const chainNames: ReadonlyMap<string, string> = new Map([
  ["input", "INPUT"],
  ["output", "OUTPUT"],
  ["forward", "FORWARD"],
]);
const directions: ReadonlyMap<string, "In" | "Out"> = new Map([
  ["input", "In"],
  ["output", "Out"],
]);
const addressFields: ReadonlyMap<string, "SourceAddress" | "DestinationAddress"> = new Map([
  ["saddr", "SourceAddress"],
  ["daddr", "DestinationAddress"],
]);
const portFields: ReadonlyMap<string, "SourcePort" | "DestinationPort"> = new Map([
  ["sport", "SourcePort"],
  ["dport", "DestinationPort"],
]);

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook: string;
  readonly policy: string;
  readonly rules: Json[];
}

/** Reads what `nft -j list ruleset` prints; chains that only translate addresses are left out. */
export function rulesOfNftables(text: string): Rule[] {
  const chains = new Map<string, Chain>();
  for (const entry of entriesOf(text)) {
    const chain = asJson(entry["chain"]);
    const rule = asJson(entry["rule"]);
    if (chain && (chain["type"] === undefined || chain["type"] === "filter"))
      chains.set(idOf(chain, "name"), {
        family: said(chain["family"]),
        table: said(chain["table"]),
        name: said(chain["name"]),
        hook: said(chain["hook"]),
        policy: said(chain["policy"]),
        rules: [],
      });
    if (rule) chains.get(idOf(rule, "chain"))?.rules.push(rule);
  }
  return [...chains.values()].flatMap(rowsOf);
}

function entriesOf(text: string): Json[] {
  try {
    const ruleset = asJson(JSON.parse(text))?.["nftables"];
    return Array.isArray(ruleset) ? objectsOf(ruleset) : [];
  } catch (error) {
    throw agentErrors.recordsInvalid({ what: "The output of nft", why: messageOf(error) }, { cause: error });
  }
}

function rowsOf(chain: Chain): Rule[] {
  const isBase = chain.hook !== "";
  const direction = directions.get(chain.hook);
  const head = {
    ChainName: chainNames.get(chain.hook) ?? chain.name,
    Enabled: true,
    ...(direction ? { Direction: direction } : {}),
  };
  const where = { Family: chain.family, Table: chain.table, Chain: chain.name };
  const rows = chain.rules.map((rule, index): Rule => {
    const { details, ...fields } = conditionsOf(Array.isArray(rule["expr"]) ? rule["expr"] : []);
    return { ...head, Priority: index + 1, ...fields, ExtraDetails: { ...where, ...details } };
  });
  if (!isBase) return rows;
  const policy = chain.policy === "drop" ? "Deny" : "Allow";
  return [...rows, { ...head, Priority: rows.length + 1, Action: policy, ExtraDetails: where }];
}

/** What a rule asks for, and what it does then. */
function conditionsOf(expressions: readonly unknown[]): Rule & { details: Record<string, string> } {
  let action: Rule["Action"] = "Other";
  const fields: Record<string, string> = {};
  const details: Record<string, string> = {};
  const others: string[] = [];
  for (const expression of objectsOf(expressions)) {
    const [verb = "", value] = Object.entries(expression)[0] ?? [];
    if (verb === "accept") action = "Allow";
    else if (verb === "drop" || verb === "reject") action = "Deny";
    else if (verb === "jump" || verb === "goto")
      details["Action"] = `${verb} ${said(asJson(value)?.["target"])}`;
    else if (verb === "match") matched(asJson(value) ?? {}, fields, others);
    else if (verb !== "counter") others.push(verb);
  }
  if (others.length > 0) details["Match"] = others.join(" ");
  if (action === "Other") details["Action"] ??= others.at(-1) ?? "continue";
  return { Enabled: true, Action: action, ...fields, details };
}

function matched({ left, op, right }: Json, fields: Record<string, string>, others: string[]): void {
  const payload = asJson(asJson(left)?.["payload"]);
  const field = said(payload?.["field"]);
  const protocol = said(payload?.["protocol"]);
  const value = op === "!=" ? `!(${printed(right)})` : printed(right);
  const name = addressFields.get(field) ?? portFields.get(field);
  const isProtocol =
    field === "protocol" || field === "nexthdr" || asJson(asJson(left)?.["meta"])?.["key"] === "l4proto";
  if (name) {
    fields[name] = value;
    if (portFields.has(field) && protocol !== "th") fields["Protocol"] = protocol;
  } else if (isProtocol) fields["Protocol"] = value;
  else others.push(`${leftPrinted(left)} ${said(op)} ${value}`);
}

function leftPrinted(left: unknown): string {
  const [kind = "", value] = Object.entries(asJson(left) ?? {})[0] ?? [];
  const inner = asJson(value);
  return `${kind} ${said(inner?.["protocol"])} ${said(inner?.["field"] ?? inner?.["key"])}`
    .replace(/\s+/g, " ")
    .trim();
}

/** Sets, ranges and prefixes as people write them. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(",");
  const json = asJson(value);
  if (!json) return said(value);
  const prefix = asJson(json["prefix"]);
  if (prefix) return `${said(prefix["addr"])}/${said(prefix["len"])}`;
  const range = json["range"];
  if (Array.isArray(range)) return range.map(printed).join("-");
  if ("set" in json) return printed(json["set"]);
  return JSON.stringify(json);
}

const asJson = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
const objectsOf = (values: readonly unknown[]): Json[] =>
  values.map(asJson).filter((each) => each !== undefined);
const said = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const idOf = (entry: Json, name: string): string =>
  JSON.stringify([entry["family"], entry["table"], entry[name]]);
