#!/usr/bin/env node
// Opens every screen in a real browser against a real server; prints a line for each check and fails if one does.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { startPicket } from "./picket.mjs";

const PASSWORD = "a long enough sentence";
const SHOTS = process.env.PICKET_SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const kql = (query) => `/explore?${new URLSearchParams({ query, run: "1" })}`;
const screens = {
  overview: "/",
  alerts: "/alerts",
  closed: "/alerts?view=closed",
  devices: "/devices",
  device: "/devices/sim-gateway-0000",
  inventory: "/devices/sim-gateway-0000?tab=inventory",
  twin: "/devices/sim-gateway-0000?tab=twin",
  operations: "/devices/sim-gateway-0000?tab=operations",
  recommendations: "/recommendations",
  explorer: kql(
    "SecurityIoTRawEvent\n| summarize Events = count() by bin(TimeGenerated, 10s), RawEventName\n| render timechart",
  ),
  pie: kql("SecurityAlert\n| summarize Alerts = count() by AlertSeverity\n| render piechart"),
  bars: kql("SecurityAlert\n| summarize Alerts = count() by AlertName\n| render barchart"),
  rules: "/rules?rule=crypto-miner-started",
  "custom alerts": "/custom-alerts",
  packs: "/packs",
  coverage: "/coverage",
  intel: "/intel",
  quiet: "/quiet",
  hub: "/hub",
  policies: "/hub?tab=policies",
  "ip filter": "/hub?tab=filter",
  configurations: "/hub?tab=configurations",
  rejected: "/rejected",
  health: "/health",
  people: "/people",
  audit: "/audit",
  "sign-in": "/sign-in",
  "no such screen": "/nowhere",
};

const picket = await startPicket();
const browser = await chromium.launch({ executablePath, args });
const problems = [];
let failures = 0;

async function check(name, work) {
  try {
    await work();
    console.log(`ok    ${name}`);
  } catch (error) {
    failures += 1;
    console.log(`FAIL  ${name}: ${String(error.message).split("\n").slice(0, 6).join(" | ")}`);
  }
}
const expect = (isSo, message) => {
  if (!isSo) throw new Error(message);
};

/** The page's content policy forbids added scripts; the debugger's channel does not pass through it. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  await session.detach();
  return page.evaluate(async () => {
    const found = await globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return found.violations.map(
      ({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 140)} ${nodes[0].failureSummary.slice(0, 160)}`,
    );
  });
}

async function signIn(page) {
  await page.goto(picket.link);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Once more").fill(PASSWORD);
  await page.getByRole("button", { name: "Set password and go on" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** Triage without a mouse: move, choose, acknowledge, close with a reason, open. */
async function triage(page) {
  await page.goto(`${picket.origin}/alerts?view=open`);
  await page.getByRole("row").nth(3).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("2 chosen").waitFor();
  await page.keyboard.press("a");
  await page.getByText("2 alerts acknowledged.").waitFor();
  await page.keyboard.press("c");
  await page.getByLabel("Why is it closed?").waitFor();
  await page.keyboard.type("seen by the night shift");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("1 alert closed.").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Next, previous alert").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("o");
  await page.waitForURL(/\/alerts\/[0-9a-f-]{36}/);
}

async function explains(page) {
  await page.goto(`${picket.origin}/explore?query=SecurityAlrt`);
  await page.locator(".cm-lintRange-error").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("button", { name: "Write SecurityAlert instead" }).click();
  await page.getByText(/rows, \d+ ms in the engine/).waitFor({ timeout: 30_000 });
  expect(
    (await page.locator(".cm-content").textContent()).includes("SecurityAlert"),
    "the query was not mended",
  );
}

async function completes(page) {
  await page.goto(`${picket.origin}/explore?query=${encodeURIComponent("SecurityAlert\n| where Aler")}`);
  await page.locator(".cm-lintRange-error").waitFor({ timeout: 30_000 });
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("t");
  await page.locator(".cm-tooltip-autocomplete").getByText("AlertSeverity").waitFor({ timeout: 15_000 });
}

async function narrows(page) {
  await page.goto(`${picket.origin}${kql("SecurityAlert\n| project AlertSeverity, DeviceId")}`);
  await page.locator(".cell").first().click();
  await page.getByRole("menuitem", { name: "Only rows with this" }).click();
  await page.waitForURL(/where\+AlertSeverity/);
}

async function takesAway(page) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: /as CSV/ }).click();
  const text = readFileSync(await (await waiting).path(), "utf8");
  expect(text.startsWith("AlertSeverity,DeviceId\r\n"), text.slice(0, 60));
}

