import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { asClient, openTestHub, type TestHub } from "../testing.js";

const address = "127.31.0.2";
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
  for (let n = 0; n < 12; n += 1) {
    const tags = { site: n % 2 === 0 ? "north" : "south", floor: n };
    await house.hub.registry.create(`q-${String(n).padStart(2, "0")}`, "", { tags });
  }
  for (const id of ["q-00", "q-01"])
    await house.hub.registry.create(id, "azureiotsecurity", { tags: { ring: 1 } });
});
afterAll(() => house.hub.close());

const run = (body: string) => {
  if (house.httpsPort !== 443) return undefined;
  const prelude = `const { Registry, JobClient } = client("azure-iothub");
    const registry = Registry.fromConnectionString(connection);
    const jobs = JobClient.fromConnectionString(connection);
    const pages = async (query) => { const all = []; while (query.hasMoreResults) all.push((await query.next(query.continuationToken)).result); return all; };
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`;
  return asClient({ ...house, address }, `${prelude}\n${body}`);
};
const noPort = "port 443 is taken or privileged here";

test("the unmodified client pages through a query, and gets twins, columns, groups and errors", async ({
  skip,
}) => {
  const answer = await run(`
    const twins = await pages(registry.createQuery("SELECT * FROM devices WHERE tags.site = 'north'", 4));
    const typed = registry.createQuery("SELECT * FROM devices", 1);
    const first = (await typed.nextAsTwin()).result[0];
    const columns = await pages(registry.createQuery("SELECT deviceId, tags.floor AS floor FROM devices WHERE tags.floor > 9"));
    const groups = await pages(registry.createQuery("SELECT tags.site AS site, COUNT() AS n FROM devices GROUP BY tags.site"));
    const modules = await pages(registry.createQuery("SELECT deviceId, moduleId FROM devices.modules WHERE tags.ring = 1"));
    const wrong = await registry.createQuery("SELECT * FROM devices WHERE tags.site LIKE 'n'").next().catch((error) => error.name + ": " + error.message);
    return { sizes: twins.map((page) => page.length), ids: twins.flat().map(({ deviceId }) => deviceId), first: first.deviceId, version: first.version, columns, groups, modules, wrong };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    sizes: [4, 2],
    ids: ["q-00", "q-02", "q-04", "q-06", "q-08", "q-10"],
    first: "q-00",
    columns: [
      [
        { deviceId: "q-10", floor: 10 },
        { deviceId: "q-11", floor: 11 },
      ],
    ],
    groups: [
      [
        { site: "north", n: 6 },
        { site: "south", n: 6 },
      ],
    ],
    modules: [
      [
        { deviceId: "q-00", moduleId: "azureiotsecurity" },
        { deviceId: "q-01", moduleId: "azureiotsecurity" },
      ],
    ],
  });
  expect(answer["wrong"]).toMatch(/^ArgumentError: .*line 1, column 39.*STARTSWITH/);
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ category: "TwinQueries", operationName: "query", cause: "invalidRequest" }),
  );
});

test("a job updates the twins of a condition, tells its progress, and its devices can be asked", async ({
  skip,
}) => {
  const answer = await run(`
    const made = (await jobs.scheduleTwinUpdate("job-1", "tags.site = 'south'", { etag: "*", tags: { done: true }, properties: { desired: { mode: "eco" } } }, new Date(), 60)).jobStatus;
    let job; do { await wait(100); job = (await jobs.getJob("job-1")).jobStatus; } while (job.status !== "completed");
    const rows = await pages(registry.createQuery("SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'q-01' AND devices.jobs.jobId = 'job-1'"));
    const list = await pages(jobs.createQuery("scheduleUpdateTwin", "completed"));
    const later = (await jobs.scheduleTwinUpdate("job-2", "*", { tags: { a: 1 } }, new Date(Date.now() + 3600000), 60)).jobStatus;
    const cancelled = (await jobs.cancelJob("job-2")).jobStatus;
    const again = await jobs.scheduleTwinUpdate("job-1", "*", { tags: {} }).catch(nameOf);
    const missing = await jobs.getJob("nope").catch((error) => JSON.parse(error.responseBody).Message);
    const wrong = await jobs.scheduleTwinUpdate("job-3", "tags.a =", { tags: {} }).catch(nameOf);
    return { made, job, rows, list, later: later.status, cancelled: cancelled.status, again, missing, wrong };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    made: { jobId: "job-1", type: "scheduleUpdateTwin" },
    job: { deviceJobStatistics: { deviceCount: 6, succeededCount: 6, failedCount: 0, pendingCount: 0 } },
    rows: [[{ deviceId: "q-01", jobType: "scheduleUpdateTwin", status: "completed" }]],
    list: [[{ jobId: "job-1" }]],
    later: "scheduled",
    cancelled: "cancelled",
    again: "DeviceAlreadyExistsError",
    wrong: "ArgumentError",
  });
  expect(answer["missing"]).toMatch(/^ErrorCode:JobNotFound;/);
  expect(house.hub.registry.get("q-03")).toMatchObject({ tags: { done: true }, desired: { mode: "eco" } });
  expect(house.hub.registry.get("q-02").tags).not.toHaveProperty("done");
  const names = house
    .told("operation")
    .filter(({ category }) => category === "JobsOperations")
    .map(({ operationName }) => operationName);
  expect(names).toEqual(expect.arrayContaining(["createJob", "jobCompleted", "cancelJob", "jobCancelled"]));
});

