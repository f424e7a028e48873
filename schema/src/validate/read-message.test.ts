import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkStrict, readMessage } from "./read-message.js";

const fixtures = (folder: string): { name: string; bytes: Buffer }[] =>
  readdirSync(new URL(`./fixtures/${folder}/`, import.meta.url)).map((file) => ({
    name: file.replace(".json", "").replaceAll("-", " "),
    bytes: readFileSync(new URL(`./fixtures/${folder}/${file}`, import.meta.url)),
  }));

describe("what the published schema allows", () => {
  test.each(fixtures("published-1.0"))("$name: is good in both validations", ({ bytes }) => {
    expect(checkStrict(JSON.parse(bytes.toString()))).toEqual([]);
    const { message, violations } = readMessage(bytes);
    expect(violations).toEqual([]);
    expect(message?.events).toHaveLength(JSON.parse(bytes.toString()).Events.length);
  });
});

describe("what the original agents really send", () => {
  test.each(fixtures("as-emitted"))("$name: is taken by a receiver", ({ bytes }) => {
    const { message, violations } = readMessage(bytes);
    expect(violations).toEqual([]);
    expect(message?.events.length).toBeGreaterThan(0);
  });
});

describe("what nobody should send", () => {
  test.each(fixtures("rejected-by-both"))(
    "$name: is refused by both, with the field and the rule",
    ({ bytes }) => {
      const { message, violations } = readMessage(bytes);
      expect(message?.events ?? []).toEqual([]);
      expect(violations[0]).toMatchObject({ path: expect.any(String), rule: expect.any(String) });
      expect(violations[0]?.explanation).toMatch(/^[A-Z].*\.$/);
      expect(checkStrict(JSON.parse(bytes.toString())).length).toBeGreaterThan(0);
    },
  );
});

const good = JSON.parse(
  readFileSync(new URL("./fixtures/published-1.0/several-events.json", import.meta.url), "utf8"),
);
const reading = (message: unknown) => readMessage(Buffer.from(JSON.stringify(message)));

test("good events of a partly bad message are kept", () => {
  const [first, ...others] = good.Events;
  const { message, violations } = reading({
    ...good,
    Events: [{ ...first, Category: "Sometimes" }, ...others],
  });
  expect(message?.events.map(({ id }) => id)).toEqual(others.map((event: { Id: string }) => event.Id));
  expect(violations).toMatchObject([
    { code: "SCHEMA_ENUM", scope: "event", path: "/Events/0/Category", rule: "enum" },
  ]);
});

test("good payload items of a partly bad event are kept", () => {
  const ports = {
    ...good.Events[0],
    Name: "ListeningPorts",
    Category: "Periodic",
    EventType: "Security",
    IsEmpty: false,
  };
  const items = [{ Protocol: "tcp", LocalPort: "22" }, { Protocol: "tcp" }, 7];
  const { message, violations } = reading({ ...good, Events: [{ ...ports, Payload: items }] });
  expect(message?.events[0]?.items).toEqual([items[0]]);
  expect(violations.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
    "/Events/0/Payload/1/LocalPort required",
    "/Events/0/Payload/2 type",
  ]);
});

test.each([
  { name: "no JSON", body: Buffer.from("{"), code: "SCHEMA_NOT_JSON" },
  { name: "no UTF-8", body: Buffer.from([0x22, 0xff, 0x22]), code: "SCHEMA_NOT_JSON" },
  { name: "too large", body: Buffer.alloc(262_145, 0x20), code: "SCHEMA_TOO_LARGE" },
  { name: "an array", body: Buffer.from("[]"), code: "SCHEMA_TYPE" },
  {
    name: "an unknown version",
    body: Buffer.from(JSON.stringify({ ...good, MessageSchemaVersion: "2.0" })),
    code: "SCHEMA_VERSION",
  },
])("a body that is $name is refused whole", ({ body, code }) => {
  const { message, violations } = readMessage(body);
  expect(message).toBeUndefined();
  expect(violations).toMatchObject([{ code, scope: "message" }]);
});

test("whatever the bytes, reading answers and never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readMessage(bytes)));
  const keys = ["AgentId", "Events", "Name", "Payload", "ExtraDetails", "Id", "Category"];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any")),
      tie("object"),
    ),
    object: fc.dictionary(fc.constantFrom(...keys), tie("any")),
  })).any;
  fc.assert(fc.property(value, (event) => void reading({ ...good, Events: [event, good.Events[0]] })));
});
