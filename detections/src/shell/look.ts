import type { RuleEvent } from "../rule.js";
import { shells } from "./programs.js";
import { type Command, type Reading, readCommandLine } from "./reading.js";

/** Signs in a command line, in lower case, that its plain text may say more than it does itself. */
export const disguises: readonly string[] = [
  "'",
  '"',
  "\\",
  "$",
  "`",
  "{",
  "base64",
  "base32",
  "xxd",
  "openssl",
  "|rev",
  "| rev",
  "atob",
];

const DISGUISE = /['"\\$`{]|base64|base32|xxd|openssl|\| ?rev|atob/i;

/** Whether the plain text of a line is worth asking for. */
export const isDisguised = (line: string): boolean => DISGUISE.test(line);

let lastItem: RuleEvent["item"] | undefined;
let lastReading: Reading | undefined;

/** The command line of an event as a shell reads it: made when first asked for, kept while its rules are asked. */
export function readingOf({ item }: RuleEvent): Reading {
  if (lastItem !== item || lastReading === undefined) {
    const line = item.CommandLine;
    lastReading = remembered(typeof line === "string" ? line : "");
    lastItem = item;
  }
  return lastReading;
}

const REMEMBERED = 2_048;
const LONGEST = 512;
let young = new Map<string, Reading>();
let old = new Map<string, Reading>();

/** Devices start the same few lines all day: the readings of lately seen ones are kept, at most twice `REMEMBERED`. */
function remembered(line: string): Reading {
  if (line.length > LONGEST) return readCommandLine(line);
  const known = young.get(line) ?? old.get(line) ?? readCommandLine(line);
  if (young.size >= REMEMBERED) [old, young] = [young, new Map()];
  young.set(line, known);
  return known;
}

/** Whether a command has a flag: a letter among others after one dash, or a whole word. */
export function hasFlag({ argv }: Command, ...flags: readonly string[]): boolean {
  return argv.some(
    (word, place) =>
      place > 0 &&
      flags.some((flag) =>
        flag.length === 1
          ? /^-[A-Za-z0-9]+$/.test(word) && word.includes(flag, 1)
          : word === flag || word.startsWith(`${flag}=`),
      ),
  );
}

/** Words of a command that are no flags. */
export const operandsOf = ({ argv }: Command): string[] => argv.slice(1).filter((word) => !/^-./.test(word));

/** The first command of one of some names that a test holds for, as text. */
export function find(
  { commands }: Reading,
  names: RegExp | ReadonlySet<string>,
  test: (command: Command) => boolean = () => true,
): string | undefined {
  const isNamed =
    names instanceof RegExp ? (name: string) => names.test(name) : (name: string) => names.has(name);
  return commands.find((command) => isNamed(command.name) && test(command))?.text;
}

const OUTPUT = /^(?:\d?&?>{1,2}\|?|&>>?|\d?>&)$/;
const writers = new Set([
  "tee",
  "cp",
  "mv",
  "install",
  "ln",
  "rsync",
  "dd",
  "sed",
  "wget",
  "curl",
  "scp",
  "busybox",
]);

/** Files that commands write, with who writes them. */
export function filesWritten({ commands }: Reading): { readonly path: string; readonly by: Command }[] {
  return commands.flatMap((by) => writtenBy(by).map((path) => ({ path, by })));
}

function writtenBy(command: Command): string[] {
  const { name, argv, redirections } = command;
  const directed = redirections.filter(({ operator }) => OUTPUT.test(operator)).map(({ target }) => target);
  if (!writers.has(name)) return directed;
  const operands = operandsOf(command);
  if (name === "tee") return [...directed, ...operands];
  if (name === "dd")
    return [...directed, ...argv.filter((word) => word.startsWith("of=")).map((word) => word.slice(3))];
  if (name === "sed") return /\s(?:-i|--in-place)/.test(command.text) ? [...directed, ...operands] : directed;
  if (name === "wget" || name === "curl")
    return [...directed, ...after(argv, /^(?:-O|-o|--output(?:-document)?)$/)];
  const target = after(argv, /^(?:-t|--target-directory)$/);
  return [...directed, ...(target.length > 0 ? target : operands.slice(1).slice(-1))];
}

/** Words that follow a flag. */
const after = (argv: readonly string[], flag: RegExp): string[] =>
  argv.flatMap((word, place) => (flag.test(word) && argv[place + 1] !== undefined ? [argv[place + 1]!] : []));

/** The first file that is written and whose path fits, as a sentence's part. */
export function writesTo(
  reading: Reading,
  path: RegExp,
  test: (by: Command) => boolean = () => true,
): string | undefined {
  const found = filesWritten(reading).find((each) => path.test(each.path) && test(each.by));
  return found && `${found.by.text} → ${found.path}`;
}

const readers =
  /^(?:cat|tac|less|more|head|tail|grep|egrep|strings|cp|scp|rsync|tar|zip|7z|base64|xxd|od|hexdump|sort|cut|awk|gawk|mawk|sed|vi|vim|view|nano|nl|tee|dd|curl|wget|openssl|gzip|diff|dd|python3?)$/;

/** The first file that is read and whose path fits. */
export function readsFile({ commands }: Reading, path: RegExp): string | undefined {
  for (const command of commands) {
    const { name, argv, redirections, text } = command;
    if (redirections.some(({ operator, target }) => operator.startsWith("<") && path.test(target)))
      return text || name;
    if (
      readers.test(name) &&
      argv.some((word, place) => place > 0 && path.test(word.replace(/^(?:if=|@)/, "")))
    )
      return text;
  }
  return undefined;
}

/** Programs that fetch from the network. */
export const fetchers = /^(?:curl|wget|wget2|fetch|aria2c|lwp-download|lynx|tftp|ftpget|axel)$/;

/** The pipeline in which one of some commands hands what it prints to a shell or interpreter. */
export function intoShell({ pipelines }: Reading, from: RegExp): string | undefined {
  const found = pipelines.find((commands) => {
    const first = commands.findIndex(({ name }) => from.test(name));
    return first >= 0 && commands.slice(first + 1).some(runsInput);
  });
  return found?.map(({ text }) => text).join(" | ");
}

/** Whether a command runs what it is handed. */
const runsInput = ({ name, argv }: Command): boolean => {
  const words = argv.slice(1);
  if (/^(?:eval|source|\.)$/.test(name)) return true;
  if (/^(?:python[\d.]*|perl|ruby|php|node)$/.test(name))
    return words.every((word) => word === "-" || word.startsWith("/dev/"));
  if (!shells.has(name)) return false;
  const asks = words.some((word) => /^-[a-z]*s[a-z]*$/.test(word) || /^\/dev\/(?:fd\/|stdin)/.test(word));
  // Of a script for `-c` that came out of a substitution nothing is left here.
  return asks || words.every((word) => /^[-+]|^$/.test(word));
};

/** Folders that anybody may write to, and hidden ones in them. */
export const TEMPORARY =
  /^(?:\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/run\/shm\/|\/var\/run\/shm\/|\/run\/user\/\d+\/)/;

/** The program that started this one, from what the agent added; empty when it is not known. */
export function parentOf({ item }: RuleEvent): string {
  const details = item.ExtraDetails;
  if (typeof details !== "object" || details === null) return "";
  const { ParentExecutable: executable } = details as { ParentExecutable?: unknown };
  return typeof executable === "string" ? executable : "";
}

/** Command lines of all that it descends from, one a line, nearest first. */
export function ancestryOf({ item }: RuleEvent): string {
  const details = item.ExtraDetails;
  if (typeof details !== "object" || details === null) return "";
  const { ParentCommandLine: parent, Ancestry: above } = details as Record<string, unknown>;
  return `${typeof parent === "string" ? parent : ""}\n${typeof above === "string" ? above : ""}`;
}

/** The folder that a program was started in; empty when it is not known. */
export function directoryOf({ item }: RuleEvent): string {
  const details = item.ExtraDetails;
  if (typeof details !== "object" || details === null) return "";
  const { CurrentDirectory: directory } = details as { CurrentDirectory?: unknown };
  return typeof directory === "string" ? directory : "";
}
