import type { Host } from "../host.js";
import {
  about,
  type Check,
  type Finding,
  finding,
  type Group,
  type Named,
  passes,
  skipped,
  textAt,
} from "./check.js";
import {
  blockedModule,
  mounted,
  removedProgram,
  rights,
  type Scripts,
  sshd,
  stoppedService,
  sysctl,
} from "./scripts.js";

type Look = (host: Host) => Promise<Finding>;

/** A check of any kind. */
export const custom = (group: Group, named: Named, scripts: Scripts, look: Look): Check => ({
  ...about(group, named),
  ...scripts,
  look,
});

/** A setting of the kernel that must have one of some values; the first of them is set when it has not. */
export const kernelSetting = (group: Group, named: Named, key: string, good: readonly number[]): Check =>
  custom(group, named, sysctl(named[0], key, good[0] ?? 0), async (host) => {
    const text = await textAt(host, `/proc/sys/${key.replaceAll(".", "/")}`);
    if (text === undefined) return skipped(`this kernel has no ${key}`);
    return finding(
      good.includes(Number(text)),
      `${key} is ${text.trim().slice(0, 60)}, expected ${good.join(" or ")}`,
    );
  });

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** A file or folder that must be owned by root and give nobody more rights than these. */
export const fileRights = (group: Group, named: Named, path: string, most: number): Check =>
  custom(group, named, rights(named[0], path, octal(most)), async (host) => {
    const state = await host.state(path);
    if (!state) return skipped(`there is no ${path}`);
    const mode = state.mode & 0o7777;
    if (state.uid !== 0) return { fails: `${path} belongs to user ${state.uid}, expected 0` };
    // On a folder these bits give no right to change what is in it.
    const harmless = state.isDirectory ? 0o7000 : 0;
    return finding(
      (mode & ~most & ~harmless) === 0,
      `${path} has mode ${octal(mode)}, expected ${octal(most)} or less`,
    );
  });

/** A folder for everybody, in which each may delete only what is his. */
export const sharedFolder = (named: Named, path: string): Check =>
  custom("File Permissions", named, rights(named[0], path, "1777"), async (host) => {
    const state = await host.state(path);
    if (!state) return skipped(`there is no ${path}`);
    const isShared = (state.mode & 0o002) !== 0;
    return finding(
      !isShared || (state.mode & 0o1000) !== 0,
      `${path} has mode ${octal(state.mode & 0o7777)}, expected 1777`,
    );
  });

/** Files of a folder, each with no more rights than these. */
export const filesRights = (
  group: Group,
  named: Named,
  { folder, name, most }: { readonly folder: string; readonly name: RegExp; readonly most: number },
): Check =>
  custom(group, named, rights(named[0], `${folder}/…`, octal(most)), async (host) => {
    const names = (await host.list(folder).catch(() => [])).filter((each) => name.test(each));
    if (names.length === 0) return skipped(`there is no such file in ${folder}`);
    const bad: string[] = [];
    for (const each of names) {
      const state = await host.state(`${folder}/${each}`);
      if (state && !state.isDirectory && ((state.mode & 0o7777 & ~most) !== 0 || state.uid !== 0))
        bad.push(`${each} has mode ${octal(state.mode & 0o7777)} and owner ${state.uid}`);
    }
    return finding(
      bad.length === 0,
      `in ${folder} ${several(bad)}, expected ${octal(most)} or less and owner 0`,
    );
  });

/** The first of some things, and that there are more. */
export const several = (things: readonly string[]): string =>
  `${things.slice(0, 8).join(", ")}${things.length > 8 ? ` and ${things.length - 8} more` : ""}`;

/** An option of the SSH server; `fallback` is what it does when nothing is said, `good` what is set when it is not right. */
export const sshOption = (
  named: Named,
  option: {
    readonly name: string;
    readonly fallback: string;
    readonly good: string;
    readonly isGood: (value: string) => boolean;
  },
): Check =>
  custom("SSH Server", named, sshd(named[0], option.name, option.good), async (host) => {
    const texts = await sshTexts(host);
    if (!texts) return skipped("there is no /etc/ssh/sshd_config");
    const value = optionOf(texts, option.name) ?? option.fallback;
    return finding(
      option.isGood(value.toLowerCase()),
      `${option.name} is ${value || "not set"}, expected ${option.good}`,
    );
  });

/** The server takes the first value it reads, and included files stand where they are included, most often at the top. */
async function sshTexts(host: Host): Promise<string[] | undefined> {
  const text = await textAt(host, "/etc/ssh/sshd_config");
  if (text === undefined) return undefined;
  const parts = (await host.list("/etc/ssh/sshd_config.d").catch(() => [])).filter((name) =>
    name.endsWith(".conf"),
  );
  const included = /^\s*Include\s+\S*sshd_config\.d/im.test(text)
    ? await Promise.all(
        parts.toSorted().map((name) => host.read(`/etc/ssh/sshd_config.d/${name}`).catch(() => "")),
      )
    : [];
  return [...included, text];
}

