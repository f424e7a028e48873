import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";

/** The accounts of the host with their groups, the primary one first. */
export async function localUsers(host: Host): Promise<Payload<"LocalUsers">[]> {
  const groups = (await host.read("/etc/group"))
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", , id = "", members = ""] = line.split(":");
      return { name, id, members: new Set(members.split(",").filter((each) => each !== "")) };
    });
  return (await host.read("/etc/passwd"))
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", , id = "", primary = ""] = line.split(":");
      const own = groups.filter((group) => group.id === primary);
      const others = groups.filter((group) => group.id !== primary && group.members.has(name));
      const all = [...own, ...others];
      return {
        UserName: name,
        UserId: id,
        GroupNames: all.map((group) => group.name).join(";"),
        GroupIds: all.map((group) => group.id).join(";"),
      };
    });
}
