import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Picket, startPicket } from "./picket.js";

/** The clients of the pages know the usual ports only: this server has them, on an address of its own. */
const address = "127.31.0.9";
const root = fileURLToPath(new URL("../..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "picket-docs-"));

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });

let picket: Picket | undefined;
beforeAll(async () => {
  if (!(await canListen(443)) || !(await canListen(8883))) return;
  const args = ["--bind", address, "--host-name", address, "--https-port", "443", "--mqtt-port", "8883"];
  picket = await startPicket({ args });
  symlinkSync(join(root, "node_modules"), join(home, "node_modules"));
});
afterAll(() => picket?.stop());

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The code of a page that a reader would run, in its order. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, "docs/connect", page), "utf8");
  return [...text.matchAll(/^( *)```(sh|js)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indent = "", language = "", body = ""]) => ({
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

/** Runs a block as its reader does, and answers what it prints. */
async function ran(at: Picket, { language, text }: Block, env: Record<string, string>): Promise<string> {
  if (language === "sh") {
    const words = [...text.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? "",
    );
    return at.run(...words.slice(1));
  }
  const file = join(home, `block-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, text);
  const all = {
    ...process.env,
    ...env,
    NODE_EXTRA_CA_CERTS: join(at.data, "certificates", "ca.pem"),
    NODE_NO_WARNINGS: "1",
  };
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [file], { env: all, timeout: 60_000 }, (error, out, problems) =>
      error ? reject(new Error(problems || error.message)) : resolve(out),
    ),
  );
}

const lineOf = (text: string, word: string): string => new RegExp(`${word} +(\\S+)`).exec(text)?.[1] ?? "";

test("the page on service applications does what it says", async ({ skip }) => {
  if (!picket) return skip("the usual ports are taken or privileged here");
  const [policy, ...blocks] = blocksOf("service-apis.md");
  const PICKET_SERVICE = (await ran(picket, policy!, {})).trim();
  expect(PICKET_SERVICE).toContain("SharedAccessKeyName=fleet-tool");
  const printed: string[] = [];
  for (const block of blocks) printed.push(await ran(picket, block, { PICKET_SERVICE }));
  expect(printed).toEqual([
    "pump-1 north\npump-2 north\n",
    "2 applied\n",
    "2 of 2 devices\n",
    '{"deviceId":"pump-1","status":"completed"}\n{"deviceId":"pump-2","status":"completed"}\n',
  ]);
});

test("the page on provisioning does what it says", async ({ skip }) => {
  if (!picket) return skip("the usual ports are taken or privileged here");
  const [group, key, device, policy, enrolment, ...rest] = blocksOf("dps.md");
  expect(rest).toEqual([]);
  await ran(picket, group!, {});
  const env = {
    PICKET_HOST: address,
    PICKET_ID_SCOPE: lineOf(await picket.run("hub", "status"), "idScope"),
    PICKET_DEVICE_KEY: (await ran(picket, key!, {})).trim(),
  };
  expect(await ran(picket, device!, env)).toBe(`press-1 sent to ${address}\n`);
  const PICKET_PROVISIONING = (await ran(picket, policy!, {})).trim();
  expect(await ran(picket, enrolment!, { PICKET_PROVISIONING })).toBe("symmetricKey 44\n");
});
