import { shown } from "../../rule.js";
import { extraOf, fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A device that was plugged into a USB port is gone: a modem, a sensor or a key that the device may need. */
export const usbDisconnected = snapshotRule({
  id: "usb-disconnected",
  alertType: "IoT_UsbDisconnection",
  name: "USB Disconnection",
  severity: "High",
  about:
    "A device that was plugged into a USB port is gone: a modem, a sensor or a key that the device may need.",
  tactics: ["Impact"],
  techniques: ["T1200", "T0826"],
  remediation: "Find out who pulled it out, and whether the device works without it.",
  falsePositives: ["Loose plugs; devices that restart themselves."],
  reads: "ConnectedHardware",
  on: "vanishes",
  remember: (item) =>
    fieldOf(item, "HardwareCategory") === "USB" && fieldOf(item, "HardwareSubCategory") !== "Hub"
      ? [
          `${fieldOf(item, "HardwareName")} at ${extraOf(item, "Port") || "an unknown port"}`,
          `${fieldOf(item, "HardwareSubCategory")} ${extraOf(item, "VendorId")}:${extraOf(item, "ProductId")}`,
        ]
      : undefined,
  title: (key, deviceId) => `${key} was pulled out of ${deviceId}`,
  reason: (key, value) => `${shown(key)} (${value.trim()}) was there in the last snapshot and is gone.`,
  cases: [
    {
      name: "a modem goes",
      before: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Hub",
          HardwareName: "Root hub",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Communications",
          HardwareName: "Modem",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      after: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Hub",
          HardwareName: "Root hub",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      alerts: 1,
    },
    {
      name: "nothing changes",
      before: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Mass storage",
          HardwareName: "Stick",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      after: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Mass storage",
          HardwareName: "Stick",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      alerts: 0,
    },
    {
      name: "a stick comes",
      before: [],
      after: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Mass storage",
          HardwareName: "Stick",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      alerts: 0,
    },
  ],
});
