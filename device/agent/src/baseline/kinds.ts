import { type Check, type Finding, finding, type Severity, skipped, textAt } from "./check.js";

interface Named {
  readonly id: Check["id"];
  readonly expects: string;
  readonly severity: Severity;
}

/** A setting of the kernel that must have one of some values. */
export const kernelSetting = (named: Named, key: string, good: readonly number[]): Check => ({
  ...named,
  async look(host) {
    const text = await textAt(host, `/proc/sys/${key.replaceAll(".", "/")}`);
    if (text === undefined) return skipped;
    return finding(good.includes(Number(text)), `${key} is ${text.trim()}, expected ${good.join(" or ")}`);
  },
});

/** A file that must be owned by root and give nobody more rights than these. */
export const fileRights = (named: Named, path: string, mostRights: number): Check => ({
  ...named,
  async look(host) {
    const state = await host.state(path);
    if (!state) return skipped;
    const mode = state.mode & 0o7777;
    if (state.uid !== 0) return { fails: `${path} belongs to user ${state.uid}, expected 0` };
    return finding(
      (mode & ~mostRights) === 0,
      `${path} has mode ${octal(mode)}, expected ${octal(mostRights)} or less`,
    );
  },
});

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** An option of the SSH server; `fallback` is what it does when nothing is said. */
export const sshOption = (
  named: Named,
  option: { readonly name: string; readonly fallback: string; readonly isGood: (value: string) => boolean },
): Check => ({
  ...named,
  async look(host) {
    const text = await textAt(host, "/etc/ssh/sshd_config");
    if (text === undefined) return skipped;
    const parts = await host.list("/etc/ssh/sshd_config.d").catch(() => []);
    const included = await Promise.all(
      parts
        .filter((name) => name.endsWith(".conf"))
        .sort()
        .map((name) => host.read(`/etc/ssh/sshd_config.d/${name}`).catch(() => "")),
    );
    // The server takes the first value it reads, and Debian includes its folder at the top.
    const value = optionOf([...included, text], option.name) ?? option.fallback;
    return finding(option.isGood(value.toLowerCase()), `${option.name} is ${value}`);
  },
});

/** Options after the first Match hold only for some connections. */
function optionOf(texts: readonly string[], name: string): string | undefined {
  const line = new RegExp(`^\\s*${name}[\\s=]+"?([^"\\s#]+)`, "im");
  for (const text of texts) {
    const value = line.exec(text.split(/^\s*Match\s/im)[0] ?? "")?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Rows of an account file that must not be there. */
export const accounts = (
  named: Named,
  path: string,
  isBad: (fields: readonly string[], all: readonly (readonly string[])[]) => boolean,
): Check => ({
  ...named,
  async look(host) {
    const text = await textAt(host, path);
    if (text === undefined) return skipped;
    const rows = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":"));
    const bad = rows.filter((row) => isBad(row, rows)).map(([name = ""]) => name);
    return finding(
      bad.length === 0,
      `${path}: ${bad.slice(0, 10).join(", ")}${bad.length > 10 ? " and more" : ""}`,
    );
  },
});

/** A place of its own whose mount must have some options. */
export const mountOptions = (named: Named, path: string, options: readonly string[]): Check => ({
  ...named,
  async look(host) {
    const mounts = (await textAt(host, "/proc/self/mounts")) ?? "";
    const line = mounts
      .split("\n")
      .map((each) => each.split(" "))
      .findLast(([, at]) => at === path);
    if (!line) return skipped;
    const has = new Set((line[3] ?? "").split(","));
    const missing = options.filter((option) => !has.has(option));
    return finding(missing.length === 0, `${path} is mounted without ${missing.join(" and ")}`);
  },
});

/** Something looked up in a file's text. */
export const fileText = (named: Named, path: string, look: (text: string) => Finding): Check => ({
  ...named,
  async look(host) {
    const text = await textAt(host, path);
    return text === undefined ? skipped : look(text);
  },
});
