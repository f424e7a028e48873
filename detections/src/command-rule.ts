import { afterCommand } from "./questions.js";
import {
  type Case,
  type MatchRule,
  type RuleEvent,
  type Severity,
  shown,
  textOf,
  userOf,
  type Witness,
} from "./rule.js";
import { isDisguised, readingOf } from "./shell/look.js";
import type { Reading } from "./shell/reading.js";

/** A started program in a case, when more than its command line matters. */
export interface Started {
  readonly line: string;
  readonly user?: string;
  readonly executable?: string;
  /** Path of the program that started it. */
  readonly parent?: string;
  readonly parentLine?: string;
  readonly directory?: string;
}

/** A rule over the command lines of started processes: nearly all of the original's device alerts are. */
export interface CommandRule {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation?: string;
  readonly falsePositives: readonly string[];
  readonly needs?: string;
  /** Lower-case literals, one of which any matching command line contains, as it is or in plain text. */
  readonly witness?: readonly string[];
  /** Instead of a witness: lower-case literals, one of which the path of the program that started it contains. */
  readonly parents?: readonly string[];
  /** Tested against the command line and, where it is disguised, against its plain text. */
  readonly patterns?: readonly RegExp[];
  /** Looks at what the command line does, and answers the part that is suspicious. */
  sees?(reading: Reading, event: RuleEvent): string | undefined;
  /** Command lines that fit and are harmless. */
  readonly except?: readonly RegExp[];
  /** Lower-case literals of the program's path, one of which is enough as well. */
  readonly executables?: readonly string[];
  /** What happened, ending in "on" the device: "started a coin miner". */
  readonly did: string;
  /** Why that is suspicious: a clause after the matched text. */
  readonly because: string;
  /** Command lines that fire, and near misses that do not. */
  readonly fires: readonly (string | Started)[];
  readonly silent: readonly (string | Started)[];
}

/** Short literals, such as the names of most programs, count as whole words only; else they occur everywhere. */
const SHORT_WORD = /^[a-z0-9]{1,4}$/;

/** Patterns look at the first 8 KB of a command line, so that a hostile one cannot keep them busy. */
const LOOKED_AT = 8_192;

const ASK =
  "Ask whoever ran it whether it was intended. If nobody did, isolate the device, keep the evidence and look at what the process did next.";

/** Makes a rule of what is particular to a command. */
export function commandRule(about: CommandRule): MatchRule {
  const {
    witness,
    parents,
    patterns,
    sees,
    except,
    did,
    because,
    fires,
    silent,
    remediation = ASK,
    ...rest
  } = about;
  return {
    ...rest,
    kind: "match",
    reads: "ProcessCreate",
    remediation,
    witness: witnessesFrom(about),
    matches: (event) => matchOf(about, event),
    entity: (event) => textOf(event, "CommandLine").slice(0, 300),
    title: (event) => `${userOf(event)} ${did} on ${event.deviceId}`,
    reason: (event, matched) =>
      `The command line ${shown(textOf(event, "CommandLine"))} contains ${shown(matched)}: ${because}.`,
    next: afterCommand,
    cases: [
      ...fires.map((started) => commandCase(started, 1)),
      ...silent.map((started) => commandCase(started, 0)),
    ],
  };
}

function witnessesFrom({ witness = [], parents, executables }: CommandRule): readonly Witness[] {
  if (parents) return [{ field: "ExtraDetails.ParentExecutable", anyOf: parents }];
  const command = {
    field: "CommandLine",
    anyOf: witness.filter((literal) => !SHORT_WORD.test(literal)),
    words: witness.filter((literal) => SHORT_WORD.test(literal)),
  };
  return executables ? [command, { field: "Executable", anyOf: executables }] : [command];
}

function matchOf({ patterns = [], sees, except = [] }: CommandRule, event: RuleEvent): string | undefined {
  const line = textOf(event, "CommandLine").slice(0, LOOKED_AT);
  if (line === "") return undefined;
  const isHidden = patterns.length > 0 && isDisguised(line);
  const found =
    firstMatch(line, patterns) ??
    (isHidden ? firstMatch(readingOf(event).plain.slice(0, LOOKED_AT), patterns) : undefined) ??
    sees?.(readingOf(event), event);
  if (found === undefined) return undefined;
  return except.some((exception) => exception.test(line)) ? undefined : found;
}

function firstMatch(text: string, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found) return found[0].trim();
  }
  return undefined;
}

function commandCase(started: string | Started, alerts: number): Case {
  const given: Started = typeof started === "string" ? { line: started } : started;
  const { line, user = "root", executable = line.split(" ")[0] ?? "", parent, parentLine, directory } = given;
  const details = {
    ...(parent === undefined ? {} : { ParentExecutable: parent, ParentCommandLine: parentLine ?? parent }),
    ...(directory === undefined ? {} : { CurrentDirectory: directory }),
  };
  const item = { CommandLine: line, Executable: executable, UserName: user, ExtraDetails: details };
  const words = [
    line,
    ...(user === "root" ? [] : [`as ${user}`]),
    ...(parent === undefined ? [] : [`started by ${parentLine ?? parent}`]),
    ...(directory === undefined ? [] : [`in ${directory}`]),
  ];
  return { name: words.join(", "), events: [{ item }], alerts };
}
