import { handClock, silent } from "@picket/kit";
import { decodeRecords, recordKind } from "@picket/schema";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Registry } from "../identity/registry.js";
import { OperationLog } from "../operations/operation-log.js";
import { Outbound } from "../outbound.js";
import type { KeyValueStore } from "../slots.js";
import { memoryStore } from "../testing.js";
import type { Acknowledgement, CommandDraft } from "./command.js";
import { type Answer, CommandQueues } from "./command-queues.js";

const caller = { protocol: "Mqtt", ipAddress: "10.0.0.7" } as const;
const draft = (text: string, more: Partial<CommandDraft> = {}): CommandDraft => ({
  body: Buffer.from(text),
  messageId: text,
  ...more,
});

let clock: ReturnType<typeof handClock>;
let store: KeyValueStore;
let registry: Registry;
let operations: OperationLog;
let queues: CommandQueues;
let told: { operationName: string; cause: string; deviceId: string; category: string }[];
let outbound: Outbound;

beforeEach(async () => {
  clock = handClock(1_700_000_000_000);
  store = memoryStore();
  told = [];
  outbound = new Outbound(
    {
      append: async (batch) => {
        for (const { kind, body } of decodeRecords(batch))
          if (kind === recordKind.operation) told.push(JSON.parse(Buffer.from(body).toString()));
        return 1;
      },
    },
    { recorder: silent, clock },
  );
  operations = new OperationLog(outbound, { recorder: silent, clock });
  registry = new Registry({ store, outbound, clock, vault: { seal: (key) => key, open: (key) => key } });
  await registry.create("pump-1");
  reopen();
});
afterEach(() => {
  queues.close();
  operations.close();
});

function reopen(): void {
  queues?.close();
  queues = new CommandQueues({ store, registry, operations, clock, recorder: silent });
}

const next = async (): Promise<string | undefined> => {
  const delivery = await queues.receive("pump-1", caller);
  return delivery && Buffer.from(delivery.command.body).toString();
};
const fates = (): string[] => {
  const batch = queues.feedback.receive();
  return (batch?.records ?? []).map(
    ({ originalMessageId, statusCode }) => `${originalMessageId} ${statusCode}`,
  );
};

test("commands come in the order they were sent, each once while it is locked", async () => {
  for (const text of ["a", "b"]) await queues.send("pump-1", draft(text), caller);
  expect([await next(), await next(), await next()]).toEqual(["a", "b", undefined]);
});

test("a command that was not answered comes again when its lock ran out", async () => {
  await queues.send("pump-1", draft("a"), caller);
  await next();
  clock.move(59_999);
  expect(await next()).toBeUndefined();
  clock.move(1);
  expect(await next()).toBe("a");
});

test("what was queued is there after a restart, and what was locked comes again", async () => {
  await queues.send(
    "pump-1",
    draft("a", { properties: { colour: "blue" }, contentType: "text/plain" }),
    caller,
  );
  await next();
  reopen();
  const delivery = await queues.receive("pump-1", caller);
  expect(delivery?.command).toMatchObject({
    messageId: "a",
    deliveryCount: 2,
    properties: { colour: "blue" },
    contentType: "text/plain",
  });
});

test.each<{ name: string; answer: Answer; left: number; feedback: string[] }>([
  { name: "a completed command is gone", answer: "complete", left: 0, feedback: ["a Success"] },
  { name: "a rejected command is gone", answer: "reject", left: 0, feedback: ["a Rejected"] },
  { name: "an abandoned command waits again", answer: "abandon", left: 1, feedback: [] },
])("$name", async ({ answer, left, feedback }) => {
  await queues.send("pump-1", draft("a", { ack: "full" }), caller);
  const delivery = await queues.receive("pump-1", caller);
  await queues.answer("pump-1", delivery!.lockToken, answer, caller);
  expect(queues.pending("pump-1")).toBe(left);
  expect(fates()).toEqual(feedback);
  await expect(queues.answer("pump-1", delivery!.lockToken, answer, caller)).rejects.toMatchObject({
    code: "HUB_MESSAGE_LOCK_LOST",
  });
});

test.each<{ ack: Acknowledgement; success: string[]; failure: string[] }>([
  { ack: "none", success: [], failure: [] },
  { ack: "positive", success: ["a Success"], failure: [] },
  { ack: "negative", success: [], failure: ["a Rejected"] },
  { ack: "full", success: ["a Success"], failure: ["a Rejected"] },
])("a sender who asks for $ack feedback gets just that", async ({ ack, success, failure }) => {
  for (const [answer, expected] of [
    ["complete", success],
    ["reject", failure],
  ] as const) {
    await queues.send("pump-1", draft("a", { ack }), caller);
    const delivery = await queues.receive("pump-1", caller);
    await queues.answer("pump-1", delivery!.lockToken, answer, caller);
    const batch = queues.feedback.receive();
    expect((batch?.records ?? []).map((each) => `${each.originalMessageId} ${each.statusCode}`)).toEqual(
      expected,
    );
    if (batch) await queues.feedback.complete(batch.lockToken);
  }
});

test("a command that nobody fetched expires, also when nobody looks, and its sender hears of it", async () => {
  await queues.send("pump-1", draft("a", { ack: "negative" }), caller);
  await queues.send("pump-1", draft("b", { ack: "full", expiresAt: clock.now() + 1_000 }), caller);
  clock.move(1_000);
  await queues.sweep();
  expect(fates()).toEqual(["b Expired"]);
  clock.move(3_600_000);
  expect(await next()).toBeUndefined();
  expect(queues.pending("pump-1")).toBe(0);
});

