import {
  checkStrict,
  type EventName,
  type Payload,
  type SecurityEvent,
  type SecurityMessage,
} from "@picket/schema";
import { securityEvent, securityMessage } from "@picket/sdk";
import type { FileState, Host } from "./host.js";

/** What a host of text holds. */
export interface HostParts {
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<string, Partial<FileState>>>;
  /** What programs print, by `program argument argument`. */
  readonly prints?: Readonly<Record<string, string>>;
  readonly sockets?: Host["sockets"];
}

const missing = (path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: "ENOENT" });

const plain: FileState = { mode: 0o100_644, uid: 0, gid: 0, size: 0, isDirectory: false };

/** A host made of recorded text, for tests. */
export function hostOf({ files = {}, links = {}, states = {}, prints = {}, sockets }: HostParts): Host {
  const paths = [...Object.keys(files), ...Object.keys(links), ...Object.keys(states)];
  const under = (folder: string): string[] => {
    const head = folder.endsWith("/") ? folder : `${folder}/`;
    const names = paths.filter((path) => path.startsWith(head)).map((path) => path.slice(head.length));
    return [...new Set(names.map((name) => name.split("/")[0] ?? ""))];
  };
  const bytes = async (path: string): Promise<Buffer> => {
    const found = files[path];
    if (found === undefined) throw missing(path);
    return Buffer.from(found);
  };
  const state = async (path: string): Promise<FileState | undefined> => {
    const isFile = path in files || path in states || path in links;
    if (!isFile && under(path).length === 0) return undefined;
    const isDirectory = !isFile;
    return {
      ...plain,
      ...(isDirectory ? { mode: 0o040_755 } : {}),
      isDirectory,
      size: Buffer.byteLength(files[path] ?? ""),
      ...states[path],
    };
  };
  return {
    read: async (path) => (await bytes(path)).toString("utf8"),
    bytes: async (path, most) => (await bytes(path)).subarray(0, most),
    list: async (path) => {
      const names = under(path);
      if (names.length === 0) throw missing(path);
      return names;
    },
    link: async (path) => {
      const found = links[path];
      if (found === undefined) throw missing(path);
      return found;
    },
    state,
    ownState: state,
    changedAt: async (path) => ((await state(path)) ? 1 : undefined),
    run: async (program, given) => {
      const found = prints[[program, ...given].join(" ")];
      if (found === undefined) throw missing(program);
      return found;
    },
    ...(sockets ? { sockets } : {}),
  };
}

/** What the strict schema says against a snapshot; empty when it is good. */
export function violationsOf<N extends EventName>(name: N, items: readonly Payload<N>[]): string[] {
  return violationsIn([securityEvent(name, items)]);
}

/** The same of events. */
export function violationsIn(events: readonly SecurityEvent[]): string[] {
  const sender = { agentId: "4be1c1a2-95f0-4f54-a7ce-5b6a7c8d9e0f", agentVersion: "0.1.0" };
  const message: SecurityMessage = securityMessage(sender, events);
  return checkStrict(JSON.parse(JSON.stringify(message))).map(
    ({ path, explanation }) => `${path} ${explanation}`,
  );
}

/** Texts that hosts hold only when somebody means harm, or was careless. */
export const hostileTexts: readonly { readonly name: string; readonly text: string }[] = [
  { name: "a newline", text: "a\nb" },
  { name: "a terminal escape", text: "\u001b[2J\u001b]0;owned\u0007" },
  { name: "a zero", text: "a\0b" },
  { name: "the name of what every object has", text: "constructor" },
  { name: "the prototype itself", text: "__proto__" },
  { name: "half of a pair of surrogates", text: "\ud800" },
  { name: "right to left", text: "\u202egpj.exe" },
  { name: "very long", text: "x".repeat(131_072) },
  { name: "nothing", text: "" },
];
