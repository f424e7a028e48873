import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const executablePath =
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
    existsSync(path),
  ) ?? "chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));

let picket: Picket;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  picket = await startPicket();
  await picket.run("simulate", "--devices", "8", "--minutes", "20", "--speed", "1200", "--seed", "7");
  browser = await chromium.launch({ executablePath, args });
  const context = await browser.newContext({
    viewport: { width: 1360, height: 900 },
    reducedMotion: "reduce",
    bypassCSP: true,
  });
  page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(picket.origin) && !/^(?:data|blob):/.test(request.url()))
      problems.push(`a request left: ${request.url()}`);
  });
});
afterAll(async () => {
  await browser?.close();
  await picket.stop();
});

test("the one-time link signs in once and asks for a password", async () => {
  const link = /http:\S+welcome#token=\S+/.exec(picket.screen)?.[0] ?? "";
  await page.goto(link);
  await page.getByLabel("Password", { exact: true }).fill("a long enough sentence");
  await page.getByLabel("Once more").fill("a long enough sentence");
  await page.getByRole("button", { name: "Set password and go on" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await other.getByText("was used or has expired").waitFor();
});

test("the queue shows the simulated miner; its page says why, from where, and what next", async () => {
  await page.goto(`${picket.origin}/alerts`);
  await page
    .getByRole("link", { name: /started a coin miner/ })
    .first()
    .click();
  await page
    .getByText(/that is the name, the protocol or the pool of a coin miner/)
    .first()
    .waitFor();
  await page.getByRole("tree", { name: "Process ancestry" }).waitFor();
  mkdirSync(images, { recursive: true });
  if (process.env["PICKET_SCREENSHOTS"]) await page.screenshot({ path: `${images}alert.png` });
});

test("an alert is acknowledged and closed with a reason, and its history names who", async () => {
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByText("In progress").waitFor();
  await page.getByRole("button", { name: "Close…" }).click();
  await page.getByLabel("Why is it closed?").fill("cleaned by the night shift");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByText("cleaned by the night shift").waitFor();
  const history = await picket.kql(
    "SecurityAlertHistory | where Actor == 'admin' | sort by TimeGenerated asc | project Action, Reason",
  );
  expect(history.map(({ Action }) => Action)).toEqual(["Acknowledged", "Closed"]);
});

test("a query in the explorer answers a table and a chart, and a wrong name is explained with its place", async () => {
  await page.goto(
    `${picket.origin}/explore?query=${encodeURIComponent("SecurityIoTRawEvent | summarize Events = count() by bin(TimeGenerated, 10s), RawEventName | render timechart")}`,
  );
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText(/rows, \d+ ms in the engine/).waitFor({ timeout: 30_000 });
  await page.getByRole("img", { name: /Chart of/ }).waitFor();
  await page.goto(`${picket.origin}/explore?query=SecurityAlrt`);
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("Did you mean SecurityAlert?").first().waitFor();
});

test("new alerts wait behind a button instead of moving the list", async () => {
  await page.goto(`${picket.origin}/alerts`);
  await page.getByRole("heading", { name: "Alerts" }).waitFor();
  await picket.run("device", "add", "late-comer");
  await page.getByRole("button", { name: /new or changed/ }).click();
  await eventually(async () => expect(await page.getByText("late-comer was registered").count()).toBe(1));
});

test("the queue is triaged with the keyboard alone", async () => {
  await page.goto(`${picket.origin}/alerts`);
  await page.getByRole("row").nth(1).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByRole("button", { name: "Acknowledge" }).waitFor();
  await page.keyboard.press("o");
  await page.waitForURL(/\/alerts\/[0-9a-f-]{36}/);
});

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  test.each([
    "/",
    "/alerts",
    "/devices",
    "/devices/sim-gateway-0000",
    "/recommendations",
    "/explore",
    "/rules",
    "/custom-alerts",
    "/packs",
    "/coverage",
    "/intel",
    "/quiet",
    "/hub",
    "/hub?tab=policies",
    "/hub?tab=configurations",
    "/rejected",
    "/people",
  ])("%s is found accessible", async (path) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(`${picket.origin}${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle").catch(() => {});
    await page.waitForTimeout(300);
    await page.addScriptTag({ content: axe });
    const found = await page.evaluate(async () => {
      const { violations } = await (
        globalThis as unknown as {
          axe: {
            run(
              options: object,
            ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
          };
        }
      ).axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary.slice(0, 200)}`,
      );
    });
    expect(found).toEqual([]);
  });
});

test("no screen logged an error and no request left the machine", () => {
  expect(problems.filter((problem) => !/401|400|status of 4\d\d/.test(problem))).toEqual([]);
});
