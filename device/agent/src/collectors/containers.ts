import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { containerIn } from "../processes/containers.js";
import { collector } from "./collector.js";
import { namesIn, textOf } from "./files.js";

type Container = Payload<"Containers">;

const MOST_LINE = 1_024;

interface Found {
  readonly id: string;
  readonly runtime: string;
  readonly pids: number[];
}

/** The containers that run on the device. */
export const containers = collector({
  name: "Containers",
  about:
    "The containers that run on the device, by their processes' control groups and their runtimes' files.",
  details: {},
  async collect(host) {
    const found = await running(host);
    const all = await everyCapability(host);
    const names = await podmanNames(host);
    return Promise.all([...found.values()].map((each) => containerOf(host, each, { all, names })));
  },
});

async function running(host: Host): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for (const pid of (await namesIn(host, "/proc")).filter((name) => /^\d+$/.test(name))) {
    const container = containerIn(await textOf(host, `/proc/${pid}/cgroup`));
    if (!container) continue;
    const known = found.get(container.id);
    if (known) known.pids.push(Number(pid));
    else found.set(container.id, { ...container, pids: [Number(pid)] });
  }
  return found;
}

interface Around {
  readonly all: bigint;
  readonly names: ReadonlyMap<string, string>;
}

async function containerOf(
  host: Host,
  { id, runtime, pids }: Found,
  { all, names }: Around,
): Promise<Container> {
  const first = Math.min(...pids);
  const about = await runtimeFile(host, id, runtime);
  const line = (await textOf(host, `/proc/${first}/cmdline`)).replace(/\0+$/, "").replaceAll("\0", " ");
  const name = about.name || names.get(id) || "";
  return {
    ContainerId: id,
    ContainerRuntime: runtime,
    ProcessId: first,
    CommandLine: line.slice(0, MOST_LINE),
    Processes: pids.length,
    IsPrivileged: all !== 0n && ((await capabilities(host, first)) & all) === all,
    ...(name === "" ? {} : { ContainerName: name }),
    ...(about.image === "" ? {} : { Image: about.image }),
  };
}

/** What the runtime wrote down about a container. */
async function runtimeFile(
  host: Host,
  id: string,
  runtime: string,
): Promise<{ name: string; image: string }> {
  if (runtime === "docker") {
    const about = json(await textOf(host, `/var/lib/docker/containers/${id}/config.v2.json`));
    return { name: text(about, "Name").replace(/^\//, ""), image: text(about, "Config", "Image") };
  }
  for (const folder of [
    "/run/containerd/io.containerd.runtime.v2.task/k8s.io",
    "/run/containerd/io.containerd.runtime.v2.task/default",
    "/run/crun",
    "/run/runc",
  ]) {
    const about = json(await textOf(host, `${folder}/${id}/config.json`));
    const of = (key: string): string => text(about, "annotations", key);
    const name = of("io.kubernetes.cri.container-name") || of("io.kubernetes.cri-o.Name");
    const image = of("io.kubernetes.cri.image-name") || of("io.kubernetes.cri-o.ImageName");
    if (name !== "" || image !== "") return { name, image };
  }
  return { name: "", image: "" };
}

async function podmanNames(host: Host): Promise<Map<string, string>> {
  const list = json(await textOf(host, "/var/lib/containers/storage/overlay-containers/containers.json"));
  const found = new Map<string, string>();
  for (const each of Array.isArray(list) ? list : []) {
    const names = member(each, "names");
    found.set(text(each, "id"), Array.isArray(names) ? String(names[0] ?? "") : "");
  }
  return found;
}

const everyCapability = async (host: Host): Promise<bigint> => {
  const last = Number.parseInt(await textOf(host, "/proc/sys/kernel/cap_last_cap"), 10);
  return last > 0 && last < 64 ? (1n << BigInt(last + 1)) - 1n : 0n;
};

async function capabilities(host: Host, pid: number): Promise<bigint> {
  const hex = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(await textOf(host, `/proc/${pid}/status`))?.[1];
  return hex === undefined ? 0n : BigInt(`0x${hex}`);
}

function json(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;

function text(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce(member, value);
  return typeof found === "string" ? found.slice(0, MOST_LINE) : "";
}