test("a command is handed out ten times at most", async () => {
  await queues.send("pump-1", draft("a", { ack: "full", expiresAt: clock.now() + 48 * 3_600_000 }), caller);
  for (let count = 1; count <= 10; count += 1) {
    const delivery = await queues.receive("pump-1", caller);
    expect(delivery?.command.deliveryCount).toBe(count);
    await queues.answer("pump-1", delivery!.lockToken, "abandon", caller);
  }
  expect(await next()).toBeUndefined();
  expect(fates()).toEqual(["a DeliveryCountExceeded"]);
});

test("the fifty-first command is refused, however many are sent at once", async () => {
  const sent = await Promise.allSettled(
    Array.from({ length: 55 }, (_, index) => queues.send("pump-1", draft(`${index}`), caller)),
  );
  expect(sent.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
  expect(sent.at(-1)).toMatchObject({ reason: { code: "HUB_QUEUE_FULL", status: 403 } });
  await outbound.drained();
  expect(told).toContainEqual(expect.objectContaining({ operationName: "send", cause: "queueFull" }));
});

test.each([
  { name: "64 KB pass", body: 65_536 - 1, code: undefined },
  { name: "a byte more does not", body: 65_536, code: "HUB_COMMAND_TOO_LARGE" },
])("$name", async ({ body, code }) => {
  const sent = queues.send("pump-1", { body: Buffer.alloc(body), messageId: "a" }, caller);
  if (code) await expect(sent).rejects.toMatchObject({ code });
  else await expect(sent).resolves.toMatchObject({ messageId: "a" });
});

test("an unknown device has no queue", async () => {
  await expect(queues.send("nobody", draft("a"), caller)).rejects.toMatchObject({
    code: "HUB_DEVICE_NOT_FOUND",
  });
});

test("a purge empties the queue and is logged", async () => {
  for (const text of ["a", "b"]) await queues.send("pump-1", draft(text, { ack: "full" }), caller);
  expect(await queues.purge("pump-1", caller)).toBe(2);
  expect(await next()).toBeUndefined();
  expect(fates()).toEqual(["a Purged", "b Purged"]);
  await outbound.drained();
  expect(told).toContainEqual(
    expect.objectContaining({ operationName: "purge", properties: { count: 2, messageIds: ["a", "b"] } }),
  );
});

test("a device made anew does not get what was meant for the old one, and a removed one's queue goes", async () => {
  await queues.send("pump-1", draft("a"), caller);
  await registry.remove(registry.get("pump-1"));
  await registry.create("pump-1");
  expect(await next()).toBeUndefined();
  await queues.send("pump-1", draft("b"), caller);
  await registry.remove(registry.get("pump-1"));
  await queues.sweep();
  expect(queues.pending("pump-1")).toBe(0);
});

test("those who watch a device are woken by a command, an abandon and a lock that ran out", async () => {
  let woken = 0;
  const stop = queues.watch("pump-1", () => {
    woken += 1;
  });
  await queues.send("pump-1", draft("a"), caller);
  expect(woken).toBe(1);
  const delivery = await queues.receive("pump-1", caller);
  await queues.answer("pump-1", delivery!.lockToken, "abandon", caller);
  expect(woken).toBe(2);
  await queues.receive("pump-1", caller);
  clock.move(60_000);
  await queues.sweep();
  expect(woken).toBe(3);
  stop();
  await queues.send("pump-1", draft("b"), caller);
  expect(woken).toBe(3);
});

test("feedback comes again until it is completed, and survives a restart", async () => {
  await queues.send("pump-1", draft("a", { ack: "full" }), caller);
  await queues.purge("pump-1", caller);
  const first = queues.feedback.receive();
  expect(queues.feedback.receive()).toBeUndefined();
  queues.feedback.abandon(first!.lockToken);
  reopen();
  const again = queues.feedback.receive();
  expect(again?.records).toEqual(first?.records);
  expect(await queues.feedback.complete(again!.lockToken)).toBe(true);
  expect(queues.feedback.receive()).toBeUndefined();
  expect(queues.feedback.count).toBe(0);
});

test("feedback that nobody fetches goes after 48 hours", async () => {
  await queues.send("pump-1", draft("a", { ack: "full" }), caller);
  await queues.purge("pump-1", caller);
  clock.move(48 * 3_600_000 + 1);
  await queues.feedback.sweep();
  expect(queues.feedback.count).toBe(0);
});

test("whatever is done to a queue, no command is lost or ends twice", async () => {
  const step = fc.constantFrom("send", "complete", "reject", "abandon", "wait", "restart");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const deviceId = `d-${Math.random().toString(36).slice(2)}`;
      await registry.create(deviceId);
      let sent = 0;
      let ended = 0;
      for (const each of steps) {
        if (each === "send") {
          await queues.send(deviceId, draft(`${sent}`, { expiresAt: clock.now() + 48 * 3_600_000 }), caller);
          sent += 1;
        } else if (each === "wait") clock.move(60_001);
        else if (each === "restart") reopen();
        else {
          const delivery = await queues.receive(deviceId, caller);
          if (!delivery) continue;
          await queues.answer(deviceId, delivery.lockToken, each as Answer, caller);
          if (each !== "abandon") ended += 1;
        }
        expect(queues.pending(deviceId)).toBeLessThanOrEqual(sent - ended);
      }
      const tooOften = sent - ended - queues.pending(deviceId);
      expect(tooOften).toBeGreaterThanOrEqual(0);
      if (!steps.includes("abandon")) expect(tooOften).toBe(0);
    }),
    { numRuns: 60 },
  );
});
