import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** Somebody opened the serial line of a machine or of the device's console from a shell. */
export const serialLineAttached = commandRule({
  id: "serial-line-attached",
  alertType: "Picket_SerialLineAttached",
  name: "Serial line of a machine opened by hand",
  severity: "Low",
  about: "Somebody opened the serial line of a machine or of the device's console from a shell.",
  tactics: ["Collection"],
  techniques: ["T0801", "T0885"],
  falsePositives: ["Technicians on site."],
  witness: ["minicom", "picocom", "/dev/tty", "cu -l", "microcom", "tio"],
  sees: (reading) =>
    find(reading, /^(?:minicom|picocom|microcom|tio|cu|screen|kermit)$/, ({ text }) =>
      /\/dev\/tty(?:S|USB|ACM|AMA|O|mxc)\d+/.test(text),
    ) ??
    find(reading, /^(?:cat|echo|printf|tee|socat)$/, ({ text, redirections }) =>
      /\/dev\/tty(?:S|USB|ACM|AMA)\d+/.test(text + redirections.map(({ target }) => target).join(" ")),
    ),
  did: "opened a serial line",
  because: "a program of the plant should hold that line",
  fires: [
    "minicom -D /dev/ttyUSB0 -b 9600",
    "screen /dev/ttyS1 115200",
    "sh -c printf '\\x01\\x06\\x00\\x01' > /dev/ttyUSB0",
  ],
  silent: [
    "ls -l /dev/ttyUSB0",
    "stty -F /dev/ttyUSB0 9600",
    "screen -ls",
    "minicom -s",
    "chmod 660 /dev/ttyUSB0",
  ],
});
