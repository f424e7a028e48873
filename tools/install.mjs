import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const marker = `${root}/node_modules/.picket-installed`;

/** Refuses a Node that is too old before anything fails in a stranger way. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Picket needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
  process.exit(1);
}

/** Installs the pinned dependencies when they are missing or differ from the lock file. */
export function ensureInstalled() {
  const wanted = createHash("sha256")
    .update(readFileSync(`${root}/package-lock.json`))
    .digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  console.log("Installing the pinned dependencies…");
  // Not `npm ci`: it refuses when a mirror lacks an optional package of another platform. What the lock file pins is installed.
  const { status } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) {
    console.error(
      "npm install did not succeed; its own message is above. A proxy or an old npm (11 is tested) is the usual cause.",
    );
    process.exit(1);
  }
  writeFileSync(marker, wanted);
}
