import { string } from "@picket/kit";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { rulesOfIptables } from "./iptables-rules.js";
import { rulesOfNftables } from "./nftables-rules.js";

type Rule = Payload<"FirewallConfiguration">;
const folders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"];

/** The firewall's rules, chain by chain, each chain's policy after its rules. */
export const firewallConfiguration = collector({
  name: "FirewallConfiguration",
  about: "The firewall's rules, chain by chain, each chain's policy after its rules.",
  details: {
    Family: string("Which addresses the rule sees: inet, ip, ip6, arp or bridge."),
    Table: string("Table it belongs to."),
    Chain: string("The chain's own name, where it is not one of the three of old."),
    Action: string("What it does, where that is neither Allow nor Deny."),
    Match: string("Conditions that have no field of their own."),
  },
  collect: rulesOf,
});

/** nftables shows the rules of both; the older programs show theirs where it is not installed. */
async function rulesOf(host: Host): Promise<Rule[] | undefined> {
  const nft = await programAt(host, "nft");
  if (nft) return orNone(rulesOfNftables(await host.run(nft, ["-j", "list", "ruleset"])));
  const found: Rule[] = [];
  let isThere = false;
  for (const [name, family] of [
    ["iptables-save", "ip"],
    ["ip6tables-save", "ip6"],
  ] as const) {
    const program = await programAt(host, name);
    if (!program) continue;
    isThere = true;
    found.push(...rulesOfIptables(await host.run(program, ["-t", "filter"]), family));
  }
  return isThere ? orNone(found) : undefined;
}

/** Without any chain everything passes. */
const orNone = (rules: Rule[]): Rule[] =>
  rules.length > 0
    ? rules
    : (["INPUT", "OUTPUT", "FORWARD"] as const).map((ChainName) => ({
        ChainName,
        Action: "Allow",
        Enabled: false,
      }));

async function programAt(host: Host, name: string): Promise<string | undefined> {
  for (const folder of folders) if (await host.state(`${folder}/${name}`)) return `${folder}/${name}`;
  return undefined;
}
