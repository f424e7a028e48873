import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A frame was put on a field bus by a tool of the command line. */
export const busFrameSent = commandRule({
  id: "bus-frame-sent",
  alertType: "Picket_BusFrameSent",
  name: "Frame sent on a vehicle's or machine's bus",
  severity: "Medium",
  about: "A frame was put on a field bus by a tool of the command line.",
  tactics: ["Impair Process Control"],
  techniques: ["T0855", "T0806"],
  falsePositives: ["Tests on a bench."],
  witness: ["cansend", "cangen", "canplayer", "candump", "isotpsend", "cansniffer"],
  sees: (reading) =>
    find(reading, /^(?:cansend|cangen|canplayer|isotpsend|canfdtest)$/, ({ argv }) =>
      argv.slice(1).some((word) => /^(?:can|slcan|vxcan)\d+$|^-I/.test(word)),
    ),
  did: "sent frames on a bus",
  because: "machines on the bus obey frames, whoever sends them",
  fires: ["cansend can0 123#DEADBEEF", "cangen can0 -g 1", "canplayer -I /tmp/log can0=can1"],
  silent: [
    "candump can0",
    "cansend vcan0 123#11",
    "ip -details link show can0",
    "cansniffer can0",
    "apt-get install can-utils",
    "isotprecv can0",
  ],
});
