import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { ApiError, type Client } from "@picket/api";
import { explain, show, summary } from "./answer.js";
import type { Format } from "./print.js";

const HISTORY = join(
  process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"),
  "picket",
  "kql-history",
);
const MOST_REMEMBERED = 500;
/** Lines that come faster than a person types belong to one paste. */
const PASTE_MS = 60;
const formats: readonly Format[] = ["table", "json", "ndjson", "csv"];

const help = `A query runs when its line ends; a line that ends with | or , or leaves a bracket open goes on in the next.
Tab completes, the arrow keys bring back what was asked before, Ctrl-C stops a running query, Ctrl-D leaves.

  .tables             the tables, with their rows
  .schema TABLE       the columns of a table, with what they hold
  .saved              saved queries; .run NAME runs one, .save NAME keeps the last one
  .explain QUERY      what a query is compiled to
  .format FORM        ${formats.join(", ")}
  .help               this`;

/** Whether more must follow before the text can be a query. */
export function isOpen(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*/g, (found) =>
    found.startsWith("/") ? "" : "t",
  );
  const depth = [...bare].reduce(
    (sum, letter) => sum + ("([{".includes(letter) ? 1 : ")]}".includes(letter) ? -1 : 0),
    0,
  );
  return depth > 0 || /[|,=(]\s*$/.test(bare) || /^\s*let\b[^;]*;?\s*$/.test(bare);
}

/** Asks again and again, with completion and history. */
export async function repl(client: Client, format: Format): Promise<void> {
  await new Repl(client, format).run();
}

class Repl {
  readonly #client: Client;
  readonly #lines: Interface;
  #format: Format;
  #text = "";
  #last = "";
  #running: string | undefined;
  #waiting: NodeJS.Timeout | undefined;

  constructor(client: Client, format: Format) {
    this.#client = client;
    this.#format = format;
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      prompt: "kql> ",
      history: readHistory(),
      historySize: MOST_REMEMBERED,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
        void this.#complete(line).then((found) => done(null, found)),
    });
  }

  run(): Promise<void> {
    const lines = this.#lines;
    lines.on("history", keepHistory);
    lines.on("line", (line) => this.#line(line));
    lines.on("SIGINT", () => this.#interrupt());
    if (process.stdin.isTTY) console.log("Ask in KQL. `.help` says more, Ctrl-D leaves.");
    lines.prompt();
    return new Promise((resolve) =>
      lines.once("close", () => {
        clearTimeout(this.#waiting);
        // What was piped in without a line's end is a query too.
        void (this.#text.trim() === "" ? Promise.resolve() : this.#turn()).then(resolve);
      }),
    );
  }

  #line(line: string): void {
    this.#text += `${this.#text === "" ? "" : "\n"}${line}`;
    clearTimeout(this.#waiting);
    if (isOpen(this.#text) && line.trim() !== "") {
      this.#lines.setPrompt("   … ");
      this.#lines.prompt();
    } else this.#waiting = setTimeout(() => void this.#turn(), PASTE_MS);
  }

  async #turn(): Promise<void> {
    const text = this.#text.trim();
    this.#text = "";
    this.#lines.pause();
    try {
      if (text.startsWith(".")) await this.#command(text);
      else if (text !== "") await this.#ask(text);
    } catch (error) {
      console.error(error instanceof ApiError ? `${error.message} [${error.code}]` : error);
    }
    this.#lines.setPrompt("kql> ");
    this.#lines.prompt();
  }

  async #ask(query: string): Promise<void> {
    this.#last = query;
    this.#running = randomUUID();
    try {
      const answer = await this.#client("POST /query", { body: { query, id: this.#running } });
      console.log(show(answer, this.#format));
      console.log(`\n${summary(answer)}`);
    } finally {
      this.#running = undefined;
    }
  }

  async #command(text: string): Promise<void> {
    const [name = "", ...rest] = text.split(/\s+/);
    const given = text.slice(name.length).trim();
    const commands: Readonly<Record<string, () => Promise<void> | void>> = {
      ".help": () => console.log(help),
      ".quit": () => this.#lines.close(),
      ".tables": () =>
        this.#ask("union withsource=Table * | summarize Rows = count() by Table | order by Table asc"),
      ".schema": () => this.#ask(`${given} | getschema | project ColumnName, ColumnType`),
      ".explain": () => explain(this.#client, given || this.#last),
      ".format": () => this.#reformat(rest[0]),
      ".saved": () => this.#saved(),
      ".save": () => this.#save(given),
      ".run": () => this.#runSaved(given),
    };
    const command = commands[name];
    if (command) await command();
    else console.log(`There is no ${name}. ${help}`);
  }

  #reformat(wanted: string | undefined): void {
    const format = formats.find((each) => each === wanted);
    if (format) this.#format = format;
    console.log(format ? `Rows are printed as ${format}.` : `Give one of ${formats.join(", ")}.`);
  }

  async #saved(): Promise<void> {
    const { queries } = await this.#client("GET /queries");
    if (queries.length === 0) console.log("Nothing is saved yet; .save NAME keeps the last query.");
    for (const { name, owner, shared, about } of queries)
      console.log(`${name}  (${owner}${shared ? ", shared" : ""})  ${about}`);
  }

  async #save(name: string): Promise<void> {
    if (name === "" || this.#last === "") console.log("Run a query, then give it a name: .save NAME");
    else {
      await this.#client("PUT /queries/{name}", { params: { name }, body: { query: this.#last } });
      console.log(`Saved as ${name}.`);
    }
  }

  async #runSaved(name: string): Promise<void> {
    const { queries } = await this.#client("GET /queries");
    const found = queries.find((each) => each.name === name);
    if (found) await this.#ask(found.query);
    else console.log(`No query is saved as ${name}; .saved lists them.`);
  }

  async #complete(line: string): Promise<[string[], string]> {
    const query = this.#text === "" ? line : `${this.#text}\n${line}`;
    const none: [string[], string] = [[], line];
    if (line.startsWith(".")) return none;
    const body = { query, position: query.length };
    const answer = await this.#client("POST /query/complete", { body }).catch(() => undefined);
    const from = answer?.items[0]?.from ?? query.length;
    const begun = query.slice(from);
    const found = (answer?.items ?? [])
      // Here the next step stands on the same line.
      .map(({ apply }) => apply.replace(/\s*\n\s*/g, " "))
      .filter((each) => each.toLowerCase().startsWith(begun.toLowerCase()));
    return [found, begun];
  }

  #interrupt(): void {
    const id = this.#running;
    if (id !== undefined) void this.#client("DELETE /query/{id}", { params: { id } }).catch(() => {});
    else if (this.#text === "" && this.#lines.line === "") console.log("\nCtrl-D leaves.");
    if (id === undefined) {
      this.#text = "";
      this.#lines.setPrompt("kql> ");
      this.#lines.write(null, { ctrl: true, name: "u" });
      this.#lines.prompt();
    }
  }
}

function readHistory(): string[] {
  try {
    return readFileSync(HISTORY, "utf8").split("\n").filter(Boolean).reverse();
  } catch {
    return [];
  }
}

function keepHistory(newestFirst: readonly string[]): void {
  if (!process.stdin.isTTY) return;
  try {
    mkdirSync(dirname(HISTORY), { recursive: true, mode: 0o700 });
    writeFileSync(HISTORY, `${newestFirst.toReversed().join("\n")}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written to only means that nothing is remembered.
  }
}
