import type { ProcessReader } from "./process-reader.js";

/** A container by the name its runtime gave it. */
export interface ContainerName {
  readonly id: string;
  readonly runtime: string;
}

const ID = "[0-9a-f]{64}";
/** How runtimes name the control group of a container, by runtime. */
const forms: readonly { readonly runtime: string; readonly path: RegExp }[] = [
  { runtime: "docker", path: new RegExp(`/docker[-/](${ID})(?:\\.scope)?(?:/|$)`) },
  { runtime: "podman", path: new RegExp(`/libpod-(?:conmon-)?(${ID})(?:\\.scope)?(?:/|$)`) },
  { runtime: "cri-o", path: new RegExp(`/crio-(?:conmon-)?(${ID})(?:\\.scope)?(?:/|$)`) },
  { runtime: "containerd", path: new RegExp(`[:/-](?:cri-containerd[-:])(${ID})(?:\\.scope)?(?:/|$)`) },
  { runtime: "containerd", path: new RegExp(`/kubepods[^\\n]*/(${ID})(?:/|$)`) },
  { runtime: "containerd", path: /^\/(?:default|moby|k8s\.io)\/([A-Za-z0-9_.-]{1,128})$/ },
  { runtime: "lxc", path: /\/lxc(?:\.payload)?[./]([A-Za-z0-9_.-]{1,64})(?:\/|$)/ },
  {
    runtime: "systemd-nspawn",
    path: /\/machine\.slice\/(?:systemd-nspawn@|machine-)([^/]{1,64}?)\.(?:service|scope)(?:\/|$)/,
  },
];

/** The container that a `/proc/PID/cgroup` speaks of; undefined for a process of the host itself. */
export function containerIn(text: string): ContainerName | undefined {
  for (const line of text.split("\n", 32)) {
    const path = line.slice(line.indexOf(":", line.indexOf(":") + 1) + 1);
    if (path === "" || path === "/") continue;
    for (const form of forms) {
      const id = form.path.exec(path)?.[1];
      if (id !== undefined) return { id, runtime: form.runtime };
    }
  }
  return undefined;
}

interface Remembered {
  readonly id: string;
  readonly at: number;
}

const MOST = 1_024;
const FRESH_MS = 2_000;
const GONE_MS = 100;

/**
 * Which container a process belongs to. All processes of a container share a view of the file system, so its answer is kept by
 * that view's number; the kernel gives numbers anew, so it is looked at again from time to time.
 */
export class ContainerBook {
  readonly #byMounts = new Map<number, Remembered>();
  readonly #reader: ProcessReader;

  constructor(reader: ProcessReader) {
    this.#reader = reader;
  }

  /** The id of its container; empty for the host itself. `otherwise` is what it is when nothing can be read any more. */
  of(pid: number, mounts: number | undefined, now: number, otherwise = ""): string {
    const kept = mounts === undefined ? undefined : this.#byMounts.get(mounts);
    if (kept && now - kept.at < FRESH_MS) return kept.id;
    const text = this.#reader.controlGroup(pid);
    // Of what is gone already nothing new is learnt; in a storm the next ones would be as well.
    const id = text === "" ? (kept?.id ?? otherwise) : (containerIn(text)?.id ?? "");
    if (mounts !== undefined) this.#keep(mounts, { id, at: text === "" ? now - FRESH_MS + GONE_MS : now });
    return id;
  }

  #keep(mounts: number, remembered: Remembered): void {
    this.#byMounts.delete(mounts);
    this.#byMounts.set(mounts, remembered);
    if (this.#byMounts.size > MOST) this.#byMounts.delete(this.#byMounts.keys().next().value!);
  }
}
