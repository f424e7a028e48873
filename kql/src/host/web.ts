import { type HostFunctions, textAt } from "./function.js";
import { agentOf } from "./user-agent.js";
import { xmlOf } from "./xml.js";

function parametersOf(query: string): Record<string, string> {
  const pairs = query.split("&").filter((each) => each !== "");
  return Object.fromEntries(
    pairs.map((each) => {
      const at = each.indexOf("=");
      return at < 0 ? [decoded(each), ""] : [decoded(each.slice(0, at)), decoded(each.slice(at + 1))];
    }),
  );
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const ADDRESS =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function partsOf(args: readonly unknown[]): unknown {
  const found = ADDRESS.exec(textAt(args, 0));
  if (!found || textAt(args, 0) === "") return null;
  const [
    ,
    scheme = "",
    user = "",
    password = "",
    host = "",
    port = "",
    path = "",
    query = "",
    fragment = "",
  ] = found;
  return {
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    "Query Parameters": parametersOf(query),
    Fragment: fragment,
  };
}

/** The parts of a path of Windows, Unix or the network. */
function pathOf(args: readonly unknown[]): unknown {
  const text = textAt(args, 0);
  const [, scheme = "", rest = text] = /^([A-Za-z][A-Za-z0-9+.-]+):\/\/(.*)$/s.exec(text) ?? [];
  const root = /^(?:[A-Za-z]:|\\\\[^\\]+\\[^\\]+)/.exec(rest)?.[0] ?? (rest.startsWith("/") ? "" : "");
  const [path = "", stream = ""] = root.length === 2 ? splitStream(rest) : [rest];
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const directory = at < 0 ? "" : path.slice(0, at);
  const name = path.slice(at + 1);
  const dot = name.lastIndexOf(".");
  return {
    Scheme: scheme,
    RootPath: root,
    DirectoryPath: directory,
    DirectoryName: directory.split(/[\\/]/).at(-1) ?? "",
    Filename: name,
    Extension: dot > 0 ? name.slice(dot + 1) : "",
    AlternateDataStreamName: stream,
  };
}

function splitStream(path: string): [string, string] {
  const at = path.indexOf(":", 2);
  return at < 0 ? [path, ""] : [path.slice(0, at), path.slice(at + 1)];
}

/** The words of a command line by the rules of Windows, which are those of the original. */
function wordsOf(args: readonly unknown[]): unknown {
  const text = textAt(args, 0);
  if (text === "") return null;
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    const slashes = /^(\\+)"/.exec(text.slice(at, at + 64))?.[1];
    if (slashes) {
      word = `${word ?? ""}${"\\".repeat(Math.floor(slashes.length / 2))}${slashes.length % 2 ? '"' : ""}`;
      at += slashes.length % 2 ? slashes.length : slashes.length - 1;
    } else if (letter === '"') {
      isQuoted = !isQuoted;
      word ??= "";
    } else if (!isQuoted && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ""}${letter}`;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Functions of addresses on the web, paths, command lines and markup. */
export const webFunctions: HostFunctions = {
  parse_url: partsOf,
  parse_urlquery: (args) => ({ "Query Parameters": parametersOf(textAt(args, 0).replace(/^\?/, "")) }),
  parse_path: pathOf,
  parse_command_line: wordsOf,
  parse_user_agent: (args) => agentOf(textAt(args, 0), args[1]),
  parse_xml: (args) => xmlOf(textAt(args, 0)),
};
