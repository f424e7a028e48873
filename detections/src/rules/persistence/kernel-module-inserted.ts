import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A module was put into the kernel from a folder that is not the kernel's own, or under the name of a rootkit. */
export const kernelModuleInserted = commandRule({
  id: "kernel-module-inserted",
  alertType: "Picket_KernelModuleInserted",
  name: "Kernel module loaded from an unusual place",
  severity: "High",
  about:
    "A module was put into the kernel from a folder that is not the kernel's own, or under the name of a rootkit.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1547.006", "T1014"],
  falsePositives: ["Developers of drivers, and vendors' drivers that are built on the device by dkms."],
  witness: ["insmod", "modprobe", "finit_module", "depmod", "kmod"],
  sees: (reading, event) =>
    /\/(?:dkms|make|systemd-udevd)$/.test(parentOf(event))
      ? undefined
      : (find(reading, /^(?:insmod|kmod)$/, ({ argv }) =>
          argv
            .slice(1)
            .some((word) => /\.ko(?:\.\w+)?$/.test(word) && !/^\/(?:usr\/)?lib\/modules\//.test(word)),
        ) ??
        find(reading, /^(?:insmod|modprobe)$/, ({ text }) =>
          /\b(?:diamorphine|reptile|suterusu|adore|enyelkm|rkit|rootkit|kovid|puszek|knark|phalanx|rooty|nurupo|umbreon|horsepill)\b/i.test(
            text,
          ),
        )),
  did: "loaded a kernel module from an unusual place",
  because: "it runs with all rights and can hide itself",
  fires: [
    "insmod /tmp/diamorphine.ko",
    "insmod ./x.ko",
    "sh -c cd /dev/shm && make && insmod reptile.ko",
    "modprobe diamorphine",
  ],
  silent: [
    "insmod /lib/modules/6.1.0-13-amd64/kernel/drivers/usb/serial/ftdi_sio.ko",
    "modprobe br_netfilter",
    "lsmod",
    { line: "insmod ./driver.ko", parent: "/usr/sbin/dkms" },
    "modinfo ./x.ko",
    "depmod -a",
  ],
});
