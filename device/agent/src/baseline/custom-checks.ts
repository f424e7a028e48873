import { createHash } from "node:crypto";
import { agentErrors } from "../errors.js";
import type { Host } from "../host.js";
import { type Check, finding, type Named, type Severity, skipped, textAt } from "./check.js";
import { custom, fileRights, kernelSetting, mountOptions, service, sshOption } from "./kinds.js";
import { byHand } from "./scripts.js";

const MOST_BYTES = 1_000_000;
const MOST_CHECKS = 500;
const severities: ReadonlySet<string> = new Set(["Critical", "Important", "Warning", "Informational"]);
type Given = Readonly<Record<string, unknown>>;

/**
 * Reads the file of custom checks. It is used only when it is the one whose SHA-256 was told through the twin, so that nobody
 * on the device can change what is checked.
 */
export async function customChecks(host: Host, path: string, sha256: string): Promise<Check[]> {
  const bytes = await host.bytes(path, MOST_BYTES + 1);
  if (bytes.length > MOST_BYTES) throw agentErrors.fileTooLarge({ path, most: MOST_BYTES });
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256.trim().toLowerCase())
    throw refused(path, `its SHA-256 is ${found}, the twin says ${sha256 || "nothing"}`);
  return checksOf(bytes.toString("utf8"), path);
}

const refused = (path: string, why: string) =>
  agentErrors.recordsInvalid({ what: `The file of custom checks ${path}`, why });

/** The checks that a file's text describes. */
export function checksOf(text: string, path: string): Check[] {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw refused(path, "it is not JSON");
  }
  const list: unknown =
    typeof given === "object" && given !== null ? Reflect.get(given, "checks") : undefined;
  if (!Array.isArray(list) || list.length > MOST_CHECKS)
    throw refused(path, `it has no list "checks" of at most ${MOST_CHECKS}`);
  const seen = new Set<string>();
  return list.map((each: unknown, index): Check => {
    const check = checkOf(each, (why) => refused(path, `check ${index + 1}: ${why}`));
    if (seen.has(check.id)) throw refused(path, `the id ${check.id} stands twice`);
    seen.add(check.id);
    return check;
  });
}

function checkOf(value: unknown, problem: (why: string) => Error): Check {
  const given: Given = typeof value === "object" && value !== null ? { ...value } : {};
  const text = (name: string): string => {
    const found = given[name];
    if (typeof found !== "string" || found === "") throw problem(`"${name}" is missing or no text`);
    return found;
  };
  const severity = text("severity");
  if (!isSeverity(severity))
    throw problem(`"severity" is ${severity}, it must be ${[...severities].join(", ")}`);
  const named: Named = [text("id"), severity, text("expects"), optional(given, "why")];
  const made = kindOf(text("kind"), named, { given, text, problem });
  const own = { remediation: optional(given, "remediation"), undo: optional(given, "undo") };
  return { ...made, group: "Custom", ...(own.remediation === "" ? {} : own) };
}

const isSeverity = (text: string): text is Severity => severities.has(text);
const optional = (given: Given, name: string): string => {
  const found = given[name];
  return typeof found === "string" ? found : "";
};

interface Around {
  readonly given: Given;
  text(name: string): string;
  problem(why: string): Error;
}

function kindOf(kind: string, named: Named, { given, text, problem }: Around): Check {
  const numbers = (name: string): number[] => {
    const found = given[name];
    const list = Array.isArray(found) ? found : [found];
    if (list.length === 0 || !list.every((each) => Number.isInteger(each)))
      throw problem(`"${name}" is no whole number`);
    return list.map(Number);
  };
  if (kind === "kernelSetting") return kernelSetting("Custom", named, text("key"), numbers("values"));
  if (kind === "fileRights")
    return fileRights("Custom", named, text("path"), Number.parseInt(text("mode"), 8));
  if (kind === "mountOptions") return mountOptions(named, text("path"), text("options").split(","));
  if (kind === "serviceOff") return service(named, text("service"));
  if (kind === "sshOption") {
    const good = text("value").toLowerCase();
    return sshOption(named, {
      name: text("option"),
      fallback: optional(given, "fallback"),
      good,
      isGood: (value) => value === good,
    });
  }
  if (kind === "fileText") return textCheck(named, { given, text, problem });
  throw problem(
    `"kind" is ${kind}; it must be kernelSetting, fileRights, mountOptions, serviceOff, sshOption or fileText`,
  );
}

/** A text is looked for as it is, line by line: a pattern from outside could keep the agent busy for ever. */
function textCheck(named: Named, { given, text }: Around): Check {
  const [path, line] = [text("path"), text("line")];
  const isWanted = given["mustNot"] !== true;
  return custom("Custom", named, byHand(`Look at ${path}.`, "Put it back."), async (host) => {
    const found = await textAt(host, path);
    if (found === undefined) return skipped(`there is no ${path}`);
    const has = found.split("\n").some((each) => each.trim() === line.trim());
    return finding(
      has === isWanted,
      isWanted ? `${path} has no line "${line}"` : `${path} has the line "${line}"`,
    );
  });
}
