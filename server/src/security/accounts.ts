import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { Role } from "@picket/api";
import type { Clock } from "@picket/kit";
import type { KeyValueStore } from "@picket/stream";
import { serverErrors } from "../errors.js";

/** A person who may sign in. */
export interface User {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastSeenAt?: string;
  readonly disabled: boolean;
  /** `scrypt$N$r$salt$hash`; empty until one is set. */
  readonly password: string;
}

/** An API token; the secret itself is not kept. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt?: string;
}

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly kind: "user" | "token";
  readonly mustSetPassword: boolean;
  /** Hash of the session, to end it. */
  readonly session?: string;
}

interface Session {
  readonly name: string;
  /** When its person was added: another one of that name is somebody else. */
  readonly since: string;
  readonly expiresAt: number;
  /** Signed in by a one-time link. */
  readonly byLink: boolean;
}

const COST = { N: 2 ** 17, r: 8, maxmem: 256 * 1024 * 1024 } as const;
const SESSION_MS = 12 * 3_600_000;
const LINK_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const MOST = 10_000;
const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
const secret = (): string => randomBytes(32).toString("base64url");
const derive = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password, salt, 32, options, (error, key) => (error ? reject(error) : resolve(key))),
  );

/** People, tokens and sessions; secrets only as hashes. */
export class Accounts {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;

  constructor(store: KeyValueStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  users(): User[] {
    return this.#all<User>("user/");
  }

  user(name: string): User {
    const user = this.#read<User>(`user/${name}`);
    if (user) return user;
    throw serverErrors.notFound({ what: `The user ${name}` });
  }

  async addUser(name: string, role: Role): Promise<User> {
    if (this.#read(`user/${name}`)) throw serverErrors.exists({ what: `The user ${name}` });
    return this.#write(`user/${name}`, { name, role, createdAt: this.#now(), disabled: false, password: "" });
  }

  async changeUser(
    name: string,
    change: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
  ): Promise<User> {
    const user = this.user(name);
    const next: User = {
      ...user,
      role: change.role ?? user.role,
      disabled: change.disabled ?? user.disabled,
    };
    if (next.role !== "admin" || next.disabled) this.#keepAnAdmin(name);
    return this.#write(`user/${name}`, next);
  }

  async removeUser(name: string): Promise<void> {
    this.user(name);
    this.#keepAnAdmin(name);
    await this.#store.write([
      { key: `user/${name}`, remove: true },
      ...this.#doorsOf(name).map((key) => ({ key, remove: true as const })),
    ]);
  }

