import { writeFileSync } from "node:fs";
import type { Client } from "@picket/api";
import { type Command, Option } from "commander";
import { explain, show, summary } from "./answer.js";
import { clientOf } from "./client.js";
import { type Format, printRows } from "./print.js";

interface Given {
  readonly data?: string;
  readonly format: Format;
  readonly output?: string;
  readonly explain?: boolean;
}

/** `picket kql`: one query, or a place to ask many. */
export function kqlCommand(program: Command, data: Option): void {
  program
    .command("kql [query]")
    .description("run a query; without one, ask interactively")
    .addOption(
      new Option("--format <form>", "how to print")
        .choices(["table", "json", "ndjson", "csv"])
        .default("table"),
    )
    .option("--output <file>", "write the rows to a file instead")
    .option("--explain", "show what the query is compiled to, and run nothing")
    .addOption(data)
    .action(async (query: string | undefined, options: Given) => {
      const client = clientOf(options.data);
      if (query === undefined) {
        const { repl } = await import("./repl.js");
        await repl(client, options.format);
      } else if (options.explain) await explain(client, query);
      else await once(client, query, options);
    });
}

async function once(client: Client, query: string, { format, output }: Given): Promise<void> {
  const answer = await client("POST /query", { body: { query } });
  if (output === undefined) console.log(show(answer, format));
  else {
    const names = answer.columns.map(({ name }) => name);
    writeFileSync(output, `${printRows(names, answer.rows, format)}\n`);
  }
  if (format === "table" || output !== undefined) console.error(`\n${summary(answer)}`);
}
