#!/usr/bin/env node
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { checkNode, ensureInstalled } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

checkNode();
ensureInstalled();
try {
  await build();
} catch (error) {
  console.error(`\nThe build did not succeed; its own message is above. (${error.message})`);
  process.exit(1);
}
const server = spawn(process.execPath, [`${root}server/bin/picket.mjs`, "serve", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? "12" },
});
// The terminal sends Ctrl-C to both; the server decides when it is done.
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => signal === "SIGTERM" && server.kill(signal));
server.once("close", (code) => process.exit(code ?? 0));
