import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { HubSettings } from "@picket/hub";
import { startErrors } from "./errors.js";
import { hubSettings } from "./settings-file.js";

/** What the command line and the environment may set. */
export interface ServeOptions {
  readonly data?: string;
  readonly consolePort?: string;
  readonly webPort?: string;
  readonly webBind?: string;
  readonly webName?: readonly string[];
  readonly mqttPort?: string;
  readonly amqpPort?: string;
  readonly httpsPort?: string;
  readonly bind?: string;
  readonly hostName?: string;
  readonly agent?: boolean;
  readonly logLevel?: string;
  readonly streamDays?: string;
  readonly settings?: string;
}

/** What the server runs with. */
export interface Config {
  readonly data: string;
  readonly bind: string;
  readonly hostName: string;
  readonly consolePort: number;
  /** Console and API over TLS. */
  readonly webPort: number;
  /** Where those listen; the loopback address unless somebody says otherwise. */
  readonly webBind: string;
  /** Further names that people reach the console by. */
  readonly webNames: readonly string[];
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly httpsPort: number;
  readonly agent: boolean;
  readonly logLevel: string;
  /** Days for which messages stay in the stream, where readers of the Event Hub-compatible endpoint find them. */
  readonly streamDays: number;
  /** What the settings file says of the hub. */
  readonly hub: HubSettings;
  /** Ports that are not the usual ones, with the reason. */
  readonly replaced: readonly string[];
}

interface Kept {
  readonly consolePort?: number;
  readonly webPort?: number;
  readonly mqttPort?: number;
  readonly amqpPort?: number;
  readonly httpsPort?: number;
}

const usual = {
  consolePort: [8080, 8081, 8180, 18080],
  webPort: [8444, 8445, 9444, 18444],
  mqttPort: [8883, 8884, 18883, 28883],
  amqpPort: [5671, 5673, 15671, 25671],
  httpsPort: [443, 8443, 9443, 18443],
} as const;
const flags = {
  consolePort: "--console-port",
  webPort: "--web-port",
  mqttPort: "--mqtt-port",
  amqpPort: "--amqp-port",
  httpsPort: "--https-port",
} as const;

/** Puts the configuration together: flags, then environment, then what the first start chose, then what is usual and free. */
export async function readConfig(options: ServeOptions): Promise<Config> {
  const env = (name: string): string | undefined => process.env[`PICKET_${name}`];
  const data = resolve(options.data ?? env("DATA") ?? "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const webBind = options.webBind ?? env("WEB_BIND") ?? "127.0.0.1";
  const bind = options.bind ?? env("BIND") ?? "0.0.0.0";
  const file = join(data, "ports.json");
  const kept: Kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const asked = {
    consolePort: options.consolePort ?? env("CONSOLE_PORT"),
    webPort: options.webPort ?? env("WEB_PORT"),
    mqttPort: options.mqttPort ?? env("MQTT_PORT"),
    amqpPort: options.amqpPort ?? env("AMQP_PORT"),
    httpsPort: options.httpsPort ?? env("HTTPS_PORT"),
  };
  const replaced: string[] = [];
  const choose = (name: keyof typeof usual): Promise<number> =>
    choosePort({
      name,
      asked: asked[name],
      kept: kept[name],
      bind: name === "consolePort" ? "127.0.0.1" : name === "webPort" ? webBind : bind,
      replaced,
    });
  const ports = {
    consolePort: await choose("consolePort"),
    webPort: await choose("webPort"),
    mqttPort: await choose("mqttPort"),
    amqpPort: await choose("amqpPort"),
    httpsPort: await choose("httpsPort"),
  };
  writeFileSync(file, `${JSON.stringify(ports)}\n`);
  return {
    ...ports,
    data,
    webBind,
    webNames: (options.webName ?? env("WEB_NAMES")?.split(",") ?? []).map((name) => name.toLowerCase()),
    bind,
    hostName: options.hostName ?? env("HOST_NAME") ?? hostname(),
    agent: options.agent ?? env("AGENT") !== "off",
    logLevel: options.logLevel ?? env("LOG_LEVEL") ?? "info",
    hub: hubSettings(data, options.settings ?? env("SETTINGS")),
    streamDays: daysOf(options.streamDays ?? env("STREAM_DAYS") ?? "1"),
    replaced,
  };
}

function daysOf(asked: string): number {
  const days = Number(asked);
  if (days >= 1 && days <= 7) return days;
  throw startErrors.badConfig({ what: "--stream-days", why: `${asked} is no number of days from 1 to 7` });
}

interface Choice {
  readonly name: keyof typeof usual;
  readonly asked: string | undefined;
  readonly kept: number | undefined;
  readonly bind: string;
  readonly replaced: string[];
}

async function choosePort({ name, asked, kept, bind, replaced }: Choice): Promise<number> {
  if (asked !== undefined) {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw startErrors.badConfig({ what: flags[name], why: `${asked} is no port` });
    return port;
  }
  const wanted = [...(kept === undefined ? [] : [kept]), ...usual[name]];
  for (const port of wanted) {
    const problem = await problemWith(port, bind);
    if (problem === undefined) {
      if (port !== usual[name][0]) replaced.push(`${flags[name].slice(2)} ${usual[name][0]} → ${port}`);
      return port;
    }
  }
  throw startErrors.noPort({ tried: wanted.join(", ") });
}

const problemWith = (port: number, bind: string): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? "taken"));
    server.listen(port, bind, () => server.close(() => done(undefined)));
  });
