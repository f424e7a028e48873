import { commandRule } from "../../command-rule.js";
import { find, intoShell } from "../../shell/look.js";

/** A program is put together from bytes on a command line, or text is unpacked and run at once, so that no download and no file is seen. */
export const binaryWrittenFromCommandLine = commandRule({
  id: "binary-written-from-command-line",
  alertType: "IoT_BinaryCommandLine",
  name: "Binary Command Line",
  severity: "High",
  about:
    "A program is put together from bytes on a command line, or text is unpacked and run at once, so that no download and no file is seen.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1027", "T1140", "T1059.004"],
  falsePositives: [
    "Installers that carry themselves as base64; the decoded text in the evidence shows what they are.",
    "Test suites of assemblers and linkers print the first bytes of a program.",
  ],
  witness: ["\\x7f", "\\x45", "f0vmr", "base64", "base32", "\\177elf", "xxd", "openssl", "uudecode"],
  patterns: [
    /(?:\\x7f\\x45\\x4c\\x46|\\x7fELF|\\177ELF|\u007fELF)\S{0,64}/i,
    /\bf0VM[Rr][A-Za-z0-9+/]{0,64}/,
  ],
  sees: (reading) =>
    intoShell(reading, /^(?:base64|base32|xxd|uudecode)$/) ??
    intoShell(reading, /^openssl$/) ??
    find(
      reading,
      /^printf$/,
      ({ text, redirections }) => redirections.length > 0 && /(?:\\x[0-9a-f]{2}){8}/i.test(text),
    ),
  did: "put a program together on the command line",
  because: "it carries a program's bytes or runs text that it unpacks",
  fires: [
    "printf \\x7f\\x45\\x4c\\x46\\x02\\x01 > /tmp/a",
    "sh -c echo f0VMRgIBAQAAAA | base64 -d > /tmp/a",
    "bash -c echo aWQ= | base64 -d | bash",
    "bash -c {echo,aWQ=}|{base64,-d}|{bash,-i}",
  ],
  silent: [
    "base64 -d cert.b64",
    "printf %s\\n hello",
    "openssl base64 -in key",
    "sh -c kubectl get secret db -o jsonpath={.data.password} | base64 -d",
    "sh -c base64 -w0 /etc/machine-id | head -c 12",
    "xxd -l 16 /boot/vmlinuz",
    "sh -c openssl x509 -in /etc/ssl/cert.pem -noout -enddate | cut -d= -f2",
  ],
});
