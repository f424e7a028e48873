import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RuleEvent } from "@picket/detections";
import { handClock, silent } from "@picket/kit";
import { type Language, openLanguage } from "@picket/kql";
import { loadKusto } from "@picket/kql/node";
import { Engine, loadPack } from "@picket/pipeline";
import { databaseSchema, openWorkspace, type Workspace } from "@picket/workspace";
import { afterAll, beforeAll, expect, test } from "vitest";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const home = mkdtempSync(join(tmpdir(), "picket-agreement-"));
let workspace: Workspace;
let language: Language;

const commands = [
  "wget -q http://203.0.113.9/x.sh",
  "WGET http://h/y",
  'sh -c "echo hi"',
  "a*c",
  "abc",
  "ab?c",
  "C:\\temp\\x",
  "tab\there",
  "line\nbreak",
  "Éclair",
  "éclair",
  "100%",
  "[x] (y) {z} ^$.|+",
  "cat /etc/shadow",
  "  spaces  ",
  "/usr/bin/thing",
  "",
];
const addresses = ["203.0.113.9", "10.1.2.3", "2001:db8::5", "not an address", "", "203.0.113.255"];
const processes = commands.flatMap((CommandLine, index) => [
  {
    CommandLine,
    Executable: "/usr/bin/thing",
    ProcessId: index * 50,
    UserName: index % 3 === 0 ? "root" : "Ann",
  },
  {
    CommandLine,
    Executable: "/bin/sh",
    ProcessId: index,
    ExtraDetails: { ParentExecutable: index % 2 === 0 ? "/usr/sbin/sshd" : "/sbin/init" },
  },
]);
const connections = addresses.flatMap((RemoteAddress) =>
  ["In", "Out"].map((Direction) => ({ RemoteAddress, Direction, RemotePort: "443", Executable: "/bin/nc" })),
);
const events: RuleEvent[] = [
  ...processes.map((item, index) => eventOf("ProcessCreate", item, index)),
  ...connections.map((item, index) => eventOf("ConnectionCreate", item, 1_000 + index)),
];

function eventOf(name: "ProcessCreate" | "ConnectionCreate", item: object, serial: number): RuleEvent {
  const at = NOW - 3_600_000 + serial * 60_000;
  return {
    deviceId: `pump-${serial % 3}`,
    moduleId: "",
    name,
    at,
    hits: 1,
    item: { ...item, Serial: `${serial}` },
  };
}

beforeAll(async () => {
  workspace = await openWorkspace({
    directory: home,
    recorder: silent,
    clock: handClock(NOW),
    memoryLimitMb: 256,
  });
  language = openLanguage(loadKusto(), databaseSchema());
  const rows = events.map(({ deviceId, name, at, item }) =>
    JSON.stringify({
      TimeGenerated: new Date(NOW - 60_000).toISOString(),
      TimeStamp: new Date(at).toISOString(),
      DeviceId: deviceId,
      ModuleId: "",
      IoTRawEventId: item["Serial"],
      RawEventName: name,
      EventDetails: JSON.stringify(item),
    }),
  );
  await workspace.commit({ position: 1, rows: [{ table: "SecurityIoTRawEvent", rows }] });
});
afterAll(async () => {
  await workspace.close();
  rmSync(home, { recursive: true, force: true });
});

const processRule = (selection: string, condition = "s"): string =>
  `title: T\nid: t\nlogsource: { product: linux, category: process_creation }\ndetection:\n  s:\n    ${selection}\n  condition: ${condition}`;
const networkRule = (selection: string): string =>
  processRule(selection).replace("process_creation", "network_connection");

test.each([
  processRule("CommandLine: abc"),
  processRule("CommandLine: 'WGET*'"),
  processRule("CommandLine|contains: 'http://'"),
  processRule("CommandLine|contains: [shadow, 'echo', '100%']"),
  processRule("CommandLine|contains|all: [wget, 203]"),
  processRule("CommandLine|startswith: wget"),
  processRule("CommandLine|startswith|cased: wget"),
  processRule("CommandLine|endswith: .SH"),
  processRule("CommandLine: 'a*c'"),
  processRule("CommandLine: 'a\\*c'"),
  processRule("CommandLine: 'ab\\?c'"),
  processRule("CommandLine: 'a?c'"),
  processRule("CommandLine: 'a??c'"),
  processRule("CommandLine|contains: 'C:\\temp\\x'"),
  processRule("CommandLine|contains: '\"echo hi\"'"),
  processRule('CommandLine|contains: "tab\\there"'),
  processRule("CommandLine: 'line*break'"),
  processRule("CommandLine|contains: '[x] (y) {z} ^$.|+'"),
  processRule("CommandLine: '[x]*(y)*+'"),
  processRule("CommandLine|contains: éclair"),
  processRule("CommandLine|contains|cased: éclair"),
  processRule("CommandLine|re: '^[a-z]+ '"),
  processRule("CommandLine|re|i: 'w(g|c)et\\s+.*http'"),
  processRule("CommandLine|re|s: 'line.break'"),
  processRule("CommandLine|re: '\\\\temp\\\\'"),
  processRule("CommandLine: null"),
  processRule("CommandLine: ''"),
  processRule("User: null"),
  processRule("User|exists: true"),
  processRule("User: '*'"),
  processRule("User: ann"),
  processRule("User|cased: ann"),
  processRule("ProcessId|gte: 100"),
  processRule("ProcessId|lt: 3"),
  processRule("ProcessId: 50"),
  processRule("ParentImage|endswith: /sshd"),
  processRule("Image|fieldref: CommandLine"),
  processRule("CommandLine|windash|contains: ' -q'"),
  processRule("CommandLine|neq: abc"),
  processRule("UtcTime|hour: 11"),
  processRule("UtcTime|minute: 7"),
  processRule("CommandLine|contains: wget", "not s"),
  processRule("ParentImage|endswith: /sshd", "not s"),
  processRule("ProcessId|gte: 100", "not s"),
  processRule("Hashes: x\n  t:\n    CommandLine|contains: wget", "s or t"),
  networkRule("DestinationIp|cidr: 203.0.113.0/24"),
  networkRule("DestinationIp|cidr: 10.0.0.0/8\n    Initiated: 'true'"),
  networkRule("DestinationIp|cidr: [10.0.0.0/8, 203.0.113.0/30]"),
  networkRule("DestinationPort: 443\n    Initiated: 'false'"),
])("the stream and the query find the same: %s", async (text) => {
  const { rules, reports, problems } = loadPack([{ name: "t.yml", text }]);
  expect(problems.filter(({ level }) => level === "error")).toEqual([]);
  const engine = new Engine({ rules, correlations: [] }, silent);
  const fired: string[] = [];
  for (const event of events) engine.ask(event, (hit) => fired.push(String(hit.event.item["Serial"])));
  const query = language.compile(`${reports[0]?.kql}\n| project IoTRawEventId`, { now: new Date(NOW) });
  const { rowsJson } = await workspace.query(query, { timeoutMs: 20_000, maxRows: 10_000, maxBytes: 1e7 });
  const queried: string[][] = JSON.parse(rowsJson);
  expect(queried.flat().sort()).toEqual(fired.sort());
  expect(fired.length).toBeLessThan(events.length);
});
