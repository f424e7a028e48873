import type { Identity } from "../identity/identity.js";
import type { TwinTask } from "../identity/registry.js";
import { compiled, type Row } from "../query/evaluate.js";
import { parseCondition } from "../query/parser.js";
import { byPrecedence, type Configuration } from "./configuration.js";
import { at, difference, holds, nested, overlaps, type Wish, wishesOf } from "./content.js";

/** A configuration ready to be tried on many twins. */
export interface ActiveConfiguration {
  readonly id: string;
  readonly from: "devices" | "devices.modules";
  /** Whether its condition looks at what devices say of themselves. */
  readonly readsReported: boolean;
  readonly fits: (row: Row) => boolean;
  /** What the targeted twin gets. */
  readonly wishes: readonly Wish[];
  /** What modules of a targeted device get. */
  readonly moduleWishes: ReadonlyMap<string, readonly Wish[]>;
}

/** Configurations that target something, in the order of precedence. */
export function activeOf(configurations: readonly Configuration[]): ActiveConfiguration[] {
  return configurations
    .filter(({ targetCondition }) => targetCondition.trim() !== "")
    .toSorted(byPrecedence)
    .map(({ id, targetCondition, content }) => {
      const { from, where } = parseCondition(targetCondition);
      const evaluate = where ? compiled(where) : () => true;
      const { deviceContent, moduleContent, modulesContent = {} } = content;
      return {
        id,
        from: from === "devices.modules" ? from : "devices",
        readsReported: /reported|connectionState|lastActivityTime/i.test(targetCondition),
        fits: (row) => evaluate(row) === true,
        wishes: wishesOf((from === "devices.modules" ? moduleContent : deviceContent) ?? {}),
        moduleWishes: new Map(Object.entries(modulesContent).map(([id, wishes]) => [id, wishesOf(wishes)])),
      };
    });
}

interface Granted {
  readonly wishes: readonly Wish[];
  readonly configurations: Identity["configurations"];
}

/** What configurations want of a twin: at each place the one of the highest precedence decides. */
function granted(
  candidates: readonly { id: string; wishes: readonly Wish[]; isElsewhere: boolean }[],
): Granted {
  const wishes: Wish[] = [];
  const configurations: Record<string, { status: "Targeted" | "Applied" }> = {};
  for (const { id, wishes: wanted, isElsewhere } of candidates) {
    const free = wanted.filter(({ path }) => !wishes.some((taken) => overlaps(taken.path, path)));
    wishes.push(...free);
    configurations[id] = {
      status: free.length > 0 || isElsewhere || wanted.length === 0 ? "Applied" : "Targeted",
    };
  }
  return { wishes, configurations };
}

/** What must be done to a device, whose row is given, so that it has what configurations want; undefined when it has it. */
export function planDevice(
  active: readonly ActiveConfiguration[],
  identity: Identity,
  row: Row,
): TwinTask | undefined {
  const candidates = active
    .filter(({ from, fits }) => from === "devices" && fits(row))
    .map(({ id, wishes, moduleWishes }) => ({ id, wishes, isElsewhere: moduleWishes.size > 0 }));
  return taskOf(identity, granted(candidates));
}

/** The same for a module; `device` is the row of its device, for configurations that give modules of a device something. */
export function planModule(
  active: readonly ActiveConfiguration[],
  identity: Identity,
  { module, device }: { readonly module: Row; readonly device?: Row },
): TwinTask | undefined {
  const own = active.filter(({ from, fits }) => from === "devices.modules" && fits(module));
  const given = active.flatMap(({ id, from, fits, moduleWishes }) => {
    const wishes = moduleWishes.get(identity.moduleId);
    return wishes && device && from === "devices" && fits(device) ? [{ id, wishes, isElsewhere: false }] : [];
  });
  const isFrom = new Map(
    [...own.map(({ id, wishes }) => ({ id, wishes, isElsewhere: false })), ...given].map((each) => [
      each.id,
      each,
    ]),
  );
  const candidates = active.flatMap(({ id }) => isFrom.get(id) ?? []);
  return taskOf(identity, granted(candidates));
}

function taskOf(identity: Identity, { wishes, configurations }: Granted): TwinTask | undefined {
  const patch: Record<string, unknown> = {};
  for (const { path, value } of wishes) {
    const change = difference(at(identity.desired, path), value);
    if (change !== undefined) merge(patch, nested(path, change));
  }
  const isChanged = Object.keys(patch).length > 0;
  if (!isChanged && JSON.stringify(configurations) === JSON.stringify(identity.configurations))
    return undefined;
  const { deviceId, moduleId } = identity;
  return {
    address: { deviceId, moduleId },
    configurations,
    ...(isChanged ? { change: { desired: patch } } : {}),
  };
}

/** Paths of wishes do not overlap, so objects only ever meet on the way. */
function merge(into: Record<string, unknown>, from: object): void {
  for (const [name, value] of Object.entries(from)) {
    const present = into[name];
    const isDeeper =
      typeof present === "object" && present !== null && typeof value === "object" && value !== null;
    if (isDeeper) merge(present as Record<string, unknown>, value);
    else into[name] = value;
  }
}

/** Whether a twin reports what a configuration gave it. */
export const isReported = ({ wishes }: ActiveConfiguration, { reported }: Identity): boolean =>
  wishes.length > 0 && wishes.every(({ path, value }) => holds(at(reported, path), value));
