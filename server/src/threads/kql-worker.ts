import { parentPort } from "node:worker_threads";
import { type Discovery, openLanguage } from "@picket/kql";
import { loadKusto } from "@picket/kql/node";
import { loadPack, type RuleFile } from "@picket/pipeline";
import type { Hunt } from "@picket/schema";
import { databaseSchema } from "@picket/workspace";
import { replayRule } from "../detection/replay-rule.js";
import { buildSet } from "../intel/build-set.js";
import type { Fetched } from "../intel/fetch-feed.js";
import { offer } from "./remote.js";

const language = openLanguage(loadKusto(), databaseSchema());
// The first query builds the grammar, which takes a second; nobody should wait for it.
language.compile("SecurityAlert | where TimeGenerated > ago(1d) | summarize count() by AlertSeverity", {
  now: new Date(),
});

/** What the main thread may ask of the language thread. */
const house = {
  compile: (
    text: string,
    options: { now: number; from?: number; to?: number; discovered?: readonly Discovery[] },
  ) => {
    const started = performance.now();
    const timespan = {
      ...(options.from === undefined ? {} : { from: new Date(options.from) }),
      ...(options.to === undefined ? {} : { to: new Date(options.to) }),
    };
    const query = language.compile(text, {
      now: new Date(options.now),
      timespan,
      ...(options.discovered ? { discovered: options.discovered } : {}),
    });
    return { query, compileMs: performance.now() - started };
  },
  /** How often a rule of the product would have fired on events of the past. */
  replay: (ruleId: string, events: Hunt["events"]) => replayRule(ruleId, events),
  /** Indicators laid out for look-ups; millions take seconds. */
  buildSet: (documents: readonly Fetched[], options: Parameters<typeof buildSet>[1]) =>
    buildSet(documents, options),
  /** What is wrong with rule files; here because a large pack takes a second. */
  lint: (files: readonly RuleFile[]) => {
    const { reports, problems } = loadPack(files);
    return { reports, problems };
  },
  complete: (text: string, position: number) => language.complete(text, position),
};

/** What the main thread may ask of the language thread. */
export type LanguageHouse = typeof house;

offer(parentPort!, house);
parentPort!.postMessage({ notice: "ready" });
