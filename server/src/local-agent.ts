import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { SECURITY_MODULE, SETTINGS_SECTION } from "@picket/schema";
import { agentBundle } from "./agent-bundle.js";
import type { House } from "./house.js";

interface State {
  state: "off" | "starting" | "running" | "ended";
  problem: string;
}

const LONGEST_WAIT_MS = 60_000;
const present: State = { state: "off", problem: "it was not started" };

/** Whether the agent of this machine runs. */
export const agentState = (): Readonly<State> => present;

/** The id this machine has as a device. */
export const ownDeviceId = (): string =>
  hostname()
    .replace(/[^A-Za-z0-9\-.]/g, "-")
    .slice(0, 128) || "this-machine";

/** The agent of this very machine: enrolled, started, and started again when it ends. */
export class LocalAgent {
  readonly #house: House;
  #child: ChildProcess | undefined;
  #closed = false;
  #failures = 0;

  constructor(house: House) {
    this.#house = house;
  }

  async start(): Promise<void> {
    if (!existsSync(agentBundle())) {
      Object.assign(present, { state: "ended", problem: "its bundle is not built; run `npm run build`" });
      return;
    }
    const home = join(this.#house.rooms.config.data, "agent");
    mkdirSync(home, { recursive: true, mode: 0o700 });
    await this.#enrol(home);
    this.#spawn(home);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    await gone;
  }

  async #enrol(home: string): Promise<void> {
    const { hub, tls } = this.#house.rooms;
    const id = ownDeviceId();
    if (!hub.registry.find(id)) await hub.registry.create(id, "", { tags: { SecurityGroup: "default" } });
    if (!hub.registry.find(id, SECURITY_MODULE)) {
      const desired = { [SETTINGS_SECTION]: { snapshotFrequency: { value: "PT30M" } } };
      await hub.registry.create(id, SECURITY_MODULE, { tags: { securityGroup: "default" }, desired });
    }
    writeFileSync(
      join(home, "connection-string"),
      hub.connectionString(hub.registry.get(id, SECURITY_MODULE)),
      { mode: 0o600 },
    );
    writeFileSync(join(home, "ca.pem"), tls.ca, { mode: 0o600 });
  }

  #spawn(home: string): void {
    const given = [
      "--connection-string-file",
      join(home, "connection-string"),
      "--ca",
      join(home, "ca.pem"),
      "--data",
      join(home, "outbox"),
      "--low-latency",
      "--address",
      "127.0.0.1",
    ];
    const child = spawn(
      process.execPath,
      ["--max-semi-space-size=1", "--max-old-space-size=48", "--v8-pool-size=0", agentBundle(), ...given],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#child = child;
    Object.assign(present, { state: "starting", problem: "" });
    const log = createWriteStream(join(this.#house.rooms.config.data, "agent.log"), {
      flags: "a",
      mode: 0o600,
    });
    child.stderr?.pipe(log);
    const running = setTimeout(() => {
      this.#failures = 0;
      Object.assign(present, { state: "running", problem: "" });
    }, 3_000);
    child.once("close", (code, signal) => {
      clearTimeout(running);
      if (this.#closed) return;
      this.#failures += 1;
      Object.assign(present, {
        state: "ended",
        problem: `it ended with ${signal ?? `code ${code}`}; see ${log.path}`,
      });
      setTimeout(
        () => !this.#closed && this.#spawn(home),
        Math.min(1_000 * 2 ** this.#failures, LONGEST_WAIT_MS),
      ).unref();
    });
  }
}
