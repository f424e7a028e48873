import { readFileSync, writeFileSync } from "node:fs";
import type { Client } from "@picket/api";
import { parseConnectionString } from "@picket/sdk";
import type { Handle } from "../cli/client.js";
import { startErrors } from "../errors.js";
import { type SimulationOptions, simulate } from "./fleet.js";
import { attacks } from "./plan.js";

interface Given {
  readonly devices: string;
  readonly minutes: string;
  readonly speed: string;
  readonly attack: string;
  readonly seed: string;
}

/** Reads the flags; what is no number or no attack is refused by name. */
export function readOptions({ attack, ...given }: Given): SimulationOptions {
  const names = attack.split(",").filter((each) => each !== "");
  const unknown = names.find((name) => !(name in attacks));
  if (unknown !== undefined)
    throw startErrors.badConfig({
      what: "--attack",
      why: `there is no attack ${unknown}; there are ${Object.keys(attacks).join(", ")}`,
    });
  return {
    devices: whole("--devices", given.devices, 10_000),
    minutes: whole("--minutes", given.minutes, 100_000),
    speed: whole("--speed", given.speed, 100_000),
    seed: whole("--seed", given.seed, 2 ** 32 - 1),
    attacks: names,
  };
}

function whole(what: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw startErrors.badConfig({ what, why: `${text} is no whole number from 1 to ${most}` });
}

/** `picket simulate`: registers the fleet, drives it, and writes down what it did. */
export async function simulateCommand(client: Client, handle: Handle, given: Given): Promise<void> {
  const register = async (id: string) => {
    const known = await client("POST /devices", { body: { id } }).catch(() => undefined);
    const { connectionString } =
      known?.connection ?? (await client("POST /devices/{id}/connection", { params: { id } }));
    return parseConnectionString(connectionString);
  };
  const manifest = await simulate(readOptions(given), {
    register,
    ca: readFileSync(handle.ca, "utf8"),
    say: (line) => process.stderr.write(`\r${line.padEnd(78)}`),
  });
  const file = "simulation.json";
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  console.error(
    `\n${manifest.messages} messages of ${manifest.devices} devices were acknowledged; ${manifest.attacks.length} attacks and ${manifest.waves.length} firmware waves are listed in ${file}.`,
  );
}
