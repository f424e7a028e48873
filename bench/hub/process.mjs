import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TICKS = 100;

/** A port that is free now. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A folder of its own for a run. */
export const folder = (name) => mkdtempSync(join(tmpdir(), `picket-bench-${name}-`));

/** RSA-2048 as most hubs have; the same certificate for every server of a run. */
export function certificate() {
  const home = folder("cert");
  const [key, cert] = [join(home, "key.pem"), join(home, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const how = ["-x509", "-newkey", "rsa:2048", "-days", "2", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", ...how, ...names], { stdio: "ignore" });
  return { key, cert };
}

/** Starts a script of this folder; resolves when it says that it is ready. */
export async function start(script, given, options = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const file = join(folder("given"), "given.json");
  writeFileSync(file, JSON.stringify(given), { mode: 0o600 });
  const child = spawn(process.execPath, [...options, path, file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = [];
  const waiting = [];
  let rest = "";
  child.stdout.on("data", (chunk) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop();
    for (const line of parts) {
      const wanted = waiting.shift();
      if (wanted) wanted(line);
      else lines.push(line);
    }
  });
  const line = () =>
    lines.length > 0 ? Promise.resolve(lines.shift()) : new Promise((resolve) => waiting.push(resolve));
  const ask = (what) => {
    child.stdin.write(`${what}\n`);
    return line();
  };
  return { ...watch(child), first: await line(), line, ask };
}

/** CPU and memory of a process that was started. */
export function watch(child) {
  return {
    child,
    /** CPU seconds of all its threads. */
    cpu: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    rssKb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]),
    stop: () =>
      new Promise((resolve) => {
        child.once("close", resolve);
        child.kill("SIGTERM");
      }),
  };
}

/** What a child process was given. */
export const given = () => JSON.parse(readFileSync(process.argv[2], "utf8"));
