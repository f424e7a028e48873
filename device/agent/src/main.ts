import { hostname } from "node:os";
import type { ConnectionString } from "@picket/sdk";
import { Agent, VERSION } from "./agent.js";
import { doctor } from "./cli/doctor.js";
import { lineRecorder } from "./cli/log.js";
import {
  connectionOf,
  HELP,
  outboxBytesOf,
  type RunSettings,
  reachOf,
  readCommand,
  readOption,
} from "./cli/options.js";
import { cycloneDx } from "./collectors/cyclonedx.js";
import { packages } from "./collectors/packages.js";
import { messageOf } from "./errors.js";
import { thisHost } from "./host.js";
import { enrolled, parseEnrolment } from "./identity/enrolment.js";
import { kernelOffsets } from "./sources/kernel-offsets.js";

/** Tells a service manager to start the agent anew. */
const RESTART = 75;

const print = (line: string): void => console.error(line);

async function run(settings: RunSettings): Promise<void> {
  const outboxBytes = outboxBytesOf(settings);
  const reach = reachOf(settings);
  const agent = new Agent({
    ...reach,
    connection: await identityOf(settings),
    data: settings.data,
    lowLatency: settings["low-latency"],
    recorder: (heard) => lineRecorder(print, settings.verbose ? "debug" : "info", heard),
    restart: () => process.exit(RESTART),
    ...(outboxBytes === undefined ? {} : { outboxBytes }),
  });
  const stop = (): void => {
    agent.stop().then(
      () => process.exit(0),
      (error) => end(error),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await agent.start();
}

/** Who the device is: from its connection string, or from a provisioning service. */
async function identityOf(settings: RunSettings): Promise<ConnectionString> {
  const path = settings["enrolment-file"];
  if (path === undefined) return connectionOf(settings);
  const file = parseEnrolment(readOption("enrolment-file", path));
  return enrolled(settings.data, file, { ...reachOf(settings), userAgent: `picket-agent/${VERSION}` });
}

async function main(): Promise<void> {
  const { verb, settings } = readCommand(process.argv.slice(2));
  if (verb === "help") return console.log(HELP);
  if (verb === "version") return console.log(VERSION);
  if (verb === "print-offsets") return void process.stdout.write(JSON.stringify(kernelOffsets()));
  if (verb === "doctor") return console.log(await doctor());
  if (verb === "sbom") return console.log(JSON.stringify(await billOfMaterials(), undefined, 2));
  await run(settings);
}

const billOfMaterials = async (): Promise<object> =>
  cycloneDx((await packages.collect(thisHost)) ?? [], {
    hostName: hostname(),
    version: VERSION,
    at: new Date().toISOString(),
  });

function end(error: unknown): void {
  const code = error instanceof Error && "code" in error ? ` code=${error.code}` : "";
  print(`${new Date().toISOString()} error The agent cannot run: ${messageOf(error)}${code}`);
  process.exit(1);
}

main().catch(end);
