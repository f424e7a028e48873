import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../server/bin/picket.mjs", import.meta.url));
const TICKS = 100;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a server of its own for a benchmark. */
export async function startPicket({
  agent = false,
  data = mkdtempSync(join(tmpdir(), "picket-bench-")),
} = {}) {
  const ports = [
    "--console-port",
    await freePort(),
    "--web-port",
    await freePort(),
    "--mqtt-port",
    await freePort(),
    "--amqp-port",
    await freePort(),
    "--https-port",
    await freePort(),
  ].map(String);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [bin, "serve", "--data", data, "--host-name", "localhost", ...ports, ...(agent ? [] : ["--no-agent"])],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, UV_THREADPOOL_SIZE: "12" } },
  );
  await new Promise((resolve) =>
    child.stdout.on("data", (chunk) => String(chunk).includes("Ctrl-C stops") && resolve()),
  );
  const readyMs = performance.now() - started;
  const handle = JSON.parse(readFileSync(join(data, "server.json"), "utf8"));
  const api = async (method, path, body) => {
    const answer = await fetch(`${handle.origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${handle.token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return answer.json();
  };
  return {
    ...handle,
    data,
    readyMs,
    child,
    ca: readFileSync(handle.ca, "utf8"),
    api,
    kql: async (query) => {
      const { columns, rows } = await api("POST", "/query", { query });
      return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
    },
    /** CPU seconds of all its threads since it started. */
    cpu: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", resolve);
        child.kill("SIGTERM");
      }),
  };
}
