import { shown } from "../../rule.js";
import { extraOf, fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A device was plugged into a USB port. */
export const usbConnected = snapshotRule({
  id: "usb-connected",
  alertType: "IoT_USBConnection",
  name: "New USB Connection",
  severity: "High",
  about: "A device was plugged into a USB port.",
  tactics: ["Initial Access", "Lateral Movement"],
  techniques: ["T1200", "T1091"],
  remediation: "Find out who plugged it in and what it is. Switch off ports that nobody needs.",
  falsePositives: ["Technicians with a stick or a cable; the visit is in the diary."],
  reads: "ConnectedHardware",
  on: "appears",
  remember: (item) =>
    fieldOf(item, "HardwareCategory") === "USB" && fieldOf(item, "HardwareSubCategory") !== "Hub"
      ? [
          `${fieldOf(item, "HardwareName")} at ${extraOf(item, "Port") || "an unknown port"}`,
          `${fieldOf(item, "HardwareSubCategory")} ${extraOf(item, "VendorId")}:${extraOf(item, "ProductId")}`,
        ]
      : undefined,
  title: (key, deviceId) => `${key} was plugged into ${deviceId}`,
  reason: (key, value) => `${shown(key)} (${value.trim()}) was not there in the last snapshot.`,
  cases: [
    {
      name: "a stick",
      before: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Hub",
          HardwareName: "Root hub",
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
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Mass storage",
          HardwareName: "Stick",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      alerts: 1,
    },
    {
      name: "the same devices",
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
      name: "a stick goes",
      before: [
        {
          HardwareCategory: "USB",
          HardwareSubCategory: "Mass storage",
          HardwareName: "Stick",
          ExtraDetails: { Port: "1-1", VendorId: "0781", ProductId: "5567" },
        },
      ],
      after: [],
      alerts: 0,
    },
    {
      name: "a disk inside",
      before: [],
      after: [{ HardwareCategory: "Block", HardwareName: "mmcblk0" }],
      alerts: 0,
    },
  ],
});
