import { Option } from "commander";
import { type Format, printRows } from "./print.js";

/** Options of a command that lists. */
export interface Listed {
  readonly data?: string;
  readonly format: Format;
}

export const data = new Option("--data <folder>", "data folder of the server (default: ./data)");
export const formats = new Option("--format <form>", "how to print")
  .choices(["table", "json", "csv"])
  .default("table");

/** Prints objects under the names of some of their fields; a name may be a path. */
export function shown(items: readonly object[], names: readonly string[], format: Format): void {
  const at = (item: unknown, path: string): unknown =>
    path.split(".").reduce<unknown>((value, name) => Object(value)[name], item);
  console.log(
    printRows(
      names.map((name) => name.split(".").at(-1) ?? name),
      items.map((item) => names.map((name) => at(item, name))),
      format,
    ),
  );
}
