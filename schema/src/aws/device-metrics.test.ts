import { encode } from "cborg";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readMessage } from "../validate/read-message.js";
import { readDeviceMetrics } from "./device-metrics.js";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const long = {
  header: { report_id: 1530304554, version: "1.0" },
  metrics: {
    listening_tcp_ports: { ports: [{ interface: "eth0", port: 22 }, { port: 80 }], total: 2 },
    listening_udp_ports: { ports: [{ interface: "eth0", port: 5353 }], total: 1 },
    network_stats: {
      bytes_in: 29358693495,
      bytes_out: 26485035,
      packets_in: 10013573555,
      packets_out: 11382615,
    },
    tcp_connections: {
      established_connections: {
        connections: [
          { local_interface: "eth0", local_port: 22, remote_addr: "192.168.0.7:51000" },
          { local_port: 48002, remote_addr: "[2001:db8::1]:443" },
        ],
        total: 2,
      },
    },
  },
  custom_metrics: { rpm: [{ number: 7 }] },
};
const short = {
  hed: { rid: 1530304554, v: "1.0" },
  met: {
    tp: { pts: [{ if: "eth0", pt: 22 }, { pt: 80 }], t: 2 },
    up: { pts: [{ if: "eth0", pt: 5353 }], t: 1 },
    ns: { bi: 29358693495, bo: 26485035, pi: 10013573555, po: 11382615 },
    tc: {
      ec: {
        cs: [
          { li: "eth0", lp: 22, rad: "192.168.0.7:51000" },
          { lp: 48002, rad: "[2001:db8::1]:443" },
        ],
        t: 2,
      },
    },
  },
  cmet: { rpm: [{ number: 7 }] },
};

test.each([
  { name: "JSON with long names", bytes: json(long), format: "json" },
  { name: "JSON with short names", bytes: json(short), format: "json" },
  { name: "CBOR with long names", bytes: encode(long), format: "cbor" },
  { name: "CBOR with short names", bytes: encode(short), format: "cbor" },
] as const)("a report in $name becomes a good security message", ({ bytes, format }) => {
  const reading = readDeviceMetrics(bytes, format, NOW);
  if (!("message" in reading)) throw new Error(reading.problem);
  const { message, violations } = readMessage(json(reading.message));
  expect(violations).toEqual([]);
  expect(message?.events.map(({ name, items }) => [name, items.length])).toEqual([
    ["ListeningPorts", 3],
    ["ConnectionCreate", 2],
    ["NetworkStatistics", 1],
    ["CustomMetrics", 1],
  ]);
  expect(message?.events[1]?.items).toMatchObject([
    { Direction: "In", RemoteAddress: "192.168.0.7", RemotePort: "51000", LocalPort: "22" },
    { Direction: "Out", RemoteAddress: "2001:db8::1", RemotePort: "443" },
  ]);
  expect(new Set(message?.events.map(({ id }) => id)).size).toBe(4);
  expect(readDeviceMetrics(bytes, format, NOW + 1)).toMatchObject({
    message: { Events: [{ Id: message?.events[0]?.id }, {}, {}, {}] },
  });
});

test.each([
  { name: "no header", report: { metrics: {} }, problem: "header must be an object" },
  {
    name: "no number",
    report: { header: { version: "1.0" } },
    problem: "header.report_id must be a whole number",
  },
  {
    name: "another version",
    report: { header: { report_id: 1, version: "2" }, metrics: {} },
    problem: "header.version",
  },
  {
    name: "no metrics",
    report: { header: { report_id: 1, version: "1.0" } },
    problem: "neither metrics nor",
  },
  {
    name: "a port that is none",
    report: {
      header: { report_id: 1, version: "1.0" },
      metrics: { listening_tcp_ports: { ports: [{ port: 70000 }] } },
    },
    problem: "metrics.listening_tcp_ports.ports.port must be a whole number up to 65535",
  },
  {
    name: "an address that is none",
    report: {
      header: { report_id: 1, version: "1.0" },
      metrics: { tcp_connections: { established_connections: { connections: [{ remote_addr: "here" }] } } },
    },
    problem: "remote_addr must be an address and a port",
  },
])("a report with $name is refused with the place", ({ report, problem }) => {
  expect(readDeviceMetrics(json(report), "json", NOW)).toMatchObject({
    problem: expect.stringContaining(problem),
  });
});

test("whatever the bytes, reading metrics answers", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("json", "cbor"), (bytes, format) => {
      expect(readDeviceMetrics(bytes, format, NOW)).toHaveProperty("problem");
    }),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.object(), fc.object(), (metrics, custom) => {
      const report = { header: { report_id: 1, version: "1.0" }, metrics, custom_metrics: custom };
      readDeviceMetrics(json(report), "json", NOW);
    }),
  );
});

test("a good report with bytes changed is read or refused", () => {
  const good = encode(short);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
      const bytes = good.slice();
      bytes[at] = value;
      readDeviceMetrics(bytes, "cbor", NOW);
    }),
    { numRuns: 1_000 },
  );
});
