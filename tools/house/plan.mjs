import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The rooms and foundations, as the root package lists them. */
export function rooms(root) {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return workspaces.filter((room) => existsSync(join(root, room, "src")));
}

/** What each room may import, besides packages from outside: the plan in one table. */
export const mayImport = {
  schema: [],
  kit: [],
  kql: ["kit"],
  api: ["schema"],
  detections: ["schema", "kit"],
  "device/sdk": ["schema"],
  "device/agent": ["schema", "kit", "sdk"],
  hub: ["schema", "kit", "api"],
  stream: ["kit"],
  pipeline: ["schema", "kit", "kql", "detections"],
  workspace: ["schema", "kit", "kql"],
  console: ["api", "kql", "schema"],
  server: ["schema", "kit", "kql", "api", "detections", "sdk", "hub", "stream", "pipeline", "workspace"],
};

/** Source files of a room, tests apart. */
export function sourcesOf(root, room) {
  const found = readdirSync(join(root, room, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx)$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/\/(?:generated|fixtures|golden)\//.test(path));
  const isTest = (path) => /\.test\.tsx?$/.test(path) || path.includes("/testing/");
  return { sources: found.filter((path) => !isTest(path)), tests: found.filter(isTest) };
}

/** Rooms whose package.json names a room that the plan does not allow. */
export function brokenPlan(root) {
  return rooms(root).flatMap((room) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, room, "package.json"), "utf8"));
    const named = Object.keys(dependencies).filter((name) => name.startsWith("@picket/"));
    const allowed = new Set((mayImport[room] ?? []).map((name) => `@picket/${name}`));
    return named.filter((name) => !allowed.has(name)).map((name) => `${room} may not depend on ${name}`);
  });
}

/** Cycles of runtime imports between files of one room, each as a list of paths. */
export function cyclesIn(files) {
  const paths = new Set(files.map(({ path }) => path));
  const arrows = new Map(
    files.map(({ path, imports }) => [path, imports.map((to) => target(path, to, paths)).filter(Boolean)]),
  );
  const state = new Map();
  const cycles = [];
  const visit = (path, trail) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    state.set(path, "open");
    for (const next of arrows.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of arrows.keys()) visit(path, []);
  return cycles;
}

function target(from, to, paths) {
  if (!to.startsWith(".")) return undefined;
  const base = relative(process.cwd(), resolve(dirname(from), to)).replace(/\.jsx?$/, "");
  return [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`, base].find((path) => paths.has(path));
}