  /** Makes a one-time link's token. */
  async link(name: string): Promise<string> {
    const { createdAt } = this.user(name);
    const token = secret();
    await this.#write<Session>(`link/${hashOf(token)}`, {
      name,
      since: createdAt,
      expiresAt: this.#clock.now() + LINK_MS,
      byLink: true,
    });
    return token;
  }

  async openByLink(token: string): Promise<{ session: string; caller: Caller }> {
    const link = this.#read<Session>(`link/${hashOf(token)}`);
    const user = link && this.#read<User>(`user/${link.name}`);
    if (
      !link ||
      !user ||
      user.disabled ||
      user.createdAt !== link.since ||
      link.expiresAt < this.#clock.now()
    )
      throw serverErrors.linkSpent({});
    await this.#store.write([{ key: `link/${hashOf(token)}`, remove: true }]);
    return this.#open(link.name, true);
  }

  async openByPassword(name: string, password: string): Promise<{ session: string; caller: Caller }> {
    const user = this.#read<User>(`user/${name}`);
    // An unknown name costs as much time as a known one.
    const good = await matches(password, user?.password || `scrypt$${COST.N}$${COST.r}$AAAA$AAAA`);
    if (!user || !good || user.disabled) throw serverErrors.wrongPassword({});
    return this.#open(name, false);
  }

  /** Sets a password; whoever was signed in as this person elsewhere no longer is. */
  async setPassword(caller: Caller, present: string | undefined, password: string): Promise<void> {
    const user = this.user(caller.name);
    if (user.password !== "" && !caller.mustSetPassword && !(await matches(present ?? "", user.password)))
      throw serverErrors.wrongPassword({});
    const salt = randomBytes(16);
    const hash = await derive(password, salt, COST);
    await this.#write(`user/${user.name}`, {
      ...user,
      password: `scrypt$${COST.N}$${COST.r}$${salt.toString("base64url")}$${hash.toString("base64url")}`,
    });
    const own = `session/${caller.session}`;
    const others = this.#doorsOf(user.name).filter((key) => key !== own);
    await this.#store.write(others.map((key) => ({ key, remove: true })));
    const session = this.#read<Session>(own);
    if (session) await this.#write(own, { ...session, byLink: false });
  }

  /** Who a session or token belongs to; undefined when it is none. */
  caller(sessionSecret: string | undefined, bearer: string | undefined): Caller | undefined {
    if (bearer !== undefined) return this.#tokenCaller(hashOf(bearer));
    if (sessionSecret === undefined) return undefined;
    const hash = hashOf(sessionSecret);
    const session = this.#read<Session>(`session/${hash}`);
    const user = session && this.#read<User>(`user/${session.name}`);
    if (!session || !user || user.disabled || session.expiresAt < this.#clock.now()) return undefined;
    if (session.since !== user.createdAt) return undefined;
    return { name: user.name, role: user.role, kind: "user", mustSetPassword: session.byLink, session: hash };
  }

  async close(caller: Caller): Promise<void> {
    if (caller.session) await this.#store.write([{ key: `session/${caller.session}`, remove: true }]);
  }

  tokens(): Token[] {
    return this.#all<Token>("token/");
  }

  async addToken(name: string, role: Role, days: number): Promise<{ token: Token; secret: string }> {
    const value = `pk_${secret()}`;
    const token: Token = {
      id: hashOf(value).slice(0, 16),
      name,
      role,
      createdAt: this.#now(),
      expiresAt: new Date(this.#clock.now() + days * 86_400_000).toISOString(),
    };
    await this.#store.write([
      { key: `token/${token.id}`, value: Buffer.from(JSON.stringify(token)) },
      { key: `token-hash/${hashOf(value)}`, value: Buffer.from(token.id) },
    ]);
    return { token, secret: value };
  }

  async removeToken(id: string): Promise<void> {
    if (!this.#read(`token/${id}`)) throw serverErrors.notFound({ what: `The token ${id}` });
    const hashes = this.#store.range({ prefix: "token-hash/", limit: MOST });
    await this.#store.write([
      { key: `token/${id}`, remove: true },
      ...hashes
        .filter(({ value }) => Buffer.from(value).toString() === id)
        .map(({ key }) => ({ key, remove: true as const })),
    ]);
  }

  /** Forgets sessions and links that have ended. */
  async tidy(): Promise<void> {
    const now = this.#clock.now();
    const ended = ["session/", "link/"]
      .flatMap((prefix) => this.#store.range({ prefix, limit: MOST }))
      .filter(({ value }) => JSON.parse(Buffer.from(value).toString()).expiresAt < now);
    await this.#store.write(ended.map(({ key }) => ({ key, remove: true })));
  }

  async #open(name: string, byLink: boolean): Promise<{ session: string; caller: Caller }> {
    const user = this.user(name);
    const session = secret();
    await this.#write<Session>(`session/${hashOf(session)}`, {
      name,
      since: user.createdAt,
      expiresAt: this.#clock.now() + SESSION_MS,
      byLink,
    });
    await this.#write(`user/${name}`, { ...user, lastSeenAt: this.#now() });
    return {
      session,
      caller: { name, role: user.role, kind: "user", mustSetPassword: byLink, session: hashOf(session) },
    };
  }

  #tokenCaller(hash: string): Caller | undefined {
    const id = this.#store.get(`token-hash/${hash}`);
    const token = id && this.#read<Token>(`token/${Buffer.from(id).toString()}`);
    if (!token || Date.parse(token.expiresAt) < this.#clock.now()) return undefined;
    this.#used(token);
    return { name: token.name, role: token.role, kind: "token", mustSetPassword: false };
  }

  /** Remembers the hour of the last use; every request would be a disk write. */
  #used(token: Token): void {
    const now = this.#clock.now();
    if (token.lastUsedAt !== undefined && now - Date.parse(token.lastUsedAt) < HOUR_MS) return;
    void this.#write<Token>(`token/${token.id}`, { ...token, lastUsedAt: new Date(now).toISOString() });
  }

  /** Keys of a person's sessions and links. */
  #doorsOf(name: string): string[] {
    return ["session/", "link/"]
      .flatMap((prefix) => this.#store.range({ prefix, limit: MOST }))
      .filter(({ value }) => JSON.parse(Buffer.from(value).toString()).name === name)
      .map(({ key }) => key);
  }

  #keepAnAdmin(name: string): void {
    const others = this.users().filter(
      (user) => user.name !== name && user.role === "admin" && !user.disabled,
    );
    if (others.length === 0 && this.user(name).role === "admin") throw serverErrors.lastAdmin({});
  }

  #all<T>(prefix: string): T[] {
    return this.#store
      .range({ prefix, limit: MOST })
      .map(({ value }) => JSON.parse(Buffer.from(value).toString()));
  }

  #read<T>(key: string): T | undefined {
    const value = this.#store.get(key);
    return value && JSON.parse(Buffer.from(value).toString());
  }

  async #write<T>(key: string, value: T): Promise<T> {
    await this.#store.write([{ key, value: Buffer.from(JSON.stringify(value)) }]);
    return value;
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

async function matches(password: string, stored: string): Promise<boolean> {
  const [, n = "", r = "", salt = "", hash = ""] = stored.split("$");
  const expected = Buffer.from(hash, "base64url");
  const found = await derive(password, Buffer.from(salt, "base64url"), {
    ...COST,
    N: Number(n) || COST.N,
    r: Number(r) || COST.r,
  });
  return expected.length === found.length && timingSafeEqual(expected, found);
}
