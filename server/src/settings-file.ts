import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type HubSettings, readHubSettings } from "@picket/hub";
import { isKnown } from "@picket/kit";
import { parseDocument } from "yaml";
import { startErrors } from "./errors.js";

/** The usual place of the settings, in the data folder. */
const FILE = "picket.yaml";

/** Reads the file of settings (YAML or JSON); without one everything is as usual. */
export function hubSettings(data: string, asked: string | undefined): HubSettings {
  const path = asked === undefined ? join(data, FILE) : resolve(asked);
  if (asked === undefined && !existsSync(path)) return readHubSettings({}, secret);
  const document = parseDocument(textOf(path), { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw startErrors.badConfig({ what: path, why: problem.message });
  try {
    return readHubSettings(document.toJS({ maxAliasCount: 100 }), secret);
  } catch (error) {
    if (isKnown(error)) throw startErrors.badConfig({ what: path, why: error.message });
    throw error;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw startErrors.badConfig({ what: path, why: error instanceof Error ? error.message : String(error) });
  }
}

/** Secrets stay out of the file: it names a variable of the environment, or another file. */
function secret(source: "env" | "file", name: string): string | undefined {
  if (source === "env") return process.env[name];
  return existsSync(name) ? readFileSync(name, "utf8") : undefined;
}
