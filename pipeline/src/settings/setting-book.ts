import type { Setting, SettingArea } from "@picket/schema";

/** A setting in force, and who set it when. */
export interface InForce {
  readonly area: SettingArea;
  readonly name: string;
  readonly value: unknown;
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What people set about detection, as the stream told it. */
export class SettingBook {
  readonly #inForce = new Map<string, InForce>();

  apply({ area, name, value, actor, reason }: Setting, at: number): void {
    const key = `${area}\n${name}`;
    if (value === null || value === undefined) this.#inForce.delete(key);
    else this.#inForce.set(key, { area, name, value, actor, reason, since: new Date(at).toISOString() });
  }

  /** The settings of an area, in the order of their names. */
  of(area: SettingArea): InForce[] {
    return [...this.#inForce.values()]
      .filter((each) => each.area === area)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  save(): InForce[] {
    return [...this.#inForce.values()];
  }

  restore(saved: readonly InForce[]): void {
    for (const each of saved) this.#inForce.set(`${each.area}\n${each.name}`, each);
  }
}
