import { hostname } from "node:os";
import { Agent, VERSION } from "./agent.js";
import { doctor } from "./cli/doctor.js";
import { lineRecorder } from "./cli/log.js";
import {
  connectionOf,
  HELP,
  outboxBytesOf,
  type RunSettings,
  readCommand,
  readOption,
} from "./cli/options.js";
import { cycloneDx } from "./collectors/cyclonedx.js";
import { packages } from "./collectors/packages.js";
import { messageOf } from "./errors.js";
import { thisHost } from "./host.js";
import { kernelOffsets } from "./sources/kernel-offsets.js";

const print = (line: string): void => console.error(line);

async function run(settings: RunSettings): Promise<void> {
  const outboxBytes = outboxBytesOf(settings);
  const agent = new Agent({
    connection: connectionOf(settings),
    data: settings.data,
    lowLatency: settings["low-latency"],
    recorder: (heard) => lineRecorder(print, settings.verbose ? "debug" : "info", heard),
    ...(settings.ca ? { ca: readOption("ca", settings.ca) } : {}),
    ...(settings.address ? { address: settings.address } : {}),
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
