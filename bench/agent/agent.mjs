import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bundle = fileURLToPath(new URL("../../device/agent/dist/picket-agent.mjs", import.meta.url));
const TICKS = 100;

/** Passes bytes on and counts them, so that what an agent sends is measured from outside. */
export async function countingProxy(port) {
  const counts = { sent: 0, received: 0, firstSentAt: 0 };
  const server = createServer((inner) => {
    const outer = connect(port, "127.0.0.1");
    inner.on("data", (chunk) => {
      counts.sent += chunk.length;
      outer.write(chunk);
    });
    outer.on("data", (chunk) => {
      counts.received += chunk.length;
      inner.write(chunk);
    });
    const end = () => {
      inner.destroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) socket.on("error", () => {}).on("close", end);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { counts, port: server.address().port, close: () => server.close() };
}

/** Starts the agent's bundle as a device of a running server, through a counting proxy. */
export async function startAgent(picket, { id = "bench", options = [], flags = nodeFlags } = {}) {
  const home = mkdtempSync(join(tmpdir(), "picket-agent-bench-"));
  const { connection } = await picket.api("POST", "/devices", { id });
  const proxy = await countingProxy(picket.mqttPort);
  const through = connection.connectionString.replace(`:${picket.mqttPort};`, `:${proxy.port};`);
  writeFileSync(join(home, "connection-string"), through, { mode: 0o600 });
  writeFileSync(join(home, "ca.pem"), picket.ca);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...flags,
      bundle,
      "--connection-string-file",
      join(home, "connection-string"),
      "--ca",
      join(home, "ca.pem"),
      "--data",
      join(home, "data"),
      ...options,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const status = (name) =>
    Number(
      new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0,
    ) / 1024;
  return {
    id,
    home,
    child,
    proxy,
    startedAt,
    log: () => log,
    rssMb: () => status("VmRSS"),
    peakMb: () => status("VmHWM"),
    /** Private dirty memory: what the device gets back when the agent ends. */
    dirtyMb: () =>
      Number(/Private_Dirty:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/smaps_rollup`, "utf8"))[1]) /
      1024,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    stop: async () => {
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await closed;
      proxy.close();
      rmSync(home, { recursive: true, force: true });
    },
    outboxFiles: () => readdirSync(join(home, "data", "outbox"), { recursive: true }),
  };
}

/** As the service unit and the server start it. */
export const nodeFlags = ["--max-semi-space-size=1", "--max-old-space-size=48", "--v8-pool-size=0"];

export const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
