import type { Host } from "../host.js";

/** The text of a file; empty when it cannot be read. */
export const textOf = (host: Host, path: string): Promise<string> => host.read(path).catch(() => "");

/** The names in a folder in order; empty when it cannot be read. */
export const namesIn = async (host: Host, folder: string): Promise<string[]> =>
  [...(await host.list(folder).catch(() => []))].sort();

/** Lines that say something: without comments that begin with # and without blanks around them. */
export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** Files of several folders; of those with the same name the first one counts, as systemd and others read them. */
export async function filesByName(
  host: Host,
  folders: readonly string[],
  isWanted: (name: string) => boolean,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders)
    for (const name of await namesIn(host, folder))
      if (isWanted(name) && !found.has(name)) found.set(name, `${folder}/${name}`);
  return found;
}

/** Sections of a file as systemd writes them; a key that stands several times has several values. */
export function unitOf(text: string): (section: string, key: string) => readonly string[] {
  const values = new Map<string, string[]>();
  let section = "";
  for (const line of linesOf(text.replaceAll(/[ \t]*\\\n\s*/g, " "))) {
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    if (head !== undefined) section = head;
    const at = line.indexOf("=");
    if (head !== undefined || at < 0) continue;
    const name = `${section}\0${line.slice(0, at).trim()}`;
    const same = values.get(name);
    if (same) same.push(line.slice(at + 1).trim());
    else values.set(name, [line.slice(at + 1).trim()]);
  }
  return (of, key) => values.get(`${of}\0${key}`) ?? [];
}

/** Where units of systemd lie, the ones that count most first. */
export const unitFolders = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
] as const;
