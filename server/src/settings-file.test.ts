import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hubSettings } from "./settings-file.js";

function folder(text: string): string {
  const data = mkdtempSync(join(tmpdir(), "picket-settings-"));
  writeFileSync(join(data, "picket.yaml"), text);
  return data;
}

const good = `
events:
  sources: [twinChangeEvents]
connectors:
  - kind: mqtt
    name: plant
    url: mqtts://broker
    password: file:${join(folder("unused"), "picket.yaml")}
    topics:
      - topic: plants/{device}/security
`;

test("connectors and sources of events come from picket.yaml in the data folder, secrets from elsewhere", () => {
  expect(hubSettings(folder(good), undefined)).toMatchObject({
    events: { sources: ["twinChangeEvents"] },
    connectors: [{ kind: "mqtt", name: "plant", password: "unused" }],
  });
});

test("without a file everything is as usual", () => {
  const data = mkdtempSync(join(tmpdir(), "picket-settings-"));
  expect(hubSettings(data, undefined)).toEqual({ events: {}, connectors: [] });
});

test.each([
  { name: "a file that is no YAML", text: "connectors: [", says: "line 1" },
  {
    name: "a kind that there is not",
    text: "connectors: [{ kind: nats, name: a }]",
    says: "connectors[0].kind: must be",
  },
  { name: "a part that there is not", text: "connector: []", says: "connector: is unknown here" },
])("$name is told with the file and the place", ({ text, says }) => {
  const data = folder(text);
  expect(() => hubSettings(data, undefined)).toThrow(says);
  expect(() => hubSettings(data, undefined)).toThrow(join(data, "picket.yaml"));
});

test("a file that was asked for must be there", () => {
  expect(() => hubSettings(folder(""), "/nowhere/picket.yaml")).toThrow("/nowhere/picket.yaml");
});
