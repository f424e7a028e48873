/** An element that is being read. */
interface Element {
  readonly name: string;
  readonly members: Map<string, unknown>;
  text: string;
}

const MAX_LENGTH = 131_072;
const MAX_DEPTH = 256;
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>]*>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

/** Markup as JSON: attributes are members that begin with `@`, repeated elements are arrays; null when it is none. */
export function xmlOf(text: string): unknown {
  if (text.length > MAX_LENGTH) return null;
  const root: Element = { name: "", members: new Map(), text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text);
    if (!token || open.length > MAX_DEPTH || !taken(token, open)) return null;
  }
  return open.length === 1 && root.members.size > 0 ? Object.fromEntries(root.members) : null;
}

/** Takes one token; false when it does not fit. */
function taken(
  [, data, closing, opening, attributes = "", isEmpty, letters]: RegExpExecArray,
  open: Element[],
): boolean {
  const top = open.at(-1)!;
  if (data !== undefined) top.text += data;
  else if (letters !== undefined) top.text += plain(letters);
  else if (closing !== undefined) {
    if (open.length < 2 || top.name !== closing) return false;
    open.pop();
    put(open.at(-1)!, top.name, contentOf(top));
  } else if (opening !== undefined) {
    const element: Element = { name: opening, members: new Map(), text: "" };
    for (const [, name = "", , quoted = "", single] of attributes.matchAll(
      /([^\s=]+)\s*=\s*("([^"]*)"|'([^']*)')/g,
    ))
      element.members.set(`@${name}`, plain(single ?? quoted));
    if (isEmpty) put(top, opening, contentOf(element));
    else open.push(element);
  }
  return true;
}

function put(into: Element, name: string, value: unknown): void {
  const known = into.members.get(name);
  if (!into.members.has(name)) into.members.set(name, value);
  else into.members.set(name, Array.isArray(known) ? [...known, value] : [known, value]);
}

function contentOf({ members, text }: Element): unknown {
  const trimmed = text.trim();
  if (members.size === 0) return trimmed === "" ? null : trimmed;
  return Object.fromEntries(trimmed === "" ? members : [...members, ["#text", trimmed]]);
}
