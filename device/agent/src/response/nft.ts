import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { messageOf } from "../errors.js";
import { Refusal } from "./action.js";

const places = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"];
const PATIENCE_MS = 10_000;
const MOST_OUTPUT = 1_000_000;

/** Runs the nftables program with a script; what it does is done as one, or not at all. */
export function nft(script: string): Promise<string> {
  const program = places.find(existsSync);
  if (!program)
    return Promise.reject(
      new Refusal(`The device has no program nft (looked in ${places.join(", ")}); install nftables.`),
    );
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-f", "-"], {
      stdio: ["pipe", "pipe", "pipe"],
      timeout: PATIENCE_MS,
      env: { LC_ALL: "C" },
    });
    let out = "";
    let problem = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (out.length < MOST_OUTPUT) out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (problem.length < MOST_OUTPUT) problem += chunk;
    });
    child.on("error", (error) => reject(new Error(`nft cannot be run: ${messageOf(error)}`)));
    child.stdin.on("error", () => {});
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`nft refused: ${problem.trim().split("\n")[0] ?? `it ended with ${code}`}`));
    });
    child.stdin.end(script);
  });
}

/** The elements of a set of the kernel's; undefined when there is no such set. */
export async function elementsOf(table: string, set: string): Promise<string | undefined> {
  try {
    const listed = await nft(`list set inet ${table} ${set}\n`);
    return /elements = \{([^}]*)\}/.exec(listed)?.[1]?.replace(/\s+/g, " ").trim() ?? "";
  } catch {
    return undefined;
  }
}
