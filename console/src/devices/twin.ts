/** One setting of a twin: what is wanted and what the device says. */
export interface TwinRow {
  readonly path: string;
  readonly desired: string;
  readonly reported: string;
  /** `same`: done. `waiting`: wanted, not reported as such. `own`: the device's own, nobody asked. */
  readonly state: "same" | "waiting" | "own";
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The leaves of a document by their path; `{"value": x}`, the twin's way to wrap a value, is one leaf. */
function leaves(value: unknown, path: string, into: Map<string, string>): void {
  if (isObject(value) && !(Object.keys(value).length === 1 && "value" in value)) {
    for (const [name, below] of Object.entries(value))
      if (!name.startsWith("$")) leaves(below, path === "" ? name : `${path}.${name}`, into);
    return;
  }
  const leaf = isObject(value) ? value["value"] : value;
  into.set(path, typeof leaf === "string" ? leaf : JSON.stringify(leaf));
}

/** Both halves of a twin side by side, what waits first. */
export function twinRows(desired: unknown, reported: unknown): TwinRow[] {
  const wanted = new Map<string, string>();
  const said = new Map<string, string>();
  leaves(desired ?? {}, "", wanted);
  leaves(reported ?? {}, "", said);
  const ranks = { waiting: 0, same: 1, own: 2 };
  return [...new Set([...wanted.keys(), ...said.keys()])]
    .filter((path) => path !== "")
    .map((path): TwinRow => {
      const want = wanted.get(path);
      const say = said.get(path);
      const state = want === undefined ? "own" : want === say ? "same" : "waiting";
      return { path, desired: want ?? "", reported: say ?? "", state };
    })
    .sort((a, b) => ranks[a.state] - ranks[b.state] || a.path.localeCompare(b.path));
}
