import type { Payload } from "@picket/schema";
import { collector } from "./collector.js";

/** The accounts of the host with their groups, the primary one first. */
export const localUsers = collector({
  name: "LocalUsers",
  about: "The accounts of the host with their groups, the primary one first.",
  details: {},
  async collect(host) {
    const groups = rows(await host.read("/etc/group").catch(() => "")).map(
      ([name = "", , id = "", members = ""]) => ({ name, id, members: new Set(members.split(",")) }),
    );
    return rows(await host.read("/etc/passwd")).map(
      ([name = "", , id = "", primary = ""]): Payload<"LocalUsers"> => {
        const own = groups.filter((group) => group.id === primary);
        const others = groups.filter((group) => group.id !== primary && group.members.has(name));
        const all = own.length > 0 ? [...own, ...others] : [{ name: primary, id: primary }, ...others];
        return {
          UserName: name,
          UserId: id,
          GroupNames: all.map((group) => group.name).join(";"),
          GroupIds: all.map((group) => group.id).join(";"),
        };
      },
    );
  },
});

/** Lines that fit the form; names after + or - belong to directories of elsewhere. */
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .map((line) => line.split(":"))
    .filter(([name = "", , id = ""]) => /^[^+\-#\s]/.test(name) && /^\d+$/.test(id));
