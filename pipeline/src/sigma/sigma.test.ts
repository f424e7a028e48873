import type { RuleEvent } from "@picket/detections";
import { silent } from "@picket/kit";
import { describe, expect, test } from "vitest";
import { Engine } from "../engine/engine.js";
import { loadPack, type RulePack } from "./pack.js";

const START = Date.parse("2026-03-01T10:00:00Z");

/** A rule file around a detection, for a log source. */
const ruleFile = (
  detection: string,
  more = "logsource: { product: linux, category: process_creation }",
): string => `
title: Test
id: t-1
author: Ann
license: DRL 1.1
level: high
tags: [attack.credential-access, attack.t1110.001]
${more}
detection:
${detection
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
`;

const pack = (text: string): RulePack => loadPack([{ name: "test.yml", text }]);
const errors = (text: string): string[] =>
  pack(text).problems.flatMap(({ level, check, line, column }) =>
    level === "error" ? [`${check} ${line}:${column}`] : [],
  );
const processOf = (item: Record<string, unknown>, seconds = 0, deviceId = "pump-7"): RuleEvent => ({
  deviceId,
  moduleId: "",
  name: "ProcessCreate",
  at: START + seconds * 1_000,
  hits: 1,
  item,
});

function fired(text: string, events: readonly RuleEvent[]): string[] {
  const { rules, correlations, problems } = pack(text);
  expect(problems.filter(({ level }) => level === "error")).toEqual([]);
  const engine = new Engine({ rules, correlations }, silent);
  const found: string[] = [];
  for (const event of events) engine.ask(event, ({ rule }) => found.push(rule.id));
  return found;
}

const command = (CommandLine: string, more: Record<string, unknown> = {}): RuleEvent =>
  processOf({ CommandLine, Executable: "/usr/bin/thing", ...more });

