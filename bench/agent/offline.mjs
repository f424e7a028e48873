#!/usr/bin/env node
// An agent that is away from its hub: so many events a second for so many hours, in simulated time, through the real outbox on the
// real disk; then everything is handed over. node bench/agent/offline.mjs [hours] [events per second] [room in bytes]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Outbox } from "../../device/agent/dist/outbox/outbox.js";

const [hours = 24, rate = 50, room = 256_000_000] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "picket-offline-"));
const dropped = { events: 0 };
let now = 0;
const how = [];
const outbox = new Outbox(folder, {
  maxBytes: room,
  dropped: (_queue, events) => {
    dropped.events += events;
  },
  failed: (error) => console.error(error.message),
  gentler: (gentleness) => how.push(`${(now / 3_600_000).toFixed(1)} h ${gentleness}`),
  now: () => now,
});

const programs = ["/usr/bin/curl", "/bin/sh", "/usr/sbin/cron", "/usr/bin/python3", "/bin/systemctl"];
const event = (index) =>
  JSON.stringify({
    Id: `5b0c7a10-4d2e-4f31-9a6b-${String(index).padStart(12, "0")}`,
    Name: "ProcessCreate",
    Category: "Triggered",
    EventType: "Security",
    PayloadSchemaVersion: "1.0",
    IsEmpty: false,
    TimestampLocal: new Date(1.8e12 + index * 20).toISOString(),
    TimestampUTC: new Date(1.8e12 + index * 20).toISOString(),
    Payload: [
      {
        Executable: programs[index % 5],
        ProcessId: 1_000 + ((index * 7) % 30_000),
        ParentProcessId: 900 + (index % 90),
        UserId: String(index % 3),
        CommandLine: `${programs[index % 5]} --job ${(index * 2_654_435_761) % 4_294_967_296} /var/lib/app/${index % 977}`,
        ExtraDetails: {
          ParentExecutable: "/usr/sbin/cron",
          CurrentDirectory: "/",
          Hash: `sha256:${"ab".repeat(32)}`,
        },
      },
    ],
  });

const before = process.cpuUsage();
let made = 0;
let bytes = 0;
let most = 0;
for (let second = 0; second < hours * 3_600; second += 1) {
  const texts = Array.from({ length: rate }, () => event(made++));
  bytes += texts.reduce((total, text) => total + text.length, 0);
  outbox.keep("Low", texts);
  now += 1_000;
  if (second % 5 === 0) outbox.sync();
  most = Math.max(most, outbox.bytes);
}
const kept = process.cpuUsage(before);
let handed = 0;
const since = performance.now();
for (;;) {
  const { items, forget } = outbox.gather(["Operational", "High", "Medium", "Low"], 200_000);
  if (items.length === 0) break;
  handed += items.length;
  forget();
}
const seconds = (performance.now() - since) / 1_000;
console.log(
  `made      ${made} events of ${Math.round(bytes / made)} bytes in ${hours} h, ${(bytes / 1e6).toFixed(0)} MB as text`,
);
console.log(
  `on disk   at most ${(most / 1e6).toFixed(1)} MB (room ${(room / 1e6).toFixed(0)} MB)${how.length ? `; disk spared: ${how.join(", ")}` : ""}`,
);
console.log(
  `cost      ${(((kept.user + kept.system) / 1e6 / (hours * 3_600)) * 100).toFixed(2)} % of a core, making the events included`,
);
console.log(
  `back      ${handed} handed over in ${seconds.toFixed(1)} s, ${dropped.events} dropped; ${handed + dropped.events === made ? "every event is accounted for" : "EVENTS ARE MISSING"}`,
);
outbox.close();
rmSync(folder, { recursive: true, force: true });
