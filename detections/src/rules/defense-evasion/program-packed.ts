import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A tool that packs programs, so that scanners do not know them, was used on a device. */
export const programPacked = commandRule({
  id: "program-packed",
  alertType: "Picket_ProgramPacked",
  name: "Program packed on the device",
  severity: "Low",
  about: "A tool that packs programs, so that scanners do not know them, was used on a device.",
  tactics: ["Defense Evasion"],
  techniques: ["T1027.002"],
  falsePositives: ["Developers of firmware who save room; that happens on their build machine."],
  witness: ["upx"],
  sees: (reading) =>
    find(
      reading,
      /^upx(?:-ucl|\.out)?$/,
      ({ argv }) =>
        argv.length > 1 &&
        !/^(?:-d|-t|-l|-V|--version|-h|--help|--test|--list|--decompress)$/.test(argv[1] ?? ""),
    ),
  did: "packed a program",
  because: "packing hides what a program is",
  fires: ["upx -9 /tmp/x", "upx --best -o b a", "sh -c cd /tmp && ./upx -q x"],
  silent: ["upx --version", "upx -t /usr/bin/app", "upx -d packed", "apt-get install upx-ucl", "man upx"],
});
