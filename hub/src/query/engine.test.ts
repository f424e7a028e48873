import fc from "fast-check";
import { expect, test } from "vitest";
import { type QueryAnswer, QueryEngine, type QueryLimits } from "./engine.js";
import type { Row } from "./evaluate.js";

type Thing = Record<string, unknown> & { deviceId: string };

/** Things as rows, some looked at a time. */
function sourceOf(things: readonly Thing[]) {
  const rows = things
    .map((thing): Row => ({ key: thing.deviceId, root: (name) => thing[name], whole: () => thing }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    page: (after: string, limit: number) => {
      const from = rows.findIndex(({ key }) => key > after);
      const page = from < 0 ? [] : rows.slice(from, from + limit);
      const isMore = from >= 0 && from + limit < rows.length;
      return isMore ? { rows: page, next: page.at(-1)!.key } : { rows: page };
    },
    of: (ids: readonly string[]) => rows.filter(({ key }) => ids.includes(key)),
  };
}

const engineOf = (things: readonly Thing[], limits: Partial<QueryLimits> = {}) => {
  const source = sourceOf(things);
  return new QueryEngine(
    { devices: source, "devices.modules": sourceOf([]), "devices.jobs": sourceOf([]) },
    new Uint8Array(32),
    { slice: 3, ...limits },
  );
};

/** All pages, one after the other. */
async function all(engine: QueryEngine, query: string, pageSize = 100): Promise<object[]> {
  const rows: object[] = [];
  for (let answer: QueryAnswer | undefined; ; ) {
    const { continuation } = answer ?? {};
    answer = await engine.run(query, { pageSize, ...(continuation ? { continuation } : {}) });
    expect(answer.rows.length).toBeLessThanOrEqual(pageSize);
    rows.push(...answer.rows);
    if (!answer.continuation) return rows;
  }
}

const fleet: Thing[] = [
  {
    deviceId: "a",
    status: "enabled",
    tags: { site: "north", floor: 1, keys: [1, 2] },
    properties: { reported: { v: 1.5, ok: true } },
  },
  {
    deviceId: "b",
    status: "disabled",
    tags: { site: "north", floor: 2 },
    properties: { reported: { v: 2.5, ok: null } },
  },
  { deviceId: "c", status: "enabled", tags: { site: "south", floor: "3" }, properties: { reported: {} } },
  { deviceId: "d", status: "enabled", tags: {}, lastActivityTime: "2026-01-02T00:00:00.000Z" },
];
const ids = async (where: string): Promise<string> =>
  (await all(engineOf(fleet), `SELECT deviceId FROM devices WHERE ${where}`))
    .map((row) => Object.values(row)[0])
    .join("");

test.each([
  ["tags.site = 'north'", "ab"],
  ["tags.site != 'north'", "c"],
  ["NOT tags.site = 'north'", "c"],
  ["NOT IS_DEFINED(tags.site)", "d"],
  ["tags.floor > 1", "b"],
  ["tags.floor >= 1 AND status = 'enabled'", "a"],
  ["tags.floor = 2 OR tags.site = 'south'", "bc"],
  ["tags.nothing = 1 OR status = 'disabled'", "b"],
  ["as_number(tags.floor) > 1", "bc"],
  ["tags.site IN ['south', 'west']", "c"],
  ["tags.site NIN ['south', 'west']", "ab"],
  ["tags.keys[1] = 2", "a"],
  ["ARRAY_CONTAINS(tags.keys, 2)", "a"],
  ["IS_NULL(properties.reported.ok)", "b"],
  ["properties.reported.ok", "a"],
  ["IS_STRING(tags.floor)", "c"],
  ["IS_NUMBER(tags.floor)", "ab"],
  ["IS_BOOL(properties.reported.ok)", "a"],
  ["IS_OBJECT(properties)", "abc"],
  ["IS_ARRAY(tags.keys)", "a"],
  ["IS_PRIMITIVE(properties.reported.ok)", "ab"],
  ["STARTSWITH(tags.site, 'no')", "ab"],
  ["ENDSWITH(tags.site, 'uth')", "c"],
  ["CONTAINS(tags.site, 'ort')", "ab"],
  ["LENGTH(tags.site) = 5 AND UPPER(tags.site) = 'SOUTH'", "c"],
  ["SUBSTRING(tags.site, 1, 2) = 'or'", "ab"],
  ["INDEX_OF(tags.site, 'o') = 1", "abc"],
  ["CONCAT(tags.site, '-', deviceId) = 'north-b'", "b"],
  ["FLOOR(properties.reported.v) = 2", "b"],
  ["CEILING(properties.reported.v) = 2", "a"],
  ["POWER(tags.floor, 2) = 4 AND SQRT(SQUARE(tags.floor)) = ABS(-2)", "b"],
  ["properties.reported.v * 2 - 1 = 2", "a"],
  ["tags.floor / 0 = 1 OR tags.floor % 2 = 1", "a"],
  ["lastActivityTime > '2026-01-01T23:00:00-00:30'", "d"],
  ["lastActivityTime = '2026-01-02T00:00:00Z'", "d"],
  ["deviceId = 'b' AND status = 'disabled'", "b"],
  ["deviceId IN ['d', 'a', 'zz']", "ad"],
  ["tags.constructor = 1 OR IS_DEFINED(tags.__proto__) OR IS_DEFINED(tags.toString)", ""],
])("%s selects %s", async (where, expected) => {
  expect(await ids(where)).toBe(expected);
});

test.each([
  ["SELECT COUNT() AS n FROM devices", [{ n: 4 }]],
  ["SELECT COUNT() AS n FROM devices WHERE deviceId = 'zz'", [{ n: 0 }]],
  [
    "SELECT COUNT(tags.site) AS n, AVG(tags.floor) AS mean, MIN(tags.floor) AS low, MAX(tags.site) AS last, SUM(tags.none) AS none FROM devices",
    [{ n: 3, mean: 1.5, low: 1, last: "south" }],
  ],
  [
    "SELECT tags.site AS site, COUNT() AS n FROM devices GROUP BY tags.site",
    [{ n: 1 }, { site: "north", n: 2 }, { site: "south", n: 1 }],
  ],
  [
    "SELECT status, MAX(properties.reported.v) FROM devices GROUP BY status",
    [
      { status: "disabled", $2: 2.5 },
      { status: "enabled", $2: 1.5 },
    ],
  ],
  ["SELECT DISTINCT status FROM devices", [{ status: "disabled" }, { status: "enabled" }]],
  ["SELECT TOP 2 deviceId FROM devices", [{ deviceId: "a" }, { deviceId: "b" }]],
  ["SELECT deviceId, tags.floor FROM devices WHERE deviceId = 'c'", [{ deviceId: "c", floor: "3" }]],
  [
    "SELECT deviceId FROM devices WHERE IS_NUMBER(tags.floor) ORDER BY tags.floor DESC",
    [{ deviceId: "b" }, { deviceId: "a" }],
  ],
])("%s", async (query, rows) => {
  for (const pageSize of [1, 100]) expect(await all(engineOf(fleet), query, pageSize)).toEqual(rows);
});

test("pages together are the whole answer, whatever their size", async () => {
  const things = fc
    .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.nat(5)), {
      selector: ([id]) => id,
      maxLength: 30,
    })
    .map((list) => list.map(([deviceId, n]): Thing => ({ deviceId, tags: { n } })));
  const query = fc.constantFrom(
    "SELECT * FROM devices WHERE tags.n > 1",
    "SELECT deviceId, tags.n FROM devices ORDER BY tags.n DESC",
    "SELECT tags.n, COUNT() FROM devices GROUP BY tags.n",
    "SELECT DISTINCT tags.n FROM devices",
    "SELECT TOP 7 deviceId FROM devices",
  );
  await fc.assert(
    fc.asyncProperty(things, query, fc.integer({ min: 1, max: 10 }), async (list, text, size) => {
      const engine = engineOf(list, { looked: 6 });
      expect(await all(engine, text, size)).toEqual(await all(engineOf(list), text));
    }),
  );
});

