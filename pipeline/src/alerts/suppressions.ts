import type { Suspicion } from "../books/alert-book.js";
import { ANY_RUN } from "../conditions/condition.js";
import { textTest } from "../conditions/patterns.js";
import { pipelineErrors } from "../errors.js";
import type { InForce } from "../settings/setting-book.js";
import { parsePattern } from "../sigma/values.js";

/** Alerts that wake nobody for a time: of a rule, a device or both; a maintenance window covers all of a device. */
export interface Suppression {
  readonly kind: "suppression" | "maintenance";
  /** Rule ids, with wildcards; empty for all. */
  readonly rule: string;
  /** Device ids, with wildcards; empty for all. */
  readonly device: string;
  /** The alert's entity, such as a command, with wildcards; empty for all. */
  readonly entity: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

const LONGEST_MS = 366 * 86_400_000;
const refuse = (where: string, why: string): never => {
  throw pipelineErrors.badSetting({ where, why });
};

/** Reads a suppression; throws with what is wrong. */
export function readSuppression(value: unknown): Suppression {
  if (typeof value !== "object" || value === null) return refuse("the suppression", "is no map");
  const text = (name: string): string => {
    const given: unknown = Reflect.get(value, name) ?? "";
    return typeof given === "string" && given.length <= 500
      ? given
      : refuse(name, "is no text of at most 500 characters");
  };
  const instant = (name: string): number => {
    const at = Date.parse(text(name));
    return Number.isNaN(at) ? refuse(name, "is no instant such as 2026-03-01T10:00:00Z") : at;
  };
  const kind = Reflect.get(value, "kind") === "maintenance" ? "maintenance" : "suppression";
  const found = {
    kind,
    rule: text("rule"),
    device: text("device"),
    entity: text("entity"),
    from: instant("from"),
    until: instant("until"),
  } as const;
  if (found.until <= found.from) refuse("until", "lies before from");
  if (found.until - found.from > LONGEST_MS) refuse("until", "lies more than a year after from");
  if (kind === "suppression" && found.rule === "" && found.entity === "")
    refuse("rule", "is needed, or an entity: a suppression of everything is a maintenance window");
  if (kind === "maintenance" && found.device === "") refuse("device", "is needed; use * for all");
  return found;
}

/** A test over rule, device and entity; empty patterns hold for all. */
export function coverage({
  rule,
  device,
  entity,
}: Pick<Suppression, "rule" | "device" | "entity">): (
  ruleId: string,
  deviceId: string,
  given: string,
) => boolean {
  const like = (pattern: string): ((text: string) => boolean) => {
    const test = textTest(pattern === "" ? [ANY_RUN] : parsePattern(pattern), false);
    return (text) => test(text.toLowerCase());
  };
  const [isRule, isDevice, isEntity] = [like(rule), like(device), like(entity)];
  return (ruleId, deviceId, given) => isRule(ruleId) && isDevice(deviceId) && isEntity(given);
}

/** The suppressions in force. */
export class Suppressions {
  #all: readonly {
    readonly name: string;
    readonly about: Suppression;
    readonly covers: ReturnType<typeof coverage>;
  }[] = [];

  use(settings: readonly InForce[]): void {
    this.#all = settings.map(({ name, value }) => {
      const about = readSuppression(value);
      return { name, about, covers: coverage(about) };
    });
  }

  /** The name of a suppression that covers a suspicion. */
  find({ rule, deviceId, entity, receivedAt }: Suspicion): string | undefined {
    return this.#all.find(
      ({ about, covers }) =>
        receivedAt >= about.from && receivedAt < about.until && covers(rule.id, deviceId, entity),
    )?.name;
  }
}
