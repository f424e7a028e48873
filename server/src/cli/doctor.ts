import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { agentBundle } from "../agent-bundle.js";
import { clientOf } from "./client.js";

type Verdict = readonly [level: "ok" | "warn" | "fail", what: string, todo?: string];

/** Checks an installation; a line each, with what to do. Answers whether nothing failed. */
export async function doctor(data: string | undefined): Promise<boolean> {
  const folder = resolve(data ?? "data");
  const verdicts = [...installation(folder), ...(await server(data))];
  for (const [level, what, todo] of verdicts)
    console.log(`${{ ok: "ok  ", warn: "warn", fail: "fail" }[level]}  ${what}${todo ? ` → ${todo}` : ""}`);
  return verdicts.every(([level]) => level !== "fail");
}

function installation(folder: string): Verdict[] {
  const found: Verdict[] = [["ok", `Node ${process.versions.node}`]];
  found.push(
    existsSync(agentBundle())
      ? ["ok", "the agent is built"]
      : ["fail", "the agent is not built", "run `npm run build`"],
  );
  if (!existsSync(folder)) return [...found, ["warn", `${folder} does not exist yet`, "run `npm start`"]];
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.round((bavail * bsize) / 1e9);
  found.push(free < 2 ? ["warn", `${free} GB are free`, "free disk space"] : ["ok", `${free} GB are free`]);
  const file = join(folder, "certificates", "hub.pem");
  if (existsSync(file)) {
    const days = Math.floor(
      (Date.parse(new X509Certificate(readFileSync(file)).validTo) - Date.now()) / 86_400_000,
    );
    found.push(
      days < 30
        ? ["warn", `the hub's certificate ends in ${days} days`, "restart the server; it renews it"]
        : ["ok", `the hub's certificate is good for ${days} days`],
    );
  }
  return found;
}

async function server(data: string | undefined): Promise<Verdict[]> {
  try {
    const health = await clientOf(data)("GET /health");
    const notices = health.notices.map(
      ({ level, message }): Verdict => [level === "error" ? "fail" : "warn", message],
    );
    return [
      [
        "ok",
        `the server runs; ${health.hub.connections} devices are connected, ${health.stream.last} batches in the stream`,
      ],
      ...notices,
    ];
  } catch (error) {
    return [["warn", error instanceof Error ? error.message : String(error)]];
  }
}
