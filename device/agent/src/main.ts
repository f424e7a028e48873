import { hostname } from "node:os";
import type { ConnectionString } from "@picket/sdk";
import { Agent, VERSION } from "./agent.js";
import { doctor } from "./cli/doctor.js";
import { type Finding, hubFindings, ownFindings } from "./cli/doctor-hub.js";
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
import { agentErrors, messageOf } from "./errors.js";
import { thisHost } from "./host.js";
import { enrolled, parseEnrolment } from "./identity/enrolment.js";
import { beThrifty } from "./limits/thrift.js";
import { kernelOffsets } from "./sources/kernel-offsets.js";
import { launched } from "./update/launch.js";
import { Versions } from "./update/versions.js";

/** Tells a service manager to start the agent anew. */
const RESTART = 75;

const print = (line: string): void => console.error(line);

async function run(settings: RunSettings): Promise<void> {
  const versions = versionsOf(settings);
  const failed = (error: unknown): void => print(`${new Date().toISOString()} warn ${messageOf(error)}`);
  if (await launched(versions, process.argv[1] ?? "", failed)) return;
  const outboxBytes = outboxBytesOf(settings);
  const reach = reachOf(settings);
  const agent = new Agent({
    ...reach,
    connection: await identityOf(settings),
    data: settings.data,
    lowLatency: settings["low-latency"],
    recorder: (heard) => lineRecorder(print, settings.verbose ? "debug" : "info", heard),
    restart: () => process.exit(RESTART),
    versions,
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

/** Updates that were taken; a device without the key takes none. */
function versionsOf(settings: RunSettings): Versions {
  const key = settings["update-key-file"];
  return new Versions(settings.data, VERSION, key ? readOption("update-key-file", key) : undefined);
}

/** Who the device is: from its connection string, or from a provisioning service. */
async function identityOf(settings: RunSettings): Promise<ConnectionString> {
  const path = settings["enrolment-file"];
  if (path === undefined) return connectionOf(settings);
  const file = parseEnrolment(readOption("enrolment-file", path));
  return enrolled(settings.data, file, { ...reachOf(settings), userAgent: `picket-agent/${VERSION}` });
}

/** What stands between this device and its hub, as far as it is known who the device is. */
async function findings(settings: RunSettings): Promise<Finding[]> {
  const own = ownFindings(settings.data);
  try {
    const options = { ...reachOf(settings), connection: await identityOf(settings) };
    return [...own, ...(await hubFindings(options, settings.data))];
  } catch (error) {
    const mend =
      "Give --connection-string-file, or --config with it; then the way to the hub is tried as well.";
    return [...own, { what: "identity", problem: messageOf(error), mend }];
  }
}

/** Rights come from the service unit; a file that brings its owner's rights would give them to anybody. */
function refuseSetUid(): void {
  if (process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.())
    throw agentErrors.setUid({});
}

async function main(): Promise<void> {
  const { verb, settings } = readCommand(process.argv.slice(2));
  if (verb === "help") return console.log(HELP);
  if (verb === "version") return console.log(VERSION);
  if (verb === "print-offsets") return void process.stdout.write(JSON.stringify(kernelOffsets()));
  if (verb === "doctor") return console.log(await doctor(await findings(settings)));
  refuseSetUid();
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

beThrifty();
main().catch(end);
