import type { Reply, Routes } from "@picket/api";
import type { Clock } from "@picket/kit";
import type { KeyValueStore } from "@picket/stream";
import { serverErrors } from "../errors.js";
import type { Caller } from "../security/accounts.js";

type SavedQuery = Reply<Routes["PUT /queries/{name}"]>;

const PREFIX = "saved-query/";
const MOST = 2_000;

/** Queries that people keep under a name, for themselves or for all. */
export class SavedQueries {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;

  constructor(store: KeyValueStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The caller's own and the shared ones, by name. */
  seenBy({ name }: Caller): SavedQuery[] {
    return this.#all().filter(({ owner, shared }) => shared || owner === name);
  }

  async save(
    caller: Caller,
    name: string,
    given: {
      readonly query: string;
      readonly about?: string | undefined;
      readonly shared?: boolean | undefined;
    },
  ): Promise<SavedQuery> {
    const known = this.#find(name);
    if (known && known.owner !== caller.name)
      throw serverErrors.exists({ what: `A query ${name} of somebody else` });
    if (!known && this.#all().length >= MOST)
      throw serverErrors.badRequest({ why: `${MOST} queries are saved already; remove some first` });
    const saved: SavedQuery = {
      name,
      query: given.query,
      about: given.about ?? known?.about ?? "",
      owner: caller.name,
      shared: given.shared ?? known?.shared ?? false,
      changedAt: new Date(this.#clock.now()).toISOString(),
    };
    await this.#store.write([{ key: PREFIX + name, value: Buffer.from(JSON.stringify(saved)) }]);
    return saved;
  }

  async remove(caller: Caller, name: string): Promise<void> {
    const known = this.#find(name);
    const isSeen = known && (known.shared || known.owner === caller.name || caller.role === "admin");
    if (!isSeen) throw serverErrors.notFound({ what: `The query ${name}` });
    if (known.owner !== caller.name && caller.role !== "admin")
      throw serverErrors.notAllowed({ role: caller.role, needs: "admin" });
    await this.#store.write([{ key: PREFIX + name, remove: true }]);
  }

  #find(name: string): SavedQuery | undefined {
    const value = this.#store.get(PREFIX + name);
    return value && JSON.parse(Buffer.from(value).toString());
  }

  #all(): SavedQuery[] {
    return this.#store
      .range({ prefix: PREFIX, limit: MOST })
      .map(({ value }) => JSON.parse(Buffer.from(value).toString()));
  }
}
