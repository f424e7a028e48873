import { parentPort } from "node:worker_threads";
import { type Discovery, openLanguage } from "@picket/kql";
import { loadKusto } from "@picket/kql/node";
import type { FeedOptions, RuleFile } from "@picket/pipeline";
import type { Hunt } from "@picket/schema";
import { databaseSchema } from "@picket/workspace/schema";
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
  // What follows is rare and loads the rules; a language that is only asked stays small without them.
  /** How often a rule of the product would have fired on events of the past. */
  replay: async (ruleId: string, events: Hunt["events"]) => {
    const { replayRule } = await import("../detection/replay-rule.js");
    return replayRule(ruleId, events);
  },
  /** Indicators laid out for look-ups; millions take seconds. */
  buildSet: async (documents: readonly Fetched[], options: Omit<FeedOptions, "format">) => {
    const { buildSet } = await import("../intel/build-set.js");
    return buildSet(documents, options);
  },
  /** What is wrong with rule files; here because a large pack takes a second. */
  lint: async (files: readonly RuleFile[]) => {
    const { loadPack } = await import("@picket/pipeline");
    const { reports, problems } = loadPack(files);
    return { reports, problems };
  },
  complete: (text: string, position: number) => language.complete(text, position),
};

/** What the main thread may ask of the language thread. */
export type LanguageHouse = typeof house;

offer(parentPort!, house);
parentPort!.postMessage({ notice: "ready" });
