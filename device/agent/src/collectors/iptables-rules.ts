import type { Payload } from "@picket/schema";

type Rule = Payload<"FirewallConfiguration">;
type Draft = { -readonly [K in keyof Rule]?: Rule[K] };

// Chains and arguments may have any name, those of what every object has included: hence maps.
const actions: ReadonlyMap<string, Rule["Action"]> = new Map([
  ["ACCEPT", "Allow"],
  ["DROP", "Deny"],
  ["REJECT", "Deny"],
]);
const directions: ReadonlyMap<string, "In" | "Out"> = new Map([
  ["INPUT", "In"],
  ["OUTPUT", "Out"],
]);

/** Which field a rule's argument fills. */
const fields: ReadonlyMap<
  string,
  "SourceAddress" | "DestinationAddress" | "SourcePort" | "DestinationPort" | "Protocol"
> = new Map([
  ["-s", "SourceAddress"],
  ["-d", "DestinationAddress"],
  ["-p", "Protocol"],
  ["--sport", "SourcePort"],
  ["--sports", "SourcePort"],
  ["--dport", "DestinationPort"],
  ["--dports", "DestinationPort"],
] as const);
const silentArguments = new Set(["-m", "--comment"]);

/** Reads what `iptables-save` prints of its filter table. */
export function rulesOfIptables(text: string, family: "ip" | "ip6"): Rule[] {
  const chains = new Map<string, { policy: string; rules: Rule[] }>();
  for (const line of text.split("\n")) {
    const [, name = "", policy = ""] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (name !== "") chains.set(name, { policy, rules: [] });
    const words = wordsOf(line);
    if (words[0] !== "-A") continue;
    const chain = chains.get(words[1] ?? "");
    chain?.rules.push(ruleOf(words.slice(2), words[1] ?? "", chain.rules.length + 1));
  }
  const named = [...chains].flatMap(([ChainName, { policy, rules }]) =>
    policy === "-"
      ? rules
      : [
          ...rules,
          { ...head(ChainName, rules.length + 1), Action: actions.get(policy) ?? "Other" } satisfies Rule,
        ],
  );
  return family === "ip"
    ? named
    : named.map((rule) => ({ ...rule, ExtraDetails: { ...rule.ExtraDetails, Family: family } }));
}

function head(ChainName: string, Priority: number): Omit<Rule, "Action"> {
  const direction = directions.get(ChainName);
  return { Priority, ChainName, Enabled: true, ...(direction ? { Direction: direction } : {}) };
}

function ruleOf(words: readonly string[], chain: string, priority: number): Rule {
  const draft: Draft = {};
  const rest: string[] = [];
  let target = "";
  let isNot = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const value = words[at + 1] ?? "";
    const field = fields.get(word);
    if (word === "!") {
      isNot = true;
      continue;
    }
    if (field)
      draft[field] = joined(
        draft[field],
        isNot ? `!(${value})` : value.replaceAll(":", field.endsWith("Port") ? "-" : ":"),
      );
    else if (word === "-j" || word === "-g") target = value;
    else if (!silentArguments.has(word) && word.startsWith("-"))
      rest.push(`${isNot ? "! " : ""}${word} ${value}`);
    if (word.startsWith("-")) at += 1;
    isNot = false;
  }
  const action = actions.get(target) ?? "Other";
  const details = {
    ...(action === "Other" ? { Action: target } : {}),
    ...(rest.length > 0 ? { Match: rest.join(" ") } : {}),
  };
  return {
    ...head(chain, priority),
    Action: action,
    ...draft,
    ...(Object.keys(details).length > 0 ? { ExtraDetails: details } : {}),
  };
}

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before},${value}`;

/** Words with quotes taken off. */
const wordsOf = (line: string): string[] =>
  (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"));
