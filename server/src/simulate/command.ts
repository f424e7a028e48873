import { readFileSync, writeFileSync } from "node:fs";
import type { Client } from "@picket/api";
import { parseConnectionString } from "@picket/sdk";
import type { Handle } from "../cli/client.js";
import { simulate } from "./fleet.js";

interface Given {
  readonly devices: string;
  readonly minutes: string;
  readonly speed: string;
  readonly attack: string;
  readonly seed: string;
}

/** `picket simulate`: registers the fleet, drives it, and writes down what it did. */
export async function simulateCommand(client: Client, handle: Handle, given: Given): Promise<void> {
  const register = async (id: string) => {
    const known = await client("POST /devices", { body: { id } }).catch(() => undefined);
    const { connectionString } =
      known?.connection ?? (await client("POST /devices/{id}/connection", { params: { id } }));
    return parseConnectionString(connectionString);
  };
  const manifest = await simulate(
    {
      devices: Number(given.devices),
      minutes: Number(given.minutes),
      speed: Number(given.speed),
      seed: Number(given.seed),
      attacks: given.attack.split(",").filter((each) => each !== ""),
    },
    {
      register,
      ca: readFileSync(handle.ca, "utf8"),
      say: (line) => process.stderr.write(`\r${line.padEnd(78)}`),
    },
  );
  const file = "simulation.json";
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  console.error(
    `\n${manifest.messages} messages of ${manifest.devices} devices were acknowledged; ${manifest.attacks.length} attacks are listed in ${file}.`,
  );
}
