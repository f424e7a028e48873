import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingsPage } from "./settings-page.js";
import { settings } from "./table.js";

const committed = new URL("../../../../docs/reference/agent-settings.md", import.meta.url);

test("docs/reference/agent-settings.md is what the table says; node tools/agent-settings.mjs writes it", () => {
  expect(readFileSync(committed, "utf8")).toBe(settingsPage());
});

test("the page names every setting", () => {
  for (const name of Object.keys(settings)) expect(settingsPage()).toContain(`\`${name}\``);
});
