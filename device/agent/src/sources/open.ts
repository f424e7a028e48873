import type { EventName } from "@picket/schema";
import { messageOf } from "../errors.js";
import { FileProcessReader } from "../processes/process-reader.js";
import { Canary } from "./canary.js";
import type { Source, Take } from "./host-events.js";
import { KernelWatch } from "./kernel.js";
import { keptOffsets } from "./kernel-offsets.js";
import { ProcessPoll } from "./process-poll.js";

/** Which source serves each event, or why none does. */
export type Coverage = Partial<Record<EventName, string>>;

/** One way to see what happens on a host. */
export interface Way {
  readonly name: string;
  readonly serves: readonly EventName[];
  /** Opens it and proves that it shows something; throws why it does not serve. */
  open(take: Take): Promise<Source>;
}

/** The ways, best first. `folder` keeps what is known of the kernel. */
export const waysToWatch = (folder: string): readonly Way[] => [
  {
    name: "ebpf",
    serves: ["ProcessCreate", "ProcessTerminate", "ConnectionCreate"],
    open: (take) =>
      proved(take, async (canary) => {
        const watch = new KernelWatch(keptOffsets(folder), canary.take);
        return [watch, () => canary.program(watch).then(() => canary.connection(watch))];
      }),
  },
  {
    name: "polling",
    serves: ["ProcessCreate"],
    open: async (take) => new ProcessPoll(new FileProcessReader(), take),
  },
];

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
  readonly source: Source | undefined;
  readonly coverage: Coverage;
  readonly refusals: readonly { readonly way: string; readonly why: string }[];
}

/** Opens the first way that serves. */
export async function openFirst(ways: readonly Way[], take: Take): Promise<Opened> {
  const refusals: { way: string; why: string }[] = [];
  for (const way of ways) {
    try {
      const source = await way.open(take);
      return { source, coverage: coverageOf(way, refusals), refusals };
    } catch (error) {
      refusals.push({ way: way.name, why: messageOf(error) });
    }
  }
  return { source: undefined, coverage: coverageOf(undefined, refusals), refusals };
}

function coverageOf(way: Way | undefined, refusals: readonly { way: string; why: string }[]): Coverage {
  const why = refusals.map((each) => `${each.way}: ${each.why}`).join(" ") || "no source tells of it";
  const names = ["ProcessCreate", "ProcessTerminate", "ConnectionCreate"] as const;
  return Object.fromEntries(
    names.map((name) => [name, way?.serves.includes(name) ? way.name : `none (${why.slice(0, 300)})`]),
  );
}
