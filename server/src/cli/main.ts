import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ApiError, type Role } from "@picket/api";
import { Command, Option } from "commander";
import { agentBundle } from "../agent-bundle.js";
import type { ServeOptions } from "../config.js";
import { clientOf, readHandle } from "./client.js";
import { doctor } from "./doctor.js";
import { hubCommands } from "./hub.js";
import { intelCommands } from "./intel.js";
import { kqlCommand } from "./kql.js";
import { type Format, printRows } from "./print.js";
import { ruleCommands } from "./rules.js";

interface Common {
  readonly data?: string;
}

const formats = new Option("--format <form>", "how to print")
  .choices(["table", "json", "csv"])
  .default("table");
const data = new Option("--data <folder>", "data folder of the server (default: ./data)");

/** Says what went wrong in a sentence, with the place in the query if there is one. */
function explain(error: unknown): never {
  if (error instanceof ApiError || (error instanceof Error && "code" in error)) {
    console.error(`${error.message} [${String("code" in error ? error.code : "")}]`);
  } else console.error(error);
  process.exit(1);
}

/** The `picket` command. */
export async function main(argv: readonly string[]): Promise<void> {
  await commandLine().parseAsync(argv).catch(explain);
}

/** Every command with what it takes. */
export function commandLine(): Command {
  const program = new Command("picket").description("Threat protection for IoT fleets.").version("0.1.0");
  serveCommand(program);
  kqlCommand(program, data);
  deviceCommands(program);
  userCommands(program);
  ruleCommands(program);
  intelCommands(program);
  hubCommands(program);
  program
    .command("doctor")
    .description("check this installation and say what to do")
    .addOption(data)
    .action(async (options: Common) => {
      process.exitCode = (await doctor(options.data)) ? 0 : 1;
      if (existsSync(agentBundle()))
        spawnSync(process.execPath, [agentBundle(), "--doctor"], { stdio: "inherit" });
    });
  program
    .command("lint <file>")
    .description("say what is wrong with a security message (JSON; - reads standard input)")
    .action(async (file: string) => {
      const { lint } = await import("./lint.js");
      const { isGood, lines } = lint(file);
      console.log(lines.join("\n"));
      if (!isGood) process.exitCode = 1;
    });
  program
    .command("simulate")
    .description("a fleet to play with: virtual devices through the real hub")
    .addOption(data)
    .option("--devices <count>", "how many", "50")
    .option("--minutes <minutes>", "minutes of fleet life", "60")
    .option("--speed <factor>", "minutes of fleet life in a minute", "60")
    .option("--attack <list>", "miner, bruteforce, beacon", "miner,bruteforce,beacon")
    .option("--seed <number>", "same seed, same fleet", "1")
    .action(async (options: Common & Record<"devices" | "minutes" | "speed" | "attack" | "seed", string>) => {
      const { simulateCommand } = await import("../simulate/command.js");
      await simulateCommand(clientOf(options.data), readHandle(options.data), options);
    });
  return program;
}

function serveCommand(program: Command): void {
  program
    .command("serve")
    .description("start the hub, the pipeline, the workspace and the console")
    .addOption(data)
    .option("--console-port <port>", "console and API, on the loopback address")
    .option("--web-port <port>", "console and API over TLS")
    .option(
      "--web-bind <address>",
      "address those listen on (default: 127.0.0.1; 0.0.0.0 opens them to others)",
    )
    .option("--web-name <name...>", "further names that people reach the console by")
    .option("--mqtt-port <port>", "hub, MQTT over TLS")
    .option("--amqp-port <port>", "hub, AMQP over TLS")
    .option("--https-port <port>", "hub, HTTPS")
    .option("--bind <address>", "address the hub listens on (default: all)")
    .option("--host-name <name>", "name devices reach the hub by (default: this machine's)")
    .option("--no-agent", "do not watch this machine")
    .option("--settings <file>", "connectors and more (default: picket.yaml in the data folder)")
    .option("--stream-days <days>", "how long readers of the hub's messages find them, 1 to 7 (default: 1)")
    .option("--log-level <level>", "debug, info, warn or error")
    .action(async (options: ServeOptions) => {
      const { serve, fail } = await import("./serve.js");
      await serve(options).catch(fail);
    });
}

function deviceCommands(program: Command): void {
  const device = program.command("device").description("devices of this hub");
  device
    .command("add <id>")
    .description("register a device and print how to connect it")
    .addOption(data)
    .action(async (id: string, options: Common) => {
      const { connection } = await clientOf(options.data)("POST /devices", { body: { id } });
      printConnection(id, connection);
    });
  device
    .command("connect <id>")
    .description("print how to connect a registered device")
    .addOption(data)
    .action(async (id: string, options: Common) => {
      printConnection(id, await clientOf(options.data)("POST /devices/{id}/connection", { params: { id } }));
    });
  device
    .command("list")
    .description("devices with what is open on them")
    .addOption(formats)
    .addOption(data)
    .action(async (options: Common & { format: Format }) => {
      const { devices } = await clientOf(options.data)("GET /devices", { query: { limit: 500 } });
      const rows = devices.map(({ device: each, alerts, recommendations, lastEventAt }) => [
        each.DeviceId,
        each.Status,
        each.ConnectionState,
        alerts.High,
        alerts.Medium,
        alerts.Low,
        recommendations,
        lastEventAt ?? "",
      ]);
      console.log(
        printRows(
          ["Device", "Status", "Connection", "High", "Medium", "Low", "Recommendations", "Last event"],
          rows,
          options.format,
        ),
      );
    });
}

function printConnection(
  id: string,
  connection: { connectionString: string; deviceConnectionString: string; command: string },
): void {
  console.log(`Run this on ${id} (Node 20.19 or newer):\n\n${connection.command}\n`);
  console.log(
    `Or connect any Azure IoT SDK:\n\n  security module  ${connection.connectionString}\n  device           ${connection.deviceConnectionString}`,
  );
}

function userCommands(program: Command): void {
  const user = program.command("user").description("people who may sign in");
  user
    .command("list")
    .description("people who may sign in, with their role")
    .addOption(formats)
    .addOption(data)
    .action(async (options: Common & { format: Format }) => {
      const { users } = await clientOf(options.data)("GET /users");
      console.log(
        printRows(
          ["Name", "Role", "Disabled", "Last seen"],
          users.map(({ name, role, disabled, lastSeenAt }) => [name, role, disabled, lastSeenAt ?? ""]),
          options.format,
        ),
      );
    });
  user
    .command("add <name>")
    .description("add a person and print a one-time link")
    .addOption(new Option("--role <role>").choices(["viewer", "analyst", "admin"]).default("analyst"))
    .addOption(data)
    .action(async (name: string, options: Common & { role: Role }) => {
      const { link } = await clientOf(options.data)("POST /users", { body: { name, role: options.role } });
      console.log(`${name} signs in once with this link, within 24 hours, and sets a password:\n\n  ${link}`);
    });
  user
    .command("link <name>")
    .description("print a new one-time link for a person")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      const { link } = await clientOf(options.data)("POST /users/{name}/link", { params: { name } });
      console.log(link);
    });
  user
    .command("remove <name>")
    .description("remove a person; their sessions end")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /users/{name}", { params: { name } });
    });
}