test.each([
  {
    name: "a value is the whole field, whatever its case",
    item: "CommandLine: WGET x",
    is: "wget X",
    not: "wget xy",
  },
  { name: "a list is any of its values", item: "CommandLine: [a, b]", is: "b", not: "c" },
  { name: "contains looks anywhere", item: "CommandLine|contains: gzip", is: "tar --gzip -c", not: "tar -c" },
  {
    name: "contains with all wants every value",
    item: "CommandLine|contains|all: [one, two]",
    is: "two one",
    not: "two",
  },
  {
    name: "startswith looks at the start",
    item: "CommandLine|startswith: 'rm '",
    is: "rm -rf",
    not: "xrm -rf",
  },
  { name: "endswith looks at the end", item: "CommandLine|endswith: .sh", is: "run a.sh", not: "run a.sh x" },
  { name: "a star is any run", item: "CommandLine: 'a*c'", is: "abbbc", not: "abbbd" },
  { name: "a question mark is one character", item: "CommandLine: 'a?c'", is: "abc", not: "abbc" },
  { name: "a backslash makes a wildcard plain", item: "CommandLine: 'a\\*c'", is: "a*c", not: "abc" },
  { name: "a backslash before anything else is itself", item: "CommandLine: 'a\\b'", is: "a\\b", not: "ab" },
  { name: "cased tells case apart", item: "CommandLine|contains|cased: Ab", is: "xAbx", not: "xabx" },
  {
    name: "re is an expression anywhere",
    item: "CommandLine|re: 'w[gh]et\\s+http'",
    is: "x wget  http",
    not: "wgxt http",
  },
  { name: "re tells case apart", item: "CommandLine|re: wget", is: "wget", not: "WGET" },
  { name: "re with i does not", item: "CommandLine|re|i: wget", is: "WGET", not: "wgex" },
  { name: "re with s lets a dot be a line's end", item: "CommandLine|re|s: 'a.b'", is: "a\nb", not: "ab" },
  { name: "re with m knows lines", item: "CommandLine|re|m: '^b$'", is: "a\nb\nc", not: "abc" },
  {
    name: "base64 is the text encoded",
    item: "CommandLine|base64|contains: /bin/sh",
    is: "echo L2Jpbi9zaA==",
    not: "echo /bin/sh",
  },
  {
    name: "base64offset finds it at any offset",
    item: "CommandLine|base64offset|contains: /bin/bash",
    is: `echo ${Buffer.from("xx/bin/bash -i").toString("base64")}`,
    not: "echo /bin/bash",
  },
  {
    name: "wide encodes as UTF-16 first",
    item: "CommandLine|wide|base64offset|contains: whoami",
    is: `x ${Buffer.from("x whoami", "utf16le").toString("base64")}`,
    not: `x ${Buffer.from("whoami").toString("base64")}`,
  },
  {
    name: "utf16be is the other order",
    item: "CommandLine|utf16be|base64offset|contains: whoami",
    is: `x ${Buffer.from("whoami", "utf16le").swap16().toString("base64")}`,
    not: "whoami",
  },
  {
    name: "windash takes any dash",
    item: "CommandLine|windash|contains: ' -exec'",
    is: "find /exec",
    not: "find exec",
  },
  {
    name: "exists is a field that is there",
    item: "UserName|exists: true",
    is: "x",
    not: "y",
    with: { UserName: "root" },
  },
  {
    name: "exists false is one that is not",
    item: "UserName|exists: false",
    is: "x",
    not: "y",
    without: { UserName: "root" },
  },
  {
    name: "null is an absent field",
    item: "UserName: null",
    is: "x",
    not: "y",
    without: { UserName: "root" },
  },
  { name: "a star alone is any value", item: "UserName: '*'", is: "x", not: "y", with: { UserName: "root" } },
  { name: "neq is anything else", item: "CommandLine|neq: ls", is: "id", not: "ls" },
  {
    name: "gt is more",
    item: "ProcessId|gt: 100",
    is: "x",
    not: "y",
    with: { ProcessId: 101 },
    without: { ProcessId: 100 },
  },
  {
    name: "gte is as much or more",
    item: "ProcessId|gte: 100",
    is: "x",
    not: "y",
    with: { ProcessId: 100 },
    without: { ProcessId: 99 },
  },
  {
    name: "lt is less, of numbers in texts too",
    item: "ProcessId|lt: 100",
    is: "x",
    not: "y",
    with: { ProcessId: "99" },
    without: { ProcessId: "1e9" },
  },
  {
    name: "lte is as much or less",
    item: "ProcessId|lte: 100",
    is: "x",
    not: "y",
    with: { ProcessId: 100 },
    without: { ProcessId: 101 },
  },
  {
    name: "fieldref is another field's value",
    item: "Image|fieldref: CommandLine",
    is: "/usr/bin/thing",
    not: "/usr/bin/other",
  },
  {
    name: "fieldref with endswith ends with it",
    item: "Image|fieldref|endswith: CommandLine",
    is: "thing",
    not: "thin",
  },
  {
    name: "a number is compared as text",
    item: "ProcessId: 4",
    is: "x",
    not: "y",
    with: { ProcessId: 4 },
    without: { ProcessId: 44 },
  },
  {
    name: "a parent is found in the details",
    item: "ParentImage|endswith: /sshd",
    is: "x",
    not: "y",
    with: { ExtraDetails: { ParentExecutable: "/usr/sbin/sshd" } },
  },
  {
    name: "hour is the hour it happened in",
    item: "UtcTime|hour: 10\n  Image|contains: thing",
    is: "x",
    not: "y",
    without: { Executable: "/bin/x" },
  },
] as { name: string; item: string; is: string; not: string; with?: object; without?: object }[])(
  "$name",
  ({ item, is, not, ...more }) => {
    const text = ruleFile(`sel:\n  ${item}\ncondition: sel`);
    expect(fired(text, [command(is, { ...more.with })])).toEqual(["sigma/t-1"]);
    expect(fired(text, [command(not, { ...more.without })])).toEqual([]);
  },
);