test.each([
  ["made up", () => "e30.AAAA"],
  ["cut", (token: string) => token.slice(0, -3)],
  ["changed", (token: string) => `x${token}`],
  ["huge", (token: string) => token.repeat(2_000)],
])("a continuation token that is %s is refused", async (_, change) => {
  const engine = engineOf(fleet);
  const { continuation = "" } = await engine.run("SELECT * FROM devices", { pageSize: 1 });
  await expect(
    engine.run("SELECT * FROM devices", { pageSize: 1, continuation: change(continuation) }),
  ).rejects.toMatchObject({ code: "HUB_CONTINUATION_INVALID" });
});

test("a continuation token of another query is refused", async () => {
  const engine = engineOf(fleet);
  const { continuation = "" } = await engine.run("SELECT * FROM devices", { pageSize: 1 });
  await expect(engine.run("SELECT deviceId FROM devices", { pageSize: 1, continuation })).rejects.toThrow(
    "same query",
  );
});

test("more than 10,000 groups are refused, not kept", async () => {
  const many = Array.from({ length: 10_001 }, (_, n): Thing => ({ deviceId: String(n).padStart(6, "0") }));
  const engine = engineOf(many, { slice: 1_000 });
  await expect(
    engine.run("SELECT deviceId, COUNT() FROM devices GROUP BY deviceId", { pageSize: 10 }),
  ).rejects.toThrow("more than 10000 groups");
});
