import { marker, type SecurityEvent } from "@picket/schema";
import { type ConnectionString, type HubClient, openHubClient, packMessages } from "@picket/sdk";
import { attacks, draw, type Plan, updated, type Wave } from "./plan.js";
import { seeded } from "./random.js";
import { type Actor, noise, ordinary, roles } from "./roles.js";

/** What fleet, for how long, and what happens to it. */
export interface SimulationOptions {
  readonly devices: number;
  /** Minutes of fleet life. */
  readonly minutes: number;
  /** Minutes of fleet life in one minute. */
  readonly speed: number;
  readonly seed: number;
  readonly attacks: readonly string[];
}

/** What the simulation needs of the world. */
export interface SimulationAround {
  register(deviceId: string): Promise<ConnectionString>;
  readonly ca: string;
  say(line: string): void;
}

/** What was done, to hold what was found against. */
export interface Manifest {
  readonly seed: number;
  readonly devices: number;
  readonly messages: number;
  readonly attacks: readonly {
    readonly device: string;
    readonly attack: string;
    readonly at: string;
    readonly eventIds: readonly string[];
  }[];
  readonly waves: readonly Wave[];
}

interface Virtual extends Actor {
  /** Where in the fleet it stands, from 0 to 1. */
  readonly place: number;
  readonly agentId: string;
}

interface Connected extends Virtual {
  readonly client: HubClient;
}

const CONNECT_AT_ONCE = 20;

/** Drives virtual devices of several roles through the real hub with the real client, with one seed for everything. */
export async function simulate(options: SimulationOptions, around: SimulationAround): Promise<Manifest> {
  const { actors, plan } = cast(options);
  const fleet = await connectAll(actors, around);
  const done: Manifest["attacks"][number][] = [];
  let messages = 0;
  for (let minute = 0; minute < options.minutes; minute += 1) {
    const begun = Date.now();
    const sent = fleet.map((device) => send(device, minuteOf(device, plan, minute)));
    for (const { attack, device: id } of plan.attacks.filter((each) => each.minute === minute)) {
      const device = fleet.find((each) => each.id === id);
      const events = attacks[attack]?.() ?? [];
      if (device) sent.push(send(device, events));
      done.push({ device: id, attack, at: new Date().toISOString(), eventIds: events.map(({ Id }) => Id) });
    }
    messages += (await Promise.all(sent)).reduce((sum, count) => sum + count, 0);
    around.say(
      `minute ${minute + 1} of ${options.minutes}, ${messages} messages acknowledged, ${done.length} attacks`,
    );
    await pause(60_000 / options.speed - (Date.now() - begun));
  }
  await Promise.all(fleet.map(({ client }) => client.close()));
  const { seed, devices } = options;
  return { seed, devices, messages, attacks: done, waves: plan.waves };
}

/** Who plays and what happens, drawn before anybody connects, so that no timing changes it. */
export function cast({ seed, devices, minutes, attacks: names }: SimulationOptions): {
  actors: Virtual[];
  plan: Plan;
} {
  const random = seeded(seed);
  const actors = Array.from({ length: devices }, (_, number): Virtual => {
    const role = roles[number % roles.length]!;
    const digits = String(number).padStart(4, "0");
    return {
      id: `sim-${role.name}-${digits}`,
      role,
      place: number / devices,
      agentId: `00000000-0000-4000-8000-${digits.padStart(12, "0")}`,
      random: seeded(Math.floor(random.next() * 2 ** 31)),
    };
  });
  return { actors, plan: draw(actors, { minutes, attacks: names }, random) };
}

/** Everything a device reports in a minute, attacks apart. */
export const minuteOf = (device: Virtual, plan: Plan, minute: number): SecurityEvent[] => [
  ...ordinary(device, minute),
  ...noise(device),
  ...updated(device, plan.waves, minute),
];

async function connectAll(actors: readonly Virtual[], around: SimulationAround): Promise<Connected[]> {
  const fleet: Connected[] = [];
  for (let first = 0; first < actors.length; first += CONNECT_AT_ONCE) {
    const some = actors.slice(first, first + CONNECT_AT_ONCE).map(async (actor): Promise<Connected> => {
      const client = openHubClient({
        connection: await around.register(actor.id),
        ca: around.ca,
        address: "127.0.0.1",
        userAgent: "picket-simulate/0.1.0",
      });
      await client.connect();
      return { ...actor, client };
    });
    fleet.push(...(await Promise.all(some)));
    around.say(`${fleet.length} of ${actors.length} devices are connected`);
  }
  return fleet;
}

async function send({ client, agentId }: Connected, events: readonly SecurityEvent[]): Promise<number> {
  const printed = events
    .map((event) => JSON.stringify(event))
    .map((text) => ({ text, bytes: Buffer.byteLength(text) }));
  const { bodies } = packMessages({ agentId, agentVersion: "0.1.0" }, printed);
  for (const body of bodies) await client.send(body, { [marker.mqtt]: marker.interfaceId });
  return bodies.length;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
