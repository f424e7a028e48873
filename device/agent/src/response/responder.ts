import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Recorder } from "@picket/kit";
import type { SecurityEvent } from "@picket/schema";
import { type MethodAnswer, securityEvent } from "@picket/sdk";
import { messageOf } from "../errors.js";
import { responseGiven } from "../signals.js";
import { type Action, type Arguments, type Outcome, Refusal } from "./action.js";

/** What a responder works with. */
export interface ResponderOptions {
  /** Keeps what is in force over a restart. */
  readonly folder: string;
  readonly actions: readonly Action[];
  readonly isAllowed: (name: string) => boolean;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly recorder: Recorder;
  readonly now?: () => number;
}

/** Something that was done and ends at a time. */
interface Standing {
  readonly action: string;
  readonly target: string;
  readonly given: Arguments;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly lastsMs: number;
}

type Result = "Done" | "DryRun" | "Refused" | "Failed" | "Lifted";

const status: Readonly<Record<Result, number>> = {
  Done: 200,
  DryRun: 200,
  Lifted: 200,
  Refused: 403,
  Failed: 500,
};
const MOST_TEXT = 4_000;
const LOOK_MS = 5_000;
const MOST_WAIT_MS = 2_147_483_647;

/** Does what the hub orders, as far as the twin allows it: with proof, with an event, and with an end. */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #file: string;
  readonly #now: () => number;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #standing: readonly Standing[];

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#file = join(options.folder, "responses.json");
    this.#standing = readStanding(this.#file);
  }

  /** What is in force now, as the twin reports it. */
  get standing(): object[] {
    return this.#standing.map(({ action, target, until }) => ({
      action,
      target,
      until: new Date(until).toISOString(),
    }));
  }

  /** Whether a direct method is one of ours. */
  knows(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Takes up what was in force before a restart: what is over is ended, what the device forgot is done again. */
  async resume(): Promise<void> {
    for (const each of this.#standing) {
      const action = this.#find(each.action);
      // A clock that was set back must not make it last longer than it was ordered.
      const left = Math.min(each.until - this.#now(), each.lastsMs);
      if (!action) this.#forget(each);
      else if (left <= 0) await this.#lift(each);
      else {
        const minutes = Math.max(Math.ceil(left / 60_000), 1);
        const isThere = (await action.holds?.(each.target).catch(() => false)) ?? false;
        if (!isThere)
          await action
            .perform({ ...each.given, minutes }, false)
            .catch((error) =>
              this.#tell(each.action, "Failed", { given: each.given, message: messageOf(error) }),
            );
        this.#await(each, left);
      }
    }
  }

  /** Answers a direct method. `dryRun` says what would be done, `lift` ends what was. */
  async answer(name: string, payload: unknown): Promise<MethodAnswer> {
    const given: Arguments = isArguments(payload) ? payload : {};
    const action = this.#find(name);
    if (!action) return { status: 404, payload: { message: `There is no action ${name.slice(0, 100)}.` } };
    try {
      if (!this.#options.isAllowed(name))
        throw new Refusal(`The twin does not allow ${name}: put it into responseActionsAllowed.`);
      if (payload !== undefined && payload !== null && !isArguments(payload))
        throw new Refusal("The payload must be a JSON object.");
      refuseUnknown(action, given);
      if (given["lift"] === true) return await this.#liftAll(action, given);
      return await this.#perform(action, given);
    } catch (error) {
      const result = error instanceof Refusal ? "Refused" : "Failed";
      return this.#tell(name, result, { given, message: messageOf(error) });
    }
  }

  /** Stops waiting; what is in force stays and is taken up at the next start. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async #perform(action: Action, given: Arguments): Promise<MethodAnswer> {
    const { dryRun, ...own } = given;
    const isDry = dryRun === true;
    const outcome = await action.perform(own, isDry);
    const until = outcome.lastsMs === undefined ? undefined : this.#now() + outcome.lastsMs;
    if (!isDry && until !== undefined) this.#stand(action, own, outcome, until);
    return this.#tell(action.name, isDry ? "DryRun" : "Done", {
      given: own,
      proof: outcome.proof,
      ...(until === undefined ? {} : { until }),
    });
  }

  #stand(action: Action, given: Arguments, { lastsMs = 0, target = "" }: Outcome, until: number): void {
    const standing: Standing = { action: action.name, target, given, until, lastsMs };
    this.#standing = [...this.#standing.filter((each) => keyOf(each) !== keyOf(standing)), standing];
    this.#save();
    this.#await(standing, lastsMs);
  }

  #await(standing: Standing, milliseconds: number): void {
    clearTimeout(this.#timers.get(keyOf(standing)));
    const again = (): void => {
      this.#lift(standing).catch(() => this.#await(standing, LOOK_MS));
    };
    this.#timers.set(keyOf(standing), setTimeout(again, Math.min(milliseconds, MOST_WAIT_MS)));
  }

  async #liftAll(action: Action, given: Arguments): Promise<MethodAnswer> {
    const asked = given["address"];
    const chosen = this.#standing.filter(
      (each) => each.action === action.name && (asked === undefined || each.target === asked),
    );
    if (chosen.length === 0) throw new Refusal(`There is nothing of ${action.name} to end.`);
    for (const each of chosen) await this.#lift(each);
    return { status: 200, payload: { result: "Lifted", lifted: chosen.map(({ target }) => target) } };
  }

  /** Ends something and makes sure that it has ended. */
  async #lift(standing: Standing): Promise<void> {
    const action = this.#find(standing.action);
    if (await action?.holds?.(standing.target)) await action?.lift?.(standing.target);
    const isGone = !(await action?.holds?.(standing.target));
    if (!isGone) throw new Error(`${standing.action} of ${standing.target} is still in force.`);
    this.#forget(standing);
    this.#tell(standing.action, "Lifted", {
      given: standing.given,
      proof: { target: standing.target, isGone },
    });
  }

  #forget(standing: Standing): void {
    clearTimeout(this.#timers.get(keyOf(standing)));
    this.#timers.delete(keyOf(standing));
    this.#standing = this.#standing.filter((each) => keyOf(each) !== keyOf(standing));
    this.#save();
  }

  #save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#standing), { mode: 0o600, flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Every order leaves an event, whatever came of it; a file's content goes to who asked and nowhere else. */
  #tell(
    action: string,
    result: Result,
    told: { given: Arguments; proof?: object; until?: number; message?: string },
  ): MethodAnswer {
    const { given, proof, until, message } = told;
    const { content: _, ...shown } = { content: undefined, ...proof };
    const item = {
      Action: action,
      Result: result,
      Arguments: JSON.stringify(given).slice(0, MOST_TEXT),
      ...(proof ? { Proof: JSON.stringify(shown).slice(0, MOST_TEXT) } : {}),
      ...(until === undefined ? {} : { ExpiresAt: new Date(until).toISOString() }),
      ...(message ? { Message: message.slice(0, MOST_TEXT) } : {}),
    };
    this.#options.keep([securityEvent("ResponseAction", [item])]);
    responseGiven(this.#options.recorder, { action, result }, 1, message ? { message } : {});
    return {
      status: status[result],
      payload: {
        result,
        ...(proof ? { proof } : {}),
        ...(message ? { message } : {}),
        ...(until === undefined ? {} : { expiresAt: item.ExpiresAt }),
      },
    };
  }

  #find(name: string): Action | undefined {
    return this.#options.actions.find((action) => action.name === name);
  }
}

const keyOf = ({ action, target }: Standing): string => `${action}\0${target}`;

const isArguments = (value: unknown): value is Arguments =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refuseUnknown({ takes }: Action, given: Arguments): void {
  const unknown = Object.keys(given).find(
    (name) => !Object.hasOwn(takes, name) && name !== "dryRun" && name !== "lift",
  );
  if (unknown === undefined) return;
  throw new Refusal(
    `"${unknown.slice(0, 60)}" is not known; there are ${[...Object.keys(takes), "dryRun", "lift"].join(", ")}.`,
  );
}

function readStanding(file: string): Standing[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(kept) ? kept.filter(isStanding) : [];
  } catch {
    return [];
  }
}

const isStanding = (value: unknown): value is Standing =>
  isArguments(value) &&
  typeof value["action"] === "string" &&
  typeof value["target"] === "string" &&
  isArguments(value["given"]) &&
  typeof value["until"] === "number" &&
  typeof value["lastsMs"] === "number";
