import { recommendation } from "../recommendation.js";

type Item = Readonly<Record<string, unknown>>;
const ANYWHERE = new Set(["", "0.0.0.0/0", "::/0", "*", "any", "undefined"]);
const text = (item: Item, field: string): string => String(item[field] ?? "");
const matchesAll = (item: Item): boolean =>
  ["SourceAddress", "DestinationAddress"].every((field) => ANYWHERE.has(text(item, field))) &&
  ["SourcePort", "DestinationPort", "Protocol", "Application"].every(
    (field) => ANYWHERE.has(text(item, field)) || text(item, field) === "all",
  );

/** A chain's policy is the row without addresses that stands after its rules. */
function policiesOf(items: readonly Item[]): Item[] {
  const last = new Map<string, Item>();
  for (const item of items)
    if (["INPUT", "OUTPUT"].includes(text(item, "ChainName"))) last.set(text(item, "ChainName"), item);
  return [...last.values()].filter(matchesAll);
}

/** A chain that lets through what no rule names protects from nothing. */
export const permissiveFirewallPolicy = recommendation({
  kind: "snapshot",
  id: "IoT_PermissiveFirewallPolicy",
  name: "Permissive firewall policy found in one of the chains.",
  severity: "Medium",
  about: "A chain that lets through what no rule names protects from nothing.",
  remediation: "Set the policy of INPUT and OUTPUT to DROP and list the traffic that is needed before it.",
  mending: () => ({
    fix: "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -p tcp --dport 22 -j ACCEPT\niptables -P INPUT DROP",
    undo: "iptables -P INPUT ACCEPT",
    check: "iptables -S INPUT | grep -qx -- '-P INPUT DROP'",
  }),
  reads: "FirewallConfiguration",
  evaluate: (items) => {
    const open = policiesOf(items).filter((item) => item.Action === "Allow");
    if (open.length === 0) return undefined;
    const chains = open.map((item) => text(item, "ChainName")).join(" and ");
    return {
      description: `The policy of ${chains} lets everything through that no rule names.`,
      evidence: { Rules: open },
    };
  },
  cases: [
    {
      name: "INPUT accepts by default",
      items: [{ ChainName: "INPUT", Action: "Allow", Enabled: true }],
      active: true,
    },
    {
      name: "INPUT drops by default",
      items: [
        { ChainName: "INPUT", Action: "Allow", SourceAddress: "10.0.0.0/8", Enabled: true },
        { ChainName: "INPUT", Action: "Deny", Enabled: true },
      ],
      active: false,
    },
  ],
});

const permissiveRule = (chain: "INPUT" | "OUTPUT", id: string, name: string) =>
  recommendation({
    kind: "snapshot",
    id,
    name,
    severity: "Medium",
    about: `A rule of ${chain} lets everything through, so that those after it never matter.`,
    remediation: `Name addresses and ports in the rules of ${chain}.`,
    mending: () => ({
      fix: `iptables -D ${chain} -j ACCEPT`,
      undo: `iptables -I ${chain} -j ACCEPT`,
      check: `! iptables -S ${chain} | grep -qx -- '-A ${chain} -j ACCEPT'`,
    }),
    reads: "FirewallConfiguration",
    evaluate: (items) => {
      const rows = items.filter((item) => text(item, "ChainName") === chain);
      const open = rows
        .slice(0, -1)
        .filter((item) => item.Action === "Allow" && item.Enabled !== false && matchesAll(item));
      if (open.length === 0) return undefined;
      return {
        description: `${open.length} rule${open.length === 1 ? "" : "s"} of ${chain} let${open.length === 1 ? "s" : ""} everything through.`,
        evidence: { Rules: open },
      };
    },
    cases: [
      {
        name: "a rule without conditions",
        items: [
          { ChainName: chain, Action: "Allow", Enabled: true },
          { ChainName: chain, Action: "Deny", Enabled: true },
        ],
        active: true,
      },
      {
        name: "a rule for one port",
        items: [
          { ChainName: chain, Action: "Allow", DestinationPort: "22", Enabled: true },
          { ChainName: chain, Action: "Deny", Enabled: true },
        ],
        active: false,
      },
    ],
  });

/** A rule of INPUT that admits everything. */
export const permissiveInputRule = permissiveRule(
  "INPUT",
  "IoT_PermissiveInputFirewallRules",
  "Permissive firewall rule in the input chain was found",
);

/** A rule of OUTPUT that lets everything out. */
export const permissiveOutputRule = permissiveRule(
  "OUTPUT",
  "IoT_PermissiveOutputFirewallRules",
  "Permissive firewall rule in the output chain was found",
);
