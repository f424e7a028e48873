import { string } from "@picket/kit";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { namesIn, textOf } from "./files.js";

type Hardware = Payload<"ConnectedHardware">;

const USB = "/sys/bus/usb/devices";
const PCI = "/sys/bus/pci/devices";
const BLOCK = "/sys/class/block";
const NETWORK = "/sys/class/net";
const SECTOR = 512;

const usbClasses: ReadonlyMap<string, string> = new Map([
  ["01", "Audio"],
  ["02", "Communications"],
  ["03", "Human interface"],
  ["06", "Image"],
  ["07", "Printer"],
  ["08", "Mass storage"],
  ["09", "Hub"],
  ["0a", "Data"],
  ["0b", "Smart card"],
  ["0e", "Video"],
  ["e0", "Wireless"],
  ["ef", "Miscellaneous"],
  ["ff", "Vendor specific"],
]);
const pciClasses: ReadonlyMap<string, string> = new Map([
  ["01", "Storage"],
  ["02", "Network"],
  ["03", "Display"],
  ["04", "Multimedia"],
  ["05", "Memory"],
  ["06", "Bridge"],
  ["07", "Communications"],
  ["08", "System"],
  ["09", "Input"],
  ["0b", "Processor"],
  ["0c", "Serial bus"],
  ["0d", "Wireless"],
  ["10", "Encryption"],
  ["12", "Accelerator"],
]);

/** What is plugged into the host or built into it. */
export const connectedHardware = collector({
  name: "ConnectedHardware",
  about: "What is plugged into the host or built into it: USB, PCI, block and network devices.",
  details: {
    VendorId: string("Vendor's number, four hexadecimal digits."),
    ProductId: string("Product's number, four hexadecimal digits."),
    Serial: string("Serial number, when it has one."),
    Port: string("Where it is, by the kernel's name."),
    Driver: string("Driver that serves it, when one does."),
    Removable: string("true for a medium that can be taken out."),
    SizeInBytes: string("Size of a block device."),
    Address: string("Hardware address of a network device."),
    State: string("Whether a network device has a link."),
  },
  async collect(host) {
    const found = [
      ...(await usb(host)),
      ...(await pci(host)),
      ...(await block(host)),
      ...(await network(host)),
    ];
    const isKnown = found.length > 0 || (await host.state("/sys/bus")) !== undefined;
    return isKnown ? found : undefined;
  },
});

const details = (given: Readonly<Record<string, string>>): { ExtraDetails: Record<string, string> } => ({
  ExtraDetails: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")),
});
const word = async (host: Host, path: string): Promise<string> => (await textOf(host, path)).trim();
const driverOf = async (host: Host, path: string): Promise<string> =>
  (await host.link(`${path}/driver`).catch(() => "")).split("/").at(-1) ?? "";

async function usb(host: Host): Promise<Hardware[]> {
  // A name with a colon is an interface of a device, not a device.
  const ports = (await namesIn(host, USB)).filter((name) => !name.includes(":"));
  return Promise.all(ports.map((port) => usbAt(host, port)));
}

async function usbAt(host: Host, port: string): Promise<Hardware> {
  const text = (name: string): Promise<string> => word(host, `${USB}/${port}/${name}`);
  const [vendor, product, serial] = [await text("idVendor"), await text("idProduct"), await text("serial")];
  const name = `${await text("manufacturer")} ${await text("product")}`.trim();
  // Class 00 says that each interface has its own; the first one speaks for the device.
  const own = await text("bDeviceClass");
  const kind = own === "00" ? await word(host, `${USB}/${port}:1.0/bInterfaceClass`) : own;
  return {
    HardwareCategory: "USB",
    HardwareSubCategory: usbClasses.get(kind) ?? `Class ${kind || "unknown"}`,
    HardwareName: name || `${vendor}:${product}`,
    ...details({ VendorId: vendor, ProductId: product, Port: port, Serial: serial }),
  };
}

async function pci(host: Host): Promise<Hardware[]> {
  const slots = await namesIn(host, PCI);
  return Promise.all(
    slots.map(async (slot): Promise<Hardware> => {
      const number = async (name: string): Promise<string> =>
        (await word(host, `${PCI}/${slot}/${name}`)).replace("0x", "");
      const [vendor, product, kind] = [await number("vendor"), await number("device"), await number("class")];
      const label = await word(host, `${PCI}/${slot}/label`);
      return {
        HardwareCategory: "PCI",
        HardwareSubCategory: pciClasses.get(kind.slice(0, 2)) ?? `Class ${kind || "unknown"}`,
        HardwareName: label || `${vendor}:${product}`,
        ...details({
          VendorId: vendor,
          ProductId: product,
          Port: slot,
          Driver: await driverOf(host, `${PCI}/${slot}`),
        }),
      };
    }),
  );
}

async function block(host: Host): Promise<Hardware[]> {
  const found: Hardware[] = [];
  for (const name of await namesIn(host, BLOCK)) {
    const at = `${BLOCK}/${name}`;
    // Partitions and what the kernel makes up itself are no hardware.
    if (!(await host.state(`${at}/device`))) continue;
    const text = (path: string): Promise<string> => word(host, `${at}/${path}`);
    const isRemovable = (await text("removable")) === "1";
    const title =
      `${await text("device/vendor")} ${(await text("device/model")) || (await text("device/name"))}`.trim();
    found.push({
      HardwareCategory: "Block",
      HardwareSubCategory: isRemovable
        ? "Removable disk"
        : (await text("queue/rotational")) === "1"
          ? "Disk"
          : "Solid state disk",
      HardwareName: title || name,
      ...details({
        Port: name,
        Serial: (await text("device/serial")) || (await text("serial")),
        SizeInBytes: String((Number(await text("size")) || 0) * SECTOR),
        Removable: isRemovable ? "true" : "",
      }),
    });
  }
  return found;
}

async function network(host: Host): Promise<Hardware[]> {
  const found: Hardware[] = [];
  for (const name of await namesIn(host, NETWORK)) {
    const at = `${NETWORK}/${name}`;
    const text = (path: string): Promise<string> => word(host, `${at}/${path}`);
    const isReal = (await host.state(`${at}/device`)) !== undefined;
    const isWireless =
      (await host.state(`${at}/wireless`)) !== undefined ||
      (await host.state(`${at}/phy80211`)) !== undefined;
    if (name === "lo" || name === "bonding_masters") continue;
    found.push({
      HardwareCategory: "Network",
      HardwareSubCategory: isWireless ? "Wireless" : isReal ? "Wired" : "Virtual",
      HardwareName: name,
      ...details({
        Address: await text("address"),
        State: await text("operstate"),
        Driver: isReal ? await driverOf(host, `${at}/device`) : "",
      }),
    });
  }
  return found;
}
