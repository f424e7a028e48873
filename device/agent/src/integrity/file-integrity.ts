import type { Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { ProcessTable } from "../processes/process-table.js";
import type { FolderNews, FolderWatch } from "../sources/folder-watch.js";
import { FileIndex, joined, look, type Places, type Seen } from "./file-index.js";

type Change = Payload<"FileChange">;

/** What file integrity works with. */
export interface FileIntegrityOptions {
  readonly places: Places;
  /** Tells what happens; without it everything is looked at again and again. */
  readonly watch?: FolderWatch;
  readonly table?: Pick<ProcessTable, "find">;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly now?: () => number;
  /** Process whose own changes are passed over: the agent's. */
  readonly own?: number;
}

interface Pending {
  readonly folder: string;
  hits: number;
  pid: number | undefined;
  since: number;
  last: number;
}

const QUIET_MS = 500;
const LONGEST_MS = 5_000;
const POLL_MS = 60_000;
const MOST_PENDING = 5_000;
const MOST_TOLD = 200;
const MOST_LINE = 1_024;

/** Tells what changes in watched places: what was before, what is now, and who did it where the source knows. */
export class FileIntegrity {
  readonly #options: FileIntegrityOptions;
  readonly #index: FileIndex;
  readonly #pending = new Map<string, Pending>();
  readonly #crowded = new Map<string, { hits: number; last: number }>();
  readonly #now: () => number;
  readonly #own: number;
  #lost = 0;
  #polledAt = 0;
  #isBusy = false;

  constructor(options: FileIntegrityOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#own = options.own ?? process.pid;
    this.#index = new FileIndex(options.places);
  }

  get size(): number {
    return this.#index.size;
  }

  get leftOut(): number {
    return this.#index.leftOut;
  }

  get source(): string {
    return this.#options.watch?.name ?? "polling";
  }

  /** Looks at everything for the first time, then watches. */
  async open(): Promise<void> {
    await this.#index.fill();
    for (const folder of this.#index.folders) this.#options.watch?.watch(folder);
    // What changed meanwhile, before its folder was watched.
    await this.#lookAgain();
    this.#polledAt = this.#now();
  }

  /** Takes what was told since the last time, and tells what has become quiet. */
  async round(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#take(this.#options.watch?.read() ?? []);
      const lost = this.#options.watch?.lost() ?? 0;
      const isDue = !this.#options.watch && this.#now() - this.#polledAt >= POLL_MS;
      if (lost > this.#lost || isDue) await this.#lookAgain();
      this.#lost = lost;
      await this.#tellQuiet();
    } finally {
      this.#isBusy = false;
    }
  }

  close(): void {
    this.#options.watch?.close();
  }

  async #take(news: readonly FolderNews[]): Promise<void> {
    for (const each of news) {
      const { folder, name, isFolder, what, pid } = each;
      if (pid === this.#own || name === "" || !this.#index.isWatched(folder, name)) continue;
      const path = joined(folder, name);
      this.#note(path, folder, pid);
      if (isFolder && what === "there" && this.#index.isRecursive) await this.#follow(path, pid);
    }
  }

  /** What was put into a new folder before it was watched is new as well. */
  async #follow(folder: string, pid: number | undefined): Promise<void> {
    this.#options.watch?.watch(folder);
    for (const path of await this.#index.addFolder(folder)) {
      const seen = this.#index.get(path);
      this.#index.set(path, undefined);
      this.#note(path, folder, pid);
      if (seen?.isFolder) this.#options.watch?.watch(path);
    }
  }

  #note(path: string, folder: string, pid: number | undefined): void {
    const now = this.#now();
    const before = this.#pending.get(path);
    if (before) {
      before.hits += 1;
      before.last = now;
      before.pid = pid ?? before.pid;
      return;
    }
    if (this.#pending.size >= MOST_PENDING) {
      const crowd = this.#crowded.get(folder);
      this.#crowded.set(folder, { hits: (crowd?.hits ?? 0) + 1, last: now });
      return;
    }
    this.#pending.set(path, { folder, hits: 1, pid, since: now, last: now });
  }

  async #lookAgain(): Promise<void> {
    this.#polledAt = this.#now();
    for (const path of await this.#index.differing()) {
      const folder = path.slice(0, Math.max(path.lastIndexOf("/"), 1));
      if (!this.#pending.has(path)) this.#note(path, folder, undefined);
    }
  }

  async #tellQuiet(): Promise<void> {
    const now = this.#now();
    const events: SecurityEvent[] = [];
    for (const [path, pending] of this.#pending) {
      if (now - pending.last < QUIET_MS && now - pending.since < LONGEST_MS) continue;
      this.#pending.delete(path);
      const before = this.#index.get(path);
      const after = await look(path);
      this.#index.set(path, after);
      if (after?.isFolder && this.#index.isRecursive && !this.#index.folders.has(path))
        await this.#follow(path, pending.pid);
      const change = changeOf({ path, before, after, hits: pending.hits });
      if (!change) continue;
      if (events.length < MOST_TOLD)
        events.push(
          securityEvent("FileChange", [{ ...change, ...this.#who(pending.pid) }], { at: pending.last }),
        );
      else this.#crowd(pending.folder, pending);
    }
    for (const [folder, { hits, last }] of this.#crowded)
      events.push(
        securityEvent("FileChange", [{ Path: `${folder}/…`, Operation: "Modify", HitCount: hits }], {
          at: last,
        }),
      );
    if (this.#crowded.size > 0) {
      this.#crowded.clear();
      // What was counted only is looked at, so that what was before is right the next time.
      for (const path of await this.#index.differing())
        if (!this.#pending.has(path)) this.#index.set(path, await look(path));
    }
    if (events.length > 0) this.#options.keep(events);
  }

  #crowd(folder: string, { hits, last }: Pending): void {
    const crowd = this.#crowded.get(folder);
    this.#crowded.set(folder, { hits: (crowd?.hits ?? 0) + hits, last });
  }

  #who(pid: number | undefined): Partial<Change> {
    if (pid === undefined) return {};
    const known = this.#options.table?.find(pid);
    if (!known) return { ProcessId: pid };
    return {
      ProcessId: pid,
      Executable: known.executable,
      CommandLine: known.commandLine.slice(0, MOST_LINE),
      UserId: String(known.uid),
    };
  }
}

/** What a look before and a look after have to tell; undefined when nothing of it is different. */
export function changeOf(looked: {
  readonly path: string;
  readonly before: Seen | undefined;
  readonly after: Seen | undefined;
  readonly hits: number;
}): Change | undefined {
  const { path, before, after, hits } = looked;
  const operation = operationOf(before, after);
  if (operation === undefined) return undefined;
  return {
    Path: path,
    Operation: operation,
    ...(before?.hash ? { HashBefore: before.hash } : {}),
    ...(after?.hash ? { HashAfter: after.hash } : {}),
    ...(after
      ? { Mode: after.mode.toString(8).padStart(4, "0"), OwnerId: after.owner, SizeInBytes: after.size }
      : {}),
    ...(hits > 1 ? { HitCount: hits } : {}),
  };
}

function operationOf(before: Seen | undefined, after: Seen | undefined): Change["Operation"] | undefined {
  // Made and deleted again between two looks.
  if (!after) return "Delete";
  if (!before) return "Create";
  if (
    before.hash !== after.hash ||
    (after.hash === undefined && !after.isFolder && before.size !== after.size)
  )
    return "Modify";
  return before.mode !== after.mode || before.owner !== after.owner ? "Attributes" : undefined;
}