test("a job calls a method on each device, and says which were not there", async ({ skip }) => {
  const answer = await run(`
    await jobs.scheduleDeviceMethod("job-m", "deviceId IN ['q-00', 'q-02']", { methodName: "reboot", payload: { now: true }, responseTimeoutInSeconds: 5 }, new Date(), 60);
    let job; do { await wait(100); job = (await jobs.getJob("job-m")).jobStatus; } while (job.status !== "completed");
    const rows = (await pages(registry.createQuery("SELECT * FROM devices.jobs WHERE jobId = 'job-m'"))).flat();
    return { job, rows };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    job: { deviceJobStatistics: { deviceCount: 2, failedCount: 2 } },
    rows: [{ status: "failed", error: { code: "DeviceNotOnline" } }, { status: "failed" }],
  });
});

test("an automatic configuration reaches the modules it targets, now and later, and counts them", async ({
  skip,
}) => {
  const answer = await run(`
    const id = "agents-eco";
    const section = { highPriorityMessageFrequency: { value: "PT1M" } };
    const made = (await registry.addConfiguration({ id, targetCondition: "FROM devices.modules WHERE moduleId = 'azureiotsecurity' AND tags.ring = 1", priority: 5, labels: { by: "test" },
      content: { moduleContent: { "properties.desired.ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration": section } },
      metrics: { queries: { fast: "SELECT deviceId FROM devices.modules WHERE properties.desired.[[ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration]].highPriorityMessageFrequency.value = 'PT1M'" } } })).responseBody;
    let read; do { await wait(50); read = (await registry.getConfiguration(id)).responseBody; } while (read.systemMetrics.results.appliedCount !== 2);
    await registry.create({ deviceId: "late" });
    await registry.addModule({ deviceId: "late", moduleId: "azureiotsecurity" });
    await registry.updateModuleTwin("late", "azureiotsecurity", { tags: { ring: 1 } }, "*");
    let later; do { await wait(50); later = (await registry.getConfiguration(id)).responseBody; } while (later.systemMetrics.results.appliedCount !== 3);
    const twin = (await registry.getModuleTwin("late", "azureiotsecurity")).responseBody;
    const found = await pages(registry.createQuery(later.systemMetrics.queries.appliedCount));
    const stale = await registry.updateConfiguration({ ...made, priority: 9, etag: "old" }).catch(nameOf);
    const fresh = (await registry.updateConfiguration({ ...made, priority: 9 })).responseBody;
    const list = (await registry.getConfigurations()).responseBody.map((each) => each.id);
    const again = await registry.addConfiguration({ id, content: {} }).catch(nameOf);
    await registry.removeConfiguration(id);
    const gone = await registry.getConfiguration(id).catch((error) => JSON.parse(error.responseBody).Message);
    return { made, read, later, twin, found, stale, fresh: fresh.priority, list, again, gone };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    made: { id: "agents-eco", schemaVersion: "1.0", labels: { by: "test" } },
    read: {
      systemMetrics: { results: { targetedCount: 2, appliedCount: 2 } },
      metrics: { results: { fast: 2 } },
    },
    later: { metrics: { results: { fast: 3 } } },
    twin: { configurations: { "agents-eco": { status: "Applied" } } },
    found: [[{ deviceId: "late" }, { deviceId: "q-00" }, { deviceId: "q-01" }]],
    stale: "InvalidEtagError",
    fresh: 9,
    list: ["agents-eco"],
    again: "DeviceAlreadyExistsError",
  });
  expect(answer["gone"]).toMatch(/^ErrorCode:ConfigurationNotFound;/);
  await vi.waitFor(() =>
    expect(house.hub.registry.get("late", "azureiotsecurity").configurations).toEqual({}),
  );
});

test("content is applied to one device at once, and queries can be tried", async ({ skip }) => {
  const answer = await run(`
    await registry.applyConfigurationContentOnDevice("q-05", { deviceContent: { "properties.desired.fan.speed": 3 } });
    const twin = (await registry.getTwin("q-05")).responseBody;
    const bad = await registry.applyConfigurationContentOnDevice("q-05", { deviceContent: { "tags.x": 3 } }).catch(nameOf);
    return { speed: twin.properties.desired.fan.speed, bad };`);
  if (!answer) return skip(noPort);
  expect(answer).toEqual({ speed: 3, bad: "ArgumentError" });
});
