import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type MatchRule, type RuleEvent, rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { Engine, fromMatchRule, loadPack, type RuleFile } from "@picket/pipeline";
import { type Command, Option } from "commander";
import { clientOf } from "./client.js";
import { type Format, printRows } from "./print.js";

interface Common {
  readonly data?: string;
}
type Listed = Common & { readonly format: Format };

const data = new Option("--data <folder>", "data folder of the server (default: ./data)");
const formats = new Option("--format <form>", "how to print")
  .choices(["table", "json", "csv"])
  .default("table");
const days = new Option("--days <days>", "how far back").default("7");

/** Rule files named, and those in folders named. */
function filesIn(paths: readonly string[]): RuleFile[] {
  return paths.flatMap((path): RuleFile[] => {
    if (!statSync(path).isDirectory()) return [{ name: path, text: readFileSync(path, "utf8") }];
    const inside = readdirSync(path).filter(
      (name) => /\.ya?ml$/.test(name) || statSync(join(path, name)).isDirectory(),
    );
    return filesIn(inside.map((name) => join(path, name)));
  });
}

const spanOf = ({ days: count }: { days: string }): { from: string; to: string } => ({
  from: new Date(Date.now() - Number(count) * 86_400_000).toISOString(),
  to: new Date().toISOString(),
});

/** `picket rules`: what watches, what is wrong with it, what it would have found and why. */
export function ruleCommands(program: Command): void {
  const command = program.command("rules").description("rules that watch, and rule packs");
  listCommands(command);
  fileCommands(command);
  historyCommands(command);
  packCommands(command.command("pack").description("packs of Sigma rules"));
}

function listCommands(command: Command): void {
  command
    .command("list")
    .description("every rule with where it comes from and whether it can fire here")
    .addOption(formats)
    .addOption(data)
    .action(async (options: Listed) => {
      const { rules: found } = await clientOf(options.data)("GET /detection/rules");
      const rows = found.map((rule) => [
        rule.id,
        rule.form,
        rule.severity,
        rule.reads,
        rule.isOff ? "off" : rule.idle === undefined ? "on" : "idle",
        rule.idle ?? rule.trouble?.lastError ?? "",
        rule.author,
        rule.licence,
      ]);
      console.log(
        printRows(
          ["Rule", "Form", "Severity", "Reads", "State", "Why", "Author", "Licence"],
          rows,
          options.format,
        ),
      );
    });
  command
    .command("coverage")
    .description("ATT&CK techniques the rules watch for, and whether devices send what they need")
    .addOption(formats)
    .addOption(data)
    .action(async (options: Listed) => {
      const { techniques } = await clientOf(options.data)("GET /detection/coverage");
      const rows = techniques.map(({ technique, rules: count, reads, seen }) => [
        technique,
        count,
        reads.join(", "),
        seen ? "yes" : "no",
      ]);
      console.log(printRows(["Technique", "Rules", "Events", "Sent in a week"], rows, options.format));
    });
}

function fileCommands(command: Command): void {
  command
    .command("lint <files...>")
    .description("say what is wrong with Sigma rules and which cannot fire here; needs no server")
    .action((paths: readonly string[]) => {
      const { problems, reports } = loadPack(filesIn(paths));
      for (const { level, check, message, file, line, column } of problems)
        console.log(`${file}:${line}:${column} ${level} ${message} [${check}]`);
      for (const { title, file, idle } of reports)
        if (idle !== undefined) console.log(`${file} cannot fire here: ${title}: ${idle}`);
      const idle = reports.filter((report) => report.idle !== undefined).length;
      const errors = problems.filter(({ level }) => level === "error").length;
      console.log(
        `${reports.length} documents, ${errors} errors, ${problems.length - errors} warnings, ${idle} cannot fire here.`,
      );
      process.exitCode = errors > 0 ? 1 : 0;
    });
  command
    .command("test [rule]")
    .description("run the cases that rules of the product bring along; needs no server")
    .action((id: string | undefined) => {
      const failed = rules
        .filter((rule): rule is MatchRule => rule.kind === "match" && (id === undefined || rule.id === id))
        .flatMap(failingCases);
      for (const line of failed) console.log(line);
      console.log(failed.length === 0 ? "Every case does what it says." : `${failed.length} cases do not.`);
      process.exitCode = failed.length === 0 ? 0 : 1;
    });
  command
    .command("bench <files...>")
    .description("how fast Sigma rules are on the events of the product's own cases; needs no server")
    .action((paths: readonly string[]) => console.log(benchmark(filesIn(paths))));
}

const eventOf = (rule: MatchRule, given: MatchRule["cases"][number]["events"][number]): RuleEvent => ({
  deviceId: given.deviceId ?? "pump-7",
  moduleId: "",
  name: rule.reads,
  at: 1_772_000_000_000 + (given.minute ?? 0) * 60_000,
  hits: given.hits ?? 1,
  item: given.item,
});

