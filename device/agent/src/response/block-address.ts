import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type Action, argument, Refusal } from "./action.js";
import type { HubAddress } from "./isolate-network.js";
import { elementsOf, nft } from "./nft.js";

const TABLE = "picket_block";
const MOST_MINUTES = 43_200;
/** The widest networks that may be blocked: a mistake must not cut off half the world. */
const LEAST_BITS = { 4: 16, 6: 48 } as const;

interface Network {
  readonly family: 4 | 6;
  readonly address: string;
  readonly bits: number;
}

/** Blocks an address or a network in both directions; the kernel ends it by itself. */
export const blockAddress = (hub: () => Promise<HubAddress>): Action => ({
  name: "blockAddress",
  about: "Lets nothing in from an address or network and nothing out to it, for some minutes.",
  takes: {
    address: "an address or a network such as 203.0.113.0/24",
    minutes: `1 to ${MOST_MINUTES}; 60 when absent`,
  },

  async perform(given, isDry) {
    const network = networkOf(argument.text(given, "address", 64));
    const minutes = argument.integer(given, "minutes", [1, MOST_MINUTES], 60);
    refuseOwn(network, (await hub()).addresses);
    const target =
      network.bits === (network.family === 4 ? 32 : 128)
        ? network.address
        : `${network.address}/${network.bits}`;
    // Declared once: rules that are there already would be added again.
    const base = (await elementsOf(TABLE, "blocked4")) === undefined ? BASE : "";
    const script = `${base}add element inet ${TABLE} blocked${network.family} { ${target} timeout ${minutes}m }\n`;
    if (isDry) return { proof: { wouldRun: script }, lastsMs: minutes * 60_000, target };
    // What is blocked already gets its time anew.
    await nft(`delete element inet ${TABLE} blocked${network.family} { ${target} }\n`).catch(() => {});
    await nft(script);
    return {
      proof: { blocked: await elementsOf(TABLE, `blocked${network.family}`) },
      lastsMs: minutes * 60_000,
      target,
    };
  },

  async holds(target) {
    const { family } = networkOf(target);
    const elements = (await elementsOf(TABLE, `blocked${family}`)) ?? "";
    return elements.split(",").some((element) => element.trim().split(" ")[0] === target);
  },

  async lift(target) {
    const { family } = networkOf(target);
    await nft(`delete element inet ${TABLE} blocked${family} { ${target} }\n`);
  },
});

const set = (family: 4 | 6): string =>
  `  set blocked${family} {\n    type ipv${family}_addr; flags interval,timeout;\n  }\n`;
const chain = (hook: string, ...sides: readonly string[]): string => {
  const rules = sides
    .map((side) => `    ip ${side} @blocked4 drop\n    ip6 ${side} @blocked6 drop\n`)
    .join("");
  return `  chain ${hook} {\n    type filter hook ${hook} priority -290; policy accept;\n${rules}  }\n`;
};
const BASE = `table inet ${TABLE} {\n${set(4)}${set(6)}${chain("input", "saddr")}${chain("output", "daddr")}${chain("forward", "saddr", "daddr")}}\n`;

function networkOf(text: string): Network {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const width = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if ((family !== 4 && family !== 6) || rest.length > 0 || address.includes("%") || !(width <= most))
    throw new Refusal(
      `"address" must be an IPv4 or IPv6 address or network; it is ${JSON.stringify(text.slice(0, 64))}.`,
    );
  if (width < LEAST_BITS[family])
    throw new Refusal(
      `A network of /${width} is too wide to be blocked; /${LEAST_BITS[family]} is the widest.`,
    );
  return { family, address: address.toLowerCase(), bits: width };
}

/** What the device needs to be reached and to be freed again. */
function refuseOwn(network: Network, hub: readonly string[]): void {
  const local = Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map(({ address }) => address) ?? [],
  );
  const own = [...hub, ...local, "127.0.0.1", "::1", "0.0.0.0", "::"].find((each) => isWithin(each, network));
  if (own === undefined) return;
  const whose = hub.includes(own) ? "the hub" : "this device";
  throw new Refusal(`${own} is of ${whose} and lies within what is to be blocked.`);
}

function isWithin(address: string, network: Network): boolean {
  if (isIP(address.split("%")[0] ?? "") !== network.family) return false;
  const shift = BigInt((network.family === 4 ? 32 : 128) - network.bits);
  return numberOf(address) >> shift === numberOf(network.address) >> shift;
}

function numberOf(address: string): bigint {
  const plain = address.split("%")[0] ?? "";
  if (!plain.includes(":")) return plain.split(".").reduce((total, part) => (total << 8n) | BigInt(part), 0n);
  const [head = "", tail] = plain.split("::");
  const groups = (text: string): bigint[] =>
    text === ""
      ? []
      : text.split(":").flatMap((group) => (group.includes(".") ? ofDotted(group) : [BigInt(`0x${group}`)]));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const gap = Array.from({ length: Math.max(8 - before.length - after.length, 0) }, () => 0n);
  return [...before, ...(tail === undefined ? [] : gap), ...after].reduce(
    (total, group) => (total << 16n) | group,
    0n,
  );
}

const ofDotted = (text: string): bigint[] => {
  const whole = text.split(".").reduce((total, part) => (total << 8n) | BigInt(part), 0n);
  return [whole >> 16n, whole & 0xffffn];
};
