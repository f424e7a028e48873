import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { violationsOf } from "../testing.js";
import { rulesOfNftables } from "./nftables-rules.js";

const chain = (given: object) => ({ chain: { family: "inet", table: "filter", name: "input", ...given } });
const base = chain({ type: "filter", hook: "input", prio: 0, policy: "drop" });
const rule = (...expr: object[]) => ({ rule: { family: "inet", table: "filter", chain: "input", expr } });
const match = (protocol: string, field: string, right: unknown, op = "==") => ({
  match: { op, left: { payload: { protocol, field } }, right },
});
const rulesOf = (...entries: object[]) => rulesOfNftables(JSON.stringify({ nftables: entries }));

describe("rules as nft prints them", () => {
  test.each([
    {
      name: "a port",
      expr: [match("tcp", "dport", 22), { accept: null }],
      rule: { Action: "Allow", DestinationPort: "22", Protocol: "tcp", ChainName: "INPUT", Direction: "In" },
    },
    {
      name: "a set with a range",
      expr: [match("udp", "sport", { set: [53, { range: [1000, 2000] }] }), { drop: null }],
      rule: { Action: "Deny", SourcePort: "53,1000-2000", Protocol: "udp" },
    },
    {
      name: "a network, and what it must not be",
      expr: [match("ip", "saddr", { prefix: { addr: "10.0.0.0", len: 8 } }, "!="), { reject: null }],
      rule: { Action: "Deny", SourceAddress: "!(10.0.0.0/8)" },
    },
    {
      name: "IPv6",
      expr: [match("ip6", "daddr", "2001:db8::1"), { accept: null }],
      rule: { Action: "Allow", DestinationAddress: "2001:db8::1" },
    },
    {
      name: "a jump",
      expr: [{ counter: { packets: 0, bytes: 0 } }, { jump: { target: "lan" } }],
      rule: { Action: "Other", ExtraDetails: { Action: "jump lan" } },
    },
    {
      name: "a condition without a field of its own",
      expr: [
        { match: { op: "in", left: { ct: { key: "state" } }, right: ["established", "related"] } },
        { accept: null },
      ],
      rule: { Action: "Allow", ExtraDetails: { Match: "ct state in established,related" } },
    },
    {
      name: "a log is no decision",
      expr: [{ log: { prefix: "x" } }],
      rule: { Action: "Other", ExtraDetails: { Action: "log" } },
    },
  ])("$name", ({ expr, rule: wanted }) => {
    const [found] = rulesOf(base, rule(...expr));
    expect(found).toMatchObject(wanted);
    expect(violationsOf("FirewallConfiguration", [found!])).toEqual([]);
  });

  test("the policy stands last, chains that only translate addresses are left out", () => {
    const rules = rulesOf(
      base,
      chain({ name: "nat", type: "nat", hook: "prerouting" }),
      rule({ accept: null }),
    );
    expect(rules).toMatchObject([{ Action: "Allow" }, { Action: "Deny", Priority: 2 }]);
  });

  test("a chain named like what every object has is a chain", () => {
    const rules = rulesOf(chain({ name: "constructor", type: "filter", hook: "constructor" }));
    expect(violationsOf("FirewallConfiguration", rules)).toEqual([]);
  });

  test.each([
    { name: "no JSON", text: "{" },
    { name: "another JSON", text: "7" },
    { name: "nothing in it", text: '{"nftables":[null,7,[],{"rule":null}]}' },
  ])("$name is no rules, or refused with a reason", ({ text }) => {
    try {
      expect(rulesOfNftables(text)).toEqual([]);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^AGENT_/) });
    }
  });

  test("any JSON in the place of a rule fits the schema", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const rules = rulesOf(base, {
          rule: { family: "inet", table: "filter", chain: "input", expr: [value, { match: value }] },
        });
        expect(violationsOf("FirewallConfiguration", rules)).toEqual([]);
      }),
    );
  });
});
