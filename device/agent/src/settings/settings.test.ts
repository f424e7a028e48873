import { SETTINGS_SECTION } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PREVIEW_SECTION } from "./read-settings.js";
import { describeKind, readSetting } from "./setting.js";
import { MICRO_MODULE, Settings } from "./settings.js";
import { settings as table } from "./table.js";

const legacy = (): Settings => new Settings({ moduleId: "azureiotsecurity", outboxBytes: 64_000_000 });
const micro = (): Settings => new Settings({ moduleId: MICRO_MODULE, outboxBytes: 64_000_000 });
const section = (values: Record<string, unknown>): Record<string, unknown> => ({
  [SETTINGS_SECTION]: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
});
const MINUTE = 60_000;

test.each([
  {
    module: "azureiotsecurity",
    settings: legacy(),
    high: 7,
    medium: 120,
    low: 300,
    process: "Low",
    login: "High",
    age: undefined,
  },
  {
    module: MICRO_MODULE,
    settings: micro(),
    high: 30,
    medium: 120,
    low: 1_440,
    process: "Medium",
    login: "Medium",
    age: 2_880,
  },
])("module $module has the defaults of its time", ({ settings, high, medium, low, process, login, age }) => {
  expect([settings.sendMs("High"), settings.sendMs("Medium"), settings.sendMs("Low")]).toEqual([
    high * MINUTE,
    medium * MINUTE,
    low * MINUTE,
  ]);
  expect(settings.queueOf("ProcessCreate")).toBe(process);
  expect(settings.queueOf("Login")).toBe(login);
  expect(settings.maxAgeMs).toBe(age === undefined ? undefined : age * MINUTE);
  expect(settings.snapshotMs).toBe(13 * 60 * MINUTE);
});

test.each([
  { name: "a wrapped value in the section", desired: section({ snapshotFrequency: "PT1H" }) },
  { name: "a bare value in the section", desired: { [SETTINGS_SECTION]: { snapshotFrequency: "PT1H" } } },
  {
    name: "a bare value in the preview's section",
    desired: { [PREVIEW_SECTION]: { snapshotFrequency: "PT1H" } },
  },
  { name: "a flat value", desired: { snapshotFrequency: "PT1H" } },
])("$name is taken", ({ desired }) => {
  const settings = legacy();
  expect(settings.replace(desired)).toEqual({ refused: [], events: [] });
  expect(settings.snapshotMs).toBe(60 * MINUTE);
});

test("a patch changes what it names and leaves the rest as it was", () => {
  const settings = legacy();
  settings.replace(section({ snapshotFrequency: "PT1H", eventPriorityLogin: "Off" }));
  settings.patch(section({ snapshotFrequency: "PT2H" }));
  expect(settings.snapshotMs).toBe(120 * MINUTE);
  expect(settings.queueOf("Login")).toBeUndefined();
  settings.patch({ [SETTINGS_SECTION]: { eventPriorityLogin: null } });
  expect(settings.queueOf("Login")).toBe("High");
  settings.patch({ $version: 9 });
  expect(settings.snapshotMs).toBe(120 * MINUTE);
});

test("an invalid value is refused alone: the others hold, the one before it stays, and why is told once and reported", () => {
  const settings = legacy();
  settings.replace(section({ maxMessageSizeInBytes: 65_536 }));
  const { refused, events } = settings.replace({
    ...section({ maxMessageSizeInBytes: "big", snapshotFrequency: "PT1H" }),
    $version: 4,
  });
  expect(settings.count("maxMessageSizeInBytes")).toBe(65_536);
  expect(settings.snapshotMs).toBe(60 * MINUTE);
  expect(refused).toMatchObject([{ name: "maxMessageSizeInBytes", errorType: "TypeMismatch" }]);
  expect(events).toMatchObject([
    {
      Name: "ConfigurationError",
      Payload: [
        {
          ConfigurationName: "maxMessageSizeInBytes",
          ErrorType: "TypeMismatch",
          UsedConfiguration: "65536",
          Message: expect.stringContaining('it is "big"'),
        },
      ],
    },
  ]);
  expect(settings.state).toMatchObject({
    desiredVersion: 4,
    state: "partlyRefused",
    problems: [{ name: "maxMessageSizeInBytes", used: "65536" }],
  });
  expect(settings.replace(settings.desired).events).toEqual([]);
});

test.each([
  { name: "snapshotFrequency", bad: [0, "PT0S", "7 minutes", "P2Y", true, {}], good: "PT90S" },
  { name: "maxLocalCacheSizeInBytes", bad: [0, -1, 8_191, 1e20, "x", 1.5], good: 1_000_000 },
  { name: "maxMessageSizeInBytes", bad: [262_145, 10, "-1"], good: 4_096 * 4 },
  { name: "eventPriorityLogin", bad: ["Medium", 1, ""], good: "off" },
  { name: "aggregationEnabledProcessCreate", bad: ["yes", 1], good: false },
  {
    name: "CollectorsCore_PriorityIntervals",
    bad: ["30,120", "120,30,1440", "a,b,c", "0,1,2", 5],
    good: "1,2,3",
  },
  { name: "Process_Mode", bad: ["4", 0, true], good: 3 },
  { name: "Login_MessageFrequency", bad: ["Off", 2], good: "high" },
  { name: "Process_PollingInterval", bad: [9_999, "fast"], good: 50_000 },
  { name: "FileSystem_Paths", bad: [[], 3, "x".repeat(5_000)], good: "/etc, /usr/bin" },
  {
    name: "responseActionsAllowed",
    bad: ["everything", "killProcess,formatDisk"],
    good: "killprocess, isolateNetwork",
  },
  { name: "maxCpuPercent", bad: [0, 101], good: 10 },
])("$name takes what fits and refuses what does not, saying what it must be", ({ name, bad, good }) => {
  const settings = micro();
  for (const value of bad) {
    const { refused } = settings.replace({ [name]: value });
    expect(
      refused.map((each) => each.name),
      JSON.stringify(value),
    ).toEqual([name]);
    expect(refused[0]?.message).toContain("must be");
  }
  expect(settings.replace({ [name]: good }).refused).toEqual([]);
});

