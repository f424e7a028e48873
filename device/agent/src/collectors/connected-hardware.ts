import { string } from "@picket/kit";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";

const USB = "/sys/bus/usb/devices";
const classes: Readonly<Record<string, string>> = {
  "01": "Audio",
  "02": "Communications",
  "03": "Human interface",
  "06": "Image",
  "07": "Printer",
  "08": "Mass storage",
  "09": "Hub",
  "0a": "Data",
  "0b": "Smart card",
  "0e": "Video",
  e0: "Wireless",
  ef: "Miscellaneous",
  ff: "Vendor specific",
};

/** What is plugged into the host's USB. */
export const connectedHardware = collector({
  name: "ConnectedHardware",
  about: "What is plugged into the host's USB.",
  details: {
    VendorId: string("Vendor's number, four hexadecimal digits."),
    ProductId: string("Product's number, four hexadecimal digits."),
    Serial: string("Serial number, when it has one."),
    Port: string("Where it is plugged in, by the kernel's name."),
  },
  async collect(host) {
    const names = await host.list(USB).catch(() => undefined);
    if (names === undefined) return undefined;
    // A name with a colon is an interface of a device, not a device.
    const devices = names.filter((name) => !name.includes(":")).sort();
    return Promise.all(devices.map((name) => hardwareAt(host, name)));
  },
});

async function hardwareAt(host: Host, port: string): Promise<Payload<"ConnectedHardware">> {
  const text = async (name: string): Promise<string> =>
    (await host.read(`${USB}/${port}/${name}`).catch(() => "")).trim();
  const [vendor, product, serial] = [await text("idVendor"), await text("idProduct"), await text("serial")];
  const name = `${await text("manufacturer")} ${await text("product")}`.trim();
  // Class 00 says that each interface has its own; the first one speaks for the device.
  const own = await text("bDeviceClass");
  const kind =
    own === "00" ? (await host.read(`${USB}/${port}:1.0/bInterfaceClass`).catch(() => own)).trim() : own;
  return {
    HardwareCategory: "USB",
    HardwareSubCategory: classes[kind] ?? `Class ${kind || "unknown"}`,
    HardwareName: name || `${vendor}:${product}`,
    ExtraDetails: {
      VendorId: vendor,
      ProductId: product,
      Port: port,
      ...(serial === "" ? {} : { Serial: serial }),
    },
  };
}
