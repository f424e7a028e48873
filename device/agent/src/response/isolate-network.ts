import { isIP } from "node:net";
import { type Action, argument, Refusal } from "./action.js";
import { elementsOf, nft } from "./nft.js";

const TABLE = "picket_isolation";
const MOST_MINUTES = 10_080;

/** Where the hub is reached. */
export interface HubAddress {
  readonly addresses: readonly string[];
  readonly port: number;
}

/**
 * Cuts a device off from everything but its hub. The rules drop only while a timer of the kernel's own runs, so that the
 * device comes back by itself even when the agent is gone.
 */
export const isolateNetwork = (hub: () => Promise<HubAddress>): Action => ({
  name: "isolateNetwork",
  about: "Lets nothing in or out but the hub, loopback, DHCP and neighbour discovery, for some minutes.",
  takes: { minutes: `1 to ${MOST_MINUTES}; 60 when absent` },

  async perform(given, isDry) {
    const minutes = argument.integer(given, "minutes", [1, MOST_MINUTES], 60);
    const { addresses, port } = await hub();
    const good = addresses.filter((address) => isIP(address) > 0);
    if (good.length === 0)
      throw new Refusal(
        "The hub's address is not known, and a device that cannot reach it could not be freed.",
      );
    const script = isolation({ addresses: good, port }, minutes);
    const target = "network";
    if (isDry) return { proof: { wouldRun: script }, lastsMs: minutes * 60_000, target };
    await nft(script);
    return {
      proof: { rules: await nft(`list table inet ${TABLE}\n`), hub: good, port },
      lastsMs: minutes * 60_000,
      target,
    };
  },

  async holds() {
    return (await elementsOf(TABLE, "armed")) !== undefined && (await elementsOf(TABLE, "armed")) !== "";
  },

  async lift() {
    await nft(`${GONE}\n`);
  },
});

// Added first, so that it can be deleted whether or not it was there.
const GONE = `add table inet ${TABLE}\ndelete table inet ${TABLE}`;

function isolation({ addresses, port }: HubAddress, minutes: number): string {
  const towards = (direction: "daddr" | "saddr", portSide: "dport" | "sport"): string =>
    addresses
      .map(
        (address) =>
          `    ${isIP(address) === 6 ? "ip6" : "ip"} ${direction} ${address} tcp ${portSide} ${port} accept`,
      )
      .join("\n");
  const chain = (hook: string, rules: string): string =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -300; policy accept;\n${rules}\n    meta l4proto @armed drop\n  }`;
  const discovery =
    "    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept";
  return [
    GONE,
    `table inet ${TABLE} {`,
    `  set armed {\n    type inet_proto; flags interval,timeout;\n    elements = { 0-255 timeout ${minutes}m }\n  }`,
    chain(
      "input",
      `    iifname "lo" accept\n${towards("saddr", "sport")}\n    udp sport 67 udp dport 68 accept\n${discovery}`,
    ),
    chain(
      "output",
      `    oifname "lo" accept\n${towards("daddr", "dport")}\n    udp sport 68 udp dport 67 accept\n${discovery}`,
    ),
    chain("forward", "    counter"),
    "}\n",
  ].join("\n");
}
