import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { agentErrors } from "../errors.js";
import type { HostEvent, Source, Take } from "./host-events.js";

const PATIENCE_MS = 6_000;
const LOOK_MS = 20;

/** The smallest program there is; Node itself prints its version before it starts anything. */
const small = (): string =>
  ["/bin/true", "/usr/bin/true"].find((path) => existsSync(path)) ?? process.execPath;

/**
 * A source that opens has proved nothing: in a container it may tell of others or of nobody. So the agent starts a program
 * and makes a connection, and believes what it sees.
 */
export class Canary {
  readonly #name = `picket-canary-${randomBytes(6).toString("hex")}`;
  readonly #take: Take;
  #pid = 0;
  #port = 0;
  #sawProgram = false;
  #sawLine = false;
  #sawConnection = false;
  #mayMissProcess = false;

  constructor(take: Take) {
    this.#take = take;
  }

  /** Takes a source's events on their way; what the canary itself did goes no further. */
  readonly take: Take = (event) => {
    if (!this.#isOwn(event)) this.#take(event);
  };

  /** Resolves when the source showed a program; throws when it did not. A command line is asked for unless it may be missed. */
  async program(source: Source, options: { readonly mayMissLine?: boolean } = {}): Promise<void> {
    const child = spawn(small(), ["--version"], { argv0: this.#name, stdio: "ignore" });
    child.on("error", () => {});
    this.#pid = child.pid ?? 0;
    const isSeen = (): boolean => this.#sawLine || (options.mayMissLine === true && this.#sawProgram);
    if (!(await this.#until(source, isSeen)))
      throw agentErrors.canarySilent({ source: source.name, what: "a program" });
  }

  /** The same for a connection; whose it is is asked for unless it may be missed. */
  async connection(source: Source, options: { readonly mayMissProcess?: boolean } = {}): Promise<void> {
    this.#mayMissProcess = options.mayMissProcess === true;
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    this.#port = typeof address === "object" && address ? address.port : 0;
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => {});
    // Some sources tell of a connection only when it has ended, which the server sees to.
    const isSeen = await this.#until(source, () => this.#sawConnection);
    socket.destroy();
    server.close();
    if (!isSeen) throw agentErrors.canarySilent({ source: source.name, what: "a connection" });
  }

  #isOwn(event: HostEvent): boolean {
    if (event.kind === "exec" && event.commandLine.startsWith(this.#name)) {
      this.#sawLine = event.commandLine === `${this.#name} --version`;
      return true;
    }
    if (event.kind === "exec" && event.pid === this.#pid) {
      this.#sawProgram = true;
      return true;
    }
    if ((event.kind !== "connect" && event.kind !== "disconnect") || this.#port === 0) return false;
    const isMine = this.#mayMissProcess || event.pid === process.pid;
    if (event.remotePort === this.#port && isMine) this.#sawConnection = true;
    return event.remotePort === this.#port || event.localPort === this.#port;
  }

  async #until(source: Source, isSeen: () => boolean): Promise<boolean> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      source.drain();
      if (isSeen()) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return false;
  }
}