async function connects(page) {
  await page.goto(`${picket.origin}/devices`);
  await page.getByRole("button", { name: "Connect a device" }).click();
  await page.getByLabel("Device id", { exact: true }).fill("pump-7");
  await page.getByRole("button", { name: "Register it and show the command" }).click();
  await page.getByText("--connection-string-file").waitFor();
  await page.getByText("Waiting for the device.").waitFor();
  expect((await violations(page)).length === 0, (await violations(page)).join("; "));
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/connect.png` });
}

async function waitsBehindChip(page) {
  await page.goto(`${picket.origin}/alerts`);
  await page.getByRole("row").nth(1).waitFor();
  await picket.run("device", "add", "late-comer");
  await page.getByRole("button", { name: /new or changed/ }).click();
  await page.getByText("late-comer was registered").first().waitFor();
}

async function findsByName(page) {
  await page.goto(`${picket.origin}/`);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("kiosk");
  await page
    .getByRole("option", { name: /sim-kiosk.*Device/ })
    .first()
    .waitFor();
  expect((await violations(page)).length === 0, (await violations(page)).join("; "));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/devices\/sim-kiosk|\/alerts\//);
}

async function tree(page) {
  await page.goto(`${picket.origin}/alerts?view=open&text=miner`);
  await page
    .getByRole("link", { name: /started a coin miner/ })
    .first()
    .click();
  await page.getByRole("tree", { name: "Process ancestry" }).waitFor();
  await page.getByRole("treeitem").last().focus();
  await page.keyboard.press("Home");
  await page.getByText("evidence", { exact: true }).first().waitFor();
  screens.alert = new URL(page.url()).pathname;
}

async function looks(page, name, colorScheme) {
  const before = problems.length;
  await page.goto(picket.origin + screens[name]);
  await page.locator("h1, .empty").first().waitFor();
  await page.waitForTimeout(name === "explorer" ? 2_500 : 500);
  const found = await violations(page);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}.png` });
  expect(found.length === 0, found.join("; "));
  expect(problems.length === before, problems.slice(before).join("; "));
}

/** A canvas does not inherit colours; it must be drawn again when they change. */
async function inks(page) {
  const inkIn = async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(`${picket.origin}/`);
    await page.locator("canvas").waitFor();
    await page.waitForTimeout(300);
    return page.locator("canvas").evaluate((canvas) => canvas.toDataURL());
  };
  expect((await inkIn("light")) !== (await inkIn("dark")), "the chart looks the same in both schemes");
}

const context = await browser.newContext({
  viewport: { width: 1440, height: 900 },
  reducedMotion: "reduce",
  acceptDownloads: true,
});
const page = await context.newPage();
page.setDefaultTimeout(15_000);
page.on(
  "console",
  (message) =>
    message.type() === "error" && !/status of 4\d\d/.test(message.text()) && problems.push(message.text()),
);
page.on("pageerror", (error) => problems.push(error.message));
page.on("request", (request) => {
  const url = request.url();
  if (!url.startsWith(picket.origin) && !/^(?:data|blob):/.test(url)) problems.push(`a request left: ${url}`);
});
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

try {
  await picket.run("simulate", "--devices", "8", "--minutes", "20", "--speed", "1200", "--seed", "7");
  await check("the one-time link signs in and sets a password", () => signIn(page));
  await check("an alert shows its processes as a tree and marks its evidence", () => tree(page));
  await check("alerts are triaged with the keyboard alone", () => triage(page));
  await check("new alerts wait behind a chip", () => waitsBehindChip(page));
  await check("a wrong name is underlined, explained and mended", () => explains(page));
  await check("the editor completes columns", () => completes(page));
  await check("a cell narrows the query", () => narrows(page));
  await check("all rows are taken away as CSV", () => takesAway(page));
  await check("a device is connected by one command, and the dialog waits for it", () => connects(page));
  await check("the palette finds devices by name", () => findsByName(page));
  await check("charts are drawn in the scheme's own ink", () => inks(page));
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const name of Object.keys(screens))
      await check(`${name}, ${colorScheme}: opens, logs no error, axe is content`, () =>
        looks(page, name, colorScheme),
      );
  }
  await check("no error was logged and no request left the machine", async () =>
    expect(problems.length === 0, problems.join("; ")),
  );
} finally {
  await browser.close();
  await picket.stop();
}
console.log(failures === 0 ? "All checks passed." : `${failures} checks failed.`);
process.exit(failures === 0 ? 0 : 1);
