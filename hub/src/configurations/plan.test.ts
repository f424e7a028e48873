import { mergePatch } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drafted } from "../identity/drafts.js";
import type { Identity } from "../identity/identity.js";
import type { Row } from "../query/evaluate.js";
import { type Configuration, draftedConfiguration } from "./configuration.js";
import { difference, holds } from "./content.js";
import { activeOf, isReported, planDevice, planModule } from "./plan.js";

const vault = { seal: (bytes: Uint8Array) => bytes, open: (bytes: Uint8Array) => bytes };
const identity = (moduleId: string, more: Partial<Identity> = {}): Identity => ({
  ...drafted({ deviceId: "d", moduleId }, {}, { vault, now: 0 }),
  ...more,
});
const rowOf = (of: Identity): Row => ({
  key: of.deviceId,
  root: (name) => Reflect.get({ ...of, properties: { desired: of.desired, reported: of.reported } }, name),
  whole: () => of,
});
let age = 0;
const configuration = (id: string, body: object): Configuration => {
  age += 1_000;
  return draftedConfiguration(id, { targetCondition: "*", ...body }, { now: age });
};
const device = (id: string, deviceContent: object, more: object = {}) =>
  configuration(id, { content: { deviceContent }, ...more });
const planned = (configurations: readonly Configuration[], of: Identity) =>
  planDevice(activeOf(configurations), of, rowOf(of));

test("the higher priority decides at a place, the other keeps its own places", () => {
  const task = planned(
    [
      device("low", { "properties.desired.a.x": 1, "properties.desired.b": 1 }, { priority: 1 }),
      device("high", { "properties.desired.a": { y: 2 } }, { priority: 2 }),
    ],
    identity(""),
  );
  expect(task).toMatchObject({ change: { desired: { a: { y: 2 }, b: 1 } } });
  expect(task?.configurations).toEqual({ high: { status: "Applied" }, low: { status: "Applied" } });
});

test("of the same priority the younger decides; one that decides nothing is targeted only", () => {
  const task = planned(
    [device("old", { "properties.desired.a": 1 }), device("young", { "properties.desired.a": 2 })],
    identity(""),
  );
  expect(task).toMatchObject({ change: { desired: { a: 2 } } });
  expect(task?.configurations).toEqual({ young: { status: "Applied" }, old: { status: "Targeted" } });
});

test("a twin that has what is wanted is left alone", () => {
  const of = identity("", { desired: { a: { x: 1 } }, configurations: { one: { status: "Applied" } } });
  expect(planned([device("one", { "properties.desired.a.x": 1 })], of)).toBeUndefined();
});

test("what a place holds is replaced, what is beside it stays", () => {
  const of = identity("", { desired: { a: { old: 1, x: { keep: 0 } }, b: 2 } });
  const task = planned([device("one", { "properties.desired.a": { x: { fresh: 1 } } })], of);
  expect(task?.change).toEqual({ desired: { a: { old: null, x: { keep: null, fresh: 1 } } } });
});

test("a condition that no longer holds takes the configuration away and leaves the values", () => {
  const of = identity("", {
    tags: { ring: 2 },
    desired: { a: 1 },
    configurations: { one: { status: "Applied" } },
  });
  const one = device("one", { "properties.desired.a": 1 }, { targetCondition: "tags.ring = 1" });
  expect(planned([one], of)).toEqual({ address: { deviceId: "d", moduleId: "" }, configurations: {} });
});

test("modules get what their device's configuration gives them, and what targets them", () => {
  const active = activeOf([
    configuration("edge", {
      content: { modulesContent: { m: { "properties.desired.a": 1, "properties.desired.b": 1 } } },
    }),
    configuration("own", {
      targetCondition: "FROM devices.modules WHERE moduleId = 'm'",
      content: { moduleContent: { "properties.desired.b": 2 } },
      priority: 9,
    }),
  ]);
  const [module, owner] = [identity("m"), identity("")];
  const rows = { module: rowOf(module), device: rowOf(owner) };
  expect(planModule(active, module, rows)?.change).toEqual({ desired: { a: 1, b: 2 } });
  expect(
    planModule(active, identity("other"), { module: rowOf(identity("other")), device: rowOf(owner) }),
  ).toBeUndefined();
  expect(planDevice(active, owner, rowOf(owner))?.configurations).toEqual({ edge: { status: "Applied" } });
});

test("a twin reports a configuration when it says all its values back", () => {
  const [one] = activeOf([device("one", { "properties.desired.a": { x: 1 } })]);
  expect(isReported(one!, identity("", { reported: { a: { x: 1, more: 2 } } }))).toBe(true);
  expect(isReported(one!, identity("", { reported: { a: { x: 2 } } }))).toBe(false);
});

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
})).value;

test("a difference, applied as a merge patch, makes the one into the other", () => {
  fc.assert(
    fc.property(value, value, (now, wanted) => {
      const patch = difference({ at: now }, { at: wanted });
      const made = patch === undefined ? { at: now } : mergePatch({ at: now }, patch);
      expect(made).toEqual({ at: wanted });
      expect(holds(made, { at: wanted })).toBe(true);
      expect(difference(made, { at: wanted })).toBeUndefined();
    }),
  );
});

test.each([
  ["capitals in its id", "Big", {}, "small letters"],
  ["two kinds of content", "one", { content: { deviceContent: {}, moduleContent: {} } }, "has one of them"],
  [
    "a path that is no desired property",
    "one",
    { content: { deviceContent: { "tags.a": 1 } } },
    "properties.desired",
  ],
  [
    "a name that twins refuse",
    "one",
    { content: { deviceContent: { "properties.desired.a": { "b c": 1 } } } },
    "a space",
  ],
  ["a condition that cannot be read", "one", { targetCondition: "tags.a =" }, "line 1, column 9"],
  ["a metric that cannot be read", "one", { metrics: { queries: { m: "SELECT" } } }, "line 1, column 7"],
  ["six metrics", "one", { metrics: { queries: { a: "", b: "", c: "", d: "", e: "", f: "" } } }, "at most 5"],
  ["a priority below 0", "one", { priority: -1 }, "from 0 on"],
])("a configuration with %s is refused", (_, id, body, why) => {
  expect(() => configuration(id, body)).toThrow(why);
});

test("content does not change; a new configuration of a higher priority takes its place", () => {
  const before = device("one", { "properties.desired.a": 1 });
  const change = () =>
    draftedConfiguration(
      "one",
      { content: { deviceContent: { "properties.desired.a": 2 } } },
      { now: 0, before },
    );
  expect(change).toThrow("higher priority");
});
