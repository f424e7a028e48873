import { family, Netlink } from "./netlink.js";

const KERNEL = 1;
const RECEIVE_BYTES = 1024 * 1024;
const MOST_ROUNDS = 5_000;
/** Kinds of devices whose coming and going is told. */
const wanted: ReadonlySet<string> = new Set(["usb", "block", "net", "pci", "tty", "input", "mmc", "sound"]);

/** Something that was plugged in or taken out. */
export interface DeviceNews {
  readonly action: string;
  readonly subsystem: string;
  readonly path: string;
}

/** Reads one message of the kernel about a device; undefined for what is no such message or of no interest. */
export function deviceNews(bytes: Buffer): DeviceNews | undefined {
  const [head = "", ...fields] = bytes.toString("utf8").split("\0", 200);
  const at = head.indexOf("@");
  if (at <= 0) return undefined;
  const value = (name: string): string =>
    fields.find((field) => field.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const news = { action: head.slice(0, at), subsystem: value("SUBSYSTEM"), path: head.slice(at + 1) };
  const isChange = news.action === "add" || news.action === "remove";
  return isChange && wanted.has(news.subsystem) ? news : undefined;
}

/** Hears from the kernel what is plugged in and taken out. */
export class DeviceWatch {
  readonly #netlink = new Netlink(family.kernelObjects, { groups: KERNEL, receiveBytes: RECEIVE_BYTES });

  /** What was plugged in or taken out since the last time; when too much happened at once, at least that something did. */
  read(): DeviceNews[] {
    const found: DeviceNews[] = [];
    const before = this.#netlink.overflows;
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      const bytes = this.#netlink.receiveBytes();
      if (bytes === undefined) break;
      const news = deviceNews(bytes);
      if (news) found.push(news);
    }
    if (found.length === 0 && this.#netlink.overflows > before)
      found.push({ action: "add", subsystem: "unknown", path: "" });
    return found;
  }

  close(): void {
    this.#netlink.close();
  }
}
