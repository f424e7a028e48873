import { checkStrict } from "@picket/schema";
import { securityMessage } from "@picket/sdk";
import { describe, expect, test } from "vitest";
import { readOptions } from "./command.js";
import { cast, minuteOf } from "./fleet.js";
import { attacks } from "./plan.js";

const options = { devices: 40, minutes: 120, speed: 60, seed: 7, attacks: ["miner", "bruteforce", "beacon"] };

/** What was done in all minutes, without ids and times. */
function story(seed: number): string {
  const { actors, plan } = cast({ ...options, seed });
  const lines = Array.from({ length: options.minutes }, (_, minute) =>
    actors.map((actor) => minuteOf(actor, plan, minute).map(({ Name, Payload }) => [Name, Payload])),
  );
  return JSON.stringify([plan, lines]);
}

test("the same seed tells the same story, another one another", () => {
  expect(story(7)).toBe(story(7));
  expect(story(7)).not.toBe(story(8));
});

test("devices do more by day than by night", () => {
  const { actors, plan } = cast(options);
  const doneIn = (from: number): number =>
    Array.from({ length: 60 }, (_, minute) => minute + from)
      .flatMap((minute) => actors.map((actor) => minuteOf(actor, plan, minute).length))
      .reduce((sum, count) => sum + count, 0);
  expect(doneIn(360)).toBeGreaterThan(doneIn(1_080) * 1.5);
});

test("firmware comes to every device of a role once, first to a few", () => {
  const { actors, plan } = cast(options);
  const [wave] = plan.waves;
  const minutes = actors
    .filter(({ role }) => role.name === wave?.role)
    .map((actor) =>
      Array.from({ length: options.minutes }, (_, minute) => minute).filter((minute) =>
        minuteOf(actor, { attacks: [], waves: plan.waves }, minute).some(
          ({ Name }) => Name === "SystemInformation",
        ),
      ),
    );
  expect(minutes.every((each) => each.length === 1)).toBe(true);
  expect(new Set(minutes.flat()).size).toBe(3);
});

test.each(Object.keys(attacks))("what the attack %s reports is good by the published schema", (name) => {
  const sender = { agentId: "00000000-0000-4000-8000-000000000001", agentVersion: "0.1.0" };
  expect(checkStrict(securityMessage(sender, attacks[name]!()))).toEqual([]);
});

describe("the flags", () => {
  const flags = { devices: "5", minutes: "10", speed: "60", attack: "miner", seed: "1" };
  test.each([
    { name: "letters for a number", given: { ...flags, devices: "many" }, says: /--devices.*many/ },
    { name: "no minute at all", given: { ...flags, minutes: "0" }, says: /--minutes/ },
    {
      name: "an attack that is none",
      given: { ...flags, attack: "miner,flood" },
      says: /flood; there are miner/,
    },
  ])("refuse $name", ({ given, says }) => {
    expect(() => readOptions(given)).toThrow(says);
  });
  test("may ask for no attack", () => {
    expect(readOptions({ ...flags, attack: "" }).attacks).toEqual([]);
  });
});