test.each([
  { condition: "a and b", is: "one two", not: "one" },
  { condition: "a or b", is: "two", not: "three" },
  { condition: "a and not b", is: "one", not: "one two" },
  { condition: "not (a or b)", is: "three", not: "two" },
  { condition: "1 of them", is: "two", not: "three" },
  { condition: "all of them", is: "one two", not: "one" },
  { condition: "1 of a*", is: "one", not: "two" },
  { condition: "any of b*", is: "two", not: "one" },
  { condition: "a and 1 of b or c", is: "seven", not: "one" },
  { condition: "2 of (them", is: "", not: "", wrong: true },
] as { condition: string; is: string; not: string; wrong?: boolean }[])(
  "the condition $condition",
  ({ condition, is, not, wrong }) => {
    const c = condition.includes("c") && !condition.includes("them") ? "c: { CommandLine: seven }\n" : "";
    const text = ruleFile(
      `a: { CommandLine|contains: one }\nb: { CommandLine|contains: two }\n${c}condition: ${condition}`,
    );
    if (wrong) expect(errors(text)).toHaveLength(1);
    else {
      expect(fired(text, [command(is)])).toHaveLength(1);
      expect(fired(text, [command(not)])).toHaveLength(0);
    }
  },
);

test("keywords are looked for in every field, and a list of maps is any of them", () => {
  expect(
    fired(ruleFile("k: [evil, worse]\ncondition: k"), [command("x", { UserName: "EVIL one" })]),
  ).toHaveLength(1);
  const maps = "s:\n  - CommandLine: a\n  - CommandLine: b\n    UserName: root\ncondition: s";
  expect(
    fired(ruleFile(maps), [command("b"), command("b", { UserName: "root" }), command("a")]),
  ).toHaveLength(2);
});

test("connections and audit records are found in the events that carry them", () => {
  const network = ruleFile(
    "s: { DestinationIp|cidr: 203.0.113.0/24, Initiated: 'true', DestinationPort: 4444 }\ncondition: s",
    "logsource: { product: linux, category: network_connection }",
  );
  const connection = (RemoteAddress: string, Direction: string): RuleEvent => ({
    ...processOf({ RemoteAddress, Direction, RemotePort: "4444" }),
    name: "ConnectionCreate",
  });
  const connections = [
    connection("203.0.113.9", "Out"),
    connection("203.0.113.9", "In"),
    connection("10.0.0.1", "Out"),
  ];
  expect(fired(network, connections)).toHaveLength(1);
  const audit = ruleFile(
    "s: { type: EXECVE, a0: cat, a1: /etc/shadow }\ncondition: s",
    "logsource: { product: linux, service: auditd }",
  );
  expect(fired(audit, [command("cat /etc/shadow"), command("cat /etc/hosts")])).toHaveLength(1);
});

test("author, source and licence go with the rule, tags become tactics and techniques", () => {
  const [rule] = pack(ruleFile("s: { CommandLine: x }\ncondition: s")).rules;
  expect(rule).toMatchObject({
    severity: "High",
    origin: { form: "sigma", author: "Ann", licence: "DRL 1.1", source: "test.yml" },
    techniques: ["T1110.001"],
    tactics: ["Credential Access"],
  });
});

describe("what cannot fire here is told with the reason", () => {
  test.each([
    {
      name: "another product",
      more: "logsource: { product: windows, category: process_creation }",
      item: "CommandLine: x",
      why: "No device here sends events of the product windows.",
    },
    {
      name: "events nobody sends",
      more: "logsource: { product: linux, category: file_access }",
      item: "TargetFilename: x",
      why: "None of the events that devices send carries file access.",
    },
    {
      name: "a field nobody sends",
      more: "logsource: { product: linux, category: process_creation }",
      item: "Hashes: x",
      why: "No event here carries Hashes, which it cannot do without.",
    },
    {
      name: "a record type nobody sends",
      more: "logsource: { product: linux, service: auditd }",
      item: "type: PATH",
      why: "No event here carries what it asks for, which it cannot do without.",
    },
  ])("$name", ({ more, item, why }) => {
    const { rules, reports } = pack(ruleFile(`s: { ${item} }\ncondition: s`, more));
    expect(rules).toEqual([]);
    expect(reports).toMatchObject([{ idle: why }]);
  });

  test("a missing field in one branch is told and the other branch fires", () => {
    const text = ruleFile("a: { Hashes: x }\nb: { CommandLine: y }\ncondition: a or b");
    expect(pack(text).reports).toMatchObject([{ missing: ["Hashes"] }]);
    expect(fired(text, [command("y")])).toHaveLength(1);
  });
});

