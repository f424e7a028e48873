import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { commandLine } from "./main.js";

/** Commands that do something, as a person types them. */
function leaves(command: Command, before: string): { typed: string; about: string }[] {
  return command.commands.flatMap((each) => {
    const given = each.registeredArguments.map(
      (argument) =>
        ` ${argument.required ? "<" : "["}${argument.name()}${argument.variadic ? "…" : ""}${argument.required ? ">" : "]"}`,
    );
    const typed = `${before}${each.name()}`;
    return each.commands.length > 0
      ? leaves(each, `${typed} `)
      : [{ typed: `${typed}${given.join("")}`, about: each.description() }];
  });
}

test("the table of the readme leaves out no group of commands and names none that is not there", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const listed = [...readme.matchAll(/^\| `picket ([^`]+)`/gm)].map(([, typed = ""]) => typed);
  const there = leaves(commandLine(), "").map(({ typed }) => typed);
  expect(listed.filter((typed) => !there.includes(typed))).toEqual([]);
  const group = (typed: string): string => typed.split(" ")[0] ?? "";
  expect(new Set(listed.map(group))).toEqual(new Set(there.map(group)));
});

test("every command says what it does", () => {
  expect(leaves(commandLine(), "").filter(({ about }) => about === "")).toEqual([]);
});
