import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ConnectionString,
  deviceKeyOf,
  type Enrolment,
  formatConnectionString,
  parseConnectionString,
  provisionDevice,
} from "@picket/sdk";
import { agentErrors } from "../errors.js";

/** How the provisioning service is reached, as the hub is. */
export type Reach = Pick<Enrolment, "ca" | "certificate" | "address" | "isWebSocket" | "proxy" | "userAgent">;

const known = ["hostName", "port", "idScope", "registrationId", "key", "groupKey", "moduleId"] as const;

/** What the file of `--enrolment-file` says. */
export interface EnrolmentFile {
  readonly hostName: string;
  readonly port?: number;
  readonly idScope: string;
  readonly registrationId: string;
  /** The device's own key, or the group's, of which the device's is made. */
  readonly key?: string;
  readonly groupKey?: string;
  /** A module of the assigned device that speaks; the device itself when absent. */
  readonly moduleId?: string;
}

/** Reads such a file; throws which field is wrong. */
export function parseEnrolment(text: string): EnrolmentFile {
  const values = objectOf(text);
  const unknown = Object.keys(values).find((name) => !known.some((each) => each === name));
  if (unknown !== undefined) throw invalid(`"${unknown}" is not known; there are ${known.join(", ")}`);
  const textOf = (name: (typeof known)[number]): string | undefined => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "" || value.length > 1_000)
      throw invalid(`"${name}" must be text`);
    return value;
  };
  const must = (name: (typeof known)[number]): string => {
    const value = textOf(name);
    if (value === undefined) throw invalid(`"${name}" is missing`);
    return value;
  };
  const { port } = values;
  if (
    port !== undefined &&
    !(typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536)
  )
    throw invalid(`"port" must be a number from 1 to 65535`);
  const [key, groupKey, moduleId] = [textOf("key"), textOf("groupKey"), textOf("moduleId")];
  return {
    hostName: must("hostName"),
    idScope: must("idScope"),
    registrationId: must("registrationId"),
    ...(typeof port === "number" ? { port } : {}),
    ...(key ? { key } : {}),
    ...(groupKey ? { groupKey } : {}),
    ...(moduleId ? { moduleId } : {}),
  };
}

/** The connection of an enrolled device: kept from the last time, or asked for; `again` asks in any case. */
export async function enrolled(
  folder: string,
  file: EnrolmentFile,
  reach: Reach,
  again = false,
): Promise<ConnectionString> {
  const kept = join(folder, "connection-string");
  if (!again && existsSync(kept)) return parseConnectionString(readFileSync(kept, "utf8"));
  const { hostName, port, idScope, registrationId, moduleId } = file;
  const key = file.key ?? (file.groupKey && deviceKeyOf(file.groupKey, registrationId));
  if (!key && !reach.certificate)
    throw invalid(`it has neither "key" nor "groupKey", and there is no --certificate-file`);
  const assigned = await provisionDevice({
    ...reach,
    hostName,
    idScope,
    registrationId,
    ...(port === undefined ? {} : { port }),
    ...(key ? { key } : {}),
  });
  // A hub that provisions for itself, on a port of its own, names its host only.
  const ownPort = assigned.port ?? (assigned.hostName === hostName ? port : undefined);
  const connection = {
    ...assigned,
    ...(ownPort === undefined ? {} : { port: ownPort }),
    ...(moduleId ? { moduleId } : {}),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${kept}.new`, formatConnectionString(connection), { mode: 0o600 });
  renameSync(`${kept}.new`, kept);
  return connection;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values)) return { ...values };
  } catch {
    // Said below.
  }
  throw invalid("it is not a JSON object");
}

const invalid = (why: string): Error => agentErrors.optionInvalid({ option: "enrolment-file", why });