const many = (parts: readonly string[]): string => parts.join("\n---\n");
const base = (id: string, word: string): string =>
  `title: ${id}\nid: ${id}\nname: ${id}\nlogsource: { product: linux, category: process_creation }\ndetection: { s: { CommandLine|contains: ${word} }, condition: s }`;
const correlation = (body: string): string =>
  `title: Corr\nid: corr\ncorrelation:\n${body
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}`;
const at = (seconds: number, word: string, more: Record<string, unknown> = {}): RuleEvent =>
  processOf({ CommandLine: word, UserName: "root", ...more }, seconds);

test.each([
  {
    name: "event_count counts within the span",
    rules: [base("a", "fail")],
    body: "type: event_count\nrules: [a]\ntimespan: 1m\ncondition: { gte: 3 }",
    is: [at(0, "fail"), at(20, "fail"), at(40, "fail")],
    not: [at(0, "fail"), at(40, "fail"), at(80, "fail")],
  },
  {
    name: "groups are counted apart",
    rules: [base("a", "fail")],
    body: "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: { gte: 2 }",
    is: [at(0, "fail"), at(1, "fail")],
    not: [at(0, "fail"), at(1, "fail", { UserName: "bob" })],
  },
  {
    name: "value_count counts different values",
    rules: [base("a", "fail")],
    body: "type: value_count\nrules: [a]\ntimespan: 1m\ncondition: { gte: 2, field: User }",
    is: [at(0, "fail"), at(1, "fail", { UserName: "bob" })],
    not: [at(0, "fail"), at(1, "fail")],
  },
  {
    name: "temporal wants all rules in any order",
    rules: [base("a", "one"), base("b", "two")],
    body: "type: temporal\nrules: [a, b]\ntimespan: 1m",
    is: [at(0, "two"), at(9, "one")],
    not: [at(0, "two"), at(90, "one")],
  },
  {
    name: "temporal_ordered wants their order",
    rules: [base("a", "one"), base("b", "two")],
    body: "type: temporal_ordered\nrules: [a, b]\ntimespan: 1m",
    is: [at(0, "one"), at(9, "two")],
    not: [at(0, "two"), at(9, "one")],
  },
  {
    name: "value_sum adds values up",
    rules: [base("a", "x")],
    body: "type: value_sum\nrules: [a]\ntimespan: 1m\ncondition: { gt: 10, field: ProcessId }",
    is: [at(0, "x", { ProcessId: 6 }), at(1, "x", { ProcessId: 5 })],
    not: [at(0, "x", { ProcessId: 6 }), at(1, "x", { ProcessId: 4 })],
  },
  {
    name: "value_avg averages them",
    rules: [base("a", "x")],
    body: "type: value_avg\nrules: [a]\ntimespan: 1m\ncondition: { gte: 5, field: ProcessId }",
    is: [at(0, "x", { ProcessId: 2 }), at(1, "x", { ProcessId: 8 })],
    not: [at(0, "x", { ProcessId: 2 }), at(1, "x", { ProcessId: 7 })],
  },
  {
    name: "value_percentile ranks them",
    rules: [base("a", "x")],
    body: "type: value_percentile\nrules: [a]\ntimespan: 1m\ncondition: { gte: 9, field: ProcessId, percentile: 50 }",
    is: [at(0, "x", { ProcessId: 1 }), at(1, "x", { ProcessId: 9 }), at(2, "x", { ProcessId: 9 })],
    not: [at(0, "x", { ProcessId: 1 }), at(1, "x", { ProcessId: 8 })],
  },
  {
    name: "an alias names a group differently in each rule",
    rules: [base("a", "one"), base("b", "two")],
    body: "type: temporal\nrules: [a, b]\ngroup-by: [who]\ntimespan: 1m\naliases: { who: { a: User, b: ParentImage } }",
    is: [at(0, "one"), at(1, "two", { ExtraDetails: { ParentExecutable: "root" } })],
    not: [at(0, "one"), at(1, "two")],
  },
])("$name", ({ rules, body, is, not }) => {
  const text = many([...rules, correlation(body)]);
  expect(fired(text, is)).toEqual(["sigma/corr"]);
  expect(fired(text, not)).toEqual([]);
});

