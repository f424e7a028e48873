#!/usr/bin/env node
// Short TCP connections at a steady rate: how many beginnings and ends the agent sees, and what that costs, with bpftrace and
// auditd one after the other under the same storm. Needs root and gcc.
// node bench/agent/connection-storm.mjs [connections per second] [seconds]      AUDITD=folder where auditd was unpacked
import { join } from "node:path";
import { startPicket } from "../picket.mjs";
import { sleep, startAgent } from "./agent.mjs";
import { auditd, bpftrace, built, clean, countLines, home, percent, storm, watched } from "./storm.mjs";

const [rate = 5_000, seconds = 10] = process.argv.slice(2).map(Number);
const total = rate * seconds;
const ADDRESS = "127.71.0.5";
const path = built(
  "connections",
  `#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  long rate = atol(argv[1]), total = rate * atol(argv[2]);
  struct sockaddr_in at = { .sin_family = AF_INET };
  inet_pton(AF_INET, "${ADDRESS}", &at.sin_addr);
  socklen_t size = sizeof at;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(server, (void *)&at, size) || listen(server, 4096) || getsockname(server, (void *)&at, &size)) return 1;
  if (fork() == 0) {
    char byte;
    for (long i = 0; i < total; i++) { int one = accept(server, 0, 0); if (read(one, &byte, 1) < 0) {} close(one); }
    return 0;
  }
  struct timespec next; clock_gettime(CLOCK_MONOTONIC, &next);
  for (long i = 0; i < total; i++) {
    int one = socket(AF_INET, SOCK_STREAM, 0);
    // Without lingering, so that ports are free again at once.
    struct linger now = { 1, 0 };
    setsockopt(one, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    if (connect(one, (void *)&at, size) == 0 && write(one, "x", 1) < 0) {}
    close(one);
    next.tv_nsec += 1000000000L / rate; if (next.tv_nsec >= 1000000000L) { next.tv_nsec -= 1000000000L; next.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  wait(0);
  return 0;
}
`,
);
const run = () => storm(path, [[rate, seconds]]);
const told = (name, seen, { cpu, rss }, more = "") =>
  console.log(
    `${name.padEnd(10)} ${String(seen).padStart(7)} of ${total} seen (${percent(seen / total)}), ${cpu.toFixed(1)} % of a core, ${rss.toFixed(0)} MB${more}`,
  );

const picket = await startPicket();
const agent = await startAgent(picket);
try {
  await sleep(6);
  const since = performance.now();
  const cost = await watched(agent.child, run);
  const took = (performance.now() - since) / 1000 - 1;
  console.log(
    `storm      ${Math.round(total / took)} connections a second for ${took.toFixed(1)} s (asked for ${rate})`,
  );
  await agent.stop();
  await sleep(3);
  const rows = await picket.kql(
    `SecurityIoTRawEvent | where RawEventName in ("ConnectionCreate", "ConnectionTerminate") and DeviceId == "${agent.id}" | extend D = parse_json(EventDetails) | where tostring(D.RemoteAddress) == "${ADDRESS}" | summarize Seen = sum(coalesce(tolong(D.ExtraDetails.HitCount), 1)) by RawEventName, Direction = tostring(D.Direction)`,
  );
  const seen = (name, direction) =>
    Number(
      rows.find(({ RawEventName, Direction }) => RawEventName === name && Direction === direction)?.Seen ?? 0,
    );
  told(
    "agent",
    seen("ConnectionCreate", "Out"),
    cost,
    `; ${seen("ConnectionTerminate", "Out")} ends with bytes and duration`,
  );
} finally {
  await picket.stop();
}

const out = join(home, "bpftrace");
const tracer = await bpftrace(
  'tracepoint:sock:inet_sock_set_state /args->protocol == 6 && args->oldstate == 2 && args->newstate == 1/ { printf("%d %s %s %d\\n", pid, comm, ntop(args->daddr), args->dport); }',
  out,
);
if (tracer) {
  const cost = await watched(tracer, run);
  const ended = new Promise((resolve) => tracer.once("close", resolve));
  tracer.kill("SIGINT");
  await ended;
  told("bpftrace", countLines(out, ADDRESS.replaceAll(".", "\\.")), cost);
} else console.log("bpftrace   not here");

const daemon = await auditd([
  ["always,exit", "-F", "arch=b64", "-S", "connect", "-F", `exe=${path}`, "-k", "bench"],
]);
if (daemon) {
  try {
    const cost = await watched(daemon.child, run);
    await sleep(1);
    told(
      "auditd",
      countLines(daemon.log, "type=SYSCALL .*syscall=42 .*bench"),
      cost,
      `, ${daemon.lost()} records lost`,
    );
  } finally {
    await daemon.stop();
  }
} else console.log("auditd     not here");
clean();
process.exit(0);
