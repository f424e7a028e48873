import { readFileSync } from "node:fs";
import { checkStrict, MAX_MESSAGE_BYTES, readMessage, type Violation } from "@picket/schema";
import { meteredMessages } from "@picket/sdk";

/** What is to be said about a message. */
export interface Verdict {
  readonly isGood: boolean;
  readonly lines: readonly string[];
}

/** Reads a message from a file, or from standard input when it is named `-`, and says what is wrong with it and why. */
export function lint(path: string): Verdict {
  return judge(readFileSync(path === "-" ? 0 : path), path === "-" ? "standard input" : path);
}

/** Says what is wrong with a message by the published schema, what a hub would take of it all the same, and what it costs. */
export function judge(body: Uint8Array, name: string): Verdict {
  const size = sizeLine(body.byteLength);
  const parsed = parse(body);
  if ("problem" in parsed) return { isGood: false, lines: [`${name}: ${parsed.problem}`, size] };
  const violations = checkStrict(parsed.value);
  if (violations.length === 0 && body.byteLength <= MAX_MESSAGE_BYTES)
    return { isGood: true, lines: [`${name}: good by schema 1.0.`, takenLine(body), size] };
  const count = violations.length === 1 ? "1 problem" : `${violations.length} problems`;
  return {
    isGood: false,
    lines: [`${name}: ${count}.`, ...violations.map(problemLine), takenLine(body), size],
  };
}

const problemLine = ({ path, code, explanation }: Violation): string =>
  `  ${path === "" ? "(the message)" : path}\n      ${explanation} [${code}]`;

/** Receivers are more tolerant than the schema; what they leave out they tell in SecurityIoTRejected. */
function takenLine(body: Uint8Array): string {
  const { message, violations } = readMessage(body);
  if (!message) return `A hub leaves all of it out: ${violations[0]?.explanation ?? "it is no message"}`;
  const items = message.events.reduce((sum, { items: each }) => sum + each.length, 0);
  const taken = `A hub takes ${message.events.length} event${message.events.length === 1 ? "" : "s"} with ${items} payload item${items === 1 ? "" : "s"}`;
  if (violations.length === 0) return `${taken}.`;
  const left = violations.map(({ path, explanation }) => `  ${path}\n      ${explanation}`);
  return [`${taken} and leaves out:`, ...left].join("\n");
}

function sizeLine(bytes: number): string {
  const messages = meteredMessages(bytes);
  const price = `${bytes} bytes, billed as ${messages} message${messages === 1 ? "" : "s"} of 4 KB`;
  return bytes > MAX_MESSAGE_BYTES ? `${price}; at most ${MAX_MESSAGE_BYTES} are taken.` : `${price}.`;
}

function parse(body: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return { problem: "it is not text in UTF-8." };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, position).split("\n");
    const line = text.split("\n")[before.length - 1] ?? "";
    const column = before.at(-1)?.length ?? 0;
    const from = Math.max(0, column - 40);
    const shown = line.slice(from, column + 40);
    return {
      problem: `it is not JSON, line ${before.length}, column ${column + 1}: ${message}.\n  ${shown}\n  ${" ".repeat(column - from)}^`,
    };
  }
}