test("rules that a correlation looks at alert by themselves only when it says so", () => {
  const body = "type: event_count\nrules: [a]\ntimespan: 1m\ncondition: { gte: 2 }";
  const loud = many([base("a", "x"), correlation(`${body}\ngenerate: true`)]);
  expect(fired(loud, [at(0, "x"), at(1, "x")])).toEqual(["sigma/a", "sigma/corr", "sigma/a"]);
});

test("a correlation may look at a correlation", () => {
  const inner =
    "title: Inner\nid: inner\nname: inner\ncorrelation: { type: event_count, rules: [a], timespan: 1m, condition: { gte: 2 } }";
  const outer = correlation("type: temporal_ordered\nrules: [inner, b]\ntimespan: 5m");
  const text = many([base("a", "x"), base("b", "y"), inner, outer]);
  expect(fired(text, [at(0, "x"), at(1, "x"), at(2, "y")])).toEqual(["sigma/corr"]);
});

test("devices are correlated apart", () => {
  const text = many([
    base("a", "x"),
    correlation("type: event_count\nrules: [a]\ntimespan: 1m\ncondition: { gte: 2 }"),
  ]);
  expect(fired(text, [at(0, "x"), processOf({ CommandLine: "x" }, 1, "pump-8")])).toEqual([]);
});

test("a filter narrows the rules it names, and those of its log source", () => {
  const filter = (rules: string): string =>
    `title: Filter\nid: f\nlogsource: { category: process_creation, product: linux }\nfilter: { rules: ${rules}, s: { User: backup }, condition: not s }`;
  for (const rules of ["[a]", "any"]) {
    const text = many([base("a", "x"), filter(rules)]);
    expect(fired(text, [at(0, "x"), at(1, "x", { UserName: "backup" })])).toEqual(["sigma/a"]);
  }
});

test("a pipeline renames fields, moves log sources and fills placeholders", () => {
  const pipeline = `name: p
vars: { admins: [ann, bob] }
transformations:
  - { type: change_logsource, product: linux, category: process_creation, rule_conditions: [{ type: logsource, product: acme }] }
  - { type: field_name_mapping, mapping: { cmd: CommandLine } }`;
  const rule =
    "title: P\nid: p\nlogsource: { product: acme }\ndetection: { s: { cmd|contains: x, User|expand: '%admins%' }, condition: s }";
  expect(fired(many([pipeline, rule]), [at(0, "x", { UserName: "bob" }), at(1, "x")])).toEqual(["sigma/p"]);
});

