import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { messageOf } from "../errors.js";
import { AuditControl } from "./audit-control.js";
import type { HostEvent, Source } from "./host-events.js";
import { chosenWays, openBest, type Watched, type Way, waysToWatch } from "./open.js";

const source = (name: string, closed: string[] = []): Source => ({
  name,
  drain: () => {},
  lost: () => 0,
  close: () => closed.push(name),
});
const way = (name: string, serves: readonly Watched[], why = ""): Way => ({
  name,
  serves,
  open: async () => {
    if (why !== "") throw new Error(why);
    return source(name);
  },
});

describe("the best source for each event is opened", () => {
  const all = ["ProcessCreate", "ProcessTerminate", "ConnectionCreate", "ConnectionTerminate"] as const;
  test.each([
    {
      name: "one that serves everything is enough",
      ways: [way("best", all), way("next", all)],
      opened: ["best"],
      coverage: { ProcessCreate: "best", ConnectionTerminate: "best" },
    },
    {
      name: "what the first does not serve the next one does",
      ways: [way("a", ["ProcessCreate"]), way("b", ["ProcessCreate", "ProcessTerminate"])],
      opened: ["a", "b"],
      coverage: { ProcessCreate: "a", ProcessTerminate: "b", ConnectionCreate: "none" },
    },
    {
      name: "why a better one does not serve is said",
      ways: [way("a", ["ProcessCreate"], "not permitted"), way("b", ["ProcessCreate"])],
      opened: ["b"],
      coverage: { ProcessCreate: "b (a: not permitted)", ConnectionCreate: "none" },
    },
    {
      name: "nothing at all is said too",
      ways: [way("a", ["ProcessCreate"], "not permitted")],
      opened: [],
      coverage: { ProcessCreate: "none (a: not permitted)" },
    },
  ])("$name", async ({ ways, opened, coverage }) => {
    const found = await openBest(ways, () => {});
    expect(found.sources.map(({ name }) => name)).toEqual(opened);
    expect(found.coverage).toMatchObject(coverage);
  });

  test("a source that tells more than it was opened for is not heard twice", async () => {
    const seen: HostEvent[] = [];
    const loud: Way = {
      name: "loud",
      serves: ["ProcessCreate", "ProcessTerminate"],
      open: async (take) => {
        take({
          kind: "exec",
          at: 0,
          pid: 1,
          parent: 0,
          uid: 0,
          executable: "",
          calledBy: "",
          commandLine: "",
          directory: "",
          isCut: false,
        });
        take({ kind: "exit", at: 0, pid: 1, status: 0 });
        return source("loud");
      },
    };
    await openBest([way("first", ["ProcessCreate"]), loud], (event) => seen.push(event));
    expect(seen.map(({ kind }) => kind)).toEqual(["exit"]);
  });
});

test.each([
  { chosen: "Auto", first: "ebpf" },
  { chosen: "Audit", first: "audit" },
  { chosen: "ProcConnector", first: "proc connector" },
  { chosen: "Polling", first: "sock_diag" },
])("the setting $chosen leaves $first first", ({ chosen, first }) => {
  const ways = chosenWays(waysToWatch("/tmp"), chosen);
  expect(ways[0]?.name).toBe(first);
});

/** Sources as they run on this host; one that cannot says why, and its tests are skipped with that. */
async function opened(name: string): Promise<{ source?: Source; seen: HostEvent[]; why: string }> {
  const seen: HostEvent[] = [];
  const way = waysToWatch(mkdtempSync(join(tmpdir(), "picket-ways-"))).find((each) => each.name === name);
  try {
    const source = await way?.open((event) => seen.push(event));
    return { seen, why: "", ...(source ? { source } : {}) };
  } catch (error) {
    return { seen, why: messageOf(error) };
  }
}
const until = async (found: () => boolean, look: () => void = () => {}): Promise<boolean> => {
  for (let tries = 0; tries < 250 && !found(); tries += 1) {
    look();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return found();
};

describe.each(["audit", "proc connector", "polling"])("programs by %s, on the running kernel", (name) => {
  test("are told with what they are", async ({ skip }) => {
    const { source, seen, why } = await opened(name);
    if (!source) return skip(why);
    try {
      // A program that lasts, so that those who must read /proc can.
      const mark = `mark-${name.replace(" ", "-")}`;
      spawn("/bin/sh", ["-c", "sleep 0.8; exit 3", mark, "a b"], { cwd: "/usr" }).unref();
      const exec = () => seen.find((event) => event.kind === "exec" && event.commandLine.includes(mark));
      expect(
        await until(
          () => exec() !== undefined,
          () => source.drain(),
        ),
      ).toBe(true);
      expect(exec()).toMatchObject({
        commandLine: `/bin/sh -c sleep 0.8; exit 3 ${mark} a b`,
        directory: "/usr",
        parent: process.pid,
      });
      if (name === "audit") return;
      const started = exec();
      const isEnd = (event: HostEvent): boolean =>
        event.kind === "exit" && started?.kind === "exec" && event.pid === started.pid;
      expect(
        await until(
          () => seen.some(isEnd),
          () => source.drain(),
        ),
      ).toBe(true);
      if (name === "proc connector") expect(seen.find(isEnd)).toMatchObject({ status: 3 });
    } finally {
      source.close();
    }
  });
});

test("the audit system is left as it was found", async ({ skip }) => {
  let control: AuditControl;
  try {
    control = new AuditControl();
  } catch (error) {
    return skip(messageOf(error));
  }
  try {
    const before = control.status();
    const { source, why } = await opened("audit");
    if (!source) return skip(why);
    expect(control.status()).toMatchObject({
      enabled: 1,
      backlogWait: before.daemon === 0 ? 0 : before.backlogWait,
    });
    source.close();
    expect({ ...control.status(), lost: 0 }).toEqual({ ...before, lost: 0 });
    expect(control.rules()).toEqual([]);
  } finally {
    control.close();
  }
});

describe.each(["sock_diag", "polling of sockets"])("connections by %s, on the running kernel", (name) => {
  test("are told with both ends and their process", async ({ skip }) => {
    const { source, seen, why } = await opened(name);
    if (!source) return skip(why);
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const socket = connect(port, "127.0.0.1");
    try {
      const out = () => seen.find((event) => event.kind === "connect" && event.remotePort === port);
      expect(await until(() => out() !== undefined)).toBe(true);
      expect(out()).toMatchObject({
        direction: "Out",
        pid: process.pid,
        remoteAddress: "127.0.0.1",
        protocol: "tcp",
      });
      socket.end("hello");
      const end = () => seen.find((event) => event.kind === "disconnect" && event.remotePort === port);
      expect(await until(() => end() !== undefined)).toBe(true);
      expect(end()).toMatchObject({ pid: process.pid });
    } finally {
      socket.destroy();
      server.close();
      source.close();
    }
  });
});
