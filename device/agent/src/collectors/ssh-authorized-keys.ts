import { createHash } from "node:crypto";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { linesOf, textOf } from "./files.js";

type Key = Payload<"SshAuthorizedKeys">;

const KEY = /^(.*?)\b((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s+(.*))?$/;
const MOST_TEXT = 300;
const usual = [".ssh/authorized_keys", ".ssh/authorized_keys2"];

/** The keys that may log in by SSH. */
export const sshAuthorizedKeys = collector({
  name: "SshAuthorizedKeys",
  about: "The keys that may log in by SSH, of every account, where the server looks for them.",
  details: {},
  async collect(host) {
    const forms = await placesOf(host);
    const found: Key[] = [];
    const seen = new Set<string>();
    for (const { name, home, uid } of await accountsOf(host))
      for (const form of forms) {
        const path = placeOf(form, { name, home, uid });
        if (seen.has(`${name}\0${path}`)) continue;
        seen.add(`${name}\0${path}`);
        found.push(...keysOf(await textOf(host, path), name, path));
      }
    found.push(
      ...keysOf(await textOf(host, "/etc/dropbear/authorized_keys"), "root", "/etc/dropbear/authorized_keys"),
    );
    return found;
  },
});

/** Reads a list of keys; of a key only its fingerprint is told. */
export function keysOf(text: string, user: string, path: string): Key[] {
  return linesOf(text).flatMap((line): Key[] => {
    const [, options = "", kind = "", body = "", comment = ""] = KEY.exec(line.slice(0, 16_384)) ?? [];
    if (body === "") return [];
    const hash = createHash("sha256").update(Buffer.from(body, "base64")).digest("base64").replace(/=+$/, "");
    return [
      {
        UserName: user,
        Fingerprint: `SHA256:${hash}`,
        KeyType: kind,
        Path: path,
        ...(comment === "" ? {} : { KeyComment: comment.slice(0, MOST_TEXT) }),
        ...(options.trim() === "" ? {} : { KeyOptions: options.trim().slice(0, MOST_TEXT) }),
      },
    ];
  });
}

interface Account {
  readonly name: string;
  readonly uid: string;
  readonly home: string;
}

async function accountsOf(host: Host): Promise<Account[]> {
  return (await textOf(host, "/etc/passwd")).split("\n").flatMap((line): Account[] => {
    const [name = "", , uid = "", , , home = ""] = line.split(":");
    return name !== "" && home.startsWith("/") ? [{ name, uid, home }] : [];
  });
}

/** The server's own setting, else where it looks by itself. */
async function placesOf(host: Host): Promise<readonly string[]> {
  const text = await textOf(host, "/etc/ssh/sshd_config");
  const given = /^\s*AuthorizedKeysFile[\s=]+(.+)$/im.exec(text)?.[1]?.trim();
  if (given === undefined || given.toLowerCase() === "none") return usual;
  return given.replaceAll('"', "").split(/\s+/);
}

function placeOf(form: string, { name, uid, home }: Account): string {
  const path = form.replaceAll(/%([huU%])/g, (_, mark: string) =>
    mark === "h" ? home : mark === "u" ? name : mark === "U" ? uid : "%",
  );
  return path.startsWith("/") ? path : `${home === "/" ? "" : home}/${path}`;
}