/** Options after the first Match hold only for some connections. */
function optionOf(texts: readonly string[], name: string): string | undefined {
  const line = new RegExp(`^[ \\t]*${name}[ \\t=]+"?([^"\\n#]+)`, "im");
  for (const text of texts) {
    const value = line.exec(text.split(/^[ \t]*Match[ \t]/im)[0] ?? "")?.[1]?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** Rows of an account file that must not be there. */
export const accounts = (
  named: Named,
  path: string,
  scripts: Scripts,
  isBad: (fields: readonly string[], all: readonly (readonly string[])[]) => boolean,
): Check =>
  custom("Accounts", named, scripts, async (host) => {
    const text = await textAt(host, path);
    if (text === undefined) return skipped(`there is no ${path}`);
    const rows = rowsOf(text);
    const bad = rows.filter((row) => isBad(row, rows)).map(([name = ""]) => name);
    return finding(bad.length === 0, `${path}: ${several(bad)}`);
  });

/** Rows of a file with colons between its fields. */
export const rowsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));

/** Values that stand more than once at one place of rows. */
export function doubled(rows: readonly (readonly string[])[], at: number): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const row of rows) {
    const value = row[at] ?? "";
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  return [...twice];
}

/** A mount that must have some options. */
export const mountOptions = (named: Named, path: string, options: readonly string[]): Check =>
  custom("Mounts", named, mounted(named[0], path, options), async (host) => {
    const line = (await mountRows(host)).findLast(([, at]) => at === path);
    if (!line) return skipped(`${path} is no mount of its own`);
    const has = new Set((line[3] ?? "").split(","));
    const missing = options.filter((option) => !has.has(option));
    return finding(missing.length === 0, `${path} is mounted without ${missing.join(" and ")}`);
  });

/** Lines of `/proc/self/mounts`: what, where, kind, options. */
export const mountRows = async (host: Host): Promise<string[][]> =>
  ((await textAt(host, "/proc/self/mounts")) ?? "").split("\n").map((each) => each.split(" "));

/** A module of the kernel that must not be loaded, nor loadable by whoever asks for it. */
export const module = (named: Named, name: string): Check =>
  custom("Kernel Modules", named, blockedModule(named[0], name), async (host) => {
    const loaded = (await textAt(host, "/proc/modules")) ?? "";
    if (new RegExp(`^${name.replaceAll("-", "_")} `, "m").test(loaded))
      return { fails: `the module ${name} is loaded` };
    if (!(await hasModule(host, name))) return passes;
    const rules = await modprobeRules(host);
    const isBlocked = new RegExp(`^\\s*install\\s+${name}\\s+\\S*/(?:false|true)\\b`, "m").test(rules);
    return finding(isBlocked, `the module ${name} can be loaded by whoever asks for it`);
  });

async function hasModule(host: Host, name: string): Promise<boolean> {
  const release = ((await textAt(host, "/proc/sys/kernel/osrelease")) ?? "").trim();
  const known = (await textAt(host, `/lib/modules/${release}/modules.dep`)) ?? "";
  return known.includes(`/${name}.ko`) || known.includes(`/${name.replaceAll("-", "_")}.ko`);
}

async function modprobeRules(host: Host): Promise<string> {
  const texts: string[] = [];
  for (const folder of ["/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"])
    for (const name of await host.list(folder).catch(() => []))
      if (name.endsWith(".conf")) texts.push((await textAt(host, `${folder}/${name}`)) ?? "");
  return texts.join("\n");
}

const binFolders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"];

/** Where a program lies; undefined when it is not there. */
export async function programAt(host: Host, name: string): Promise<string | undefined> {
  for (const folder of binFolders) if (await host.state(`${folder}/${name}`)) return `${folder}/${name}`;
  return undefined;
}

/** A program that must not be there. */
export const program = (named: Named, ...names: readonly string[]): Check =>
  custom("Packages", named, removedProgram(names[0] ?? ""), async (host) => {
    for (const name of names) {
      const path = await programAt(host, name);
      if (path) return { fails: `${path} is there` };
    }
    return passes;
  });

/** A service that must not be started at boot; several names for what distributions call it. */
export const service = (named: Named, ...names: readonly string[]): Check =>
  custom("Services", named, stoppedService(names[0] ?? ""), async (host) => {
    const enabled = await enabledServices(host);
    const found = names.find((name) => enabled.has(name));
    return finding(found === undefined, `the service ${found} is started at boot`);
  });

/** Names of services that start at boot, by whatever starts them. */
export async function enabledServices(host: Host): Promise<Set<string>> {
  const found = new Set<string>();
  for (const folder of ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"])
    for (const wants of await host.list(folder).catch(() => []))
      if (/\.(?:wants|requires)$/.test(wants))
        for (const unit of await host.list(`${folder}/${wants}`).catch(() => []))
          found.add(unit.replace(/\.(?:service|socket)$/, ""));
  for (const folder of ["/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d", "/etc/rc.d"])
    for (const link of await host.list(folder).catch(() => []))
      if (/^S\d\d/.test(link)) found.add(link.slice(3));
  for (const level of await host.list("/etc/runlevels").catch(() => []))
    for (const name of await host.list(`/etc/runlevels/${level}`).catch(() => [])) found.add(name);
  return found;
}

/** Something looked up in a file's text. */
export const fileText = (
  group: Group,
  named: Named,
  { path, scripts }: { readonly path: string; readonly scripts: Scripts },
  look: (text: string) => Finding,
): Check =>
  custom(group, named, scripts, async (host) => {
    const text = await textAt(host, path);
    return text === undefined ? skipped(`there is no ${path}`) : look(text);
  });

/** The last value of a key in a file of `KEY value` or `KEY=value` lines. */
export const settingIn = (text: string, key: string): string | undefined =>
  [...text.matchAll(new RegExp(`^[ \\t]*${key}(?:[ \\t]*=[ \\t]*|[ \\t]+)(\\S+)`, "gm"))].at(-1)?.[1];
