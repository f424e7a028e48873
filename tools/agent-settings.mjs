#!/usr/bin/env node
// Writes docs/reference/agent-settings.md from the agent's table of settings. Needs a build.
import { mkdirSync, writeFileSync } from "node:fs";
import { settingsPage } from "../device/agent/dist/settings/settings-page.js";

const folder = new URL("../docs/reference/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("agent-settings.md", folder), settingsPage());