describe("what is wrong is told with its place", () => {
  test.each([
    { name: "broken YAML", text: "title: [a\nb: c", is: ["yaml 2:1"] },
    { name: "no title", text: "id: x\ndetection: {}", is: ["no-title 1:1"] },
    {
      name: "an unknown modifier",
      text: ruleFile("s:\n  CommandLine|loud: x\ncondition: s"),
      is: ["unknown-modifier 11:23"],
    },
    {
      name: "an unknown selection",
      text: ruleFile("s:\n  CommandLine: x\ncondition: s and other"),
      is: ["condition 12:20"],
    },
    {
      name: "the old way of counting",
      text: ruleFile("s:\n  CommandLine: x\ncondition: s | count() > 5"),
      is: ["aggregation 12:16"],
    },
    {
      name: "look-around",
      text: ruleFile("s:\n  CommandLine|re: 'ab(?!c)'\ncondition: s"),
      is: ["regex 11:24"],
    },
    {
      name: "a back reference",
      text: ruleFile("s:\n  CommandLine|re: '(a)\\1'\ncondition: s"),
      is: ["regex 11:25"],
    },
    {
      name: "repeats that explode",
      text: ruleFile("s:\n  CommandLine|re: '((a{1,100}){1,100}){1,100}'\ncondition: s"),
      is: ["regex 11:25"],
    },
    {
      name: "a wrong range",
      text: ruleFile("s:\n  CommandLine|cidr: 10.0.0.0/99\ncondition: s"),
      is: ["wrong-value 11:23"],
    },
    {
      name: "a wrong level",
      text: ruleFile("s: { CommandLine: x }\ncondition: s").replace("level: high", "level: huge"),
      is: ["wrong-level 6:8"],
    },
    { name: "an empty list", text: ruleFile("s:\n  CommandLine: []\ncondition: s"), is: ["no-value 11:18"] },
    {
      name: "a placeholder without values",
      text: ruleFile("s:\n  CommandLine|expand: '%nothing%'\ncondition: s"),
      is: ["placeholder 11:26"],
    },
    { name: "two rules with one id", text: many([base("a", "x"), base("a", "y")]), is: ["same-id 8:5"] },
    {
      name: "a circle of correlations",
      text: many([
        correlation("type: temporal\nrules: [two]\ntimespan: 1m"),
        "title: Two\nid: two\nname: two\ncorrelation: { type: temporal, rules: [corr], timespan: 1m }",
      ]),
      is: ["circle 5:10", "circle 11:39"],
    },
    {
      name: "a correlation of nothing",
      text: correlation("type: temporal\nrules: [gone]\ntimespan: 1m"),
      is: ["unknown-rule 5:11"],
    },
    {
      name: "a filter of a filter",
      text: "title: F\nid: f\nlogsource: { product: linux }\nfilter: { rules: [f], s: { User: x }, condition: s }",
      is: ["recursive-filter 4:19"],
    },
    {
      name: "a wrong timespan",
      text: many([
        base("a", "x"),
        correlation("type: event_count\nrules: [a]\ntimespan: soon\ncondition: { gte: 2 }"),
      ]),
      is: ["wrong-timespan 12:13"],
    },
  ])("$name", ({ text, is }) => {
    expect(errors(text)).toEqual(is);
  });

  test("one broken document leaves the others in use", () => {
    expect(pack(many([base("a", "x"), "title: [", base("b", "y")])).rules.map(({ id }) => id)).toContain(
      "sigma/a",
    );
  });
});

describe("hostile files are bounded", () => {
  const aliases = `a: &a [${"x,".repeat(9)}x]\n${"bcdefgh"
    .split("")
    .map((name, index) => `${name}: &${name} [${`*${"abcdefgh"[index]},`.repeat(9)}*${"abcdefgh"[index]}]`)
    .join("\n")}`;
  test.each([
    { name: "a bomb of aliases", text: aliases, check: "aliases" },
    { name: "10 MB", text: `title: ${"x".repeat(10_000_000)}`, check: "too-large" },
    { name: "brackets without end", text: `a: ${"[".repeat(100_000)}`, check: "too-deep" },
    {
      name: "parentheses without end",
      text: ruleFile(`s: { CommandLine: x }\ncondition: ${"(".repeat(3_000)}s`),
      check: "condition",
    },
    {
      name: "a million negations",
      text: ruleFile(`s: { CommandLine: x }\ncondition: ${"not ".repeat(100_000)}s`),
      check: "condition",
    },
    {
      name: "a choice of many",
      text: ruleFile(
        `${Array.from({ length: 40 }, (_, index) => `s${index}: { CommandLine: x }`).join("\n")}\ncondition: 20 of them`,
      ),
      check: "condition",
    },
    {
      name: "100,000 values",
      text: ruleFile(`s:\n  CommandLine: [${"x, ".repeat(100_000)}x]\ncondition: s`),
      check: "too-many",
    },
  ])("$name", ({ text, check }) => {
    const started = performance.now();
    expect(errors(text).map((each) => each.split(" ")[0])).toEqual([check]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("an expression that makes other engines explode runs in linear time", () => {
    const text = ruleFile("s:\n  CommandLine|re: '^(a+)+$'\ncondition: s");
    const started = performance.now();
    expect(fired(text, [command(`${"a".repeat(30_000)}!`)])).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
