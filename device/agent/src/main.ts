import { accessSync, constants, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseConnectionString } from "@picket/sdk";
import { Agent } from "./agent.js";
import { kernelOffsets } from "./sources/btf.js";
import { KernelWatch } from "./sources/kernel.js";

const HELP = `picket-agent --connection-string-file FILE [--ca FILE] [--data DIR] [--address HOST] [--low-latency]
picket-agent --doctor`;

const log = (line: string): void => console.error(`${new Date().toISOString()} picket-agent: ${line}`);

/** Says which sources work on this host, and why others do not. */
function doctor(): void {
  const checks: [what: string, check: () => void][] = [
    [
      "programs and connections from the kernel (eBPF)",
      () => new KernelWatch(kernelOffsets(), () => {}).close(),
    ],
    ["programs by polling /proc", () => void readFileSync("/proc/self/stat")],
    ["listening ports from /proc/net", () => void readFileSync("/proc/net/tcp")],
    ["the process behind each port (needs root)", () => accessSync("/proc/1/fd", constants.R_OK)],
    ["logins from /var/log/auth.log", () => accessSync("/var/log/auth.log", constants.R_OK)],
    ["accounts from /etc/passwd and /etc/group", () => void readFileSync("/etc/group")],
  ];
  for (const [what, check] of checks) {
    try {
      check();
      console.log(`ok    ${what}`);
    } catch (error) {
      console.log(`no    ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "connection-string-file": { type: "string" },
      ca: { type: "string" },
      data: { type: "string", default: "picket-agent-data" },
      address: { type: "string" },
      "low-latency": { type: "boolean", default: false },
      doctor: { type: "boolean", default: false },
      "print-offsets": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values["print-offsets"]) return void process.stdout.write(JSON.stringify(kernelOffsets()));
  if (values.doctor) return doctor();
  const file = values["connection-string-file"];
  if (values.help || file === undefined) return console.log(HELP);
  const agent = new Agent({
    connection: parseConnectionString(readFileSync(file, "utf8")),
    data: values.data,
    lowLatency: values["low-latency"],
    log,
    ...(values.ca ? { ca: readFileSync(values.ca, "utf8") } : {}),
    ...(values.address ? { address: values.address } : {}),
  });
  const stop = (): void => {
    agent.stop().finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  await agent.start();
}

main().catch((error: unknown) => {
  log(`stopped: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
