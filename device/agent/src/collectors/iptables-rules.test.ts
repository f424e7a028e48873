import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileTexts, violationsOf } from "../testing.js";
import { rulesOfIptables } from "./iptables-rules.js";

const table = (...lines: string[]): string =>
  [
    "*filter",
    ":INPUT DROP [0:0]",
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ":LAN - [0:0]",
    ...lines,
    "COMMIT",
  ].join("\n");
const first = (line: string) =>
  rulesOfIptables(table(line), "ip").find(({ ChainName }) => line.includes(`-A ${ChainName} `));

describe("rules as iptables-save prints them", () => {
  test.each([
    {
      name: "a port that is open to a network",
      line: "-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j ACCEPT",
      rule: {
        ChainName: "INPUT",
        Direction: "In",
        Action: "Allow",
        SourceAddress: "192.0.2.0/24",
        DestinationPort: "22",
        Protocol: "tcp",
        Priority: 1,
      },
    },
    {
      name: "several ports and a range",
      line: "-A INPUT -p tcp -m multiport --dports 22,8000:8010 -j ACCEPT",
      rule: { DestinationPort: "22,8000-8010" },
    },
    {
      name: "what it must not be",
      line: "-A OUTPUT ! -d 10.0.0.0/8 -p udp -m udp ! --sport 53 -j REJECT --reject-with icmp-port-unreachable",
      rule: { Direction: "Out", Action: "Deny", DestinationAddress: "!(10.0.0.0/8)", SourcePort: "!(53)" },
    },
    {
      name: "a jump says where",
      line: "-A FORWARD -i eth0 -j LAN",
      rule: { Action: "Other", ExtraDetails: { Action: "LAN", Match: "-i eth0" } },
    },
    {
      name: "an address of IPv6 keeps its colons",
      line: "-A INPUT -s 2001:db8::/32 -j ACCEPT",
      rule: { SourceAddress: "2001:db8::/32" },
    },
    {
      name: "a comment with words of rules changes nothing",
      line: '-A INPUT -m comment --comment "-j ACCEPT -s 0.0.0.0/0" -j DROP',
      rule: { Action: "Deny" },
    },
    {
      name: "a chain named like what every object has",
      line: "-A INPUT -j constructor",
      rule: { Action: "Other", ExtraDetails: { Action: "constructor" } },
    },
  ])("$name", ({ line, rule }) => {
    const found = first(line);
    expect(found).toMatchObject(rule);
    expect(violationsOf("FirewallConfiguration", [found!])).toEqual([]);
  });

  test("a chain's policy stands after its rules, with the last priority", () => {
    const rules = rulesOfIptables(table("-A INPUT -j ACCEPT"), "ip6");
    expect(rules.filter(({ ChainName }) => ChainName === "INPUT")).toMatchObject([
      { Priority: 1, Action: "Allow" },
      { Priority: 2, Action: "Deny", ExtraDetails: { Family: "ip6" } },
    ]);
  });

  test.each(hostileTexts)("a comment that is $name does no harm", ({ text }) => {
    const rules = rulesOfIptables(table(`-A INPUT -m comment --comment "${text}" -j DROP`), "ip");
    expect(violationsOf("FirewallConfiguration", rules)).toEqual([]);
  });

  test("any words are rules that fit the schema", () => {
    const words = fc.constantFrom(
      "-s",
      "-d",
      "-j",
      "!",
      "-p",
      "--dport",
      "constructor",
      "__proto__",
      '"',
      "x",
      "-A",
      "INPUT",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (given) => {
        const rules = rulesOfIptables(table(`-A INPUT ${given.join(" ")}`), "ip");
        expect(violationsOf("FirewallConfiguration", rules)).toEqual([]);
      }),
    );
  });
});
