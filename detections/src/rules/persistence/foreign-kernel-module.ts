import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A module is in the kernel that is not of its tree, not signed or was forced, and was not there before. */
export const foreignKernelModule = snapshotRule({
  id: "foreign-kernel-module",
  alertType: "Picket_ForeignKernelModule",
  name: "Foreign module in the kernel",
  severity: "High",
  about:
    "A module is in the kernel that is not of its tree, not signed or was forced, and was not there before.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1547.006", "T1014"],
  remediation:
    "Find out which file it came from and who loaded it. A rootkit hides itself: look from another system.",
  falsePositives: [
    "Drivers of graphics cards, file systems and virtual machines that are built on the device.",
  ],
  needs: "the agent's snapshot of modules",
  reads: "KernelModules",
  on: "appears",
  remember: (item) =>
    /[OEF]/.test(fieldOf(item, "Taints")) &&
    !/^(?:nvidia\w*|zfs|spl|vbox\w+|vmw_\w+|wl|wireguard|zcommon|znvpair|zavl|zunicode|zzstd|icp|openafs|v4l2loopback|evdi|r8168|rtl\w+|8812au)$/.test(
      fieldOf(item, "ModuleName"),
    )
      ? [fieldOf(item, "ModuleName"), fieldOf(item, "Taints")]
      : undefined,
  title: (key, deviceId) => `The kernel of ${deviceId} holds the foreign module ${key}`,
  reason: (key, value) =>
    `${shown(key)} is marked ${value}: O is not of the kernel's tree, E is not signed, F was forced.`,
  cases: [
    {
      name: "a rootkit",
      before: [{ ModuleName: "ext4", Taints: "", State: "Live" }],
      after: [
        { ModuleName: "ext4", Taints: "", State: "Live" },
        { ModuleName: "diamorphine", Taints: "OE", State: "Live" },
      ],
      alerts: 1,
    },
    {
      name: "a module of the kernel",
      before: [],
      after: [{ ModuleName: "ftdi_sio", Taints: "", State: "Live" }],
      alerts: 0,
    },
    {
      name: "a graphics driver",
      before: [],
      after: [{ ModuleName: "nvidia", Taints: "POE", State: "Live" }],
      alerts: 0,
    },
  ],
});
