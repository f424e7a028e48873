import { commandRule } from "../rule.js";

/** A program put together from bytes on a command line, so that no download is seen. */
export const binaryWrittenFromCommandLine = commandRule({
  id: "binary-written-from-command-line",
  alertType: "IoT_BinaryCommandLine",
  name: "Binary Command Line",
  severity: "High",
  about: "A program put together from bytes on a command line, so that no download is seen.",
  tactics: ["Defense Evasion", "Execution"],
  techniques: ["T1027", "T1140"],
  witness: ["\\x7f", "\\x45", "f0vm", "base64", "\\177elf"],
  patterns: [
    /(?:\\x7f\\x45\\x4c\\x46|\\x7fELF|\\177ELF)\S*/i,
    /f0VM[Rr]\S*/i,
    /\bbase64\s+(?:-d|--decode|-D)\b.*\|\s*(?:sudo\s+)?(?:ba|da|z)?sh\b/i,
    /\bprintf\b.*(?:\\x[0-9a-f]{2}){8,}.*>\s*\S+/i,
  ],
  did: "wrote a program from the command line",
  because: "it carries a program's bytes or runs decoded text",
  fires: [
    "printf \\x7f\\x45\\x4c\\x46\\x02\\x01 > /tmp/a",
    "sh -c echo f0VMRgIBAQAAAA | base64 -d > /tmp/a",
    "bash -c echo aWQ= | base64 -d | bash",
  ],
  silent: ["base64 -d cert.b64", "printf %s\\n hello", "openssl base64 -in key"],
});
