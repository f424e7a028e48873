import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";

interface Group {
  readonly name: string;
  readonly id: string;
  readonly members: readonly string[];
}

interface Account {
  readonly name: string;
  readonly id: string;
  readonly primary: string;
}

/** The accounts of the host with their groups, the primary one first. */
export const localUsers = collector({
  name: "LocalUsers",
  about: "The accounts of the host with their groups, the primary one first.",
  details: {},
  async collect(host) {
    const groups = await groupsOf(host);
    const byId = grouped(groups, (group) => [group.id]);
    const byMember = grouped(groups, (group) => group.members);
    return (await accountsOf(host)).map(({ name, id, primary }): Payload<"LocalUsers"> => {
      const own = byId.get(primary) ?? [{ name: primary, id: primary }];
      const others = (byMember.get(name) ?? []).filter((group) => group.id !== primary);
      const all = [...own, ...others];
      return {
        UserName: name,
        UserId: id,
        GroupNames: all.map((group) => group.name).join(";"),
        GroupIds: all.map((group) => group.id).join(";"),
      };
    });
  },
});

/** The groups of the host with their members. */
export const localGroups = collector({
  name: "LocalGroups",
  about: "The groups of the host with their members, those whose primary group it is included.",
  details: {},
  async collect(host) {
    const accounts = grouped(await accountsOf(host), (account) => [account.primary]);
    return (await groupsOf(host)).map(({ name, id, members }): Payload<"LocalGroups"> => {
      const own = (accounts.get(id) ?? []).map((account) => account.name);
      return { GroupName: name, GroupId: id, Members: [...new Set([...own, ...members])].join(";") };
    });
  },
});

const groupsOf = async (host: Host): Promise<Group[]> =>
  rows(await host.read("/etc/group").catch(() => "")).map(([name = "", , id = "", members = ""]) => ({
    name,
    id,
    members: members.split(",").filter((member) => member !== ""),
  }));

const accountsOf = async (host: Host): Promise<Account[]> =>
  rows(await host.read("/etc/passwd")).map(([name = "", , id = "", primary = ""]) => ({ name, id, primary }));

/** Things by their keys, in their order; a hundred thousand of them are no trouble. */
function grouped<T>(things: readonly T[], keysOf: (thing: T) => readonly string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const thing of things)
    for (const key of keysOf(thing)) {
      const same = found.get(key);
      if (same) same.push(thing);
      else found.set(key, [thing]);
    }
  return found;
}

/** Lines that fit the form; names after + or - belong to directories of elsewhere. */
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .map((line) => line.split(":"))
    .filter(([name = "", , id = ""]) => /^[^+\-#\s]/.test(name) && /^\d+$/.test(id));
