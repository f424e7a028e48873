import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkStrict } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Outbox, type Queue, queues } from "../outbox/outbox.js";
import { Ledger } from "./ledger.js";
import { Reporter } from "./reporter.js";

const root = mkdtempSync(join(tmpdir(), "picket-reporter-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const sender = { agentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877", agentVersion: "1.0.0" };

/** A hub that takes, refuses or is away, as a test says. */
class Hub {
  isConnected = true;
  refusals = 0;
  readonly taken: { body: string; properties: Readonly<Record<string, string>> }[] = [];

  async send(body: string | Uint8Array, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    await Promise.resolve();
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new Error("The hub closed the connection.");
    }
    const text = typeof body === "string" ? body : gunzipSync(body).toString();
    this.taken.push({ body: text, properties });
  }

  get ids(): string[] {
    return this.taken.flatMap(({ body }) => JSON.parse(body).Events.map(({ Id }: { Id: string }) => Id));
  }
}

function open(maxBytes = 1_000_000, path = mkdtempSync(join(root, "case-"))) {
  const hub = new Hub();
  const ledger = new Ledger();
  const outbox = new Outbox(path, {
    maxBytes,
    dropped: (queue, events, reason) => ledger.dropped(queue, events, reason),
    failed: () => {},
  });
  const reporter = new Reporter({ outbox, client: hub, sender, ledger });
  return { hub, ledger, outbox, reporter, path };
}

const login = (text = "PAM:authentication") =>
  securityEvent("Login", [
    { ProcessId: 1, Executable: "/usr/sbin/sshd", Operation: text, Result: "Fail", UserName: "root" },
  ]);
const many = (count: number, text?: string) => Array.from({ length: count }, () => login(text));

test("what is sent is good by the published schema and marked as a security message", async () => {
  const { hub, reporter } = open();
  reporter.keep("High", many(3));
  await reporter.send("High");
  expect(hub.taken).toHaveLength(1);
  expect(checkStrict(JSON.parse(hub.taken[0]!.body))).toEqual([]);
  expect(hub.taken[0]!.properties).toMatchObject({ "$.ifid": "urn:azureiot:Security:SecurityAgent:1" });
});

test("the message keeps its id over every resend, and other events have another", async () => {
  const { hub, reporter, outbox, path } = open();
  reporter.keep("High", many(2));
  const tried: string[] = [];
  const send = hub.send.bind(hub);
  hub.send = (body, properties = {}) => {
    tried.push(String(properties["$.mid"]));
    return send(body, properties);
  };
  hub.refusals = 1;
  await reporter.send("High");
  outbox.close();
  const after = open(1_000_000, path);
  await after.reporter.send("High");
  expect(after.hub.taken.map(({ properties }) => properties["$.mid"])).toEqual(tried);
  after.reporter.keep("High", many(1));
  await after.reporter.send("High");
  expect(new Set(after.hub.taken.map(({ properties }) => properties["$.mid"])).size).toBe(2);
});

test("only the messages that the hub did not take are sent again", async () => {
  const { hub, reporter } = open();
  reporter.maxMessageBytes = 8_192;
  reporter.keep("Low", many(60));
  hub.isConnected = true;
  const first = reporter.send("Low");
  hub.refusals = 1;
  await first;
  await reporter.send("Low");
  expect(hub.ids).toHaveLength(60);
  expect(new Set(hub.ids).size).toBe(60);
});

test("an event larger than a message is dropped with its reason and does not block the queue", async () => {
  const { hub, reporter, ledger, outbox } = open();
  reporter.maxMessageBytes = 8_192;
  reporter.keep("High", [login("x".repeat(20_000)), login()]);
  await reporter.send("High");
  expect(hub.ids).toHaveLength(1);
  expect(ledger.balance((queue) => outbox.waiting(queue))[1]).toEqual({
    queue: "High",
    made: 2,
    sent: 1,
    dropped: { tooLarge: 1 },
    waiting: 0,
  });
});

test("a compressed message says so and holds the same", async () => {
  const { hub, reporter } = open();
  reporter.compresses = true;
  reporter.keep("High", many(5));
  await reporter.send("High");
  expect(hub.taken[0]!.properties).toMatchObject({ "$.ce": "gzip" });
  expect(hub.ids).toHaveLength(5);
});

test("the statistics count each queue since the last time, and why events were dropped", async () => {
  const { reporter, ledger, hub } = open();
  reporter.maxMessageBytes = 8_192;
  reporter.keep("High", [login("x".repeat(20_000)), ...many(2)]);
  reporter.keep("Medium", many(1));
  reporter.keep("Low", many(3));
  ledger.made("Low", 4);
  ledger.dropped("Low", 4, "lostInKernel");
  hub.refusals = 1;
  await reporter.send("High");
  await reporter.send("Low");
  const [dropped, messages] = ledger.statistics();
  expect(dropped?.Payload).toEqual([
    { Queue: "High", CollectedEvents: 3, DroppedEvents: 1, ExtraDetails: { tooLarge: "1" } },
    { Queue: "Low", CollectedEvents: 8, DroppedEvents: 4, ExtraDetails: { lostInKernel: "4" } },
  ]);
  expect(messages?.Payload).toEqual([{ MessagesSent: 1, MessagesUnder4KB: 1, TotalFailed: 1 }]);
  expect(ledger.statistics()[0]?.Payload).toEqual([
    { Queue: "High", CollectedEvents: 0, DroppedEvents: 0 },
    { Queue: "Low", CollectedEvents: 0, DroppedEvents: 0 },
  ]);
});

test("whatever happens, every event that was made was sent, was dropped for a reason, or waits", async () => {
  const step = fc.record({
    do: fc.constantFrom("keep", "keep", "keep", "send", "send", "away", "back", "refuse", "shrink", "lose"),
    queue: fc.constantFrom("High" as const, "Medium" as const, "Low" as const),
    count: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { hub, ledger, outbox, reporter, path } = open(30_000);
      reporter.maxMessageBytes = 8_192;
      const sending: Promise<void>[] = [];
      for (const { do: what, queue, count } of steps) {
        if (what === "keep") reporter.keep(queue, many(count, count === 13 ? "x".repeat(9_000) : undefined));
        else if (what === "send") sending.push(reporter.send(queue));
        else if (what === "away") hub.isConnected = false;
        else if (what === "back") hub.isConnected = true;
        else if (what === "refuse") hub.refusals += 1;
        else if (what === "shrink") outbox.maxBytes = 8_192 + count * 500;
        else {
          ledger.made("Low", count);
          ledger.dropped("Low", count, "lostInKernel");
        }
        if (count % 3 === 0) await Promise.all(sending.splice(0));
      }
      await Promise.all(sending);
      balanced(ledger, outbox);
      const sent = ledger
        .balance((queue) => outbox.waiting(queue))
        .reduce((total, row) => total + row.sent, 0);
      expect(new Set(hub.ids).size).toBe(hub.ids.length);
      // What was dropped while it was under way may have arrived all the same.
      expect(hub.ids.length).toBeGreaterThanOrEqual(sent);
      outbox.close();
      rmSync(path, { recursive: true, force: true });
    }),
    { numRuns: 80 },
  );
});

function balanced(ledger: Ledger, outbox: Outbox): void {
  const rows = ledger.balance((queue: Queue) => outbox.waiting(queue));
  expect(rows.map(({ queue }) => queue)).toEqual(queues);
  for (const { made, sent, dropped, waiting } of rows) {
    const lost = Object.values(dropped).reduce((total, count) => total + count, 0);
    expect(sent + lost + waiting).toBe(made);
  }
}
