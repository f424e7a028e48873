import { hubErrors } from "../errors.js";
import { asJson, type State } from "../state.js";
import type { Enrolment, EnrolmentGroup, IndividualEnrolment, Registration } from "./enrolment.js";
import { enrolmentId } from "./enrolment.js";

const prefixes = {
  individual: "enrolment/",
  group: "enrolment-group/",
  registration: "registration/",
} as const;
const MOST_GROUPS = 100;
// Registration ids are the same whatever the case of their letters.
const keyOf = (kind: keyof typeof prefixes, id: string): string => `${prefixes[kind]}${id.toLowerCase()}`;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Who may come and who came, on disk. */
export class EnrolmentStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  find(kind: Enrolment["kind"], id: string): Enrolment | undefined {
    return id.length > 128 ? undefined : this.#state.json<Enrolment>(keyOf(kind, id));
  }

  individual(id: string): IndividualEnrolment | undefined {
    const found = this.find("individual", id);
    return found?.kind === "individual" ? found : undefined;
  }

  groups(): EnrolmentGroup[] {
    return this.#state.jsons<EnrolmentGroup>({ prefix: prefixes.group, limit: MOST_GROUPS });
  }

  registration(id: string): Registration | undefined {
    return id.length > 128 ? undefined : this.#state.json<Registration>(keyOf("registration", id));
  }

  /** How many individual enrolments there are. */
  count(): number {
    let count = 0;
    for (let after: string | undefined = ""; after !== undefined; ) {
      const entries = this.#state.range({ prefix: prefixes.individual, after, limit: 1_000 });
      count += entries.length;
      after = entries.length < 1_000 ? undefined : entries.at(-1)!.key;
    }
    return count;
  }

  enrolments(kind: Enrolment["kind"], after: string, limit: number): Page<Enrolment> {
    return this.#page<Enrolment>(kind, after, limit);
  }

  /** Registrations of a group. */
  registrations(group: string, after: string, limit: number): Page<Registration> {
    const items: Registration[] = [];
    let from = after;
    for (;;) {
      const page = this.#page<Registration>("registration", from, 200);
      for (const each of page.items) {
        if (each.enrollmentGroupId !== group) continue;
        items.push(each);
        if (items.length === limit) return { items, next: keyOf("registration", each.registrationId) };
      }
      if (page.next === undefined) return { items };
      from = page.next;
    }
  }

  async write(enrolment: Enrolment): Promise<void> {
    if (
      enrolment.kind === "group" &&
      !this.find("group", enrolment.enrollmentGroupId) &&
      this.groups().length >= MOST_GROUPS
    )
      throw hubErrors.argumentInvalid({
        what: "The enrolment group",
        why: `there are at most ${MOST_GROUPS}`,
      });
    await this.#state.write([asJson(keyOf(enrolment.kind, enrolmentId(enrolment)), enrolment)]);
  }

  async writeRegistration(registration: Registration): Promise<void> {
    await this.#state.write([asJson(keyOf("registration", registration.registrationId), registration)]);
  }

  /** Removes an enrolment; of an individual one also what became of its device. */
  async remove(kind: Enrolment["kind"], id: string): Promise<void> {
    const more = kind === "individual" ? [{ key: keyOf("registration", id), remove: true as const }] : [];
    await this.#state.write([{ key: keyOf(kind, id), remove: true }, ...more]);
  }

  async removeRegistration(id: string): Promise<void> {
    await this.#state.write([{ key: keyOf("registration", id), remove: true }]);
  }

  #page<T>(kind: keyof typeof prefixes, after: string, limit: number): Page<T> {
    const entries = this.#state.range({ prefix: prefixes[kind], after, limit });
    const items = entries.map(({ value }): T => JSON.parse(Buffer.from(value).toString()));
    return entries.length < limit ? { items } : { items, next: entries.at(-1)!.key };
  }
}
