import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../server/bin/picket.mjs", import.meta.url));

/** A whole server in a process of its own, as a person starts it. */
export interface Picket {
  readonly data: string;
  readonly origin: string;
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly ca: string;
  /** The command line's token, an administrator's. */
  readonly token: string;
  /** Status of a GET through the listener over TLS. */
  overTls(path: string, token?: string): Promise<number>;
  /** What it printed. */
  readonly screen: string;
  readonly child: ChildProcess;
  /** Runs a `picket` command against it and answers what it printed. */
  run(...given: string[]): Promise<string>;
  /** Asks in KQL and answers objects. */
  kql(query: string): Promise<Record<string, unknown>[]>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

async function freePorts(): Promise<string[]> {
  const flags = ["--console-port", "--web-port", "--mqtt-port", "--amqp-port", "--https-port"];
  const pairs = await Promise.all(flags.map(async (flag) => [flag, String(await freePort())]));
  return pairs.flat();
}

/** Starts a server on free ports; with a data folder, on the ports it had before. */
export async function startPicket(
  options: { readonly data?: string; readonly agent?: boolean; readonly args?: readonly string[] } = {},
): Promise<Picket> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), "picket-house-"));
  const ports = existsSync(join(data, "ports.json")) ? [] : await freePorts();
  const given = [
    "serve",
    "--data",
    data,
    "--host-name",
    "localhost",
    ...ports,
    ...(options.agent ? [] : ["--no-agent"]),
    // Given twice, the later one counts.
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, [bin, ...given], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, UV_THREADPOOL_SIZE: "12" },
  });
  const screen = await printed(child);
  const handle = JSON.parse(readFileSync(join(data, "server.json"), "utf8"));
  const run = (...command: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [bin, ...command, "--data", data],
        { maxBuffer: 1e8, cwd: data },
        (error, out, problems) => (error ? reject(new Error(problems || error.message)) : resolve(out)),
      );
    });
  return {
    data,
    origin: handle.origin,
    mqttPort: handle.mqttPort,
    amqpPort: handle.amqpPort,
    ca: readFileSync(handle.ca, "utf8"),
    token: handle.token,
    overTls: (path, token) =>
      statusOverTls({ port: handle.webPort, ca: readFileSync(handle.ca, "utf8"), path, token }),
    screen,
    child,
    run,
    kql: async (query) => JSON.parse(await run("kql", query, "--format", "json")),
    stop: (signal = "SIGTERM") =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
        child.once("close", resolve);
        child.kill(signal);
      }),
  };
}

interface AskedOverTls {
  readonly port: number;
  readonly ca: string;
  readonly path: string;
  readonly token?: string | undefined;
}

const statusOverTls = ({ token, ...asked }: AskedOverTls): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    get({ ...asked, host: "127.0.0.1", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).once("error", reject);
  });

function printed(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    const hear = (chunk: Buffer): void => {
      out += chunk;
      if (out.includes("Ctrl-C stops.")) resolve(out);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("close", (code) =>
      reject(new Error(`The server ended with ${code} before it was ready:\n${out}`)),
    );
  });
}

/** Tries until it holds; fails with the last reason. */
export async function eventually<T>(check: () => Promise<T>, milliseconds = 15_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
