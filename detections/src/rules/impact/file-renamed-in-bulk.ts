import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A loop renames many files to an ending that ransomware uses. */
export const fileRenamedInBulk = commandRule({
  id: "file-renamed-in-bulk",
  alertType: "Picket_FileRenamedInBulk",
  name: "Files given a foreign ending in bulk",
  severity: "High",
  about: "A loop renames many files to an ending that ransomware uses.",
  tactics: ["Impact"],
  techniques: ["T1486"],
  falsePositives: ["People who rename their pictures; they do not use these endings."],
  witness: [".locked", ".encrypted", ".crypt", ".enc", ".cry", ".lock", ".deadbolt", ".pay", "rename"],
  sees: (reading) =>
    /\b(?:for|while|find|xargs)\b/.test(reading.plain) ||
    reading.commands.some(({ via, name }) => via.includes("xargs") || name === "find")
      ? find(reading, /^(?:mv|rename)$/, ({ text }) =>
          /\.(?:locked|encrypted|crypt(?:ed)?|cry|deadbolt|pay2key|wncry|lockbit|ech0raix|muhstik|qlocker)\b/i.test(
            text,
          ),
        )
      : undefined,
  did: "renamed files in bulk",
  because: "ransomware marks what it has encrypted like this",
  fires: [
    "bash -c for f in /share/*; do mv $f $f.locked; done",
    "find /home -type f -exec mv {} {}.encrypted ;",
    "sh -c find /mnt -type f | xargs -I{} mv {} {}.deadbolt",
  ],
  silent: [
    "mv a.txt a.locked",
    "sh -c for f in *.jpeg; do mv $f ${f%.jpeg}.jpg; done",
    "find . -name *.lock -delete",
    "rename s/.JPG/.jpg/ *.JPG",
    "sh -c for f in *.enc; do echo $f; done",
  ],
});
