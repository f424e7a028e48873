import { handClock, silent } from "@picket/kit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Attendance } from "../attendance.js";
import { Registry } from "../identity/registry.js";
import { OperationLog } from "../operations/operation-log.js";
import { Outbound } from "../outbound.js";
import { ServiceSide } from "../service-side.js";
import { State } from "../state.js";
import { memoryStore } from "../testing.js";
import { TwinsAndMethods } from "../twins/twins-and-methods.js";

const clock = handClock(Date.UTC(2026, 0, 1));
const vault = { seal: (bytes: Uint8Array) => bytes, open: (bytes: Uint8Array) => bytes };
const opened: { close(): Promise<void> }[] = [];
let store = memoryStore();
beforeEach(() => {
  store = memoryStore();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** The service side over the same store, as after a restart. */
async function start() {
  const state = new State(store);
  const outbound = new Outbound({ append: async () => 1 }, { recorder: silent, clock });
  const operations = new OperationLog(outbound, { recorder: silent, clock });
  const registry = new Registry({ store: state, vault, outbound, clock });
  const attendance = new Attendance();
  const twins = new TwinsAndMethods(registry, attendance);
  const service = new ServiceSide({ state, vault, registry, twins, operations, recorder: silent, clock });
  await service.open();
  const close = async (): Promise<void> => {
    await service.close();
    operations.close();
  };
  opened.push({ close });
  return { ...service, jobs: service.jobs, registry, attendance, close };
}

const method = (queryCondition: string, more: object = {}) => ({
  type: "scheduleDeviceMethod",
  queryCondition,
  cloudToDeviceMethod: { methodName: "ping", payload: 1, responseTimeoutInSeconds: 30 },
  maxExecutionTimeInSeconds: 100,
  ...more,
});

test("a job is cancelled while devices still work, and says how many were done", async () => {
  const { jobs, registry, attendance } = await start();
  let answer = (_: { status: number; payload: unknown }): void => {};
  for (const id of ["a", "b"]) await registry.create(id);
  attendance.enter(
    { deviceId: "a", moduleId: "" },
    {
      takesMethods: true,
      pushDesired: () => {},
      end: () => {},
      invoke: () => new Promise((resolve) => (answer = resolve)),
    },
  );
  await jobs.schedule("j", method("*"));
  await vi.waitFor(() => expect(jobs.get("j").counts.runningCount).toBe(2));
  const cancelled = jobs.cancel("j");
  answer({ status: 200, payload: "pong" });
  expect(await cancelled).toMatchObject({ counts: { deviceCount: 2 } });
  await expect(jobs.cancel("j")).rejects.toMatchObject({ code: "HUB_JOB_ENDED" });
});

test("a job goes on after a restart: what is done stays done, who was called is not called again", async () => {
  const first = await start();
  for (const id of ["a", "b", "c"]) await first.registry.create(id);
  const never = {
    takesMethods: true,
    pushDesired: () => {},
    end: () => {},
    invoke: () => new Promise<never>(() => {}),
  };
  first.attendance.enter({ deviceId: "b", moduleId: "" }, never);
  await first.jobs.schedule("j", method("*"));
  await vi.waitFor(() => expect(first.jobs.get("j").counts.runningCount).toBe(3));
  // The process ends here: nobody closes anything.
  opened.length = 0;
  const second = await start();
  await vi.waitFor(() => expect(second.jobs.get("j").status).toBe("completed"));
  expect(second.jobs.get("j").counts).toMatchObject({ deviceCount: 3, failedCount: 3 });
  const { rows } = await second.queries.run("SELECT deviceId, error.code FROM devices.jobs", {
    pageSize: 10,
  });
  expect(rows).toContainEqual({ deviceId: "b", code: "HubRestarted" });
});

test("a job waits for its time, also over a restart, and fails when it has none left", async () => {
  const first = await start();
  await first.registry.create("a");
  const later = new Date(clock.now() + 60_000).toISOString();
  await first.jobs.schedule("later", method("*", { startTime: later }));
  expect(first.jobs.get("later").status).toBe("scheduled");
  await first.close();
  clock.move(61_000);
  const second = await start();
  await vi.waitFor(() => expect(second.jobs.get("later").status).toBe("completed"));
  await second.jobs.schedule(
    "late",
    method("*", { startTime: new Date(clock.now() - 500_000).toISOString() }),
  );
  await vi.waitFor(() =>
    expect(second.jobs.get("late")).toMatchObject({ status: "failed", failureReason: /time/ }),
  );
});

test("jobs that ended are forgotten after thirty days, with their devices", async () => {
  const first = await start();
  await first.registry.create("a");
  await first.jobs.schedule("old", method("*"));
  await vi.waitFor(() => expect(first.jobs.get("old").status).toBe("completed"));
  await first.close();
  clock.move(31 * 24 * 3_600_000);
  const second = await start();
  await vi.waitFor(() => expect(() => second.jobs.get("old")).toThrow("no job"));
  await vi.waitFor(() => expect(store.range({ prefix: "job-device/", limit: 10 })).toEqual([]));
});

test.each([
  ["an id with a slash", "a/b", method("*"), "The job id"],
  ["another type", "j", method("*", { type: "scheduleReboot" }), "The job's type"],
  ["no condition", "j", method(""), "queryCondition"],
  ["a condition that cannot be read", "j", method("tags.a ="), "line 1, column 9"],
  ["no method's name", "j", method("*", { cloudToDeviceMethod: {} }), "methodName"],
  ["a start that is no time", "j", method("*", { startTime: "soon" }), "startTime"],
  ["three days", "j", method("*", { maxExecutionTimeInSeconds: 259_200 }), "1 to 172800"],
])("a job with %s is refused", async (_, id, body, why) => {
  const { jobs } = await start();
  await expect(jobs.schedule(id, body)).rejects.toThrow(why);
});
