#!/usr/bin/env node
// Short processes at a steady rate: how many of them are seen with their whole command line, and what that costs; the agent as a
// whole (folding, hashing, sending), bpftrace and auditd one after the other under the same storm. Needs root and gcc.
// node bench/agent/exec-storm.mjs [processes per second] [seconds]      AUDITD=folder where auditd was unpacked, when not installed
import { join } from "node:path";
import { startPicket } from "../picket.mjs";
import { sleep, startAgent } from "./agent.mjs";
import {
  auditd,
  bpftrace,
  built,
  clean,
  countLines,
  cpuOf,
  home,
  percent,
  storm,
  watched,
} from "./storm.mjs";

const [rate = 5_000, seconds = 10] = process.argv.slice(2).map(Number);
const total = Math.floor(rate / 2) * seconds * 2;
const path = built(
  "storm",
  `#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
extern char **environ;
int main(int argc, char **argv) {
  if (argc > 2 && !strcmp(argv[1], "leaf")) return 0;
  long rate = atol(argv[1]), total = rate * atol(argv[2]);
  struct timespec next; clock_gettime(CLOCK_MONOTONIC, &next);
  for (long i = 0; i < total; i++) {
    char number[48]; snprintf(number, sizeof number, "storm-%s-%ld", argv[3], i);
    char *args[] = { argv[0], "leaf", number, NULL }; pid_t pid;
    if (posix_spawn(&pid, argv[0], NULL, NULL, args, environ) == 0) waitpid(pid, NULL, 0);
    next.tv_nsec += 1000000000L / rate; if (next.tv_nsec >= 1000000000L) { next.tv_nsec -= 1000000000L; next.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  return 0;
}
`,
);
const run = () =>
  storm(
    path,
    ["a", "b"].map((mark) => [Math.floor(rate / 2), seconds, mark]),
  );
const told = (name, seen, { cpu, rss }, more = "") =>
  console.log(
    `${name.padEnd(10)} ${String(seen).padStart(7)} of ${total} with the whole command line (${percent(seen / total)}), ${cpu.toFixed(1)} % of a core, ${rss.toFixed(0)} MB${more}`,
  );

const picket = await startPicket();
const agent = await startAgent(picket, { options: ["--low-latency"] });
try {
  await sleep(6);
  const since = performance.now();
  const cost = await watched(agent.child, run);
  const took = (performance.now() - since) / 1000 - 1;
  console.log(
    `storm      ${Math.round(total / took)} processes a second for ${took.toFixed(1)} s (asked for ${rate})`,
  );
  // Programs that are all different are told one by one, so that they take a while to arrive.
  const rows = async () =>
    Number(
      (
        await picket.kql(`SecurityIoTRawEvent | where DeviceId == "${agent.id}" | summarize Rows = count()`)
      )[0].Rows,
    );
  for (let before = -1, now = await rows(), tries = 0; now !== before && tries < 20; tries += 1) {
    before = now;
    await sleep(4);
    now = await rows();
  }
  // What is folded is told when the agent stops.
  await agent.stop();
  await sleep(3);
  const [{ Seen }] = await picket.kql(
    `SecurityIoTRawEvent | where RawEventName == "ProcessCreate" and DeviceId == "${agent.id}" | extend D = parse_json(EventDetails) | where tostring(D.CommandLine) startswith "${path} leaf storm-" | summarize Seen = sum(coalesce(tolong(D.ExtraDetails.HitCount), 1))`,
  );
  told("agent", Number(Seen), cost);
} finally {
  await picket.stop();
}

const out = join(home, "bpftrace");
const tracer = await bpftrace("tracepoint:syscalls:sys_enter_execve { join(args->argv); }", out);
if (tracer) {
  const cost = await watched(tracer, run);
  const ended = new Promise((resolve) => tracer.once("close", resolve));
  tracer.kill("SIGINT");
  await ended;
  told("bpftrace", countLines(out, " leaf storm-"), cost);
} else console.log("bpftrace   not here");

const daemon = await auditd(
  [["always,exit", "-F", "arch=b64", "-S", "execve", "-F", `exe=${path}`, "-k", "bench"]].map((rule) => rule),
);
if (daemon) {
  try {
    const before = cpuOf(daemon.child.pid);
    const cost = await watched(daemon.child, run);
    await sleep(1);
    const seen = countLines(daemon.log, "type=EXECVE .*storm-");
    told("auditd", seen, cost, `, ${daemon.lost()} records lost`);
    if (before < 0) throw new Error("auditd ended");
  } finally {
    await daemon.stop();
  }
} else console.log("auditd     not here");
clean();
process.exit(0);
