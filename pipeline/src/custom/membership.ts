import type { DeviceSnapshot } from "@picket/schema";
import { DEFAULT_GROUP } from "./read-group.js";

/** What is kept of devices in a snapshot: id, first seen, then module and tag in turn. */
export type SavedMember = readonly [deviceId: string, since: number, ...tags: string[]];

interface Member {
  readonly since: number;
  /** The tag by module; the device itself under the empty name. */
  readonly tags: ReadonlyMap<string, string>;
}

/** The group that a twin's tags name, in either spelling; the capital one of the documentation goes first. */
function tagOf(tags: Readonly<Record<string, unknown>>): string {
  const tag = tags["SecurityGroup"] ?? tags["securityGroup"];
  return typeof tag === "string" ? tag.trim() : "";
}

/** Which security group each device is in: its own tag counts first, then that of any of its modules. */
export class Membership {
  readonly #members = new Map<string, Member>();

  note({ deviceId, moduleId, status, tags }: DeviceSnapshot, at: number): void {
    const before = this.#members.get(deviceId);
    if (status === "deleted" && moduleId === "") {
      this.#members.delete(deviceId);
      return;
    }
    const changed = new Map(before?.tags);
    const tag = status === "deleted" ? "" : tagOf(tags);
    if (tag === "") changed.delete(moduleId);
    else changed.set(moduleId, tag);
    this.#members.set(deviceId, { since: before?.since ?? at, tags: changed });
  }

  /** Devices that no snapshot told of are in the default group. */
  groupOf(deviceId: string): string {
    const tags = this.#members.get(deviceId)?.tags;
    if (!tags || tags.size === 0) return DEFAULT_GROUP;
    return tags.get("") ?? [...tags].sort(([one], [other]) => (one < other ? -1 : 1))[0]![1];
  }

  /** Devices of a group with when each was first seen. */
  *of(group: string): Generator<readonly [deviceId: string, since: number]> {
    for (const [deviceId, { since }] of this.#members)
      if (this.groupOf(deviceId) === group) yield [deviceId, since];
  }

  save(): SavedMember[] {
    return [...this.#members].map(([deviceId, { since, tags }]) => [deviceId, since, ...[...tags].flat()]);
  }

  restore(saved: readonly SavedMember[]): void {
    for (const [deviceId, since, ...flat] of saved) {
      const tags = new Map<string, string>();
      for (let index = 0; index + 1 < flat.length; index += 2) tags.set(flat[index]!, flat[index + 1]!);
      this.#members.set(deviceId, { since, tags });
    }
  }
}
