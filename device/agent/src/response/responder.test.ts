import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "@picket/kit";
import type { SecurityEvent } from "@picket/schema";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type Action, argument } from "./action.js";
import { blockAddress } from "./block-address.js";
import { collectFile } from "./collect-file.js";
import { isolateNetwork } from "./isolate-network.js";
import { killProcess } from "./kill-process.js";
import { runBaselineCheck, takeSnapshot } from "./look-again.js";
import { Responder } from "./responder.js";

const root = realpathSync(mkdtempSync(join(tmpdir(), "picket-response-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, "case-"));
const hub = async () => ({ addresses: ["192.0.2.7", "2001:db8::7"], port: 8883 });

/** A lamp: something that can be switched on for a while, with nothing of the machine in it. */
function lamp() {
  const state = { isOn: false, refusesToGo: 0, done: 0 };
  const action: Action = {
    name: "blockAddress",
    about: "Lights a lamp.",
    takes: { minutes: "", address: "" },
    async perform(given, isDry) {
      const minutes = argument.integer(given, "minutes", [1, 60]);
      if (!isDry) Object.assign(state, { isOn: true, done: state.done + 1 });
      return { proof: { minutes }, lastsMs: minutes * 60_000, target: "lamp" };
    },
    holds: async () => state.isOn,
    lift: async () => {
      if (state.refusesToGo > 0) state.refusesToGo -= 1;
      else state.isOn = false;
    },
  };
  return { state, action };
}

function open(actions: readonly Action[], { path = folder(), allowed = true, now = Date.now } = {}) {
  const events: SecurityEvent[] = [];
  const responder = new Responder({
    folder: path,
    actions,
    isAllowed: () => allowed,
    keep: (more) => events.push(...more),
    recorder: silent,
    now,
  });
  return { responder, path, items: () => events.map(({ Payload: [item] }) => ({ ...item })) };
}

test("nothing is done that the twin does not allow, and that it was asked is an event", async () => {
  const { state, action } = lamp();
  const { responder, items } = open([action], { allowed: false });
  expect(await responder.answer("blockAddress", { minutes: 5 })).toMatchObject({
    status: 403,
    payload: { result: "Refused", message: expect.stringContaining("responseActionsAllowed") },
  });
  expect(state.isOn).toBe(false);
  expect(items()).toMatchObject([{ Action: "blockAddress", Result: "Refused" }]);
});

test("a dry run says what would be done and does nothing", async () => {
  const { state, action } = lamp();
  const { responder, items } = open([action]);
  expect(await responder.answer("blockAddress", { minutes: 5, dryRun: true })).toMatchObject({
    status: 200,
    payload: { result: "DryRun", proof: { minutes: 5 } },
  });
  expect(state.isOn).toBe(false);
  expect(responder.standing).toEqual([]);
  expect(items()).toMatchObject([{ Result: "DryRun" }]);
});

test("what was done is proved, reported while it stands, and ended when its time is over, after a restart too", async () => {
  const { state, action } = lamp();
  let now = Date.parse("2026-03-01T10:00:00Z");
  const first = open([action], { now: () => now });
  expect(await first.responder.answer("blockAddress", { minutes: 5 })).toMatchObject({
    status: 200,
    payload: { result: "Done", expiresAt: "2026-03-01T10:05:00.000Z" },
  });
  expect(first.responder.standing).toEqual([
    { action: "blockAddress", target: "lamp", until: "2026-03-01T10:05:00.000Z" },
  ]);
  first.responder.close();
  now += 4 * 60_000;
  const second = open([action], { path: first.path, now: () => now });
  await second.responder.resume();
  expect(state.isOn).toBe(true);
  second.responder.close();
  now += 2 * 60_000;
  const third = open([action], { path: first.path, now: () => now });
  await third.responder.resume();
  expect(state.isOn).toBe(false);
  expect(third.items()).toMatchObject([{ Action: "blockAddress", Result: "Lifted" }]);
  expect(third.responder.standing).toEqual([]);
});

test("what the device forgot over a restart is done again for the time that is left", async () => {
  const { state, action } = lamp();
  const first = open([action]);
  await first.responder.answer("blockAddress", { minutes: 5 });
  first.responder.close();
  state.isOn = false;
  const second = open([action], { path: first.path });
  await second.responder.resume();
  expect(state).toMatchObject({ isOn: true, done: 2 });
  second.responder.close();
});

test("a clock that was set back a year does not make it last longer than ordered", async () => {
  const { action } = lamp();
  const now = Date.now();
  const first = open([action], { now: () => now });
  await first.responder.answer("blockAddress", { minutes: 5 });
  first.responder.close();
  const second = open(
    [
      {
        ...action,
        holds: async () => false,
        perform: async (given) => ({ proof: given, lastsMs: 0, target: "lamp" }),
      },
    ],
    { path: first.path, now: () => now - 365 * 86_400_000 },
  );
  await second.responder.resume();
  second.responder.close();
});

test("it is ended at once when the hub says so, and only when it is really gone", async () => {
  const { state, action } = lamp();
  const { responder } = open([action]);
  await responder.answer("blockAddress", { minutes: 5 });
  state.refusesToGo = 1;
  expect(await responder.answer("blockAddress", { lift: true })).toMatchObject({ status: 500 });
  expect(await responder.answer("blockAddress", { lift: true })).toMatchObject({
    status: 200,
    payload: { lifted: ["lamp"] },
  });
  expect(state.isOn).toBe(false);
  expect(await responder.answer("blockAddress", { lift: true })).toMatchObject({ status: 403 });
});

test("a process is killed only when its program is the one that was named", async () => {
  const child = spawn("/bin/sleep", ["60"], { stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("exit", (_, signal) => resolve(signal)),
  );
  const { responder } = open([killProcess()]);
  const executable = realpathSync("/bin/sleep");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await responder.answer("killProcess", { pid: child.pid, executable: "/bin/bash" })).toMatchObject({
    status: 403,
  });
  expect(await responder.answer("killProcess", { pid: child.pid, executable, dryRun: true })).toMatchObject({
    payload: { proof: { wouldKill: { pid: child.pid, commandLine: "/bin/sleep 60" } } },
  });
  expect(child.exitCode).toBe(null);
  const done = await responder.answer("killProcess", { pid: child.pid, executable });
  expect(await ended).toBe("SIGKILL");
  expect(done).toMatchObject({ status: 200, payload: { proof: { killed: { pid: child.pid } } } });
});

test.each([
  { name: "pid 1", given: { pid: 1, executable: "/sbin/init" } },
  { name: "the agent itself", given: { pid: process.pid, executable: process.execPath } },
  { name: "what started the agent", given: { pid: process.ppid, executable: process.execPath } },
  { name: "a thread of the kernel", given: { pid: 2, executable: "[kthreadd]" } },
  { name: "a process that is not there", given: { pid: 4_194_303, executable: "/bin/x" } },
  { name: "a negative id, which means a group", given: { pid: -1, executable: "/bin/x" } },
  { name: "an id as text", given: { pid: "1234", executable: "/bin/x" } },
  { name: "no program", given: { pid: 1234 } },
  { name: "a program with a newline", given: { pid: 1234, executable: "/bin/x\n" } },
  { name: "a word too many", given: { pid: 1234, executable: "/bin/x", signal: 9 } },
])("killing $name is refused", async ({ given }) => {
  const { responder } = open([killProcess()]);
  expect(await responder.answer("killProcess", given)).toMatchObject({
    status: 403,
    payload: { result: "Refused" },
  });
});

test("a file of the allowed folders is answered with its hash, in parts, and never put into an event", async () => {
  const home = folder();
  writeFileSync(join(home, "log"), "hello, world");
  const { responder, items } = open([collectFile(() => [home])]);
  const answer = await responder.answer("collectFile", { path: join(home, "log"), offset: 7, bytes: 100 });
  expect(answer).toMatchObject({
    status: 200,
    payload: {
      proof: {
        size: 12,
        offset: 7,
        bytes: 5,
        content: Buffer.from("world").toString("base64"),
        sha256: expect.stringMatching(/^486ea46224d1bb4f/),
      },
    },
  });
  expect(JSON.stringify(items())).not.toContain(Buffer.from("world").toString("base64"));
});

test("a file outside of them is refused, however it is named", async () => {
  const home = folder();
  const secret = join(folder(), "secret");
  writeFileSync(secret, "secret");
  symlinkSync(secret, join(home, "link"));
  mkdirSync(join(home, "folder"));
  const { responder } = open([collectFile(() => [home])]);
  for (const path of [
    secret,
    join(home, "link"),
    `${home}/../${secret.split("/").slice(-2).join("/")}`,
    `${home}-other/x`,
    "log",
    join(home, "folder"),
    "/proc/self/mem",
    `${home}\0`,
  ])
    expect(await responder.answer("collectFile", { path }), path).toMatchObject({ status: 403 });
  const closed = open([collectFile(() => [])]);
  expect(await closed.responder.answer("collectFile", { path: secret })).toMatchObject({ status: 403 });
});

test.each([
  { name: "the hub", address: "192.0.2.7" },
  { name: "a network with the hub in it", address: "192.0.2.0/24" },
  { name: "the hub by IPv6", address: "2001:db8::/64" },
  { name: "this device", address: "127.0.0.1" },
  { name: "everything", address: "0.0.0.0/0" },
  { name: "half of the world", address: "128.0.0.0/1" },
  { name: "a name", address: "example.com" },
  { name: "a command", address: "10.0.0.1 } ; flush ruleset #" },
  { name: "a width that is none", address: "10.0.0.1/33" },
  { name: "a zone", address: "fe80::1%eth0" },
])("blocking $name is refused before anything is run", async ({ address }) => {
  const { responder } = open([blockAddress(hub)]);
  expect(await responder.answer("blockAddress", { address, dryRun: true })).toMatchObject({
    status: 403,
    payload: { result: "Refused" },
  });
});

test("a dry run of isolation shows rules that let the hub in and out and end by the kernel's own timer", async () => {
  const { responder } = open([isolateNetwork(hub)]);
  const { payload } = await responder.answer("isolateNetwork", { minutes: 30, dryRun: true });
  const rules = JSON.stringify(payload);
  expect(rules).toContain("ip daddr 192.0.2.7 tcp dport 8883 accept");
  expect(rules).toContain("ip6 saddr 2001:db8::7 tcp sport 8883 accept");
  expect(rules).toContain("0-255 timeout 30m");
});

test("a device whose hub has no known address is not isolated: nobody could free it", async () => {
  const { responder } = open([isolateNetwork(async () => ({ addresses: [], port: 8883 }))]);
  expect(await responder.answer("isolateNetwork", { dryRun: true })).toMatchObject({ status: 403 });
});

test("one check and one snapshot are made by order, and what is not there is refused", async () => {
  const taken: (string | undefined)[] = [];
  const actions = [
    runBaselineCheck(async (id) => (id === "PICKET-1" ? { result: "Pass" } : undefined)),
    takeSnapshot(async (name) => name !== "Nothing" && taken.push(name) > 0),
  ];
  const { responder } = open(actions);
  expect(await responder.answer("runBaselineCheck", { id: "PICKET-1" })).toMatchObject({
    status: 200,
    payload: { proof: { result: "Pass" } },
  });
  expect(await responder.answer("runBaselineCheck", { id: "PICKET-9" })).toMatchObject({ status: 403 });
  expect(await responder.answer("takeSnapshot", {})).toMatchObject({ status: 200 });
  expect(await responder.answer("takeSnapshot", { name: "Nothing" })).toMatchObject({ status: 403 });
  expect(taken).toEqual([undefined]);
});

test("whatever is ordered, the answer is one of the known ones and nothing is done", async () => {
  const actions = [killProcess(), isolateNetwork(hub), blockAddress(hub), collectFile(() => [])];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...actions.map(({ name }) => name), "nonsense"),
      fc.jsonValue(),
      async (name, given) => {
        const { responder } = open(actions);
        const payload =
          typeof given === "object" && given !== null && !Array.isArray(given)
            ? { ...given, dryRun: true }
            : given;
        // Isolation has good values for all that is absent, so that only a dry run of it is tried.
        if (payload === null && name === "isolateNetwork") return;
        const { status } = await responder.answer(name, payload);
        expect([200, 403, 404, 500]).toContain(status);
        expect(responder.standing).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});
