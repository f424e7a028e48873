import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A value was written to a controller by a tool of the command line instead of by the plant's own program. */
export const registerWritten = commandRule({
  id: "register-written",
  alertType: "Picket_RegisterWritten",
  name: "Register of a machine written by a command",
  severity: "High",
  about:
    "A value was written to a controller by a tool of the command line instead of by the plant's own program.",
  tactics: ["Impair Process Control"],
  techniques: ["T0855", "T0836"],
  falsePositives: ["Commissioning and repair by people who know the plant; they are on site then."],
  witness: [
    "mbpoll",
    "modpoll",
    "mbtget",
    "modbus",
    "snap7",
    "bacwp",
    "write_register",
    "write_coil",
    "plc_stop",
    "plc_hot_start",
    "opcua",
  ],
  patterns: [
    /\bpython[\d.]*\b.{0,400}\b(?:write_(?:register|coil)s?|plc_(?:stop|hot_start|cold_start)|db_write|write_area|delete_block)\s*\(.{0,80}/,
  ],
  sees: (reading) =>
    find(
      reading,
      /^(?:mbpoll|modpoll)$/,
      ({ text }) =>
        /\s-t\s*[04]\b/.test(text) &&
        /\s(?:\d+(?:\.\d+){3}|\/dev\/\S+|[a-z][\w.-]*)\s+(?:--\s+)?-?\d+(?:\.\d+)?(?:\s|$)/.test(text),
    ) ??
    find(reading, /^mbtget$/, ({ text }) => /\s-w\d*\b/.test(text)) ??
    find(reading, /^bacwp$/, ({ argv }) => argv.length > 4) ??
    find(reading, /^(?:uawrite|opcua-commander)$/),
  did: "wrote to a controller",
  because: "the machine does what a command says and not what its program says",
  fires: [
    "mbpoll -a 1 -r 100 -t 4 10.0.0.40 1500",
    "mbtget -w6 42 -a 100 10.0.0.40",
    "python3 -c from pymodbus.client import ModbusTcpClient as C;C('10.0.0.40').write_register(1,0)",
    "bacwp 260001 1 1 85 16 -1 4 72",
  ],
  silent: [
    "mbpoll -0 -a 1 -r 100 -c 10 -t 4 -1 10.30.0.1",
    "mbpoll -a 1 -r 100 10.0.0.40",
    "mbtget -r3 -a 100 10.0.0.40",
    "python3 -m pymodbus.server",
    "pip install pymodbus",
    "bacrp 260001 1 1 85",
    "grep write_register plc.py",
  ],
});
