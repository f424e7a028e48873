import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { clientOf } from "./client.js";
import { type Format, printRows } from "./print.js";

interface Common {
  readonly data?: string;
}

const data = new Option("--data <folder>", "data folder of the server (default: ./data)");
const formats = new Option("--format <form>", "how to print")
  .choices(["table", "json", "csv"])
  .default("table");
type Form = "stix" | "misp" | "list" | "csv" | "jsonl";

/** `picket intel`: feeds of indicators, imports from files, what is allowed and what was seen. */
export function intelCommands(program: Command): void {
  const intel = program.command("intel").description("threat intelligence: indicators and their feeds");
  intel
    .command("feeds")
    .description("feeds with how they do")
    .addOption(formats)
    .addOption(data)
    .action(async (options: Common & { format: Format }) => {
      const { feeds } = await clientOf(options.data)("GET /intel/feeds");
      const rows = feeds.map((feed) => [
        feed.name,
        feed.kind,
        feed.indicators,
        feed.refused,
        feed.lastGoodAt ?? "never",
        feed.problem ?? "",
      ]);
      console.log(
        printRows(["Feed", "Kind", "Indicators", "Refused", "Last good", "Problem"], rows, options.format),
      );
    });
  importCommand(intel);
  intel
    .command("allow <value>")
    .description("never tell of an address, range, domain, URL or hash")
    .requiredOption("--reason <text>", "why")
    .option("--no-longer", "tell of it again")
    .addOption(data)
    .action(async (value: string, options: Common & { reason: string; longer: boolean }) => {
      await clientOf(options.data)("PUT /intel/allowed", {
        body: { value, isAllowed: options.longer, reason: options.reason },
      });
    });
  intel
    .command("sightings")
    .description("what was seen in the last 30 days, as a STIX 2.1 bundle")
    .addOption(data)
    .action(async (options: Common) => {
      console.log(JSON.stringify(await clientOf(options.data)("GET /intel/sightings"), null, 2));
    });
}

function importCommand(intel: Command): void {
  intel
    .command("import <name> <file>")
    .description("take indicators in from a file")
    .addOption(
      new Option("--form <form>", "its form")
        .choices(["stix", "misp", "list", "csv", "jsonl"])
        .default("list"),
    )
    .option("--trust <share>", "how much the source is trusted, 0 to 1", "1")
    .addOption(data)
    .action(async (name: string, file: string, options: Common & { form: Form; trust: string }) => {
      const body = {
        format: options.form,
        content: readFileSync(file, "utf8"),
        trust: Number(options.trust),
      };
      const state = await clientOf(options.data)("POST /intel/feeds/{name}/import", {
        params: { name },
        body,
      });
      if (state.problem !== undefined)
        throw Object.assign(new Error(state.problem), { code: "API_BAD_REQUEST" });
      console.log(`${state.indicators} indicators are in force, ${state.refused} lines were refused.`);
      for (const { line, why } of state.firstRefused.slice(0, 10)) console.log(`  line ${line}: ${why}`);
    });
}
