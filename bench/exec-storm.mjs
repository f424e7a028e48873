#!/usr/bin/env node
// Short processes at a steady rate, and how many of them the agent reports with their full command line. Needs root and gcc.
// node bench/exec-storm.mjs [processes per second] [seconds]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPicket } from "./picket.mjs";

const [rate = 1_000, seconds = 10] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), "picket-storm-"));
writeFileSync(
  join(home, "storm.c"),
  `#include <spawn.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/wait.h>\n#include <time.h>\nextern char **environ;\nint main(int argc, char **argv) {\n  if (argc > 2 && !strcmp(argv[1], "leaf")) return 0;\n  long rate = atol(argv[1]), total = rate * atol(argv[2]);\n  struct timespec next; clock_gettime(CLOCK_MONOTONIC, &next);\n  for (long i = 0; i < total; i++) {\n    char number[32]; snprintf(number, sizeof number, "storm-%ld", i);\n    char *args[] = { argv[0], "leaf", number, NULL }; pid_t pid;\n    if (posix_spawn(&pid, argv[0], NULL, NULL, args, environ) == 0) waitpid(pid, NULL, 0);\n    next.tv_nsec += 1000000000L / rate; if (next.tv_nsec >= 1000000000L) { next.tv_nsec -= 1000000000L; next.tv_sec++; }\n    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);\n  }\n  return 0;\n}\n`,
);
execFileSync("gcc", ["-O2", "-static", "-o", join(home, "storm"), join(home, "storm.c")]);

const picket = await startPicket({ agent: true });
const agentPid = () =>
  readdirSync("/proc").find(
    (pid) =>
      /^\d+$/.test(pid) &&
      safe(`/proc/${pid}/cmdline`).includes(picket.data) &&
      safe(`/proc/${pid}/cmdline`).includes("picket-agent"),
  );
const safe = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
await new Promise((resolve) => setTimeout(resolve, 5_000));
const pid = agentPid();
const cpu = () => {
  const fields = safe(`/proc/${pid}/stat`).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const before = cpu();
execFileSync(join(home, "storm"), [String(rate), String(seconds)]);
const used = cpu() - before;
await new Promise((resolve) => setTimeout(resolve, 8_000));
const [{ Captured }] = await picket.kql(
  `SecurityIoTRawEvent | where RawEventName == "ProcessCreate" | extend Line = tostring(parse_json(EventDetails).CommandLine) | where Line has "leaf" and Line contains " storm-" | summarize Captured = dcount(Line)`,
);
const rss = Number(/VmRSS:\s+(\d+)/.exec(safe(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
const total = rate * seconds;
console.log(
  `captured  ${Captured} of ${total} with full command line (${((Captured / total) * 100).toFixed(2)} %)`,
);
console.log(
  `agent     ${((used / seconds) * 100).toFixed(1)} % of a core during the storm, ${Math.round(rss)} MB afterwards`,
);
await picket.stop();
process.exit(0);
