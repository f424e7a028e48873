import { commandRule } from "../../command-rule.js";
import { find, operandsOf } from "../../shell/look.js";

const PLACE = /^\/(?:etc|home|root|var\/(?:www|lib\/(?:mysql|postgresql))|srv|opt)(?:\/[\w.-]+){0,2}\/?$/;

/** A folder of people's or of the system's files was packed into an archive with a password, or into a temporary folder. */
export const secretsPackedWithPassword = commandRule({
  id: "secrets-packed-with-password",
  alertType: "Picket_SecretsPackedWithPassword",
  name: "Folders packed under a password",
  severity: "Medium",
  about:
    "A folder of people's or of the system's files was packed into an archive with a password, or into a temporary folder.",
  tactics: ["Collection", "Exfiltration"],
  techniques: ["T1560.001"],
  falsePositives: ["Backups that encrypt what they keep; they write to where backups lie."],
  witness: ["zip", "7z", "rar", "tar", "openssl"],
  sees: (reading) =>
    find(
      reading,
      /^(?:zip|7z|7za|rar)$/,
      (command) =>
        /\s(?:-P|--password|-p\S+|-hp\S+|-e\b)/.test(command.text) &&
        operandsOf(command).some((word) => PLACE.test(word)),
    ) ??
    reading.pipelines
      .find(
        (commands) =>
          commands.length > 1 &&
          commands[0]?.name === "tar" &&
          commands[0].argv.some((word) => PLACE.test(word)) &&
          /^(?:openssl|gpg)$/.test(commands[1]?.name ?? "") &&
          commands.some(({ text, redirections }) =>
            /\/tmp\/|\/dev\/shm\//.test(text + redirections.map(({ target }) => target).join(" ")),
          ),
      )
      ?.map(({ text }) => text)
      .join(" | "),
  did: "packed folders under a password",
  because: "data is packed like this before it leaves",
  fires: [
    "zip -r -P x /tmp/a.zip /home",
    "7z a -psecret /tmp/d.7z /var/www",
    "sh -c tar cz /etc | openssl enc -aes-256-cbc -k x > /tmp/.e",
  ],
  silent: [
    "zip -r build.zip dist",
    "tar czf /backup/etc.tgz /etc",
    "7z a -p backup.7z notes",
    "sh -c tar cz /srv/data | gpg -e -r ops > /backup/data.gpg",
    "unzip -P x a.zip",
  ],
});
