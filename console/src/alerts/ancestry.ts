import type { RawEvent } from "../shared/api.js";
import { bagOf, listOf } from "./parts.js";

/** A process and what it started. */
export interface ProcessNode {
  readonly key: string;
  readonly processId: string;
  readonly executable: string;
  readonly commandLine: string;
  readonly userName: string;
  /** When it started, where that is known. */
  readonly at: string;
  /** True for the process the alert is about. */
  readonly isSelf: boolean;
  readonly children: readonly ProcessNode[];
}

interface Stored {
  readonly ProcessId?: number | string;
  readonly Executable?: string;
  readonly CommandLine?: string;
  readonly UserName?: string;
}

const MOST_CHILDREN = 40;
const DEEPEST = 8;

/** The stored ancestors from the oldest down, then the process itself, then what it went on to start. */
export function treeOf(
  ancestry: unknown,
  events: readonly RawEvent[],
  startedAt: string,
): ProcessNode | undefined {
  const [self, ...ancestors] = listOf<Stored>(ancestry);
  if (!self) return undefined;
  const starts = events
    .filter(({ RawEventName, TimeStamp = "" }) => RawEventName === "ProcessCreate" && TimeStamp >= startedAt)
    .map(({ EventDetails, TimeStamp = "" }) => ({ ...bagOf(EventDetails), TimeStamp }));
  const root = nodeOf(self, {
    at: startedAt,
    isSelf: true,
    children: childrenOf(String(self.ProcessId), starts, 1),
  });
  return ancestors.reduce(
    (below, ancestor) => nodeOf(ancestor, { at: "", isSelf: false, children: [below] }),
    root,
  );
}

type Start = Readonly<Record<string, unknown>> & { readonly TimeStamp: string };

/** What a process started, found by its id; ids may repeat, so depth is bounded. */
function childrenOf(processId: string, starts: readonly Start[], depth: number): ProcessNode[] {
  if (depth > DEEPEST || processId === "undefined") return [];
  return starts
    .filter(
      (start) => String(start["ParentProcessId"]) === processId && String(start["ProcessId"]) !== processId,
    )
    .slice(0, MOST_CHILDREN)
    .map((start) => {
      const later = starts.filter(({ TimeStamp }) => TimeStamp >= start.TimeStamp);
      const children = childrenOf(String(start["ProcessId"]), later, depth + 1);
      return nodeOf(start, { at: start.TimeStamp, isSelf: false, children });
    });
}

const nodeOf = (
  stored: Stored | Start,
  rest: Pick<ProcessNode, "at" | "isSelf" | "children">,
): ProcessNode => ({
  key: `${stored.ProcessId}/${rest.at}`,
  processId: String(stored.ProcessId ?? ""),
  executable: String(stored.Executable ?? ""),
  commandLine: String(stored.CommandLine ?? ""),
  userName: String(stored.UserName ?? ""),
  ...rest,
});

/** One line of the tree as it is shown. */
export interface Line {
  readonly node: ProcessNode;
  readonly level: number;
  readonly parent: string | undefined;
}

/** The lines that are not folded away, top to bottom. */
export function linesOf(node: ProcessNode, folded: ReadonlySet<string>, level = 1, parent?: string): Line[] {
  const below = folded.has(node.key)
    ? []
    : node.children.flatMap((child) => linesOf(child, folded, level + 1, node.key));
  return [{ node, level, parent }, ...below];
}