function failingCases(rule: MatchRule): string[] {
  return rule.cases.flatMap(({ name, events, alerts }) => {
    const engine = new Engine({ rules: [fromMatchRule(rule)], correlations: [] }, silent);
    let fired = 0;
    for (const event of events)
      engine.ask(eventOf(rule, event), () => {
        fired += 1;
      });
    return fired === alerts ? [] : [`${rule.id}: ${name}: ${fired} alerts instead of ${alerts}`];
  });
}

function benchmark(files: readonly RuleFile[]): string {
  const started = performance.now();
  const { rules: found, correlations } = loadPack(files);
  const loaded = performance.now();
  const engine = new Engine({ rules: found, correlations }, silent);
  const matching = rules.filter((rule): rule is MatchRule => rule.kind === "match");
  const texts = matching.flatMap((rule) =>
    rule.cases.flatMap(({ events }) => events.map((event) => JSON.stringify(eventOf(rule, event)))),
  );
  let events = 0;
  let hits = 0;
  const begun = performance.now();
  while (performance.now() - begun < 2_000) {
    for (const text of texts)
      engine.ask(JSON.parse(text), () => {
        hits += 1;
      });
    events += texts.length;
  }
  const seconds = (performance.now() - begun) / 1_000;
  return `${found.length} rules loaded in ${Math.round(loaded - started)} ms; ${Math.round(events / seconds)} events a second, JSON parsing included; ${hits} hits.`;
}

function historyCommands(command: Command): void {
  command
    .command("backtest [files...]")
    .description("how often Sigma files, or rules in force, would have fired on what is stored")
    .option("--rule <id...>", "rules in force")
    .addOption(days)
    .addOption(formats)
    .addOption(data)
    .action(async (paths: readonly string[], options: Listed & { rule?: string[]; days: string }) => {
      const body = {
        ...spanOf(options),
        ...(paths.length > 0 ? { files: filesIn(paths).map((file) => ({ ...file })) } : {}),
        ...(options.rule ? { ruleIds: options.rule } : {}),
      };
      const { rules: found } = await clientOf(options.data)("POST /detection/backtest", { body });
      const rows = found.map(({ title, hits, devices, first, last, problem }) => [
        title,
        hits,
        devices,
        first ?? "",
        last ?? "",
        problem ?? "",
      ]);
      console.log(printRows(["Rule", "Hits", "Devices", "First", "Last", "Problem"], rows, options.format));
    });
  command
    .command("hunt <rules...>")
    .description("run rules in force over history and alert on what they find")
    .addOption(days)
    .addOption(data)
    .action(async (ruleIds: string[], options: Common & { days: string }) => {
      const { events } = await clientOf(options.data)("POST /detection/hunt", {
        body: { ruleIds, ...spanOf(options) },
      });
      console.log(`${events} events found and given to the rules.`);
    });
  command
    .command("why <event>")
    .description("why rules did or did not match an event: its IoTRawEventId, or a file with {name, item}")
    .option("--rule <id>", "only this rule")
    .option("--all", "rules that were not asked too")
    .addOption(data)
    .action(async (event: string, options: Common & { rule?: string; all?: boolean }) => {
      const given = event.endsWith(".json")
        ? { event: JSON.parse(readFileSync(event, "utf8")) }
        : { eventId: event };
      const body = { ...given, ...(options.rule === undefined ? {} : { ruleId: options.rule }) };
      const { rules: found } = await clientOf(options.data)("POST /detection/why", { body });
      const told = found.filter(
        ({ fires, asked }) => options.all === true || options.rule !== undefined || fires || asked,
      );
      for (const { ruleId, fires, why } of told)
        console.log(`${fires ? "fires" : "does not"}  ${ruleId}\n    ${why}`);
      const rest = found.length - told.length;
      if (rest > 0)
        console.log(`${rest} more rules were not asked: none of their literals occurs (--all shows them).`);
    });
}

function packCommands(pack: Command): void {
  pack
    .command("set <name> <files...>")
    .description("use a pack of Sigma rules from here on")
    .option("--keep-good", "leave out what is wrong instead of refusing the pack")
    .addOption(data)
    .action(async (name: string, paths: readonly string[], options: Common & { keepGood?: boolean }) => {
      const files = filesIn(paths).map((file) => ({ ...file }));
      const body = { files, keepGood: options.keepGood === true };
      const { rules: found, problems } = await clientOf(options.data)("PUT /detection/packs/{name}", {
        params: { name },
        body,
      });
      const idle = found.filter((rule) => rule.idle !== undefined).length;
      console.log(
        `${found.length - idle} rules watch, ${idle} cannot fire here, ${problems.length} remarks.`,
      );
    });
  pack
    .command("remove <name>")
    .description("stop using a pack")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /detection/packs/{name}", { params: { name } });
    });
}
