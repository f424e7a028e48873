#!/usr/bin/env node
// Writes docs/reference/detections.md from the built rules; run it after `npx tsc -b detections`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printReference, recommendations, rules } from "@picket/detections";

const page = fileURLToPath(new URL("../docs/reference/detections.md", import.meta.url));
mkdirSync(new URL("../docs/reference/", import.meta.url), { recursive: true });
writeFileSync(page, printReference(rules, recommendations));
console.log(`${page}: ${rules.length} rules, ${recommendations.length} recommendations.`);
