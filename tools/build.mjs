#!/usr/bin/env node
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const marks = join(root, "node_modules/.picket-build");
const foundations = ["schema", "kit", "kql", "api"];

/** The steps: what each reads, where it must have been, and how it is made. */
const steps = [
  {
    name: "rooms",
    reads: [
      "schema",
      "kit",
      "kql",
      "api",
      "detections",
      "device/sdk",
      "device/agent",
      "hub",
      "stream",
      "pipeline",
      "workspace",
      "server",
    ],
    makes: "server/dist/cli/main.js",
    run: () => run("tsc", "-b"),
  },
  {
    name: "agent",
    reads: ["schema", "kit", "device/sdk", "device/agent"],
    makes: "device/agent/dist/picket-agent.mjs",
    run: () => run("node", "device/agent/build.mjs"),
  },
  {
    name: "console",
    reads: [...foundations, "console"],
    makes: "console/dist/index.html",
    run: () => run("vite", "build", "console", "--logLevel", "warn"),
  },
];

/** Straight from node_modules: npx writes over the line that says what is being built. */
function run(command, ...given) {
  const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  return new Promise((resolve, reject) => {
    const child = spawn(command, given, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH: path },
    });
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${given.join(" ")} ended with ${code}.`)),
    );
  });
}

/** A digest of everything a step reads: its sources and settings. */
function digest(rooms) {
  const hash = createHash("sha256");
  for (const room of [...rooms, "."]) {
    for (const file of sources(join(root, room), room === ".")) hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function sources(folder, isFlat) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return isFlat || ["dist", "dist-types", "node_modules", "testing", "golden"].includes(entry.name)
          ? []
          : sources(path, false);
      return /\.(?:tsx?|mjs|json|css|html|svg|bin|c)$/.test(entry.name) && entry.name !== "simulation.json"
        ? [path]
        : [];
    })
    .sort();
}

/** Builds what is stale; answers how many steps ran. */
export async function build() {
  mkdirSync(marks, { recursive: true });
  let built = 0;
  for (const { name, reads, makes, run: make } of steps) {
    const mark = join(marks, name);
    const wanted = digest(reads);
    if (existsSync(join(root, makes)) && existsSync(mark) && readFileSync(mark, "utf8") === wanted) continue;
    const started = Date.now();
    process.stdout.write(`Building ${name}… `);
    await make();
    console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
    writeFileSync(mark, wanted);
    built += 1;
  }
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  });
}
