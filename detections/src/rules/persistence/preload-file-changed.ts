import { commandRule } from "../../command-rule.js";
import { parentOf, writesTo } from "../../shell/look.js";

/** The file that makes every program load a library was written: rootkits without a kernel module work like this. */
export const preloadFileChanged = commandRule({
  id: "preload-file-changed",
  alertType: "Picket_PreloadFileChanged",
  name: "Library preloaded for every program",
  severity: "High",
  about:
    "The file that makes every program load a library was written: rootkits without a kernel module work like this.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1574.006"],
  falsePositives: ["A few memory allocators and sandboxes are installed so; they come as packages."],
  witness: ["ld.so.preload", "ld.so.conf.d"],
  sees: (reading, event) =>
    /(?:dpkg|rpm)/.test(parentOf(event))
      ? undefined
      : (writesTo(reading, /^\/etc\/ld\.so\.preload$/) ??
        writesTo(reading, /^\/etc\/ld\.so\.conf\.d\/\S+$/, ({ text }) => /\/tmp|\/dev\/shm|\/\./.test(text))),
  did: "made every program load a library",
  because: "the library sees and hides whatever it likes",
  fires: [
    "sh -c echo /usr/local/lib/libprocesshider.so >> /etc/ld.so.preload",
    "cp /tmp/p /etc/ld.so.preload",
    "sh -c echo /dev/shm/lib > /etc/ld.so.conf.d/0.conf",
    "tee -a /etc/ld.so.preload",
  ],
  silent: [
    "cat /etc/ld.so.preload",
    "ldconfig",
    "rm -f /etc/ld.so.preload",
    "ls -l /etc/ld.so.conf.d",
    "sh -c echo /opt/app/lib > /etc/ld.so.conf.d/app.conf",
  ],
});
