import { mergePatch } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkProperties, metadataOf, patched, withoutMeta } from "./properties.js";

const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.string(), fc.boolean(), tie("object")),
  object: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__", "toString"), tie("value"), {
    maxKeys: 4,
  }),
}));
const patch = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.constant(null), tie("object")),
  object: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 4 }),
}));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("a patch changes properties as a JSON merge patch does, and names the changed ones", () => {
  fc.assert(
    fc.property(json.object, patch.object, (first, then) => {
      const start = patched(undefined, first as object, [1, 1]);
      const end = patched(start, then as object, [2, 2]);
      expect(plain(end.properties)).toEqual(plain(mergePatch(plain(start.properties), then)));
    }),
  );
});

test("what a patch touches has its time and version, the rest keeps its own", () => {
  const start = patched(undefined, { a: { x: 1, y: 1 }, b: 2 }, [Date.UTC(2026, 0, 1), 1]);
  const { stamps } = patched(start, { a: { x: 3, y: null } }, [Date.UTC(2026, 0, 2), 2]);
  const [old, fresh] = ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"];
  expect(metadataOf(stamps, true)).toEqual({
    $lastUpdated: fresh,
    $lastUpdatedVersion: 2,
    a: {
      $lastUpdated: fresh,
      $lastUpdatedVersion: 2,
      x: { $lastUpdated: fresh, $lastUpdatedVersion: 2 },
    },
    b: { $lastUpdated: old, $lastUpdatedVersion: 1 },
  });
});

test("the hub's own names are left out", () => {
  expect(withoutMeta({ $version: 3, $metadata: {}, a: 1 })).toEqual({ a: 1 });
});

const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

test.each([
  ["a dot in a name", { "a.b": 1 }, "a dot"],
  ["a dollar sign in a name", { x: { $y: 1 } }, "a dollar sign"],
  ["a space in a name", { "a b": 1 }, "a space"],
  ["a control character", { "a\u0007": 1 }, "a control character"],
  ["a name of more than 1024 bytes", { ["ä".repeat(513)]: 1 }, "1 to 1024 bytes"],
  ["a text of more than 4096 bytes", { a: "x".repeat(4_097) }, "4096 bytes"],
  ["null in a list", { a: [1, null] }, "a[1] is null"],
  ["a whole number that does not fit", { a: 2 ** 60 }, "2^52"],
  ["eleven levels", deep(11), "10 deep"],
])("%s is refused with its place", (_, properties, why) => {
  expect(() => checkProperties("The tags", properties)).toThrow(why);
});

test.each([
  ["ten levels", deep(10)],
  ["lists", { a: [1, [2], { b: 3 }] }],
  ["null, which removes", { a: null }],
  [
    "the agent's settings",
    { "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration": { a: { value: 1 } } },
  ],
])("%s are taken", (_, properties) => {
  expect(() => checkProperties("The tags", properties)).not.toThrow();
});
