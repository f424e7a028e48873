import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isKnown } from "@picket/kit";
import { readConfig, type ServeOptions } from "../config.js";
import { catchUp } from "../deliver.js";
import { restoreSettings } from "../detection/settings.js";
import { type House, openHouse } from "../house.js";
import { openHttp } from "../http/server.js";
import { agentState, LocalAgent, ownDeviceId } from "../local-agent.js";

/** Where a running server tells the command line how to reach it. */
export const HANDLE = "server.json";
const COMMAND_LINE = "command-line";

/** Starts everything, prints one screen, and runs until told to stop. */
export async function serve(options: ServeOptions): Promise<void> {
  const started = performance.now();
  const config = await readConfig(options);
  const house = await openHouse(config);
  await restoreSettings(house);
  await catchUp(house);
  const agent = new LocalAgent(house);
  const http = await openHttp(house);
  const link = await firstLink(house);
  await leaveHandle(house);
  if (config.agent) await agent.start();
  console.log(screen(house, link, (performance.now() - started) / 1000));
  // Nobody should wait for the query language; it warms up when the rest is ready.
  setTimeout(() => void house.language().catch(() => {}), 500).unref();
  await stopSignal();
  console.log("\nStopping…");
  await agent.close();
  await http.close();
  await house.close();
  process.exit(0);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

/** The administrator's one-time link, as long as no administrator has a password. */
async function firstLink(house: House): Promise<string | undefined> {
  const { accounts, config } = house.rooms;
  if (accounts.users().length === 0) await accounts.addUser("admin", "admin");
  const admins = accounts.users().filter(({ role, disabled }) => role === "admin" && !disabled);
  if (admins.some(({ password }) => password !== "")) return undefined;
  return `http://127.0.0.1:${config.consolePort}/welcome#token=${await accounts.link(admins[0]?.name ?? "admin")}`;
}

/** A token for the command line of whoever may read the data folder. */
async function leaveHandle(house: House): Promise<void> {
  const { accounts, config } = house.rooms;
  // The one of the last start served until now.
  for (const { id, name } of accounts.tokens()) if (name === COMMAND_LINE) await accounts.removeToken(id);
  const { secret } = await accounts.addToken(COMMAND_LINE, "admin", 30);
  const handle = {
    origin: `http://127.0.0.1:${config.consolePort}`,
    webPort: config.webPort,
    workspaceId: house.rooms.workspaceId,
    token: secret,
    pid: process.pid,
    mqttPort: config.mqttPort,
    amqpPort: config.amqpPort,
    httpsPort: config.httpsPort,
    hostName: config.hostName,
    ca: house.rooms.tls.caPath,
  };
  writeFileSync(join(config.data, HANDLE), JSON.stringify(handle), { mode: 0o600 });
}

function webAddress({ rooms: { config } }: House): string {
  const { webBind, webPort, webNames, hostName } = config;
  return webBind === "127.0.0.1"
    ? `https://127.0.0.1:${webPort} for clients that insist on TLS; \`--web-bind 0.0.0.0\` opens it to others`
    : `https://${webNames[0] ?? hostName}:${webPort} for others, with the certificate of the CA below`;
}

function screen(house: House, link: string | undefined, seconds: number): string {
  const { config, tls } = house.rooms;
  const lines = [
    `Picket is ready (${seconds.toFixed(1)} s).`,
    "",
    `  Console     http://127.0.0.1:${config.consolePort}`,
    `              ${webAddress(house)}`,
    ...(link
      ? [`  Sign in     ${link}`, "              once, within 24 hours, as the administrator"]
      : ["  Sign in     with your password; `npx picket user link admin` makes a new one-time link"]),
    "",
    `  Hub         ${config.hostName}, MQTT ${config.mqttPort}, AMQP ${config.amqpPort}, HTTPS ${config.httpsPort}`,
    ...config.replaced.map((each) => `              port replaced, taken or privileged: ${each}`),
    `  CA          ${tls.caPath}`,
    `              SHA-256 ${tls.fingerprint}`,
    `  This device ${config.agent ? `${ownDeviceId()} (agent ${agentState().state}${agentState().problem === "" ? "" : `: ${agentState().problem}`})` : "not watched (--no-agent)"}`,
    ...(process.getuid?.() === 0
      ? []
      : ["              without root the agent sees less; `npx picket doctor` says what and why"]),
    "",
    "  Connect another device:",
    "    npx picket device add pump-7",
    "  Ask:",
    "    npx picket kql 'SecurityAlert | summarize count() by AlertSeverity'",
    "",
    `  Data in ${config.data}, log in ${join(config.data, "picket.log")}. Ctrl-C stops.`,
  ];
  return lines.join("\n");
}

/** Prints an error for a person and ends. */
export function fail(error: unknown): never {
  console.error(
    isKnown(error)
      ? `${error.message} [${error.code}]`
      : error instanceof Error
        ? `${error.message}\n${error.stack ?? ""}`
        : String(error),
  );
  process.exit(1);
}
