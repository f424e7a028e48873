import { appendFileSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkStrict, eventNames, type SecurityEvent, type SecurityMessage } from "@picket/schema";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { diskQueue } from "./disk-queue.js";
import * as events from "./events.js";
import { type EventQueue, memoryQueue } from "./queue.js";
import { meteredMessages, openSecuritySender } from "./security-sender.js";

const AGENT = { agentId: "11111111-2222-4333-8444-555555555555", agentVersion: "1.0" };
const folder = (): string => mkdtempSync(join(tmpdir(), "picket-queue-"));
const start = (commandLine: string): SecurityEvent =>
  events.processCreate({
    Executable: "/bin/sh",
    ProcessId: 7,
    ParentProcessId: 1,
    UserId: "0",
    CommandLine: commandLine,
  });
const printed = (text: string) => ({ text, bytes: Buffer.byteLength(text) });

/** A hub that takes what it is sent, or refuses. */
function hub() {
  const bodies: string[] = [];
  const state = { isGone: false };
  const transport = {
    send: async (body: string) => {
      if (state.isGone) throw new Error("no connection");
      bodies.push(body);
    },
  };
  const got = (): SecurityMessage[] => bodies.map((body) => JSON.parse(body));
  return { bodies, state, transport, got };
}

test.each([
  { name: "in memory", made: (): EventQueue => memoryQueue({ maxBytes: 200_000 }) },
  { name: "on disk", made: (): EventQueue => diskQueue({ folder: folder(), maxBytes: 200_000 }) },
])("a queue $name gives events back in order and forgets what was removed, and never more", ({ made }) => {
  const step = fc.oneof(
    fc.record({ add: fc.string({ minLength: 1, maxLength: 400 }) }),
    fc.record({ send: fc.integer({ min: 1, max: 3_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = made();
      const model: string[] = [];
      for (const each of steps) {
        if ("add" in each) {
          const text = JSON.stringify(each.add);
          queue.add(printed(text));
          model.push(text);
          continue;
        }
        const oldest = queue.oldest(each.send);
        expect(oldest.map(({ text }) => text)).toEqual(model.slice(0, oldest.length));
        expect(oldest.length > 0).toBe(model.length > 0);
        queue.remove(oldest.length);
        model.splice(0, oldest.length);
      }
      expect(queue.status()).toMatchObject({ events: model.length, dropped: 0 });
      queue.close();
    }),
    { numRuns: 40 },
  );
});

test("what waits on disk survives the end of the process, a torn line included", () => {
  const at = folder();
  const first = diskQueue({ folder: at });
  for (const text of ["1", "2", "3"]) first.add(printed(text));
  first.remove(1);
  first.close();
  appendFileSync(join(at, readdirSync(at).find((name) => name.endsWith(".events"))!), '{"cut');
  const second = diskQueue({ folder: at });
  second.add(printed("4"));
  expect(second.oldest(1_000).map(({ text }) => text)).toEqual(["2", "3", "4"]);
  expect(second.status()).toEqual({ events: 3, bytes: 3, dropped: 0 });
  second.close();
});

test.each([
  { name: "in memory", made: (maxBytes: number): EventQueue => memoryQueue({ maxBytes }) },
  { name: "on disk", made: (maxBytes: number): EventQueue => diskQueue({ folder: folder(), maxBytes }) },
])("a queue $name that is full gives up the oldest and counts them", ({ made }) => {
  const queue = made(100_000);
  for (let turn = 0; turn < 200; turn += 1) queue.add(printed(String(turn).padEnd(1_000, ".")));
  const { events: left, bytes, dropped } = queue.status();
  expect(bytes).toBeLessThanOrEqual(100_000);
  expect(left + dropped).toBe(200);
  expect(queue.oldest(1)[0]?.text.startsWith(String(dropped))).toBe(true);
  queue.close();
});

test("events are gathered into few good messages, in order", async () => {
  const { transport, got } = hub();
  const sender = openSecuritySender({ ...AGENT, transport, gatherMs: 60_000, maxMessageBytes: 8_000 });
  for (let turn = 0; turn < 50; turn += 1) sender.add(start(`sh -c ${turn}`));
  await sender.flush();
  expect(
    got().flatMap(({ Events }) =>
      Events.map(({ Payload }) => (Payload[0] as { CommandLine: string }).CommandLine),
    ),
  ).toEqual(Array.from({ length: 50 }, (_, turn) => `sh -c ${turn}`));
  for (const message of got()) expect(checkStrict(message)).toEqual([]);
  const { sentMessages, sentEvents, meteredMessages: metered, events: left } = sender.status();
  expect([sentEvents, left]).toEqual([50, 0]);
  expect(sentMessages).toBeLessThan(6);
  expect(metered).toBeGreaterThanOrEqual(sentMessages);
  await sender.close();
});

test("what could not be sent waits and is sent when the hub is back", async () => {
  const { transport, state, got } = hub();
  const problems: string[] = [];
  const sender = openSecuritySender({
    ...AGENT,
    transport,
    gatherMs: 1,
    queue: diskQueue({ folder: folder() }),
    onProblem: ({ message }) => problems.push(message),
  });
  state.isGone = true;
  sender.add(start("sh"));
  await vi.waitFor(() => expect(problems).toEqual(["no connection"]));
  expect(sender.status()).toMatchObject({ events: 1, sentEvents: 0 });
  state.isGone = false;
  await vi.waitFor(() => expect(got()).toHaveLength(1), 5_000);
  await sender.close();
});

test("what a full queue gives up while a message is on its way costs nothing that was not sent", async () => {
  const queue = memoryQueue({ maxBytes: 3_000 });
  const sent: string[] = [];
  let isFirst = true;
  const send = async (body: string): Promise<void> => {
    if (isFirst)
      for (let turn = 3; turn < 8; turn += 1) queue.add(printed(JSON.stringify(start(`late ${turn}`))));
    isFirst = false;
    sent.push(...JSON.parse(body).Events.map((event: SecurityEvent) => event.Id));
  };
  const sender = openSecuritySender({ ...AGENT, transport: { send }, queue, gatherMs: 60_000 });
  for (let turn = 0; turn < 3; turn += 1) sender.add(start(`early ${turn}`));
  const waiting = (): string[] => queue.oldest(1_000_000).map(({ text }) => JSON.parse(text).Id);
  const early = waiting();
  await sender.flush();
  expect(sent.slice(0, 3)).toEqual(early);
  expect(sent.length + queue.status().dropped).toBeGreaterThanOrEqual(8);
  expect(new Set(sent).size).toBe(sent.length);
  await sender.close();
});

test("what is wrong with an event is said at once, field by field", () => {
  const { transport } = hub();
  const sender = openSecuritySender({ ...AGENT, transport, maxMessageBytes: 4_000 });
  const bad = { ...start("sh"), Payload: [{ Executable: 7 }] } as unknown as SecurityEvent;
  expect(() => sender.add(bad)).toThrow("/Events/0/Payload/0/Executable");
  expect(() => sender.add(start("x".repeat(5_000)))).toThrow("Send fewer payload items at a time");
  expect(sender.status().events).toBe(0);
});

test("each of the fourteen events has a builder", () => {
  const built = Object.keys(events).map((name) => name.toLowerCase());
  expect(eventNames.slice(0, 14).filter((name) => !built.includes(name.toLowerCase()))).toEqual([]);
});

test.each([
  { bytes: 0, messages: 1 },
  { bytes: 4_096, messages: 1 },
  { bytes: 4_097, messages: 2 },
  { bytes: 262_144, messages: 64 },
])("$bytes bytes are billed as $messages messages", ({ bytes, messages }) => {
  expect(meteredMessages(bytes)).toBe(messages);
});
