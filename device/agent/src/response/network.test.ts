import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Needs root and nft, and works in network namespaces that it makes itself: nothing of the machine is touched. */
const canTry = process.getuid?.() === 0 && works("nft", ["--version"]) && works("unshare", ["-n", "true"]);
const root = mkdtempSync(join(tmpdir(), "picket-network-"));
const here = fileURLToPath(new URL(".", import.meta.url));
let found: Record<string, unknown> = {};

function works(program: string, given: readonly string[]): boolean {
  try {
    execFileSync(program, given, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs within the device's namespace; 10.9.0.2 is the hub, 10.9.0.3 is anybody else. */
const inside = `
import { connect } from "node:net";
import { isolateNetwork } from "${here}isolate-network.ts";
import { blockAddress } from "${here}block-address.ts";
import { Responder } from "${here}responder.ts";
const reaches = (host, port) => new Promise((resolve) => {
  const socket = connect({ host, port });
  const end = (is) => { socket.destroy(); resolve(is); };
  socket.once("connect", () => end(true)).once("error", () => end(false));
  setTimeout(() => end(false), 700);
});
const both = async () => [await reaches("10.9.0.2", 8883), await reaches("10.9.0.3", 80)];
const hub = async () => ({ addresses: ["10.9.0.2"], port: 8883 });
const events = [];
const recorder = { log() {}, count() {}, gauge() {} };
const responder = new Responder({ folder: process.argv[2], actions: [isolateNetwork(hub), blockAddress(hub)], isAllowed: () => true, keep: (more) => events.push(...more), recorder });
for (let tries = 0; tries < 30 && !(await both()).every(Boolean); tries += 1);
const found = { before: await both() };
found.dry = (await responder.answer("isolateNetwork", { minutes: 1, dryRun: true })).status;
found.afterDry = await both();
const isolated = await responder.answer("isolateNetwork", { minutes: 1 });
found.isolated = await both();
found.isolatedHttpOfHub = await reaches("10.9.0.2", 80);
found.proof = isolated.payload.proof.rules;
found.again = (await responder.answer("isolateNetwork", { minutes: 1 })).status;
responder.close();
const after = new Responder({ folder: process.argv[2], actions: [isolateNetwork(hub), blockAddress(hub)], isAllowed: () => true, keep: (more) => events.push(...more), recorder });
await after.resume();
found.afterRestart = await both();
await after.answer("isolateNetwork", { lift: true });
found.lifted = await both();
found.blocked = (await after.answer("blockAddress", { address: "10.9.0.3", minutes: 1 })).payload;
found.whileBlocked = await both();
found.blockedAgain = (await after.answer("blockAddress", { address: "10.9.0.3", minutes: 2 })).status;
await after.answer("blockAddress", { lift: true });
found.unblocked = await both();
after.close();
found.events = events.map(({ Payload: [item] }) => item.Action + " " + item.Result);
console.log(JSON.stringify(found));
`;

const servers = `
import { createServer } from "node:net";
for (const [host, port] of [["10.9.0.2", 8883], ["10.9.0.2", 80], ["10.9.0.3", 80]]) createServer((socket) => socket.end()).listen(port, host);
`;

const stage = (path: string): string => `
set -e
ip link set lo up
unshare -n sleep 25 & peer=$!
for i in $(seq 50); do [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break; sleep 0.05; done
ip link add va type veth peer name vb netns $peer
ip addr add 10.9.0.1/24 dev va; ip link set va up
nsenter -t $peer -n sh -c 'ip link set lo up; ip addr add 10.9.0.2/24 dev vb; ip addr add 10.9.0.3/24 dev vb; ip link set vb up'
nsenter -t $peer -n ${process.execPath} ${path}/servers.mjs & servers=$!
trap 'kill $servers $peer' EXIT
${process.execPath} ${path}/inside.mjs ${path}
`;

beforeAll(async () => {
  if (!canTry) return;
  await build({
    stdin: { contents: inside, resolveDir: here, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["picket:source"],
    outfile: join(root, "inside.mjs"),
  });
  writeFileSync(join(root, "servers.mjs"), servers);
  found = JSON.parse(
    execFileSync("unshare", ["-n", "bash", "-c", stage(root)], { encoding: "utf8", timeout: 60_000 }),
  );
}, 90_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.skipIf(!canTry)(
  "isolation lets the hub through and nothing else, after a restart of the agent too, until it is lifted",
  () => {
    expect(found).toMatchObject({
      before: [true, true],
      dry: 200,
      afterDry: [true, true],
      isolated: [true, false],
      isolatedHttpOfHub: false,
      again: 200,
      afterRestart: [true, false],
      lifted: [true, true],
    });
    expect(String(found["proof"])).toContain("timeout 1m");
  },
);

test.skipIf(!canTry)("a blocked address is not reached, another one is, and lifting gives it back", () => {
  expect(found).toMatchObject({
    whileBlocked: [true, false],
    blockedAgain: 200,
    unblocked: [true, true],
    blocked: { result: "Done", proof: { blocked: expect.stringContaining("10.9.0.3 timeout 1m") } },
  });
});

test.skipIf(!canTry)("every order left an event", () => {
  expect(found["events"]).toEqual([
    "isolateNetwork DryRun",
    "isolateNetwork Done",
    "isolateNetwork Done",
    "isolateNetwork Lifted",
    "blockAddress Done",
    "blockAddress Done",
    "blockAddress Lifted",
  ]);
});
