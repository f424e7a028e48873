#!/usr/bin/env node
/** Writes docs/reference/kql.md from the registries of kql/ and its cases. Build first. */
import { writeFileSync } from "node:fs";
import { caseFiles } from "../kql/dist/fixtures/cases.js";
import { reference } from "../kql/dist/fixtures/reference.js";
import { namesOfLanguage } from "../kql/dist/kusto/names.js";
import { loadKusto } from "../kql/dist/node.js";

const cases = caseFiles(new URL("../kql/cases/", import.meta.url)).flatMap((file) => file.cases);
const page = reference({ cases, ...namesOfLanguage(loadKusto()) });
writeFileSync(new URL("../docs/reference/kql.md", import.meta.url), page);