test.each([
  {
    name: "a cache smaller than a message",
    values: { maxLocalCacheSizeInBytes: 10_000, maxMessageSizeInBytes: 204_800 },
    type: "Conflict",
    of: "maxLocalCacheSizeInBytes",
  },
  {
    name: "the high queue less often than the low one",
    values: { highPriorityMessageFrequency: "PT9H" },
    type: "Conflict",
    of: "highPriorityMessageFrequency",
  },
  {
    name: "messages that are no multiple of 4096",
    values: { maxMessageSizeInBytes: 10_000 },
    type: "NotOptimal",
    of: "maxMessageSizeInBytes",
  },
])("$name is told and applied all the same", ({ values, type, of }) => {
  const settings = legacy();
  const { events, refused } = settings.replace(section(values));
  expect(refused).toEqual([]);
  expect(events[0]?.Payload[0]).toMatchObject({ ConfigurationName: of, ErrorType: type });
  for (const [name, value] of Object.entries(values)) expect(settings.value(name)).toBe(value);
});

test("the micro agent's switches and frequencies hold in either module", () => {
  const settings = legacy();
  settings.replace({
    Process_Disabled: true,
    Login_MessageFrequency: "Medium",
    CollectorsCore_PriorityIntervals: "1,2,3",
    IothubModule_MessageTimeout: 5,
  });
  expect(settings.queueOf("ProcessCreate")).toBeUndefined();
  expect(settings.queueOf("Login")).toBe("Medium");
  expect(settings.sendMs("Low")).toBe(3 * MINUTE);
  expect(settings.maxAgeMs).toBe(5 * MINUTE);
});

test("operational events have a queue of their own, and one setting for all of them", () => {
  const settings = legacy();
  expect(settings.queueOf("ConfigurationError")).toBe("Operational");
  settings.replace(section({ eventPriorityOperational: "Off" }));
  expect(settings.queueOf("MessageStatistics")).toBeUndefined();
});

test("what is reported holds every value in force, in the module's own form, and no key", () => {
  const old = legacy();
  old.replace({ ...section({ snapshotFrequency: "PT1H" }), sharedAccessKeyRotation: "v1.secret" });
  const reported = JSON.stringify(old.reported());
  expect(old.reported()[SETTINGS_SECTION]).toMatchObject({
    snapshotFrequency: { value: "PT1H" },
    eventPriorityLogin: { value: "High" },
  });
  expect(reported).not.toContain("secret");
  const newer = micro();
  newer.replace({ Baseline_Disabled: "maybe", Process_CacheSize: 100 });
  expect(newer.reported()).toMatchObject({
    Process_CacheSize: 100,
    Baseline_Disabled: false,
    latest_state: "failed",
    latest_invalid_fields: ["Baseline_Disabled"],
  });
  expect(Buffer.byteLength(JSON.stringify(newer.reported()))).toBeLessThan(32_768);
});

test("what people paste wrongly is told, and names that no setting has are reported", () => {
  const settings = legacy();
  const { events } = settings.replace({ "properties.desired": section({ snapshotFrequency: "PT1H" }) });
  expect(events[0]?.Payload[0]).toMatchObject({ ConfigurationName: "properties.desired" });
  settings.replace(section({ snapshotFrequencyy: "PT1H" }));
  expect(settings.state).toMatchObject({ unknown: ["snapshotFrequencyy"] });
});

test("the limit of kinds follows the micro agent's cache sizes when they are given", () => {
  const settings = legacy();
  expect(settings.foldLimit("ProcessCreate")).toBeUndefined();
  settings.replace({ Process_CacheSize: 12 });
  expect(settings.foldLimit("ProcessCreate")).toBe(12);
});

test("32 KB of nonsense changes nothing that is not named, and never throws", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...Object.keys(table))), fc.jsonValue(), {
        maxKeys: 60,
      }),
      (values) => {
        const settings = legacy();
        settings.replace({ ...values, [SETTINGS_SECTION]: values });
        settings.patch(values);
        expect(settings.sendMs("High")).toBeGreaterThan(0);
        expect(settings.snapshotMs).toBeGreaterThan(0);
        expect(settings.count("maxMessageSizeInBytes")).toBeGreaterThanOrEqual(8_192);
      },
    ),
  );
});

test("each default is a value that the setting itself would take", () => {
  for (const [name, setting] of Object.entries(table)) {
    expect(readSetting(setting, setting.fallback), name).toBe(setting.fallback);
    expect(setting.about, name).toMatch(/\.$/);
    expect(describeKind(setting).length, name).toBeGreaterThan(3);
  }
});
