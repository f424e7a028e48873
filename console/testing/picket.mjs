import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../server/bin/picket.mjs", import.meta.url));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });

/** Starts a server of its own in a folder of its own, and fills it with a small fleet under attack. */
export async function startPicket() {
  const data = mkdtempSync(join(tmpdir(), "picket-console-"));
  const ports = [
    "--console-port",
    await freePort(),
    "--mqtt-port",
    await freePort(),
    "--https-port",
    await freePort(),
  ];
  const child = spawn(
    process.execPath,
    [bin, "serve", "--data", data, "--host-name", "localhost", "--no-agent", ...ports],
    {
      cwd: data,
    },
  );
  let screen = "";
  await new Promise((resolve, reject) => {
    const read = (chunk) => {
      screen += chunk;
      if (screen.includes("Ctrl-C stops.")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("close", () => reject(new Error(`The server ended: ${screen}`)));
  });
  const { origin } = JSON.parse(readFileSync(join(data, "server.json"), "utf8"));
  const run = (...given) =>
    new Promise((resolve, reject) => {
      execFile(process.execPath, [bin, ...given, "--data", data], { cwd: data }, (error, out, problems) =>
        error ? reject(new Error(problems || error.message)) : resolve(out),
      );
    });
  const stop = () =>
    new Promise((resolve) => {
      child.once("close", () => {
        rmSync(data, { recursive: true, force: true });
        resolve();
      });
      child.kill("SIGTERM");
    });
  return { origin, run, stop, link: /http:\S+welcome#token=\S+/.exec(screen)?.[0] ?? "" };
}
