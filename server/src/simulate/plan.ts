import type { SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Random } from "./random.js";
import { type Actor, connected, signedIn, started } from "./roles.js";

const RINGS = [0.1, 0.4, 1] as const;
const RING_MINUTES = 5;

/** Attacks by name: what the device that is attacked reports. */
export const attacks: Readonly<Record<string, () => SecurityEvent[]>> = {
  miner: () => [started("/tmp/.x/xmrig -o stratum+tcp://pool.example.net:3333", "www-data")],
  bruteforce: () => [
    ...Array.from({ length: 12 }, () => signedIn("root", "203.0.113.77", "Fail")),
    signedIn("root", "203.0.113.77", "Success"),
  ],
  beacon: () => Array.from({ length: 30 }, () => connected("/tmp/.cache/upd", "203.0.113.50:4443")),
};

/** An attack on one device at a minute of the run. */
export interface PlannedAttack {
  readonly attack: string;
  readonly device: string;
  readonly minute: number;
}

/** New firmware for all devices of one role, ring by ring. */
export interface Wave {
  readonly role: string;
  readonly version: string;
  /** When the first ring begins. */
  readonly minute: number;
}

/** What happens to a fleet beside its ordinary days. */
export interface Plan {
  readonly attacks: readonly PlannedAttack[];
  readonly waves: readonly Wave[];
}

/** Draws who is attacked when, and when which role gets new firmware. The same seed draws the same. */
export function draw(
  actors: readonly Pick<Actor, "id" | "role">[],
  { minutes, attacks: names }: { readonly minutes: number; readonly attacks: readonly string[] },
  random: Random,
): Plan {
  const within = (from: number, to: number): number =>
    Math.floor((from + random.next() * (to - from)) * minutes);
  const roles = [...new Set(actors.map(({ role }) => role.name))];
  const some = roles.filter(() => random.next() < 0.5);
  return {
    attacks: names.map((attack) => ({ attack, device: random.pick(actors).id, minute: within(0.1, 0.8) })),
    waves: (some.length > 0 ? some : roles.slice(0, 1)).map((role) => ({
      role,
      version: `2.${1 + Math.floor(random.next() * 8)}.0`,
      minute: within(0.2, 0.5),
    })),
  };
}

/** What a device reports in the minute in which its ring of a wave comes; nothing in all others. */
export function updated(
  { id, role, place }: Pick<Actor, "id" | "role"> & { readonly place: number },
  waves: readonly Wave[],
  minute: number,
): SecurityEvent[] {
  const wave = waves.find(
    (each) => each.role === role.name && each.minute + ringOf(place) * RING_MINUTES === minute,
  );
  if (!wave) return [];
  return [
    started(role.update),
    started("/sbin/reboot"),
    securityEvent("SystemInformation", [
      { OSName: "Linux", OSVersion: wave.version, HostName: id, BIOSVersion: wave.version },
    ]),
  ];
}

/** Which ring a place in the fleet, from 0 to 1, is in. */
const ringOf = (place: number): number => RINGS.findIndex((share) => place < share);
