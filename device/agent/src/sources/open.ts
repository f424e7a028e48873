import type { EventName } from "@picket/schema";
import { messageOf } from "../errors.js";
import { FileProcessReader } from "../processes/process-reader.js";
import { holdersOf } from "../processes/socket-holders.js";
import { AuditWatch } from "./audit.js";
import { Canary } from "./canary.js";
import { ConnectionWatch } from "./connection-watch.js";
import type { HostEvent, Source, Take } from "./host-events.js";
import { KernelWatch } from "./kernel.js";
import { keptOffsets } from "./kernel-offsets.js";
import { ProcConnector } from "./proc-connector.js";
import { ProcessPoll } from "./process-poll.js";

/** Which source serves each event, or why none does. */
export type Coverage = Partial<Record<EventName, string>>;

/** What is watched by one source or another. */
export type Watched = "ProcessCreate" | "ProcessTerminate" | "ConnectionCreate" | "ConnectionTerminate";

/** What is watched, in the order that sources are looked for. */
export const watchedNames: readonly Watched[] = [
  "ProcessCreate",
  "ProcessTerminate",
  "ConnectionCreate",
  "ConnectionTerminate",
];

/** One way to see what happens on a host. */
export interface Way {
  readonly name: string;
  readonly serves: readonly Watched[];
  /** Opens it and proves that it shows something; throws why it does not serve. */
  open(take: Take): Promise<Source>;
}

/** The ways, best first. `folder` keeps what is known of the kernel. */
export const waysToWatch = (folder: string): readonly Way[] => [
  {
    name: "ebpf",
    serves: ["ProcessCreate", "ProcessTerminate", "ConnectionCreate", "ConnectionTerminate"],
    open: (take) =>
      proved(take, async (canary) => {
        const watch = new KernelWatch(keptOffsets(folder), canary.take);
        return [watch, () => canary.program(watch).then(() => canary.connection(watch))];
      }),
  },
  {
    name: "audit",
    serves: ["ProcessCreate"],
    open: (take) =>
      proved(take, async (canary) => {
        const watch = new AuditWatch(canary.take);
        return [watch, () => canary.program(watch)];
      }),
  },
  {
    name: "proc connector",
    serves: ["ProcessCreate", "ProcessTerminate"],
    open: (take) =>
      proved(take, async (canary) => {
        const watch = new ProcConnector(new FileProcessReader(), canary.take);
        return [watch, () => canary.program(watch, { mayMissLine: true })];
      }),
  },
  {
    name: "sock_diag",
    serves: ["ConnectionCreate", "ConnectionTerminate"],
    open: (take) =>
      proved(take, async (canary) => {
        const watch = new ConnectionWatch(canary.take, { holderOf: holdersOf, withEnds: true });
        return [watch, () => canary.connection(watch, { mayMissProcess: true })];
      }),
  },
  {
    name: "polling",
    serves: ["ProcessCreate", "ProcessTerminate"],
    open: async (take) => new ProcessPoll(new FileProcessReader(), take),
  },
  {
    name: "polling of sockets",
    serves: ["ConnectionCreate", "ConnectionTerminate"],
    open: async (take) => new ConnectionWatch(take, { holderOf: holdersOf, withEnds: false }),
  },
];

/** Leaves only the ways that a setting names; `auto` leaves all. */
export function chosenWays(ways: readonly Way[], chosen: string): readonly Way[] {
  const wanted = chosen
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]/g, "");
  if (wanted === "" || wanted === "auto") return ways;
  const named = (way: Way): string => way.name.replaceAll(/[\s_-]/g, "");
  const isForPrograms = ({ serves }: Way): boolean => serves.includes("ProcessCreate");
  // A source that is asked for and knows nothing of connections leaves those to the others.
  return ways.filter((way) => named(way) === wanted || (!isForPrograms(way) && wanted !== "ebpf"));
}

type Opening = (canary: Canary) => Promise<[source: Source, prove: () => Promise<void>]>;

async function proved(take: Take, opening: Opening): Promise<Source> {
  const canary = new Canary(take);
  const [source, prove] = await opening(canary);
  try {
    await prove();
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

/** What was opened, and what was tried before. */
export interface Opened {
  readonly sources: readonly Source[];
  readonly coverage: Coverage;
  readonly refusals: readonly { readonly way: string; readonly why: string }[];
}

const nameOf: ReadonlyMap<HostEvent["kind"], Watched> = new Map([
  ["exec", "ProcessCreate"],
  ["exit", "ProcessTerminate"],
  ["connect", "ConnectionCreate"],
  ["disconnect", "ConnectionTerminate"],
]);

/** Opens the best way for each thing that is watched; a way that serves only some of it is joined by the next one. */
export async function openBest(ways: readonly Way[], take: Take): Promise<Opened> {
  const refusals: { way: string; why: string }[] = [];
  const sources: Source[] = [];
  const served = new Map<Watched, string>();
  for (const way of ways) {
    const open = way.serves.filter((name) => !served.has(name));
    if (open.length === 0) continue;
    try {
      sources.push(await way.open(only(open, take)));
      for (const name of open) served.set(name, way.name);
    } catch (error) {
      refusals.push({ way: way.name, why: messageOf(error) });
    }
  }
  return { sources, coverage: coverageOf(served, { ways, refusals }), refusals };
}

/** Lets through what a source was opened for; forks and ports are news whoever tells them. */
function only(names: readonly Watched[], take: Take): Take {
  const wanted = new Set(names);
  return (event) => {
    const name = nameOf.get(event.kind);
    if (name === undefined || wanted.has(name)) take(event);
  };
}

type Refusals = Opened["refusals"];

function coverageOf(
  served: ReadonlyMap<Watched, string>,
  { ways, refusals }: { readonly ways: readonly Way[]; readonly refusals: Refusals },
): Coverage {
  return Object.fromEntries(
    watchedNames.map((name) => {
      const better = refusals.filter(({ way }) =>
        ways.some((each) => each.name === way && each.serves.includes(name)),
      );
      const why = better
        .map((each) => `${each.way}: ${each.why}`)
        .join(" ")
        .slice(0, 300);
      const source = served.get(name) ?? "none";
      return [name, why === "" ? source : `${source} (${why})`];
    }),
  );
}
