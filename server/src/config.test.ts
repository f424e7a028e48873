import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig } from "./config.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "picket-config-"));
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const listening = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    open.push(server);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });

describe("ports", () => {
  test("stay what the first start chose", async () => {
    const data = folder();
    const first = await readConfig({ data });
    const second = await readConfig({ data });
    expect(second.mqttPort).toBe(first.mqttPort);
    expect(second.consolePort).toBe(first.consolePort);
  });

  test("that were asked for are taken as they are", async () => {
    const { consolePort, replaced } = await readConfig({ data: folder(), consolePort: "45123" });
    expect(consolePort).toBe(45_123);
    expect(replaced.some((each) => each.startsWith("console"))).toBe(false);
  });

  test("that are taken are replaced, and the replacement is named", async () => {
    const data = folder();
    const taken = await listening();
    writeFileSync(join(data, "ports.json"), JSON.stringify({ consolePort: taken }));
    const { consolePort } = await readConfig({ data });
    expect(consolePort).not.toBe(taken);
  });

  test.each(["0", "65536", "eighty", "80.5", "-1"])("%s is refused as a port", async (consolePort) => {
    await expect(readConfig({ data: folder(), consolePort })).rejects.toMatchObject({
      code: "START_BAD_CONFIG",
    });
  });
});

test("the console listens on the loopback address unless somebody opens it", async () => {
  expect((await readConfig({ data: folder() })).webBind).toBe("127.0.0.1");
  const opened = await readConfig({ data: folder(), webBind: "0.0.0.0", webName: ["Picket.Example"] });
  expect(opened).toMatchObject({ webBind: "0.0.0.0", webNames: ["picket.example"] });
});

test.each(["0", "8", "week"])("%s days are refused as the stream's span", async (streamDays) => {
  await expect(readConfig({ data: folder(), streamDays })).rejects.toMatchObject({
    code: "START_BAD_CONFIG",
  });
});
