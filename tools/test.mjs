#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkNode, ensureInstalled } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const tally = { passed: 0, failed: 0 };

const run = (command, ...given) => spawnSync(command, given, { cwd: root, stdio: "inherit" }).status === 0;

/** A whole check counts as one test. */
function check(name, command, ...given) {
  console.log(`\n── ${name}`);
  const good = run(command, ...given);
  tally[good ? "passed" : "failed"] += 1;
  if (!good) console.error(`── ${name} failed`);
  return good;
}

/** The browser tests need Debian's Chromium; root gets it installed, others are told how. */
function ensureBrowser() {
  if (browsers.some((path) => existsSync(path))) return;
  if (process.getuid?.() !== 0) {
    console.error("The browser tests need Chromium. Run: sudo apt-get install -y chromium");
    return;
  }
  console.log("\n── Installing Chromium for the browser tests");
  if (!run("apt-get", "install", "-y", "-qq", "chromium")) {
    run("apt-get", "update", "-qq");
    run("apt-get", "install", "-y", "-qq", "chromium");
  }
}

/** Runs one vitest project and adds its tests to the tally. */
function vitest(project) {
  console.log(`\n── ${project} tests`);
  const report = join(mkdtempSync(join(tmpdir(), "picket-test-")), "report.json");
  const good = run(
    "npx",
    "vitest",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  );
  if (!existsSync(report)) {
    tally.failed += 1;
    return;
  }
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
  tally.passed += numPassedTests;
  tally.failed += numFailedTests > 0 || good ? numFailedTests : Math.max(1, numFailedTestSuites);
}

checkNode();
ensureInstalled();
ensureBrowser();
if (check("build and type-check", "node", "tools/build.mjs")) {
  check("lint and format", "npx", "biome", "check", "--error-on-warnings", ".");
  check("house budgets", "node", "tools/house-check.mjs");
  vitest("unit");
  vitest("house");
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
